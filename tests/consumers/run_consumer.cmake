# Configures, builds and runs a project of its own against the installed tree.
# -DSOURCE= -DBINARY= -DPREFIX= -DPROGRAMS="a|b" -DEXPECT=regex -DARGUMENTS="-DX=Y|..." -DGENERATOR=
# The generator is the caller's: CMake's default one may not be installed.
string(REPLACE "|" ";" PROGRAMS "${PROGRAMS}")
string(REPLACE "|" ";" ARGUMENTS "${ARGUMENTS}")
file(REMOVE_RECURSE ${BINARY})
execute_process(COMMAND ${CMAKE_COMMAND} -G ${GENERATOR} -S ${SOURCE} -B ${BINARY} -DCMAKE_PREFIX_PATH=${PREFIX}
                        ${ARGUMENTS}
                COMMAND_ERROR_IS_FATAL ANY)
cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BINARY} --parallel ${cores} COMMAND_ERROR_IS_FATAL ANY)
foreach(program ${PROGRAMS})
  execute_process(COMMAND ${BINARY}/${program} OUTPUT_VARIABLE output COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
  message("${output}")
  if(NOT output MATCHES "${EXPECT}")
    message(FATAL_ERROR "${program} did not print what matches '${EXPECT}'")
  endif()
endforeach()
