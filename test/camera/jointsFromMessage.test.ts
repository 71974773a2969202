import { describe, expect, it } from "vitest";
import { jointsFromMessage } from "../../src/camera/index.js";

const read = (type: string, message: unknown) => {
  const { stampNs, positions } = jointsFromMessage({
    ...{ topic: "/gripper", type, logNs: 7n },
    decode: () => message,
  });
  return { stampNs, positions: [...positions] };
};
const header = { stamp: { sec: 0, nanosec: 5 }, frame_id: "" };

describe("jointsFromMessage", () => {
  it.each([
    ["sensor_msgs/msg/JointState", { header, name: ["a", "b"], position: [0.1, Number.NaN] }],
    [
      "control_msgs/msg/JointTrajectoryControllerState",
      { header, joint_names: ["a"], actual: { positions: new Float64Array([0.1]) } },
    ],
    [
      "control_msgs/JointTrajectoryControllerState",
      { header, joint_names: ["a"], feedback: { positions: [0.1] } },
    ],
  ])("reads names and positions of a %s at its stamp", (type, message) => {
    expect(read(type, message)).toEqual({ stampNs: 5n, positions: [["a", 0.1]] });
  });

  it.each([
    ["std_msgs/msg/Float64", { data: 0.04 }],
    ["std_msgs/msg/Float32", { data: 0.04 }],
    ["control_msgs/msg/GripperCommand", { position: 0.04, max_effort: 1 }],
  ])("names the opening of a %s as its topic, when it was received", (type, message) => {
    expect(read(type, message)).toEqual({ stampNs: 7n, positions: [["/gripper", 0.04]] });
  });

  it("takes no number that is none, and no other type", () => {
    expect(() => read("std_msgs/msg/Float64", { data: Number.NaN })).toThrow(/std_msgs\/Float64/);
    expect(() => read("std_msgs/msg/Bool", { data: true })).toThrow(/std_msgs\/msg\/Bool tells no/);
  });
});
