"""Replays a bag into the bridge: the same rewards as `spatial-reward annotate` on the bag.

    ros2 launch spatial_reward_bridge replay.launch.py bag:=run1 task:=/path/pick_mug.yaml rate:=0.5

The bag is played with its own clock, the bridge runs on it (use_sim_time), and everything ends
when the bag has. At a rate that the model can hold no image is dropped and the rewards equal
those of `annotate`, stamp by stamp; the diagnostics count what was dropped.
"""

import atexit
import json
import os
import subprocess
import tempfile

from ament_index_python.packages import get_package_prefix, get_package_share_directory
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
from launch.launch_description_sources import (
    PythonLaunchDescriptionSource,
    load_python_launch_file_as_module,
)

PACKAGE = "spatial_reward_bridge"
# Part of the names of all topics that a bridge publishes.
OWN = "/spatial_reward/"
SHARE = get_package_share_directory(PACKAGE)
COMMAND_LINE = os.path.join(get_package_prefix(PACKAGE), "lib", PACKAGE, "spatial_reward")
BRIDGE = os.path.join(SHARE, "launch", "bridge.launch.py")

OF_BRIDGE = {it.name: it for it in load_python_launch_file_as_module(BRIDGE).ARGUMENTS}

# Arguments of bridge.launch.py that apply here; the others keep their defaults.
SAME = [
    *["task", "cameras", "image_transport", "vlm", "llm", "calibration", "fused_rate", "corrections", "record"],
    *["target_frame", "tf", "namespace", "viewer", "log_level"],
]
PASSED_ON = [*SAME, "camera", "params_file"]

ARGUMENTS = [
    DeclareLaunchArgument("bag", description="Recording to play: a rosbag2 folder or file"),
    *(OF_BRIDGE[name] for name in SAME),
    DeclareLaunchArgument(
        "camera",
        default_value="",
        description=OF_BRIDGE["camera"].description + ", or the only camera of the bag",
    ),
    DeclareLaunchArgument(
        "params_file",
        default_value=os.path.join(SHARE, "params", "replay.yaml"),
        description="Parameters of the node; the default uses reliable QoS to receive every image",
    ),
    DeclareLaunchArgument(
        "rate", default_value="1.0", description="Playback speed; 0.5 takes twice as long"
    ),
    DeclareLaunchArgument(
        "loop", default_value="false", description="true: play repeatedly; each pass is an episode"
    ),
    DeclareLaunchArgument(
        "patience",
        default_value="120.0",
        description="Seconds that the bridge may take to load its model and find the bag's topics; "
        "then the replay fails",
    ),
    DeclareLaunchArgument(
        "linger",
        default_value="3.0",
        description="Seconds to wait for the bridge after the last image before everything stops",
    ),
]


def generate_launch_description():
    return LaunchDescription([*ARGUMENTS, OpaqueFunction(function=start)])


def start(context):
    given = context.launch_configurations
    bag = os.path.abspath(os.path.expanduser(given["bag"]))
    recording = describe(bag)
    cameras = [camera["color"] for camera in recording["cameras"]]
    if not cameras:
        topics = ", ".join(topic["name"] for topic in recording["topics"])
        raise RuntimeError(f"bag:={bag}: it contains no camera; its topics are {topics}")
    arguments = {name: given[name] for name in PASSED_ON}
    if not arguments["camera"] and not arguments["cameras"] and len(cameras) == 1:
        arguments["camera"] = cameras[0]
    bridge = IncludeLaunchDescription(
        PythonLaunchDescriptionSource(BRIDGE),
        # rate of this file is the speed of the bag; without a value of its own, the bridge would take
        # it for its images a second.
        launch_arguments=[*arguments.items(), ("rate", ""), ("use_sim_time", "true")],
    )
    player = ExecuteProcess(
        cmd=[
            *["ros2", "bag", "play", bag, "--storage", recording["storage"]],
            *["--clock", "100", "--rate", given["rate"], "--start-paused"],
            *["--qos-profile-overrides-path", qos_overrides(recording)],
            *(["--loop"] if given["loop"] == "true" else []),
            *["--disable-keyboard-controls", "--topics", *played_topics(recording)],
        ],
        output="screen",
    )
    # The bag waits until the model is ready, then until every camera has a publisher, then for two
    # more graph updates, in which depth and labels are found.
    ready = status_that(given, "m.state == 2 and m.model_state == 2")
    found = status_that(given, "all(camera.publishers > 0 for camera in m.cameras)")
    seen = status_that(given, "any(camera.frames_in > 0 for camera in m.cameras)")
    resume = ExecuteProcess(
        cmd=["ros2", "service", "call", "/rosbag2_player/resume", "rosbag2_interfaces/srv/Resume"],
        output="log",
    )
    progress = {"is_found": False, "is_seen": False}

    def give_up(_context):
        if not progress["is_found"]:
            raise RuntimeError(
                f"the bridge was not ready within patience:={given['patience']} s; its log is above"
            )

    def end(event, _context):
        if event.returncode != 0:
            raise RuntimeError(f"ros2 bag play ended with {event.returncode}")
        return [TimerAction(period=float(given["linger"]), actions=[OpaqueFunction(function=judge)])]

    def judge(_context):
        if not progress["is_seen"]:
            raise RuntimeError(
                "no image came to the bridge: are camera:= and image_transport:= those of the bag? "
                f"Its cameras are {', '.join(cameras)}"
            )
        return [EmitEvent(event=Shutdown(reason="the bag has ended"))]

    def note(what, actions=()):
        def noted(event, _context):
            if event.returncode == 0:
                progress[what] = True
                return list(actions)
            return []

        return noted

    return [
        bridge,
        ready,
        TimerAction(period=float(given["patience"]), actions=[OpaqueFunction(function=give_up)]),
        on_exit(ready, lambda event, _: [player, found, seen] if event.returncode == 0 else []),
        on_exit(found, note("is_found", [TimerAction(period=2.5, actions=[resume])])),
        on_exit(seen, note("is_seen")),
        on_exit(player, end),
    ]


def status_that(given, condition):
    """A process that exits when the bridge's status says so."""
    node = "/".join(["", *filter(None, given["namespace"].split("/")), "spatial_reward"])
    return ExecuteProcess(
        cmd=[
            *["ros2", "topic", "echo", "--once", "--filter", condition],
            *[f"{node}/status", "spatial_reward_msgs/msg/BridgeStatus"],
        ],
        output="log",
    )


def on_exit(process, act):
    return RegisterEventHandler(OnProcessExit(target_action=process, on_exit=act))


def describe(bag):
    """The recording as `spatial-reward bag info --json` describes it."""
    told = subprocess.run(
        [COMMAND_LINE, "bag", "info", "--json", bag], capture_output=True, text=True
    )
    if told.returncode != 0:
        raise RuntimeError(f"bag:={bag}: {told.stderr.strip()}")
    recording = json.loads(told.stdout)
    # The annotated image of an earlier bridge is not a camera.
    recording["cameras"] = [it for it in recording["cameras"] if OWN not in it["color"]]
    return recording


def played_topics(recording):
    """All topics except the clock, which the player publishes, and those of an earlier bridge."""
    names = [topic["name"] for topic in recording["topics"]]
    return [name for name in names if name != "/clock" and OWN not in name]


def qos_overrides(recording):
    """Images are usually recorded with best effort; played that way, a busy machine loses some."""
    parts = {topic for camera in recording["cameras"] for topic in camera.values()}
    latched = {camera.get("label_info") for camera in recording["cameras"]}
    with tempfile.NamedTemporaryFile(
        "w", prefix="replay_qos_", suffix=".yaml", delete=False
    ) as file:
        for topic in sorted(parts - latched):
            # JSON is YAML.
            policy = {"history": "keep_last", "depth": 100, "reliability": "reliable"}
            file.write(json.dumps({topic: {**policy, "durability": "volatile"}})[1:-1] + "\n")
    atexit.register(os.unlink, file.name)
    return file.name
