"""A service of the type of ~/evaluate_reward that answers at once, until it is interrupted."""

import rclpy
from rclpy.executors import ExternalShutdownException
from spatial_reward_msgs.srv import EvaluateReward


def answer(_request, response):
    response.success = True
    return response


def main():
    rclpy.init()
    node = rclpy.create_node("trivial")
    node.create_service(EvaluateReward, "/trivial/evaluate_reward", answer)
    print("ready", flush=True)
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass


if __name__ == "__main__":
    main()
