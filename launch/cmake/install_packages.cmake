# cmake -D REPOSITORY= -D APP= -D NPM= -D MANIFEST= -P install_packages.cmake

file(MAKE_DIRECTORY ${APP})
file(COPY ${REPOSITORY}/package-lock.json ${REPOSITORY}/.npmrc DESTINATION ${APP})
file(COPY ${MANIFEST} DESTINATION ${APP})

# npm_config_yes: rclnodejs' install script calls npx, which must not ask.
set(ENV{npm_config_yes} true)
execute_process(
  COMMAND ${NPM} ci --no-progress --loglevel=error
  WORKING_DIRECTORY ${APP}
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR
    "`npm ci` failed in ${APP}; its message is above. It needs the network, or a filled npm cache.")
endif()

# npm leaves an optional package out, silently, when its install script fails.
if(NOT EXISTS ${APP}/node_modules/rclnodejs/index.js)
  message(FATAL_ERROR
    "rclnodejs could not be installed. It needs a sourced ROS 2 (ROS_DISTRO is "
    "'$ENV{ROS_DISTRO}') and, where it has no prebuilt binary for it, a C++ compiler and make. "
    "See why with: cd ${APP} && npm_config_yes=true ${NPM} install --foreground-scripts rclnodejs")
endif()
