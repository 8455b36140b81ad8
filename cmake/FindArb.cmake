# Finds Arb, ball arithmetic: a library of its own (Debian 12: libflint-arb over libflint) or part of FLINT 3. Defines
# Arb::Arb.
find_path(ARB_INCLUDE_DIR arb.h PATH_SUFFIXES flint)
find_path(ARB_FLINT_INCLUDE_DIR flint/flint.h)
find_path(ARB_GMP_INCLUDE_DIR gmp.h)
find_library(ARB_FLINT_LIBRARY NAMES flint)
# FLINT 3 holds Arb itself.
find_library(ARB_LIBRARY NAMES flint-arb arb)
if(NOT ARB_LIBRARY AND ARB_FLINT_LIBRARY AND ARB_INCLUDE_DIR AND EXISTS "${ARB_INCLUDE_DIR}/arb_types.h")
  set(ARB_LIBRARY "${ARB_FLINT_LIBRARY}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(
  Arb REQUIRED_VARS ARB_LIBRARY ARB_FLINT_LIBRARY ARB_INCLUDE_DIR ARB_FLINT_INCLUDE_DIR ARB_GMP_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "certificates need Arb (Debian 12: libflint-arb-dev and libflint-dev, newer: libflint-dev)")
if(Arb_FOUND AND NOT TARGET Arb::Arb)
  add_library(Arb::Arb UNKNOWN IMPORTED)
  set_target_properties(
    Arb::Arb PROPERTIES IMPORTED_LOCATION "${ARB_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES
                        "${ARB_INCLUDE_DIR};${ARB_FLINT_INCLUDE_DIR};${ARB_GMP_INCLUDE_DIR}"
                        INTERFACE_LINK_LIBRARIES "${ARB_FLINT_LIBRARY}")
endif()
mark_as_advanced(ARB_INCLUDE_DIR ARB_FLINT_INCLUDE_DIR ARB_GMP_INCLUDE_DIR ARB_FLINT_LIBRARY ARB_LIBRARY)
