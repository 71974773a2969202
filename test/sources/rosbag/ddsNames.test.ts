import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findCameras } from "../../../src/camera/index.js";
import { knownDefinition } from "../../../src/sources/cdr.js";
import { openBag } from "../../../src/sources/index.js";
import { cdr, T0, temporaryFolder, writeDb3, writeMcap } from "./recordings.js";

const folder = await temporaryFolder();
const TYPE = "sensor_msgs/msg/Image";
const image = cdr(TYPE, {
  header: { stamp: { sec: 5, nanosec: 7 }, frame_id: "cam" },
  ...{ width: 2, height: 1, encoding: "rgb8", is_bigendian: 0, step: 6 },
  data: Uint8Array.of(1, 2, 3, 4, 5, 6),
});
const IDL = `module builtin_interfaces { module msg { module dds_ {
  struct Time_ { long sec; unsigned long nanosec; }; }; }; };
module std_msgs { module msg { module dds_ {
  struct Header_ { builtin_interfaces::msg::dds_::Time_ stamp; string frame_id; }; }; }; };
module sensor_msgs { module msg { module dds_ {
  struct Image_ { std_msgs::msg::dds_::Header_ header; unsigned long height; unsigned long width;
    string encoding; octet is_bigendian; unsigned long step; sequence<octet> data; }; }; }; };
`;
const EXPECTED = {
  header: { stamp: { sec: 5, nanosec: 7 }, frame_id: "cam" },
  encoding: "rgb8",
  width: 2,
  data: Uint8Array.of(1, 2, 3, 4, 5, 6),
};

async function expectImage(path: string): Promise<void> {
  await using bag = await openBag(path);
  expect(bag.info.topics).toMatchObject([{ name: "/cam/image_raw", type: TYPE }]);
  expect(findCameras(bag.info, [])).toMatchObject([{ color: "/cam/image_raw" }]);
  for await (const message of bag.messages()) expect(message.decode()).toMatchObject(EXPECTED);
}

describe("types by their names in DDS", () => {
  it.each([
    ["ros2msg", "sensor_msgs::msg::dds_::Image_", knownDefinition(TYPE) ?? ""],
    ["ros2idl", "sensor_msgs::msg::dds_::Image_", IDL],
    ["omgidl", "sensor_msgs::msg::dds_::Image_", "struct Unread_ { long of; };"],
    ["omgidl", "sensor_msgs/msg/dds_/Image_", "struct Unread_ { long of; };"],
    ["ros2msg", "sensor_msgs/Image", knownDefinition(TYPE) ?? ""],
  ])("MCAP, %s, %s", async (encoding, name, text) => {
    const path = join(folder, `${encoding}_${name.replaceAll(/\W/g, "_")}.mcap`);
    const topic = name.includes("dds_") ? "rt/cam/image_raw" : "/cam/image_raw";
    const schema = { name, encoding, data: Buffer.from(text) };
    await writeMcap(path, [{ topic, logNs: T0, data: image }], { schema });
    await expectImage(path);
  });

  it("sqlite3", async () => {
    const path = join(folder, "dds.db3");
    const type = "sensor_msgs::msg::dds_::Image_";
    writeDb3(path, [{ topic: "/cam/image_raw", logNs: T0, data: image }], { type });
    await expectImage(path);
  });
});
