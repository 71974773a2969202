"""A simulator's loop with the bridge as its reward: rclpy calls ~/evaluate_reward step by step.

    python3 bench/ros/evaluate_reward.py <steps> <width> <height> <color|rgbd>

Wants a running bridge and bench/ros/trivial_service.py, which takes the same requests and returns at
once: what rclpy and DDS cost alone. The two take turns. Prints a line of JSON: of each the steps a
second, median and p99 of a step in ms, and the share of steps whose reward is valid.

rgbd sends depth and instance ids of two squares with each image, color only the image. The image is
noise, so that nothing is known of it beforehand.
"""

import array
import json
import random
import sys
import time

import rclpy
from spatial_reward_msgs.msg import CameraImages
from spatial_reward_msgs.srv import EvaluateReward

SERVICES = {"bridge": "/spatial_reward/evaluate_reward", "trivial": "/trivial/evaluate_reward"}
# Steps of one service before the other has its turn, and of each that are not counted.
TURN = 10
WARM_UP = 20
FOCAL = 300.0


def filled(image, width, height, encoding, data):
    image.width, image.height, image.encoding = width, height, encoding
    # rclpy looks at each byte of anything else.
    image.data = array.array("B", data)
    image.step = len(data) // height


def squares(width, height):
    """The id at each pixel: two squares, side by side, on nothing."""
    side = height // 4
    top = (height - side) // 2
    ids = bytearray(width * height)
    for number, left in ((1, width // 8), (2, 5 * width // 8)):
        for row in range(top, top + side):
            start = row * width + left
            ids[start : start + side] = bytes([number]) * side
    return bytes(ids)


def scene(width, height, kind):
    """All of a step but its stamp."""
    camera = CameraImages()
    filled(camera.color, width, height, "rgb8", random.randbytes(width * height * 3))
    if kind == "rgbd":
        ids = squares(width, height)
        millimetres = [(800 if number else 2000).to_bytes(2, "little") for number in ids]
        filled(camera.depth, width, height, "16UC1", b"".join(millimetres))
        filled(camera.labels, width, height, "mono8", ids)
        camera.camera_info.width, camera.camera_info.height = width, height
        camera.camera_info.distortion_model = "plumb_bob"
        camera.camera_info.d = [0.0] * 5
        center = (width / 2 - 0.5, height / 2 - 0.5)
        camera.camera_info.k = [FOCAL, 0.0, center[0], 0.0, FOCAL, center[1], 0.0, 0.0, 1.0]
        camera.camera_info.p = [FOCAL, 0.0, center[0], 0.0, 0.0, FOCAL, center[1], 0.0, 0.0, 0.0, 1.0, 0.0]
    return camera


def request_of(camera, step):
    stamp = {"sec": step // 10, "nanosec": step % 10 * 100_000_000}
    for part in (camera.color, camera.depth, camera.labels, camera.camera_info):
        part.header.frame_id = "camera_color_optical_frame"
        part.header.stamp.sec, part.header.stamp.nanosec = stamp["sec"], stamp["nanosec"]
    return EvaluateReward.Request(episode="bench", images=[camera])


def summary(took, valid):
    counted = sorted(took[WARM_UP:])
    return {
        "steps_per_s": len(counted) / sum(counted),
        "p50_ms": counted[len(counted) // 2] * 1e3,
        "p99_ms": counted[int(0.99 * len(counted))] * 1e3,
        "valid": valid / len(took),
    }


def main(steps, width, height, kind):
    rclpy.init()
    node = rclpy.create_node("policy")
    clients = {name: node.create_client(EvaluateReward, at) for name, at in SERVICES.items()}
    for name, client in clients.items():
        if not client.wait_for_service(timeout_sec=60.0):
            sys.exit(f"nobody answers on {SERVICES[name]}")
    scenes = [scene(width, height, kind) for _ in range(8)]
    took = {name: [] for name in clients}
    valid = {name: 0 for name in clients}
    for first in range(0, steps + WARM_UP, TURN):
        for name, client in clients.items():
            for step in range(first, first + TURN):
                request = request_of(scenes[step % len(scenes)], step)
                start = time.perf_counter()
                answer = client.call_async(request)
                rclpy.spin_until_future_complete(node, answer)
                took[name].append(time.perf_counter() - start)
                if not answer.result().success:
                    sys.exit(answer.result().message)
                valid[name] += answer.result().reward.validity == 0
    print(json.dumps({name: summary(took[name], valid[name]) for name in clients}))
    rclpy.shutdown()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]), sys.argv[4])
