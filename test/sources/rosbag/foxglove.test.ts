import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";
import { describe, expect, it } from "vitest";
import { UserError } from "../../../src/base/index.js";
import { openBag, openSource } from "../../../src/sources/index.js";
import { cdr, mcapBytes, readAnyhow, temporaryFolder } from "./recordings.js";

const folder = await temporaryFolder();
const T0 = 1_700_000_000_000_000_000n;
const TIME = { sec: 1_700_000_000, nsec: 5 };

/** Foxglove's schemas, as far as they are read. */
const PROTO = `syntax = "proto3";
package foxglove;
import "google/protobuf/timestamp.proto";
message Vector3 { double x = 1; double y = 2; double z = 3; }
message Quaternion { double x = 1; double y = 2; double z = 3; double w = 4; }
message RawImage {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 7; fixed32 width = 2;
  fixed32 height = 3; string encoding = 4; fixed32 step = 5; bytes data = 6;
}
message CompressedImage {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 4; bytes data = 2; string format = 3;
}
message CameraCalibration {
  google.protobuf.Timestamp timestamp = 1; string frame_id = 9; fixed32 width = 2;
  fixed32 height = 3; string distortion_model = 4; repeated double D = 5; repeated double K = 6;
  repeated double R = 7; repeated double P = 8;
}
message FrameTransform {
  google.protobuf.Timestamp timestamp = 1; string parent_frame_id = 2; string child_frame_id = 3;
  Vector3 translation = 4; Quaternion rotation = 5;
}
message FrameTransforms { repeated FrameTransform transforms = 1; }
`;
const root = new protobuf.Root();
protobuf.parse(PROTO, root, { keepCase: true });
root
  .define("google.protobuf")
  .add(
    new protobuf.Type("Timestamp")
      .add(new protobuf.Field("seconds", 1, "int64"))
      .add(new protobuf.Field("nanos", 2, "int32")),
  );
root.resolveAll();
const descriptor = (
  root as unknown as { toDescriptor(syntax: string): protobuf.Message }
).toDescriptor("proto3");
const descriptorBytes = descriptor.$type.encode(descriptor).finish();

const K = [20, 0, 0.5, 0, 20, 0, 0, 0, 1];
const P = [20, 0, 0.5, 0, 0, 20, 0, 0, 0, 0, 1, 0];
const camera = { frame_id: "cam", width: 2, height: 1 };
const move = {
  ...{ parent_frame_id: "cam", child_frame_id: "gripper" },
  ...{ translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
};
const pixels = new Uint8Array([1, 2, 3, 4, 5, 6]);

/** What is recorded, without times: by topic, the schema and the message. */
const RECORDED: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  "/cam/image": ["RawImage", { ...camera, encoding: "rgb8", step: 6, data: pixels }],
  "/cam/image/compressed": ["CompressedImage", { frame_id: "cam", format: "jpeg", data: pixels }],
  "/cam/camera_info": ["CameraCalibration", { ...camera, K, P, R: new Array(9).fill(0), D: [] }],
  "/moves": ["FrameTransforms", { transforms: [move] }],
  "/pose": ["FrameTransform", { ...move, child_frame_id: "tool" }],
};

type Form = "protobuf" | "json" | "cdr";

function timed(message: unknown, time: unknown): Record<string, unknown> {
  const fields = message as Readonly<Record<string, unknown>>;
  const { transforms } = fields;
  return Array.isArray(transforms)
    ? { transforms: transforms.map((each) => timed(each, time)) }
    : { ...fields, timestamp: time };
}

function encoded(form: Form, name: string, message: unknown): Uint8Array {
  const { sec, nsec } = TIME;
  if (form === "protobuf") {
    const type = root.lookupType(`foxglove.${name}`);
    return type.encode(type.fromObject(timed(message, { seconds: sec, nanos: nsec }))).finish();
  }
  if (form === "json") {
    const asText = (_: string, value: unknown) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
    return new TextEncoder().encode(JSON.stringify(timed(message, { sec, nsec }), asText));
  }
  const fields = timed(message, { sec, nanosec: nsec });
  const low = Object.entries(fields).map(([key, value]) => [
    key === "timestamp" ? key : key.toLowerCase(),
    value,
  ]);
  return cdr(`foxglove_msgs/msg/${name}`, Object.fromEntries(low));
}

async function recording(form: Form, name = `${form}.mcap`): Promise<string> {
  const { knownDefinition } = await import("../../../src/sources/cdr.js");
  const path = join(folder, name);
  const channels = Object.entries(RECORDED).map(([topic, [schema, message]]) => ({
    ...{ topic, encoding: form },
    schema: {
      protobuf: { name: `foxglove.${schema}`, encoding: "protobuf", data: descriptorBytes },
      json: { name: `foxglove.${schema}`, encoding: "jsonschema", data: Buffer.from("{}") },
      cdr: {
        ...{ name: `foxglove_msgs/msg/${schema}`, encoding: "ros2msg" },
        data: Buffer.from(knownDefinition(`foxglove_msgs/msg/${schema}`) ?? ""),
      },
    }[form],
    messages: [{ logNs: T0, data: encoded(form, schema, message) }],
  }));
  await writeFile(path, await mcapBytes(channels));
  return path;
}

describe.each(["protobuf", "json", "cdr"] as const)("Foxglove's schemas in %s", (form) => {
  it("are read as the messages of ROS 2 that they correspond to", async () => {
    await using bag = await openBag(await recording(form));
    const found = new Map<string, unknown>();
    for await (const message of bag.messages()) found.set(message.topic, message.decode());
    const header = { stamp: { sec: TIME.sec, nanosec: TIME.nsec }, frame_id: "cam" };
    expect(found.get("/cam/image")).toMatchObject({
      ...{ header, width: 2, height: 1, encoding: "rgb8", step: 6 },
    });
    expect(found.get("/cam/image/compressed")).toMatchObject({ header, format: "jpeg" });
    expect(found.get("/cam/camera_info")).toMatchObject({
      ...{ header, width: 2, height: 1, d: Float64Array.of(), k: Float64Array.from(K) },
      ...{ p: Float64Array.from(P), r: new Float64Array(9) },
    });
    const { translation, rotation } = move;
    expect(found.get("/moves")).toMatchObject({
      transforms: [{ header, child_frame_id: "gripper", transform: { translation, rotation } }],
    });
    expect(found.get("/pose")).toMatchObject({ transforms: [{ child_frame_id: "tool" }] });
    for (const topic of ["/cam/image", "/cam/image/compressed"]) {
      const { data } = found.get(topic) as { data: Uint8Array };
      expect([...data]).toEqual([...pixels]);
    }
  });

  it("make frames with intrinsics, and with transforms from topics of any name", async () => {
    await using source = await openSource(await recording(form));
    const frames = [];
    const cameras = source.cameras([]);
    for await (const frame of source.frames({ cameras, tfFrames: ["gripper", "tool"] })) {
      frames.push(frame);
    }
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatchObject({
      ...{ frameId: "cam", stampNs: T0 + 5n, info: { fx: 20, cx: 0.5 } },
      image: { kind: "raw", encoding: "rgb8", width: 2, height: 1 },
    });
    for (const name of ["gripper", "tool"]) {
      expect(frames[0]?.poses?.get(name)).toMatchObject({ pose: { position: [1, 2, 3] } });
    }
  });

  it("are given as CDR to who asks for that", async () => {
    const { cdrReader } = await import("../../../src/sources/cdr.js");
    await using bag = await openBag(await recording(form));
    for await (const message of bag.messages({ topics: ["/cam/image", "/cam/camera_info"] })) {
      expect(cdrReader(message.type)(message.data)).toMatchObject({
        header: { frame_id: "cam", stamp: { nanosec: TIME.nsec } },
        width: 2,
      });
    }
  });

  it("with any bytes changed, are read or refused, and never hang", async () => {
    const { readFile } = await import("node:fs/promises");
    const whole = await readFile(await recording(form));
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    const path = join(folder, `fuzz_${form}.mcap`);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await writeFile(path, bytes);
        await readAnyhow(path);
      }),
      { numRuns: 60 },
    );
  });
});

describe("a protobuf schema", () => {
  it("brings no code that is run", async () => {
    const global = globalThis as { wasRun?: boolean };
    const names = ["a;globalThis.wasRun=true;//", "a\u2028globalThis.wasRun=true\u2028"];
    for (const [i, name] of names.entries()) {
      const set = descriptor.$type.fromObject({
        file: [
          {
            name: "x.proto",
            messageType: [{ name: "X", field: [{ name, number: 1, label: 1, type: 13 }] }],
          },
        ],
      });
      const bytes = await mcapBytes([
        {
          ...{ topic: "/x", encoding: "protobuf" },
          schema: { name: "X", encoding: "protobuf", data: descriptor.$type.encode(set).finish() },
          messages: [{ logNs: T0, data: new Uint8Array([8, 1]) }],
        },
      ]);
      const path = join(folder, `code${i}.mcap`);
      await writeFile(path, bytes);
      await using bag = await openBag(path);
      for await (const message of bag.messages()) expect(() => message.decode()).toThrow(UserError);
      expect(global.wasRun).toBeUndefined();
    }
  });

  it("of one's own is decoded field by field, and left out of what is ROS 2's", async () => {
    const own = new protobuf.Root();
    protobuf.parse('syntax="proto3"; package my; message Grip { double force_n = 1; }', own, {
      keepCase: true,
    });
    const type = own.lookupType("my.Grip");
    const set = (own as unknown as { toDescriptor(syntax: string): protobuf.Message }).toDescriptor(
      "proto3",
    );
    const path = join(folder, "own.mcap");
    await writeFile(
      path,
      await mcapBytes([
        {
          ...{ topic: "/grip", encoding: "protobuf" },
          schema: { name: "my.Grip", encoding: "protobuf", data: set.$type.encode(set).finish() },
          messages: [{ logNs: T0, data: type.encode(type.create({ force_n: 2.5 })).finish() }],
        },
      ]),
    );
    await using bag = await openBag(path);
    expect(bag.definition("my.Grip")).toBeUndefined();
    for await (const message of bag.messages()) {
      expect(message.decode()).toMatchObject({ force_n: 2.5 });
      expect(() => message.data).toThrow(/my\.Grip is not a type that ROS 2 knows/);
    }
  });
});
