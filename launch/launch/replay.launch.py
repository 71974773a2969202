"""Replays a bag into the bridge: the same rewards as `spatial-reward annotate` on the bag.

    ros2 launch spatial_reward_bridge replay.launch.py bag:=run1 task:=/path/pick_mug.yaml rate:=0.5

The bag is played with its own clock, the bridge runs on it (use_sim_time), and everything ends
when the bag has. At a rate that the model can hold no image is dropped and the rewards equal
those of `annotate`, stamp by stamp; the diagnostics count what was dropped.
"""

import os

from ament_index_python.packages import get_package_share_directory
from launch import LaunchDescription
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    ExecuteProcess,
    IncludeLaunchDescription,
    OpaqueFunction,
    RegisterEventHandler,
    TimerAction,
)
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource

SHARE = get_package_share_directory("spatial_reward_bridge")
BRIDGE = os.path.join(SHARE, "launch", "bridge.launch.py")

# Those of bridge.launch.py that make sense here; the rest keep their defaults.
PASSED_ON = ["task", "camera", "image_transport", "vlm", "params_file", "namespace", "viewer", "log_level"]

ARGUMENTS = [
    DeclareLaunchArgument("bag", description="Recording to play: a rosbag2 folder or file"),
    DeclareLaunchArgument("task", default_value="", description="See bridge.launch.py"),
    DeclareLaunchArgument("camera", default_value="", description="See bridge.launch.py"),
    DeclareLaunchArgument("image_transport", default_value="", description="See bridge.launch.py"),
    DeclareLaunchArgument("vlm", default_value="", description="See bridge.launch.py"),
    DeclareLaunchArgument(
        "params_file",
        default_value=os.path.join(SHARE, "params", "replay.yaml"),
        description="Parameters of the node; the default asks for every image reliably",
    ),
    DeclareLaunchArgument("namespace", default_value="", description="See bridge.launch.py"),
    DeclareLaunchArgument("viewer", default_value="none", description="See bridge.launch.py"),
    DeclareLaunchArgument("log_level", default_value="info", description="See bridge.launch.py"),
    DeclareLaunchArgument(
        "rate", default_value="1.0", description="Playback speed; 0.5 takes twice as long"
    ),
    DeclareLaunchArgument(
        "loop", default_value="false", description="true: play again and again; each pass is an episode"
    ),
    DeclareLaunchArgument(
        "delay",
        default_value="5.0",
        description="Seconds before playback begins, for the model to load and topics to be found",
    ),
    DeclareLaunchArgument(
        "linger",
        default_value="3.0",
        description="Seconds that the bridge has after the last image before everything ends",
    ),
    DeclareLaunchArgument(
        "qos_overrides",
        default_value=os.path.join(SHARE, "params", "replay_qos.yaml"),
        description="QoS of the played topics (YAML of ros2 bag play --qos-profile-overrides-path)",
    ),
]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=start)])


def start(context):
    given = context.launch_configurations
    bag = os.path.abspath(os.path.expanduser(given["bag"]))
    if not os.path.exists(bag):
        raise RuntimeError(f"bag:={given['bag']}: there is no recording {bag}")
    bridge = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(BRIDGE),
        launch_arguments=[
            *((name, given[name]) for name in PASSED_ON),
            ("use_sim_time", "true"),
        ],
    )
    storage = ["--storage", "mcap"] if bag.endswith(".mcap") else []
    player = ExecuteProcess(
        cmd=[
            *["ros2", "bag", "play", bag, *storage, "--clock", "100", "--rate", given["rate"]],
            *(["--loop"] if given["loop"] == "true" else []),
            *["--disable-keyboard-controls"],
        ],
        output="screen",
    )
    end = RegisterEventHandler(
        OnProcessExit(
            target_action=player,
            on_exit=[
                TimerAction(
                    period=float(given["linger"]),
                    actions=[EmitEvent(event=Shutdown(reason="the bag has ended"))],
                )
            ],
        )
    )
    return [bridge, end, TimerAction(period=float(given["delay"]), actions=[player])]
