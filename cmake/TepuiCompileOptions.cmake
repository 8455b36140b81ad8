# Options for our own sources only; nothing of this is exported.
add_library(tepui_compile_options INTERFACE)
target_compile_options(tepui_compile_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
                                                       -ffp-contract=off -fno-math-errno)
# A switch over an enumeration names every value, or says with a default that it need not: a new value that is forgotten
# does not compile.
target_compile_options(tepui_compile_options INTERFACE -Werror=switch)
if(TEPUI_WARNINGS_AS_ERRORS)
  target_compile_options(tepui_compile_options INTERFACE -Werror)
endif()
# Everything that is built here, tests too; what is found ends the process.
if(TEPUI_SANITIZE)
  add_compile_options(-fsanitize=${TEPUI_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TEPUI_SANITIZE})
endif()
if(TEPUI_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
