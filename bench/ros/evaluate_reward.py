"""A simulator's loop with the bridge as its reward: rclpy calls ~/evaluate_reward step by step.

    python3 bench/ros/evaluate_reward.py [steps] [width] [height]

Wants a running bridge (ros2 launch spatial_reward_bridge bridge.launch.py task:=reach
camera:=/camera/color). Prints steps a second and how long a step takes; the images are noise, so
that nothing is known of them beforehand.
"""

import random
import sys
import time

import rclpy
from spatial_reward_msgs.msg import CameraImages
from spatial_reward_msgs.srv import EvaluateReward


def images(step, width, height, pixels):
    camera = CameraImages()
    camera.color.header.frame_id = "camera_color_optical_frame"
    camera.color.header.stamp.sec = step // 10
    camera.color.header.stamp.nanosec = step % 10 * 100_000_000
    camera.color.width, camera.color.height = width, height
    camera.color.encoding, camera.color.step = "rgb8", width * 3
    camera.color.data = pixels
    return camera


def main(steps=200, width=320, height=240):
    rclpy.init()
    node = rclpy.create_node("policy")
    client = node.create_client(EvaluateReward, "/spatial_reward/evaluate_reward")
    if not client.wait_for_service(timeout_sec=20.0):
        sys.exit("no bridge answers on /spatial_reward/evaluate_reward")
    pictures = [bytes(random.randbytes(width * height * 3)) for _ in range(8)]
    took = []
    for step in range(steps):
        request = EvaluateReward.Request(episode=str(step // 100))
        request.images = [images(step, width, height, pictures[step % len(pictures)])]
        start = time.perf_counter()
        answer = client.call_async(request)
        rclpy.spin_until_future_complete(node, answer)
        took.append(time.perf_counter() - start)
        if not answer.result().success:
            sys.exit(answer.result().message)
    took = sorted(took[steps // 10 :])
    print(
        f"{steps} steps of {width}x{height}: {len(took) / sum(took):.1f} steps/s, "
        f"median {took[len(took) // 2] * 1e3:.1f} ms, p99 {took[int(0.99 * len(took))] * 1e3:.1f} ms"
    )
    rclpy.shutdown()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
