# Installs the libraries, the headers, the CMake package and the pkg-config file.
include(CMakePackageConfigHelpers)
set(tepui_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tepui)

install(TARGETS tepui EXPORT tepuiSharedTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS tepui_static EXPORT tepuiStaticTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
# Two sets: who links the shared library needs none of the static library's dependencies.
foreach(kind Shared Static)
  install(EXPORT tepui${kind}Targets NAMESPACE tepui:: DESTINATION ${tepui_package_dir})
endforeach()
install(DIRECTORY include/tepui DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
# The Fortran module is compiled with the program that uses it: module files are each compiler's own.
install(FILES src/fortran/tepui.f90 DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tepui)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE src/docs/COMPONENTS.md src/docs/COSTS.md src/docs/INFINITY.md src/docs/REPORTS.md src/docs/report.schema.json DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(tepui_component_packages "")
set(tepui_component_files "")
list(JOIN TEPUI_COMPONENT_LIBRARIES " " tepui_component_targets)
if(TARGET MPFR::MPFR)
  string(APPEND tepui_component_packages " MPFR")
  string(APPEND tepui_component_files " ${MPFR_LIBRARY} ${MPFR_GMP_LIBRARY}")
  install(FILES cmake/FindMPFR.cmake DESTINATION ${tepui_package_dir}/modules)
endif()
if(TARGET Clp::Clp)
  string(APPEND tepui_component_packages " Clp")
  string(APPEND tepui_component_files " ${CLP_LIBRARY} ${CLP_COINUTILS_LIBRARY}")
  install(FILES cmake/FindClp.cmake DESTINATION ${tepui_package_dir}/modules)
endif()
configure_package_config_file(cmake/tepui-config.cmake.in tepui-config.cmake
                              INSTALL_DESTINATION ${tepui_package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
# Before 1.0 a minor version may break its callers: 0.2 does not answer for 0.1.
write_basic_package_version_file(tepui-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tepui-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/tepui-config-version.cmake
        DESTINATION ${tepui_package_dir})
install(FILES cmake/FindBLIS.cmake cmake/FindLAPACKE.cmake DESTINATION ${tepui_package_dir}/modules)

# pkg-config. The prefix is found from the file's own place, so that an installed tree can be moved.
file(RELATIVE_PATH tepui_pc_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
get_target_property(tepui_hwy_location hwy::hwy LOCATION)
list(JOIN OpenMP_CXX_LIBRARIES " " tepui_openmp_libraries)
configure_file(cmake/tepui.pc.in tepui.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tepui.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
