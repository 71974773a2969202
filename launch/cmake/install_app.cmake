# Included at install time with APP, DESTINATION and NPM set: installs what runs, without what
# builds. The many files of node_modules are copied only when they have changed.

set(changing dist examples msgs models package.json node_modules/rclnodejs/generated)
file(TIMESTAMP ${APP}/../packages.stamp packages "%s" UTC)
set(installed "")
if(EXISTS ${DESTINATION}/packages.txt)
  file(READ ${DESTINATION}/packages.txt installed)
endif()

if(NOT installed STREQUAL packages)
  file(REMOVE_RECURSE ${DESTINATION})
  file(COPY ${APP}/node_modules ${APP}/package.json ${APP}/package-lock.json ${APP}/.npmrc
    DESTINATION ${DESTINATION} USE_SOURCE_PERMISSIONS)
  execute_process(
    COMMAND ${NPM} prune --omit=dev --ignore-scripts --offline --loglevel=error
    WORKING_DIRECTORY ${DESTINATION}
    RESULT_VARIABLE result
    OUTPUT_QUIET)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "`npm prune` failed in ${DESTINATION}")
  endif()
  file(WRITE ${DESTINATION}/packages.txt ${packages})
endif()

foreach(part ${changing})
  file(REMOVE_RECURSE ${DESTINATION}/${part})
  if(EXISTS ${APP}/${part})
    get_filename_component(parent ${DESTINATION}/${part} DIRECTORY)
    file(COPY ${APP}/${part} DESTINATION ${parent} USE_SOURCE_PERMISSIONS)
  endif()
endforeach()
