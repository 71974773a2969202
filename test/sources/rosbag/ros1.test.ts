import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { annotatedBagSink } from "../../../src/sinks/annotatedBagSink.js";
import { bagSource, openBag, openSource } from "../../../src/sources/index.js";
import { parseTask } from "../../../src/task/index.js";
import { mcapBytes, readAnyhow, temporaryFolder } from "./recordings.js";
import { ROS1_IMAGE, ros1, ros1Bag } from "./ros1Bags.js";

const folder = await temporaryFolder();
const fixtures = new URL("./fixtures/", import.meta.url).pathname;
const SEC = 1_700_000_000;

const CUSTOM = `time when
geometry_msgs/Vector3[] points
sensor_msgs/Image picture
duration took
================================================================================
MSG: geometry_msgs/Vector3
float64 x
float64 y
float64 z
================================================================================
MSG: sensor_msgs/Image
${ROS1_IMAGE}`;

function image(at: number) {
  const header = { seq: at, stamp: { sec: SEC, nsec: at }, frame_id: "cam" };
  return {
    header,
    ...{ height: 1, width: 2, encoding: "rgb8", is_bigendian: 0, step: 6 },
    data: new Uint8Array([at, 1, 2, 3, 4, 5]),
  };
}

const TASK = `name: t
objects: { a: { phrase: the cup }, b: { phrase: the dish } }
measurements: { gap: { kind: distance, subject: a, object: b } }
reward: { terms: { near: -gap } }
`;

const topics = [
  { topic: "/cam/image_raw", type: "sensor_msgs/Image", definition: ROS1_IMAGE },
  { topic: "/own", type: "my_msgs/Custom", definition: CUSTOM },
];
const custom = {
  when: { sec: 5, nsec: 6 },
  points: [{ x: 1, y: 2, z: 3 }],
  picture: image(9),
  took: { sec: 7, nsec: 8 },
};
const messages = [0, 1, 2, 3, 4].map((at) => ({
  ...{ topic: 0, sec: SEC, nsec: at },
  data: ros1(ROS1_IMAGE, image(at)),
}));
const withCustom = [...messages, { topic: 1, sec: SEC, nsec: 5, data: ros1(CUSTOM, custom) }];

async function stored(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function stamps(path: string, topic = "/cam/image_raw"): Promise<bigint[]> {
  await using bag = await openBag(path);
  const found: bigint[] = [];
  for await (const { logNs } of bag.messages({ topics: [topic] })) found.push(logNs);
  return found;
}

const nsOf = (at: number) => BigInt(SEC) * 1_000_000_000n + BigInt(at);

describe("a ROS 1 bag", () => {
  it.each(["bz2", "lz4"])("is read where its chunks are packed with %s", async (compression) => {
    await using bag = await openBag(join(fixtures, `ros1_${compression}.bag`));
    expect(bag.info).toMatchObject({
      storage: "rosbag1",
      compression: [compression],
      messageCount: 12,
      damage: [],
    });
    const found = new Map<string, unknown>();
    for await (const message of bag.messages()) found.set(message.topic, message.decode());
    expect(found.get("/cam/camera_info")).toMatchObject({
      header: { stamp: { sec: SEC, nanosec: 66_666_666 }, frame_id: "cam" },
      k: Float64Array.from([20, 0, 8, 0, 20, 6, 0, 0, 1]),
    });
    expect(found.get("/tf")).toMatchObject({
      transforms: [{ child_frame_id: "gripper", transform: { translation: { x: 1, y: 2, z: 5 } } }],
    });
  });

  it("is a source of frames like any other, with intrinsics and poses", async () => {
    await using source = await openSource(join(fixtures, "ros1_lz4.bag"));
    const cameras = source.cameras([]);
    const frames = [];
    for await (const frame of source.frames({ cameras, tfFrames: ["gripper"] })) frames.push(frame);
    expect(frames.map(({ stampNs }) => stampNs - nsOf(0))).toEqual([0n, 33_333_333n, 66_666_666n]);
    expect(frames[0]).toMatchObject({
      frameId: "cam",
      image: { width: 16, height: 12, encoding: "rgb8" },
      info: { fx: 20, cx: 8 },
    });
    expect(frames[0]?.poses?.get("gripper")).toMatchObject({ pose: { position: [1, 2, 3] } });
  });

  it("gives messages by time and by topic", async () => {
    const path = await stored("some.bag", ros1Bag(topics, withCustom));
    await using bag = await openBag(path);
    expect(bag.info.topics).toMatchObject([
      { name: "/cam/image_raw", messageCount: 5, recordedAs: { type: "sensor_msgs/Image" } },
      { name: "/own", messageCount: 1, recordedAs: { type: "my_msgs/Custom", encoding: "ros1" } },
    ]);
    const range = { startNs: nsOf(1), endNs: nsOf(3), topics: ["/cam/image_raw"] };
    const found = [];
    for await (const { decode } of bag.messages(range)) found.push(decode);
    expect(found).toHaveLength(3);
    expect(await stamps(path)).toEqual([0, 1, 2, 3, 4].map(nsOf));
  });

  it("is written as CDR of ROS 2, with types of its own", async () => {
    await using bag = await openBag(await stored("cdr.bag", ros1Bag(topics, withCustom)));
    expect(bag.definition("my_msgs/msg/Custom")).toContain("builtin_interfaces/Time when");
    const { cdrWriter } = await import("../../../src/sources/cdr.js");
    const { MessageReader } = await import("@foxglove/rosmsg2-serialization");
    const { parse } = await import("@foxglove/rosmsg");
    for await (const message of bag.messages({ topics: ["/own"] })) {
      const definition = bag.definition(message.type) ?? "";
      const read = new MessageReader(parse(definition, { ros2: true }));
      expect(read.readMessage(message.data)).toMatchObject({
        when: { sec: 5, nanosec: 6 },
        took: { sec: 7, nanosec: 8 },
        points: [{ x: 1, y: 2, z: 3 }],
        picture: { header: { stamp: { sec: SEC, nanosec: 9 } }, encoding: "rgb8" },
      });
      expect(message.data).toEqual(cdrWriter(message.type, definition)(message.decode()));
    }
  });

  it("annotated, becomes a recording of ROS 2", async () => {
    const bag = await openBag(await stored("annotated.bag", ros1Bag(topics, withCustom)));
    const task = parseTask(TASK, "task.yaml");
    const path = join(folder, "annotated.mcap");
    const sink = await annotatedBagSink(path, {
      ...{ task, model: "none", withImages: true },
      source: bagSource(bag),
    });
    await sink.close();
    await bag.close();
    await using written = await openBag(path);
    const own = written.info.topics.find(({ name }) => name === "/own");
    expect(own).toMatchObject({ type: "my_msgs/msg/Custom", messageCount: 1 });
    expect(own?.recordedAs).toBeUndefined();
    for await (const message of written.messages({ topics: ["/cam/image_raw"] })) {
      const { nanosec } = (message.decode() as { header: { stamp: { nanosec: number } } }).header
        .stamp;
      expect(nsOf(nanosec)).toBe(message.logNs);
    }
  });

  it("without an index (a killed recorder) gives all complete chunks", async () => {
    const whole = ros1Bag(topics, messages, { isIndexed: false });
    const path = await stored("killed.bag.active", whole);
    expect(await stamps(path)).toEqual([0, 1, 2, 3, 4].map(nsOf));
    const cut = await stored("cut.bag", whole.subarray(0, whole.length - 30));
    expect(await stamps(cut)).toEqual([0, 1, 2, 3].map(nsOf));
    await using bag = await openBag(cut);
    expect(bag.info.damage.join()).toMatch(/no index.*from byte \d+ on \d+ bytes are lost/);
  });

  it("loses a damaged chunk and nothing else", async () => {
    const bytes = ros1Bag(topics, messages, { perChunk: 1 });
    const at = bytes.indexOf("compression=none", bytes.indexOf("compression=none") + 1);
    bytes.write("compression=nine", at);
    const path = await stored("damaged.bag", bytes);
    await using bag = await openBag(path);
    const found: bigint[] = [];
    for await (const { logNs } of bag.messages()) found.push(logNs);
    expect(found).toEqual([0, 2, 3, 4].map(nsOf));
    expect(bag.info.damage.join()).toMatch(/damaged\.bag: chunk at byte \d+ is lost: .*nine/);
  });

  it("runs no code that a definition brings", async () => {
    const global = globalThis as { wasRun?: boolean };
    const texts = [
      "uint8 a;globalThis.wasRun=true;//\n",
      "uint8[1];globalThis.wasRun=true;//] a\n",
      `x/Y y\n${"=".repeat(80)}\nMSG: x/Y=0;globalThis.wasRun=true;//\nuint8 a\n`,
    ];
    for (const [i, definition] of texts.entries()) {
      const bad = [{ topic: "/a", type: "a/B", definition }];
      const message = { topic: 0, sec: SEC, nsec: 0, data: new Uint8Array(8) };
      await using bag = await openBag(await stored(`code${i}.bag`, ros1Bag(bad, [message])));
      for await (const each of bag.messages()) expect(() => each.decode()).toThrow(UserError);
      expect(global.wasRun).toBeUndefined();
    }
  });

  it("with any bytes changed, is read or refused, and never hangs", async () => {
    const whole = await readFile(join(fixtures, "ros1_lz4.bag"));
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await readAnyhow(await stored("fuzz.bag", bytes));
      }),
      { numRuns: 60 },
    );
  });
});

describe("ROS 1 messages in MCAP", () => {
  it("are read as those of ROS 2", async () => {
    const bytes = await mcapBytes([
      {
        ...{ topic: "/cam/image_raw", encoding: "ros1" },
        schema: {
          ...{ name: "sensor_msgs/Image", encoding: "ros1msg" },
          data: new TextEncoder().encode(ROS1_IMAGE),
        },
        messages: [{ logNs: nsOf(0), data: ros1(ROS1_IMAGE, image(0)) }],
      },
    ]);
    await using source = await openSource(await stored("ros1.mcap", bytes));
    const frames = [];
    for await (const frame of source.frames({ cameras: source.cameras([]) })) frames.push(frame);
    expect(frames).toMatchObject([{ frameId: "cam", image: { encoding: "rgb8", width: 2 } }]);
  });
});
