import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import type { ObjectRef, TypedQuestion } from "../../../src/language/index.js";
import { endpoint } from "../../../src/models/endpoint/endpoint.js";
import type { EndpointOptions } from "../../../src/models/index.js";
import { greyFrame, howFar, never } from "./builders.js";
import { FakeServer, says } from "./FakeServer.js";

let server: FakeServer;
beforeEach(async () => {
  server = await FakeServer.start();
});
afterEach(() => server.stop());

const gripper: ObjectRef = {
  name: "gripper",
  phrase: "the gripper",
  labels: [1],
  classIds: ["hand"],
};
const mug: ObjectRef = { name: "mug", phrase: "the red mug", labels: [2], classIds: ["cup"] };
const distance: TypedQuestion = { ...howFar(), subject: gripper, object: mug };

/** Label 1 in columns 10 to 19, label 2 in columns 40 to 59 of an 80x60 image, rows 20 to 29. */
function labels(): NonNullable<CameraFrame["labels"]> {
  const data = new Uint8Array(80 * 60);
  for (let y = 20; y < 30; y++)
    data.fill(1, y * 80 + 10, y * 80 + 20).fill(2, y * 80 + 40, y * 80 + 60);
  return {
    kind: "raw",
    width: 80,
    height: 60,
    encoding: "mono8",
    step: 80,
    isBigEndian: false,
    data,
  };
}

async function ask(
  frame: CameraFrame,
  question = distance,
  options: Partial<EndpointOptions> = {},
) {
  const vlm = endpoint({ url: server.url, model: "m", cache: "off", marks: "boxes", ...options });
  const [answer] = await vlm.ask(frame, [question], never);
  return answer!;
}

const content = () => server.seen.at(-1)!.body.messages.at(-1).content;

async function sentImage() {
  const url: string = content()[0].image_url.url;
  const jpeg = Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return {
    size: [info.width, info.height],
    /** How far a pixel is from the frame's grey. */
    change: (x: number, y: number) => {
      const at = (y * info.width + x) * info.channels;
      return Math.max(...[0, 1, 2].map((c) => Math.abs(data[at + c]! - 128)));
    },
  };
}

describe("endpoint: set of marks", () => {
  it("numbers the objects in image and question", async () => {
    await ask({ ...(await greyFrame(128, 80, 60)), labels: labels() });
    expect(content()[1].text).toBe("How far is the gripper (box 1) from the red mug (box 2)?");
    const image = await sentImage();
    // On the edges of the boxes, inside them and far away.
    for (const [x, y] of [
      [10, 25],
      [15, 29],
      [40, 25],
      [59, 25],
    ] as const)
      expect(image.change(x, y)).toBeGreaterThan(30);
    for (const [x, y] of [
      [50, 25],
      [30, 50],
      [70, 10],
    ] as const)
      expect(image.change(x, y)).toBeLessThan(12);
  });

  it("finds the boxes of a detector where there are no labels, at the size that is sent", async () => {
    const box = { score: 0.9, centerY: 100, sizeX: 40, sizeY: 40 };
    const detections = [
      { ...box, classId: "hand", centerX: 60 },
      { ...box, classId: "cup", centerX: 240 },
      { ...box, classId: "cup", centerX: 160, score: 0.2 },
    ];
    const frame = { ...(await greyFrame(128, 320, 240)), detections };
    await ask(frame, distance, { maxSide: 80 });
    const image = await sentImage();
    expect(image.size).toEqual([80, 60]);
    expect(image.change(55, 25)).toBeGreaterThan(30);
    expect(image.change(35, 25)).toBeLessThan(12);
  });

  it("leaves image and question alone where no object is known", async () => {
    const frame = await greyFrame(128, 80, 60);
    await ask(frame);
    expect(content()[1].text).toBe(distance.text);
    const base64 = Buffer.from(frame.image.data).toString("base64");
    expect(content()[0].image_url.url).toBe(`data:image/jpeg;base64,${base64}`);
  });

  it("draws nothing unless wanted", async () => {
    await ask({ ...(await greyFrame(128, 80, 60)), labels: labels() }, distance, { marks: "off" });
    expect(content()[1].text).toBe(distance.text);
  });

  it.each([
    ["Box 2.", "object"],
    ["the object [2]", "object"],
    ["The gripper (box 1).", "subject"],
    ["box #1 is taller than box #2", "subject"],
  ])("understands an answer by numbers: %s", async (text, choice) => {
    server.next(says(text));
    const frame = { ...(await greyFrame(128, 80, 60)), labels: labels() };
    const taller: TypedQuestion = {
      ...distance,
      kind: "tall_choice",
      text: "Which is taller, the gripper or the red mug?",
    };
    expect((await ask(frame, taller)).value).toMatchObject({ choice });
  });

  it("sends the same bytes every time: answers are cached by them", async () => {
    const frame = { ...(await greyFrame(128, 80, 60)), labels: labels() };
    await ask(frame);
    const first = content()[0].image_url.url;
    await ask(frame);
    expect(content()[0].image_url.url).toBe(first);
  });
});
