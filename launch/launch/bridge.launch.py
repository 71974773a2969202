"""The bridge: cameras in, spatial facts and dense rewards out.

    ros2 launch spatial_reward_bridge bridge.launch.py \
        task:=/path/pick_mug.yaml camera:=/camera/color image_transport:=compressed vlm:=rgbd

`ros2 launch spatial_reward_bridge bridge.launch.py --show-args` lists the arguments. An argument
that is given wins over the parameter file; one that is not given leaves the file's value alone.
"""

import os

from ament_index_python.packages import (
    PackageNotFoundError,
    get_package_prefix,
    get_package_share_directory,
)
from launch import LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction
from launch_ros.actions import Node

PACKAGE = "spatial_reward_bridge"
SHARE = get_package_share_directory(PACKAGE)
DEFAULT_PARAMETERS = os.path.join(SHARE, "params", "bridge.yaml")
LAYOUT = os.path.join(SHARE, "layouts", "spatial_reward.json")

ARGUMENTS = [
    DeclareLaunchArgument(
        "task",
        default_value="",
        description="Task file (YAML): a path, or the name of one that is installed with this "
        "package: reach, pick, pick_and_place",
    ),
    DeclareLaunchArgument(
        "camera",
        default_value="",
        description="Base topic of the colour camera, such as /camera/color; <camera>/image_raw, "
        "<camera>/camera_info and its depth and labels are found beside it. Empty: the cameras "
        "that the task or the parameter file names",
    ),
    DeclareLaunchArgument(
        "image_transport",
        default_value="",
        description="How colour images come: raw or compressed. Empty: as the parameter file says",
    ),
    DeclareLaunchArgument(
        "vlm",
        default_value="",
        description="The model: embedded (colour images of table tops), rgbd (needs depth and "
        "labels, boxes or TF frames), or an "
        "OpenAI-compatible server as http://host:port/v1#model",
    ),
    DeclareLaunchArgument(
        "llm",
        default_value="",
        description="Language model that answers questions in steps with the model as its eye "
        "(action ~/reason): an OpenAI-compatible server as http://host:port/v1#model",
    ),
    DeclareLaunchArgument(
        "params_file",
        default_value=DEFAULT_PARAMETERS,
        description="Parameters of the node (YAML); copy the default one, it is documentation",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace of the node and of its relative topics: one for each robot",
    ),
    DeclareLaunchArgument(
        "name", default_value="spatial_reward", description="Name of the node"
    ),
    DeclareLaunchArgument(
        "use_sim_time",
        default_value="",
        description="true: time comes from /clock (simulator, ros2 bag play --clock)",
    ),
    DeclareLaunchArgument(
        "autostart",
        default_value="",
        description="false: the node waits for a lifecycle manager to configure and activate it",
    ),
    DeclareLaunchArgument(
        "viewer",
        default_value="none",
        choices=["none", "foxglove"],
        description="foxglove: also start foxglove_bridge for Foxglove or Lichtblick and say where "
        "the layout file is",
    ),
    DeclareLaunchArgument(
        "log_level", default_value="info", description="debug, info, warn, error or fatal"
    ),
]

# Arguments that are parameters of the node, under the same name.
TEXT_PARAMETERS = ["camera", "image_transport", "vlm", "llm"]
SWITCH_PARAMETERS = ["use_sim_time", "autostart"]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=start)])


def start(context):
    given = context.launch_configurations
    parameters = {name: given[name] for name in TEXT_PARAMETERS if given[name]}
    for name in SWITCH_PARAMETERS:
        if given[name]:
            parameters[name] = switch(name, given[name])
    if given["task"]:
        parameters["task"] = task_path(given["task"])
    files = [given["params_file"]] if given["params_file"] else []
    bridge = Node(
        package=PACKAGE,
        executable="bridge",
        name=given["name"],
        namespace=given["namespace"],
        parameters=[*files, parameters],
        arguments=["--ros-args", "--log-level", given["log_level"]],
        output="screen",
        emulate_tty=True,
    )
    return [bridge, *viewer(given)]


def task_path(task):
    """Absolute path of a task file; an installed task goes by its name."""
    installed = os.path.join(SHARE, "tasks", task + ".yaml")
    if not os.path.exists(task) and os.path.exists(installed):
        return installed
    return os.path.abspath(os.path.expanduser(task))


def switch(name, text):
    if text.lower() in ("true", "1", "yes", "on"):
        return True
    if text.lower() in ("false", "0", "no", "off"):
        return False
    raise RuntimeError(f"{name}:={text}: it is true or false")


def viewer(given):
    if given["viewer"] == "none":
        return []
    hint = LogInfo(
        msg=f"layout for Foxglove or Lichtblick (import it there, connect to ws://localhost:8765): {LAYOUT}"
    )
    try:
        get_package_prefix("foxglove_bridge")
    except PackageNotFoundError:
        how = "foxglove_bridge is not installed: apt install ros-$ROS_DISTRO-foxglove-bridge"
        return [hint, LogInfo(msg=how)]
    server = Node(
        package="foxglove_bridge",
        executable="foxglove_bridge",
        parameters=[{"use_sim_time": given["use_sim_time"].lower() == "true"}],
    )
    return [hint, server]
