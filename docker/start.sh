#!/bin/bash
# Launches the bridge with the arguments of bridge.launch.py.
set -e
# shellcheck disable=SC1090
source "/opt/ros/${ROS_DISTRO}/setup.bash"
# shellcheck disable=SC1091
source /ws/install/setup.bash
exec ros2 launch spatial_reward_bridge bridge.launch.py "$@"
