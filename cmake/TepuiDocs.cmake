# The reference documentation: the public headers with the README and the mathematics, as HTML in
# <build>/docs/html. cmake --build build --target docs
find_package(Doxygen QUIET)
find_program(TEPUI_DOCS_PYTHON NAMES python3)
if(NOT DOXYGEN_FOUND OR NOT TEPUI_DOCS_PYTHON)
  add_custom_target(
    docs
    COMMAND ${CMAKE_COMMAND} -E echo "The target docs needs Doxygen and Python 3 (Debian: apt-get install doxygen python3), then configure again"
    COMMAND ${CMAKE_COMMAND} -E false)
  return()
endif()

set(DOXYGEN_PROJECT_NUMBER ${PROJECT_VERSION})
set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/docs)
set(DOXYGEN_GENERATE_LATEX NO)
set(DOXYGEN_OPTIMIZE_OUTPUT_FOR_C YES)
set(DOXYGEN_STRIP_FROM_PATH ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
set(DOXYGEN_STRIP_FROM_INC_PATH ${PROJECT_SOURCE_DIR}/include)
set(DOXYGEN_USE_MDFILE_AS_MAINPAGE ${PROJECT_SOURCE_DIR}/README.md)
set(DOXYGEN_IMAGE_PATH ${PROJECT_SOURCE_DIR}/src/cli/plateau)
set(DOXYGEN_HTML_EXTRA_FILES ${PROJECT_SOURCE_DIR}/src/cli/plateau/plateau.svg)
set(DOXYGEN_EXTRACT_ALL NO)
set(DOXYGEN_JAVADOC_AUTOBRIEF YES)
set(DOXYGEN_TYPEDEF_HIDES_STRUCT YES)
set(DOXYGEN_SORT_MEMBER_DOCS NO)
set(DOXYGEN_PREDEFINED "TEPUI_API=" "__cplusplus=0")
set(DOXYGEN_MACRO_EXPANSION YES)
set(DOXYGEN_EXPAND_ONLY_PREDEF YES)
set(DOXYGEN_QUIET YES)
set(DOXYGEN_WARN_NO_PARAMDOC NO)
set(DOXYGEN_GENERATE_TREEVIEW YES)
# The headers have plain comments, some of them for several declarations at once: a filter hands them to Doxygen as its
# own.
set(DOXYGEN_DISTRIBUTE_GROUP_DOC YES)
set(DOXYGEN_FILTER_PATTERNS "\"*.h=${TEPUI_DOCS_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/header_comments.py\"")
doxygen_add_docs(docs ${PROJECT_SOURCE_DIR}/include/tepui ${PROJECT_SOURCE_DIR}/README.md
                 ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/src/MATH.md)
