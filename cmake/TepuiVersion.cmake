# The version is written once, in include/tepui/version.h.
file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/../include/tepui/version.h" tepui_version_lines REGEX "#define TEPUI_VERSION_")
foreach(part MAJOR MINOR PATCH)
  string(REGEX MATCH "TEPUI_VERSION_${part} ([0-9]+)" _ "${tepui_version_lines}")
  set(TEPUI_VERSION_${part} ${CMAKE_MATCH_1})
endforeach()
set(TEPUI_VERSION ${TEPUI_VERSION_MAJOR}.${TEPUI_VERSION_MINOR}.${TEPUI_VERSION_PATCH})
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_CURRENT_LIST_DIR}/../include/tepui/version.h")
