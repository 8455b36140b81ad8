# The documentation as static pages in <build>/docs/html: cmake --build build --target docs
# bash cmake/install-dependencies.sh --docs has what it takes.
find_package(Doxygen QUIET)
find_program(TEPUI_DOCS_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(TEPUI_DOCS_PYTHON NAMES python3)
find_path(TEPUI_KATEX_DIR katex.min.js PATHS /usr/share/javascript/katex /usr/share/nodejs/katex/dist)
set(tepui_docs_missing "")
if(NOT DOXYGEN_FOUND)
  list(APPEND tepui_docs_missing doxygen)
endif()
if(NOT TEPUI_KATEX_DIR)
  list(APPEND tepui_docs_missing libjs-katex)
endif()
set(tepui_docs_modules numpy sphinx myst_parser breathe furo sphinx_copybutton)
foreach(module ${tepui_docs_modules})
  execute_process(COMMAND ${TEPUI_DOCS_PYTHON} -c "import ${module}" RESULT_VARIABLE tepui_docs_failed OUTPUT_QUIET
                  ERROR_QUIET)
  if(tepui_docs_failed)
    list(APPEND tepui_docs_missing ${module})
  endif()
endforeach()
if(tepui_docs_missing)
  list(JOIN tepui_docs_missing " " tepui_docs_missing)
  add_custom_target(
    docs
    COMMAND ${CMAKE_COMMAND} -E echo "The target docs lacks: ${tepui_docs_missing}. bash cmake/install-dependencies.sh --docs, then configure again"
    COMMAND ${CMAKE_COMMAND} -E false VERBATIM)
  return()
endif()

# Doxygen reads the headers; a filter makes their plain comments its own.
set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/docs)
set(DOXYGEN_GENERATE_LATEX NO)
set(DOXYGEN_GENERATE_HTML NO)
set(DOXYGEN_GENERATE_XML YES)
set(DOXYGEN_OPTIMIZE_OUTPUT_FOR_C YES)
set(DOXYGEN_STRIP_FROM_PATH ${PROJECT_SOURCE_DIR}/include)
set(DOXYGEN_STRIP_FROM_INC_PATH ${PROJECT_SOURCE_DIR}/include)
set(DOXYGEN_EXTRACT_ALL NO)
set(DOXYGEN_FILE_PATTERNS "*.h")
set(DOXYGEN_TYPEDEF_HIDES_STRUCT YES)
set(DOXYGEN_SORT_MEMBER_DOCS NO)
set(DOXYGEN_PREDEFINED "TEPUI_API=" "__cplusplus=0")
set(DOXYGEN_MACRO_EXPANSION YES)
set(DOXYGEN_EXPAND_ONLY_PREDEF YES)
set(DOXYGEN_QUIET YES)
set(DOXYGEN_WARN_NO_PARAMDOC NO)
set(DOXYGEN_WARN_IF_UNDOCUMENTED NO)
set(DOXYGEN_DISTRIBUTE_GROUP_DOC YES)
set(DOXYGEN_FILTER_PATTERNS "\"*.h=${TEPUI_DOCS_PYTHON} ${PROJECT_SOURCE_DIR}/cmake/header_comments.py\"")
doxygen_add_docs(docs_headers ${PROJECT_SOURCE_DIR}/include/tepui)

set(tepui_docs ${PROJECT_BINARY_DIR}/docs)
set(tepui_docs_command "")
if(TARGET tepui_command)
  set(tepui_docs_command --command $<TARGET_FILE:tepui_command>)
endif()
add_custom_target(
  docs
  COMMAND ${TEPUI_DOCS_PYTHON} ${PROJECT_SOURCE_DIR}/src/docs/site/write_pages.py ${tepui_docs}/source --katex ${TEPUI_KATEX_DIR}
          ${tepui_docs_command}
  COMMAND ${CMAKE_COMMAND} -E env TEPUI_VERSION=${PROJECT_VERSION} TEPUI_DOXYGEN_XML=${tepui_docs}/xml
          TEPUI_KATEX=${TEPUI_KATEX_DIR} TEPUI_LIBRARY=$<TARGET_FILE:tepui> PYTHONPATH=${PROJECT_SOURCE_DIR}/src/python
          PYTHONDONTWRITEBYTECODE=1 ${TEPUI_DOCS_PYTHON} -m sphinx -W --keep-going -q -b html ${tepui_docs}/source ${tepui_docs}/html
  COMMAND ${CMAKE_COMMAND} -E echo "The pages begin at ${tepui_docs}/html/index.html"
  VERBATIM)
add_dependencies(docs docs_headers tepui)
if(TARGET tepui_command)
  add_dependencies(docs tepui_command)
endif()
if(TEPUI_BUILD_TESTS)
  add_test(NAME nightly_docs COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target docs CONFIGURATIONS Nightly)
  set_tests_properties(nightly_docs PROPERTIES LABELS nightly)
endif()
