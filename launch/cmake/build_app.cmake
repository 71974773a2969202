# Builds the TypeScript project in the build space, never in the source tree: packages by `npm ci`,
# JavaScript by esbuild, message classes for the interfaces of the sourced underlay and of this
# workspace. Installs it where npm would, to lib/node_modules/spatial-reward-bridge: `ros2 run`
# takes every executable file under lib/<package> for a program.

get_filename_component(REPOSITORY ${CMAKE_CURRENT_SOURCE_DIR} DIRECTORY)
set(APP ${CMAKE_CURRENT_BINARY_DIR}/app)

# `prepare` would compile before the sources are there.
file(READ ${REPOSITORY}/package.json manifest)
string(JSON manifest REMOVE "${manifest}" scripts prepare)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/package.json CONTENT "${manifest}" @ONLY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${REPOSITORY}/package.json)

file(GLOB_RECURSE app_sources CONFIGURE_DEPENDS
  ${REPOSITORY}/src/* ${REPOSITORY}/scripts/* ${REPOSITORY}/msgs/*.msg ${REPOSITORY}/msgs/*.srv)
set(app_folders src scripts msgs examples/tasks)
if(EXISTS ${REPOSITORY}/models)
  list(APPEND app_folders models)
endif()

add_custom_command(
  OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/packages.stamp
  COMMAND ${CMAKE_COMMAND}
    -D REPOSITORY=${REPOSITORY} -D APP=${APP} -D NPM=${NPM_EXECUTABLE}
    -D MANIFEST=${CMAKE_CURRENT_BINARY_DIR}/package.json
    -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/install_packages.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_CURRENT_BINARY_DIR}/packages.stamp
  DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/package.json ${REPOSITORY}/package-lock.json
    cmake/install_packages.cmake
  COMMENT "npm ci"
  VERBATIM)

add_custom_command(
  OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/app.stamp
  COMMAND ${CMAKE_COMMAND}
    -D REPOSITORY=${REPOSITORY} -D APP=${APP} -D NPM=${NPM_EXECUTABLE} -D NODE=${NODE_EXECUTABLE}
    "-D FOLDERS=${app_folders}"
    -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/compile_app.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_CURRENT_BINARY_DIR}/app.stamp
  DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/packages.stamp ${app_sources}
    ${REPOSITORY}/tsconfig.json ${REPOSITORY}/tsconfig.build.json cmake/compile_app.cmake
  COMMENT "TypeScript and message classes"
  VERBATIM)

add_custom_target(app ALL DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/app.stamp)

# Not install(DIRECTORY): with --symlink-install that would make a link for each of many files.
install(CODE "
  set(APP \"${APP}\")
  set(NPM \"${NPM_EXECUTABLE}\")
  set(DESTINATION \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/node_modules/spatial-reward-bridge\")
  include(\"${CMAKE_CURRENT_SOURCE_DIR}/cmake/install_app.cmake\")
")
