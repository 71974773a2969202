"""The MuJoCo table top as a live ROS 2 simulator, and the bridge on it.

    ros2 launch spatial_reward_bridge sim.launch.py
    ros2 topic echo /spatial_reward/reward
    ros2 service call /simulator/reset std_srvs/srv/Trigger

The simulator publishes /clock, /tf, /tf_static, /joint_states, and of each camera colour, depth,
labels and camera_info, as `spatial-reward sim record` writes them into bags.
"""

import os

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
)
from launch.launch_description_sources import (
    PythonLaunchDescriptionSource,
    load_python_launch_file_as_module,
)
from launch_ros.actions import Node

PACKAGE = "spatial_reward_bridge"
SHARE = get_package_share_directory(PACKAGE)
BRIDGE = os.path.join(SHARE, "launch", "bridge.launch.py")

OF_BRIDGE = {it.name: it for it in load_python_launch_file_as_module(BRIDGE).ARGUMENTS}

# Arguments of bridge.launch.py that apply here; the others keep their defaults.
SAME = [
    *["cameras", "llm", "calibration", "fused_rate", "corrections", "record", "target_frame", "tf", "params_file"],
    *["viewer", "log_level"],
]
PASSED_ON = [*SAME, "task", "camera", "image_transport", "vlm", "namespace"]


def with_default(name, value):
    return DeclareLaunchArgument(name, default_value=value, description=OF_BRIDGE[name].description)


ARGUMENTS = [
    with_default("task", "pick_and_place"),
    with_default("camera", "/camera/color"),
    with_default("vlm", "embedded"),
    *(OF_BRIDGE[name] for name in SAME),
    DeclareLaunchArgument(
        "image_transport",
        default_value="compressed",
        choices=["raw", "compressed"],
        description="How the simulator publishes colour images and the bridge receives them",
    ),
    DeclareLaunchArgument(
        "sim_params_file",
        default_value=os.path.join(SHARE, "params", "simulator.yaml"),
        description="Parameters of the simulator",
    ),
    DeclareLaunchArgument(
        "namespace", default_value="", description="Namespace of the bridge, not of the simulator"
    ),
    DeclareLaunchArgument(
        "outcome",
        default_value="",
        description="Outcome of the episodes: success, failure, idle, regress or distract",
    ),
    DeclareLaunchArgument("seed", default_value="", description="Scene of the first episode"),
    DeclareLaunchArgument("bridge", default_value="true", description="false: only the simulator"),
]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=start)])


def start(context):
    given = context.launch_configurations
    parameters = {"color": "raw" if given["image_transport"] == "raw" else "jpeg"}
    if given["outcome"]:
        parameters["outcome"] = given["outcome"]
    if given["seed"]:
        parameters["seed"] = int(given["seed"])
    simulator = Node(
        package=PACKAGE,
        executable="simulator",
        name="simulator",
        parameters=[given["sim_params_file"], parameters],
        arguments=["--ros-args", "--log-level", given["log_level"]],
        output="screen",
        emulate_tty=True,
    )
    if given["bridge"].lower() == "false":
        return [simulator]
    bridge = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(BRIDGE),
        launch_arguments=[
            *((name, given[name]) for name in PASSED_ON if name != "camera" or not given["cameras"]),
            ("use_sim_time", "true"),
        ],
    )
    return [simulator, bridge]
