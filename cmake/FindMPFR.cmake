# Finds MPFR, correctly rounded numbers, and GMP under it (Debian: libmpfr-dev). Defines MPFR::MPFR.
find_path(MPFR_INCLUDE_DIR mpfr.h)
find_path(MPFR_GMP_INCLUDE_DIR gmp.h)
find_library(MPFR_LIBRARY NAMES mpfr)
find_library(MPFR_GMP_LIBRARY NAMES gmp)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MPFR REQUIRED_VARS MPFR_LIBRARY MPFR_GMP_LIBRARY MPFR_INCLUDE_DIR MPFR_GMP_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "certificates need MPFR (Debian: libmpfr-dev)")
if(MPFR_FOUND AND NOT TARGET MPFR::MPFR)
  add_library(MPFR::MPFR UNKNOWN IMPORTED)
  set_target_properties(
    MPFR::MPFR PROPERTIES IMPORTED_LOCATION "${MPFR_LIBRARY}" INTERFACE_LINK_LIBRARIES "${MPFR_GMP_LIBRARY}"
                          INTERFACE_INCLUDE_DIRECTORIES "${MPFR_INCLUDE_DIR};${MPFR_GMP_INCLUDE_DIR}")
endif()
mark_as_advanced(MPFR_INCLUDE_DIR MPFR_GMP_INCLUDE_DIR MPFR_LIBRARY MPFR_GMP_LIBRARY)
