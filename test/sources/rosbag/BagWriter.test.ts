import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { knownDefinition } from "../../../src/sources/cdr.js";
import { BagWriter, openBag } from "../../../src/sources/index.js";
import { fillDisk, unfinished } from "../../support/diskFaults.js";
import { readAll, STRING, T0, temporaryFolder, text } from "./recordings.js";

const folder = await temporaryFolder();
const stamp = { sec: 1_700_000_000, nanosec: 123_456_789 };
const header = { stamp, frame_id: "camera_optical" };

/** One message of each type that this package writes. */
const samples: Readonly<Record<string, Record<string, unknown>>> = {
  "std_msgs/msg/String": { data: "Größe" },
  "sensor_msgs/msg/Image": {
    header,
    width: 2,
    height: 1,
    encoding: "rgb8",
    step: 6,
    is_bigendian: 0,
    data: Uint8Array.of(1, 2, 3, 4, 5, 6),
  },
  "sensor_msgs/msg/CompressedImage": { header, format: "jpeg", data: Uint8Array.of(255, 216) },
  "sensor_msgs/msg/CameraInfo": {
    header,
    width: 640,
    distortion_model: "plumb_bob",
    d: Float64Array.of(1, 2, 3, 4, 5),
    k: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9),
  },
  "sensor_msgs/msg/JointState": { header, name: ["j"], position: Float64Array.of(0.5) },
  "geometry_msgs/msg/PoseStamped": { header, pose: { position: { x: 1, y: 2, z: 3 } } },
  "tf2_msgs/msg/TFMessage": { transforms: [{ header, child_frame_id: "mug" }] },
  "rosgraph_msgs/msg/Clock": { clock: stamp },
  "vision_msgs/msg/LabelInfo": { header, class_map: [{ class_id: 3, class_name: "mug" }] },
  "vision_msgs/msg/Detection2DArray": {
    header,
    detections: [{ results: [{ hypothesis: { class_id: "mug", score: 0.5 } }] }],
  },
  "visualization_msgs/msg/MarkerArray": { markers: [{ header, ns: "n", lifetime: stamp }] },
  "spatial_reward_msgs/msg/DenseReward": { header, reward: 0.25, term_names: ["a"] },
  "spatial_reward_msgs/msg/SpatialFacts": { header, facts: [{ name: "d", value: 0.5 }] },
};

describe("BagWriter", () => {
  it("gives up at the end of a block that does not close it", async () => {
    const path = join(folder, "block.mcap");
    {
      await using writer = await BagWriter.create(path);
      await writer.addTopic({ name: "/text", type: STRING });
    }
    await expect(stat(path)).rejects.toThrow("ENOENT");
    {
      await using writer = await BagWriter.create(path);
      await writer.addTopic({ name: "/text", type: STRING });
      await writer.close();
    }
    await using bag = await openBag(path);
    expect(bag.info.topics.map(({ name }) => name)).toEqual(["/text"]);
    await bag.close();
  });

  it("writes every type of the bridge so that it is read back equal", async () => {
    const path = join(folder, "types.mcap");
    const writer = await BagWriter.create(path);
    for (const [type, message] of Object.entries(samples)) {
      await writer.addTopic({ name: `/${type.split("/")[2]}`, type });
      await writer.write(`/${type.split("/")[2]}`, T0, message);
    }
    await writer.close();
    const bag = await openBag(path);
    const read = new Map<string, unknown>();
    for await (const message of bag.messages()) read.set(message.type, message.decode());
    for (const [type, message] of Object.entries(samples)) {
      expect(read.get(type)).toMatchObject(message);
    }
    await bag.close();
  });

  it("gives back any messages with any stamps, in log-time order", async () => {
    const message = fc.record({
      topic: fc.constantFrom("/a", "/b/c"),
      logNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      publishNs: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
      data: fc.string({ maxLength: 200, unit: "grapheme" }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (messages) => {
        const path = join(folder, `any_${run++}.mcap`);
        const writer = await BagWriter.create(path);
        for (const name of ["/a", "/b/c"]) await writer.addTopic({ name, type: STRING });
        // Not awaited one by one: the writer keeps them in order.
        await Promise.all(
          messages.map((m) => writer.write(m.topic, m.logNs, { data: m.data }, m.publishNs)),
        );
        expect(writer.written).toBe(messages.length);
        await writer.close();
        const bag = await openBag(path);
        const read = [];
        for await (const m of bag.messages()) {
          const { data } = m.decode() as { data: string };
          read.push({ topic: m.topic, logNs: m.logNs, publishNs: m.publishNs, data });
        }
        const byTime = messages.toSorted((a, b) =>
          a.logNs < b.logNs ? -1 : a.logNs > b.logNs ? 1 : 0,
        );
        expect(read).toEqual(byTime);
        expect(bag.info).toMatchObject({
          messageCount: messages.length,
          startNs: byTime[0]?.logNs ?? 0n,
          endNs: byTime[byTime.length - 1]?.logNs ?? 0n,
        });
        await bag.close();
      }),
      { numRuns: 40 },
    );
  });

  it("appears under its name only when it is closed", async () => {
    const path = join(folder, "late.mcap");
    const writer = await BagWriter.create(path);
    await writer.addTopic({ name: "/s", type: STRING });
    await writer.write("/s", T0, { data: "x" });
    await expect(stat(path)).rejects.toThrow();
    await writer.close();
    expect((await stat(path)).size).toBeGreaterThan(0);
    expect(await unfinished(path)).toBeUndefined();
    await expect(writer.write("/s", T0, { data: "y" })).rejects.toThrow("closed");
  });

  it.each(["aborted.mcap", "aborted"])("leaves nothing of %s when it is aborted", async (name) => {
    const writer = await BagWriter.create(join(folder, name));
    await writer.addTopic({ name: "/s", type: STRING });
    await writer.write("/s", T0, { data: "x" });
    await writer.abort();
    expect((await readdir(folder)).filter((left) => left.includes("aborted"))).toEqual([]);
  });

  it("leaves what cannot be recorded again, readable, where that is asked for", async () => {
    const path = join(folder, "kept.mcap");
    const writer = await BagWriter.create(path, { keepUnfinished: true });
    await writer.addTopic({ name: "/s", type: STRING });
    for (let i = 0n; i < 10n; i++) await writer.write("/s", T0 + i, { data: "x" });
    await writer.abort();
    await writer.abort();
    await expect(stat(path)).rejects.toThrow();
    const bag = await openBag((await unfinished(path)) ?? "");
    expect(await readAll(bag)).toHaveLength(10);
    await bag.close();
  });

  it("says which file and why when the disk is full, and leaves nothing under the name", async () => {
    const path = join(folder, "full.mcap");
    const full = await fillDisk();
    await expect(BagWriter.create(path)).rejects.toThrow(`cannot write ${path}: the disk is full`);
    full.mockRestore();
    expect(await unfinished(path)).toBeUndefined();
    await expect(stat(path)).rejects.toThrow();
  });

  it.each(["ros2msg", "ros2idl", "protobuf", "jsonschema"])(
    "copies a topic with a schema in %s that nobody can parse, byte for byte",
    async (schemaEncoding) => {
      const schema = Uint8Array.from({ length: 256 }, (_, i) => i);
      const description = { schemaEncoding, schema, messageEncoding: "odd" };
      const data = Uint8Array.of(9, 8, 7);
      const path = join(folder, `odd-${schemaEncoding}.mcap`);
      const writer = await BagWriter.create(path);
      await writer.addTopic({ name: "/odd", type: "a/msg/A", description });
      await writer.writeRaw("/odd", T0, data);
      await expect(writer.write("/odd", T0, {})).rejects.toThrow("/odd");
      await writer.close();
      await using bag = await openBag(path);
      expect(bag.description("/odd")).toEqual(description);
      expect(bag.info.messageCount).toBe(1);
    },
  );

  it("makes the folder that a file goes into", async () => {
    const path = join(folder, "some/where/run.mcap");
    await (await BagWriter.create(path)).close();
    expect((await stat(path)).isFile()).toBe(true);
  });

  it("says so when a file stands in its place", async () => {
    await writeFile(join(folder, "taken"), "");
    await expect(BagWriter.create(join(folder, "taken"))).rejects.toThrow(/already exists/);
  });

  it("writes metadata.yaml of version 5 beside the file, as Humble reads it", async () => {
    const parent = join(folder, "bag");
    const writer = await BagWriter.create(parent);
    await writer.addTopic({ name: "/img", type: "sensor_msgs/msg/Image", qos: "sensor" });
    await writer.addTopic({ name: "/tf_static", type: "tf2_msgs/msg/TFMessage", qos: "latched" });
    await writer.write("/img", T0, {});
    await writer.write("/img", T0 + 5n, {});
    await writer.close();
    expect((await readdir(parent)).sort()).toEqual(["bag.mcap", "metadata.yaml"]);
    const yaml = await readFile(join(parent, "metadata.yaml"), "utf8");
    const { rosbag2_bagfile_information: info } = parse(yaml, { intAsBigInt: true });
    expect(info).toMatchObject({
      version: 5n,
      storage_identifier: "mcap",
      starting_time: { nanoseconds_since_epoch: T0 },
      duration: { nanoseconds: 5n },
      message_count: 2n,
      compression_format: "",
      compression_mode: "",
      relative_file_paths: ["bag.mcap"],
    });
    const [image, latched] = info.topics_with_message_count;
    expect(image.topic_metadata).toMatchObject({ name: "/img", serialization_format: "cdr" });
    expect(parse(image.topic_metadata.offered_qos_profiles)[0]).toMatchObject({
      reliability: 2,
      durability: 2,
    });
    expect(parse(latched.topic_metadata.offered_qos_profiles)[0]).toMatchObject({
      reliability: 1,
      durability: 1,
    });
  });

  it("writes no metadata.yaml that would hide another recording of the folder", async () => {
    const parent = join(folder, "two");
    await mkdir(parent);
    await writeFile(join(parent, "theirs.mcap"), "");
    await (await BagWriter.create(join(parent, "ours.mcap"))).close();
    expect((await readdir(parent)).sort()).toEqual(["ours.mcap", "theirs.mcap"]);
  });

  it("leaves the metadata.yaml of another bag alone and renews its own", async () => {
    const writeOne = async (name: string, count: number) => {
      const writer = await BagWriter.create(join(folder, "shared", name));
      await writer.addTopic({ name: "/s", type: STRING });
      for (let i = 0; i < count; i++) await writer.write("/s", T0, { data: "x" });
      await writer.close();
      const bag = await openBag(join(folder, "shared"));
      const { files, messageCount } = bag.info;
      await bag.close();
      return { files: files.map((file) => file.slice(file.lastIndexOf("/") + 1)), messageCount };
    };
    const seed = await BagWriter.create(join(folder, "shared"));
    await seed.close();
    expect(await writeOne("other.mcap", 2)).toEqual({ files: ["shared.mcap"], messageCount: 0 });
    expect(await writeOne("shared.mcap", 3)).toEqual({ files: ["shared.mcap"], messageCount: 3 });
  });

  it("keeps named metadata records", async () => {
    const path = join(folder, "records.mcap");
    const writer = await BagWriter.create(path);
    await writer.addMetadata("run", new Map([["model", "rgbd"]]));
    await writer.close();
    const bag = await openBag(path);
    expect(bag.metadata("run")).toEqual(new Map([["model", "rgbd"]]));
    expect(bag.metadata("other")).toBeUndefined();
    await bag.close();
  });

  it("stores definitions that name builtin_interfaces/Time and hold all they need", () => {
    const definition = knownDefinition("spatial_reward_msgs/msg/SpatialFacts")!;
    expect(definition).toContain("builtin_interfaces/Time stamp");
    expect(definition).not.toMatch(/^time /m);
    for (const part of ["std_msgs/Header", "spatial_reward_msgs/SpatialFact"]) {
      expect(definition).toContain(`\n${"=".repeat(80)}\nMSG: ${part}\n`);
    }
  });

  it("takes the user's own definition and refuses an unknown type without one", async () => {
    const path = join(folder, "own.mcap");
    const writer = await BagWriter.create(path);
    const type = "my_msgs/msg/Weight";
    await expect(writer.addTopic({ name: "/w", type })).rejects.toThrow(/my_msgs\/msg\/Weight/);
    await writer.addTopic({ name: "/w", type, definition: "float64 kg\n" });
    await expect(writer.addTopic({ name: "/w", type: STRING })).rejects.toThrow(/declared as/);
    await expect(writer.writeRaw("/v", T0, text("x"))).rejects.toThrow(/addTopic/);
    await writer.write("/w", T0, { kg: 1.5 });
    await writer.close();
    const bag = await openBag(path);
    for await (const message of bag.messages()) expect(message.decode()).toEqual({ kg: 1.5 });
    await bag.close();
  });
});
