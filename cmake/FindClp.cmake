# Finds Clp, the linear programming solver of COIN-OR. Defines Clp::Clp and CLP_INCLUDE_DIR; who links Clp::Clp does not
# see its headers.
find_path(CLP_INCLUDE_DIR Clp_C_Interface.h PATH_SUFFIXES coin coin-or clp/coin)
find_library(CLP_LIBRARY NAMES Clp)
find_library(CLP_COINUTILS_LIBRARY NAMES CoinUtils)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Clp REQUIRED_VARS CLP_LIBRARY CLP_COINUTILS_LIBRARY CLP_INCLUDE_DIR
                                  REASON_FAILURE_MESSAGE "install Clp (Debian: coinor-libclp-dev)")
if(Clp_FOUND AND NOT TARGET Clp::Clp)
  add_library(Clp::Clp UNKNOWN IMPORTED)
  set_target_properties(Clp::Clp PROPERTIES IMPORTED_LOCATION "${CLP_LIBRARY}" INTERFACE_LINK_LIBRARIES
                                                                               "${CLP_COINUTILS_LIBRARY}")
endif()
mark_as_advanced(CLP_INCLUDE_DIR CLP_LIBRARY CLP_COINUTILS_LIBRARY)
