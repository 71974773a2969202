import { describe, expect, it } from "vitest";
import { LabelNameHistory, labelNamesFromRos } from "../../src/camera/labelNames.js";

const LABEL_INFO = "vision_msgs/msg/LabelInfo";
const STRING = "std_msgs/msg/String";

const isaac = (names: Record<string, unknown>) =>
  labelNamesFromRos({ data: JSON.stringify(names) }, STRING);

describe("labelNamesFromRos", () => {
  it("maps the ids of a LabelInfo to names, which hold for all images", () => {
    const class_map = [
      { class_id: 1, class_name: "gripper" },
      { class_id: 7, class_name: "red mug" },
    ];
    const { names, stampNs } = labelNamesFromRos({ class_map, threshold: 0 }, LABEL_INFO);
    expect([...names]).toEqual([
      [1, "gripper"],
      [7, "red mug"],
    ]);
    expect(stampNs).toBeUndefined();
  });

  it("reads Isaac Sim's string, with the stamp of its image", () => {
    const { names, stampNs } = isaac({
      "0": { class: "BACKGROUND" },
      "2": { class: "red_mug" },
      time_stamp: { sec: "3", nanosec: "250000000" },
    });
    expect([...names]).toEqual([
      [0, "BACKGROUND"],
      [2, "red_mug"],
    ]);
    expect(stampNs).toBe(3_250_000_000n);
  });

  it("takes plain names and leaves out what is none", () => {
    const { names } = isaac({ "2": "mug", "3": { type: "x" }, "4": 7, "(0, 0, 0, 255)": "wall" });
    expect([...names]).toEqual([[2, "mug"]]);
  });

  it.each([
    ["not JSON", "hello", "not JSON"],
    ["another JSON", '{"a": 1}', "without names"],
    ["a list", "[1, 2]", "not a label names message"],
    ["a time that is none", '{"2": "mug", "time_stamp": {"sec": -1, "nanosec": 0}}', "time_stamp"],
  ])("refuses %s", (_what, data, reason) => {
    expect(() => labelNamesFromRos({ data }, STRING)).toThrow(reason);
  });
});

describe("LabelNameHistory", () => {
  const mug = new Map([[2, "mug"]]);
  const tray = new Map([[2, "tray"]]);

  it("gives each image the names of its time, in whatever order they came", () => {
    const history = new LabelNameHistory();
    expect(history.at(5n)).toBeUndefined();
    history.add({ names: tray, stampNs: 20n });
    history.add({ names: mug, stampNs: 10n });
    history.add({ names: new Map(mug), stampNs: 15n });
    expect([5n, 10n, 19n, 20n, 99n].map((stampNs) => history.at(stampNs))).toEqual([
      mug,
      mug,
      mug,
      tray,
      tray,
    ]);
  });

  it("lets names without a stamp replace each other", () => {
    const history = new LabelNameHistory();
    history.add({ names: mug });
    history.add({ names: tray });
    expect(history.at(0n)).toEqual(tray);
  });
});
