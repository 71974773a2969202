# cmake -D REPOSITORY= -D APP= -D NODE= -D NPM= -D FOLDERS= -P compile_app.cmake

# Whole folders anew, so that files that are gone from the sources are gone here too.
foreach(folder dist ${FOLDERS})
  file(REMOVE_RECURSE ${APP}/${folder})
endforeach()
foreach(folder ${FOLDERS})
  get_filename_component(parent ${APP}/${folder} DIRECTORY)
  file(COPY ${REPOSITORY}/${folder} DESTINATION ${parent})
endforeach()
file(COPY ${REPOSITORY}/tsconfig.json ${REPOSITORY}/tsconfig.build.json DESTINATION ${APP})

execute_process(
  COMMAND ${NPM} run build --silent
  WORKING_DIRECTORY ${APP}
  RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "The TypeScript sources did not compile; the errors are above.")
endif()

execute_process(
  COMMAND ${NPM} exec --no -- generate-ros-messages
  WORKING_DIRECTORY ${APP}
  RESULT_VARIABLE result)
if(NOT result EQUAL 0 OR NOT EXISTS ${APP}/node_modules/rclnodejs/generated/spatial_reward_msgs)
  message(FATAL_ERROR
    "No JavaScript classes were generated for spatial_reward_msgs. It is looked for on "
    "AMENT_PREFIX_PATH, which is '$ENV{AMENT_PREFIX_PATH}'.")
endif()
