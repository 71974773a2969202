# Finds node and npm, or says what to do. Sets NODE_EXECUTABLE and NPM_EXECUTABLE.

set(NODE_LEAST_VERSION 20.20.0)
set(node_advice
  "Node.js ${NODE_LEAST_VERSION} or newer builds and runs the nodes of spatial_reward_bridge. "
  "Install it (https://nodejs.org/en/download, or `nvm install 22`), open a shell in which "
  "`node --version` shows it, and run colcon build again.")
string(CONCAT node_advice ${node_advice})

find_program(NODE_EXECUTABLE NAMES node nodejs)
if(NOT NODE_EXECUTABLE)
  message(FATAL_ERROR "Node.js was not found. ${node_advice}")
endif()

execute_process(
  COMMAND ${NODE_EXECUTABLE} --version
  OUTPUT_VARIABLE node_version
  OUTPUT_STRIP_TRAILING_WHITESPACE
  RESULT_VARIABLE node_result)
string(REGEX REPLACE "^v" "" node_version "${node_version}")
if(NOT node_result EQUAL 0 OR node_version VERSION_LESS NODE_LEAST_VERSION)
  set(found "${NODE_EXECUTABLE} is version ${node_version}")
  # Another shell may have another Node: look again next time.
  unset(NODE_EXECUTABLE CACHE)
  message(FATAL_ERROR "Node.js is too old: ${found}. ${node_advice}")
endif()

find_program(NPM_EXECUTABLE npm)
if(NOT NPM_EXECUTABLE)
  message(FATAL_ERROR
    "npm was not found beside Node.js ${node_version} (${NODE_EXECUTABLE}). ${node_advice}")
endif()

message(STATUS "Node.js ${node_version}: ${NODE_EXECUTABLE}")
