# Included at install time with APP, DESTINATION and NPM set: what runs, without what builds.

file(REMOVE_RECURSE ${DESTINATION})
file(MAKE_DIRECTORY ${DESTINATION})
file(GLOB parts LIST_DIRECTORIES true ${APP}/* ${APP}/.npmrc)
list(FILTER parts EXCLUDE REGEX "/(src|tsconfig[^/]*)$")
file(COPY ${parts} DESTINATION ${DESTINATION} USE_SOURCE_PERMISSIONS)
execute_process(
  COMMAND ${NPM} prune --omit=dev --ignore-scripts --offline --loglevel=error
  WORKING_DIRECTORY ${DESTINATION}
  RESULT_VARIABLE result
  OUTPUT_QUIET)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "`npm prune` failed in ${DESTINATION}")
endif()
