"""The bridge: cameras in, spatial facts and dense rewards out.

    ros2 launch spatial_reward_bridge bridge.launch.py \
        task:=/path/pick_mug.yaml camera:=/camera/color image_transport:=compressed vlm:=rgbd

`ros2 launch spatial_reward_bridge bridge.launch.py --show-args` lists the arguments. A
given argument overrides the parameter file. Without it, the value from the file is used.
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
        description="Task file (YAML): a path, or the name of a task installed with this package: "
        "reach, pick, pick_and_place",
    ),
    DeclareLaunchArgument(
        "camera",
        default_value="",
        description="Base topic of the colour camera, such as /camera/color. The node finds "
        "<camera>/image_raw, <camera>/camera_info, depth and labels beside it. Empty: the cameras "
        "in the task or the parameter file",
    ),
    DeclareLaunchArgument(
        "cameras",
        default_value="",
        description="Several cameras, separated by commas, each as in camera: /front/color,/wrist/color",
    ),
    DeclareLaunchArgument(
        "image_transport",
        default_value="",
        description="Transport of colour images: raw or compressed. Empty: from the parameter file",
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
        description="Language model that answers questions in steps by asking the spatial model "
        "(action ~/reason): an OpenAI-compatible server as http://host:port/v1#model",
    ),
    DeclareLaunchArgument(
        "calibration",
        default_value="",
        description="Calibration file of the model (YAML), made by spatial-reward calibrate",
    ),
    DeclareLaunchArgument(
        "fused_rate",
        default_value="",
        description="Rewards between the images at the stamps of TF, Hz at most, for tasks that name "
        "their gripper (grasp); empty: as the parameter file says, none by default",
    ),
    DeclareLaunchArgument(
        "corrections",
        default_value="",
        description="true: with fused_rate, publish rewards once more on ~/reward_corrected after "
        "later answers; empty: as the parameter file says, false by default",
    ),
    DeclareLaunchArgument(
        "rate",
        default_value="",
        description="At most so many images a second of each camera, Hz; empty: as the parameter "
        "file says, all by default",
    ),
    DeclareLaunchArgument(
        "record",
        default_value="",
        description="Write all that is published to this MCAP file or bag folder",
    ),
    DeclareLaunchArgument(
        "target_frame",
        default_value="",
        description="TF frame in which ~/objects tells where objects are, such as base_link; empty: "
        "the camera's optical frame",
    ),
    DeclareLaunchArgument(
        "tf",
        default_value="/tf",
        description="Topic of the transforms; with one TF tree for each robot: tf, which is "
        "<namespace>/tf (and <namespace>/tf_static)",
    ),
    DeclareLaunchArgument(
        "remap",
        default_value="",
        description="Further remappings, separated by spaces: '/camera/color:=/front/color a:=b'",
    ),
    DeclareLaunchArgument(
        "respawn",
        default_value="false",
        description="true: start the node again 2 s after it has died",
    ),
    DeclareLaunchArgument(
        "params_file",
        default_value=DEFAULT_PARAMETERS,
        description="Parameters of the node (YAML); copy the default file, which documents them",
    ),
    DeclareLaunchArgument(
        "namespace",
        default_value="",
        description="Namespace of the node and its relative topics: one for each robot",
    ),
    DeclareLaunchArgument(
        "name", default_value="spatial_reward", description="Name of the node"
    ),
    DeclareLaunchArgument(
        "use_sim_time",
        default_value="",
        description="true: use the time from /clock (simulator, ros2 bag play --clock)",
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
TEXT_PARAMETERS = ["camera", "image_transport", "vlm", "llm", "record", "target_frame"]
NUMBER_PARAMETERS = ["rate", "fused_rate"]
SWITCH_PARAMETERS = ["use_sim_time", "autostart", "corrections"]


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
    if given["cameras"]:
        parameters["cameras"] = [name.strip() for name in given["cameras"].split(",")]
    if given["calibration"]:
        parameters["calibration"] = os.path.abspath(os.path.expanduser(given["calibration"]))
    for name in NUMBER_PARAMETERS:
        if given[name]:
            parameters[name] = float(given[name])
    files = [given["params_file"]] if given["params_file"] else []
    bridge = Node(
        package=PACKAGE,
        executable="bridge",
        name=given["name"],
        namespace=given["namespace"],
        parameters=[*files, parameters],
        remappings=remappings(given),
        respawn=switch("respawn", given["respawn"]),
        respawn_delay=2.0,
        arguments=["--ros-args", "--log-level", given["log_level"]],
        output="screen",
        emulate_tty=True,
    )
    return [bridge, *viewer(given)]


def remappings(given):
    pairs = [("/tf", given["tf"]), ("/tf_static", given["tf"] + "_static")]
    named = [] if given["tf"] == "/tf" else pairs
    return named + [split(pair) for pair in given["remap"].split()]


def split(pair):
    before, sign, after = pair.partition(":=")
    if not (before and sign and after):
        raise RuntimeError(f"remap:={pair}: wants from:=to")
    return before, after


def task_path(task):
    """Absolute path of a task file, which may be given as the name of an installed task."""
    installed = os.path.join(SHARE, "tasks", task + ".yaml")
    if not os.path.exists(task) and os.path.exists(installed):
        return installed
    return os.path.abspath(os.path.expanduser(task))


def switch(name, text):
    if text.lower() in ("true", "1", "yes", "on"):
        return True
    if text.lower() in ("false", "0", "no", "off"):
        return False
    raise RuntimeError(f"{name}:={text}: must be true or false")


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
