# Options for our own sources only; nothing of this is exported.
add_library(tepui_compile_options INTERFACE)
target_compile_options(tepui_compile_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
                                                       -ffp-contract=off -fno-math-errno)
if(TEPUI_WARNINGS_AS_ERRORS)
  target_compile_options(tepui_compile_options INTERFACE -Werror)
endif()
if(TEPUI_SANITIZE)
  target_compile_options(tepui_compile_options INTERFACE -fsanitize=${TEPUI_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TEPUI_SANITIZE})
endif()
