# Finds LAPACKE and the LAPACK behind it. Defines LAPACKE::LAPACKE.
find_path(LAPACKE_INCLUDE_DIR lapacke.h PATH_SUFFIXES lapacke)
if(TEPUI_STATIC_DEPENDENCIES)
  find_library(LAPACKE_LIBRARY NAMES liblapacke.a)
  find_library(LAPACKE_LAPACK_LIBRARY NAMES liblapack.a PATH_SUFFIXES lapack)
else()
  find_library(LAPACKE_LIBRARY NAMES lapacke)
  find_library(LAPACKE_LAPACK_LIBRARY NAMES lapack)
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LAPACKE REQUIRED_VARS LAPACKE_LIBRARY LAPACKE_LAPACK_LIBRARY LAPACKE_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "install LAPACKE (Debian: liblapacke-dev)")
if(LAPACKE_FOUND AND NOT TARGET LAPACKE::LAPACKE)
  add_library(LAPACKE::LAPACKE UNKNOWN IMPORTED)
  set(lapacke_behind "${LAPACKE_LAPACK_LIBRARY}")
  if(TEPUI_STATIC_DEPENDENCIES)
    set(lapacke_behind LAPACKE::LAPACK)
    add_library(LAPACKE::LAPACK UNKNOWN IMPORTED)
    set_target_properties(LAPACKE::LAPACK PROPERTIES IMPORTED_LOCATION "${LAPACKE_LAPACK_LIBRARY}"
                                                     INTERFACE_LINK_LIBRARIES BLIS::BLIS)  # its BLAS
  endif()
  set_target_properties(
    LAPACKE::LAPACKE PROPERTIES IMPORTED_LOCATION "${LAPACKE_LIBRARY}" INTERFACE_LINK_LIBRARIES
                                "${lapacke_behind}" INTERFACE_INCLUDE_DIRECTORIES "${LAPACKE_INCLUDE_DIR}")
endif()
mark_as_advanced(LAPACKE_INCLUDE_DIR LAPACKE_LIBRARY LAPACKE_LAPACK_LIBRARY)
