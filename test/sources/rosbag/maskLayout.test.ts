import { describe, expect, it } from "vitest";
import { maskLayout } from "../../../src/sources/rosbag/definitions/maskLayout.js";

const BAR = `\n${"=".repeat(80)}\n`;
const IMAGE = "MSG: sensor_msgs/Image\nHeader header\nuint32 height\nuint32 width\nuint8[] data";
const HEADER = "MSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id";
const THING = "MSG: lab_msgs/Thing\nstring name\nsensor_msgs/Image mask";

function layoutOf(text: string, encoding = "ros1msg") {
  return maskLayout({ type: "lab_msgs/Things", encoding, text });
}

describe("maskLayout of ROS 1 definitions", () => {
  it.each([
    ["a list of images", ["Header header\nsensor_msgs/Image[] masks", IMAGE, HEADER]],
    ["a list of objects", ["Header header\nThing[] things", THING, IMAGE, HEADER]],
  ])("knows %s", async (_, parts) => {
    expect(await layoutOf(parts.join(BAR))).toEqual({ isReadable: true });
  });

  it.each([
    ["one image", ["Header header\nsensor_msgs/Image mask", IMAGE, HEADER].join(BAR)],
    [
      "images of something else",
      ["Header header\nsensor_msgs/Image[] views # no masks", IMAGE, HEADER].join(BAR),
    ],
    ["what cannot be read", "sensor_msgs/Image[ masks"],
  ])("takes no other message for masks: %s", async (_, text) => {
    expect(await layoutOf(text)).toBeUndefined();
  });
});
