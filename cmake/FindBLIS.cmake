# Finds BLIS with its typed API (blis.h), preferring the OpenMP build. Defines BLIS::BLIS.
find_path(BLIS_INCLUDE_DIR blis.h PATH_SUFFIXES blis-openmp blis)
if(TEPUI_STATIC_DEPENDENCIES)
  set(blis_names libblis.a libblis-mt.a)
else()
  set(blis_names blis blis-mt)
endif()
find_library(BLIS_LIBRARY NAMES ${blis_names} PATH_SUFFIXES blis-openmp)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(BLIS REQUIRED_VARS BLIS_LIBRARY BLIS_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "install BLIS (Debian: libblis-openmp-dev)")
if(BLIS_FOUND AND NOT TARGET BLIS::BLIS)
  add_library(BLIS::BLIS UNKNOWN IMPORTED)
  set_target_properties(BLIS::BLIS PROPERTIES IMPORTED_LOCATION "${BLIS_LIBRARY}"
                                              INTERFACE_INCLUDE_DIRECTORIES "${BLIS_INCLUDE_DIR}")
endif()
mark_as_advanced(BLIS_INCLUDE_DIR BLIS_LIBRARY)
