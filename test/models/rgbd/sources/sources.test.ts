import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { mulberry32 } from "../../../../src/base/index.js";
import { type CameraFrame, type Detection, decodeColor } from "../../../../src/camera/index.js";
import type { ObjectRef, SpatialAnswer, TypedQuestion } from "../../../../src/language/index.js";
import {
  type BoxSource,
  createVlm,
  MetricDepth,
  PhraseDetector,
  rgbd,
  type SpatialVlm,
} from "../../../../src/models/index.js";
import { copyOf, modelFolder } from "../../local/folders.js";
import { SIGNAL, twoThings } from "../scenes.js";
import { paintedFrame } from "./paintedFrame.js";

const RED: ObjectRef = { name: "a", phrase: "the red thing" };
const BLUE: ObjectRef = { name: "b", phrase: "the blue thing" };
const TABLE: ObjectRef = { name: "table", phrase: "the table" };
const HOW_FAR: TypedQuestion = {
  ...{ kind: "distance", subject: RED, object: BLUE, text: "How far?", support: TABLE },
};
const CPU = { device: "cpu", threads: 1 } as const;

const scene = (seed: number) => twoThings(mulberry32(seed), { noiseM: 0, dropout: 0 });
const scenes = [22, 23, 25, 26].map(scene);

/** Around the pixels of a label. */
function boxOf({ labels }: CameraFrame, id: number): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  labels!.data.forEach((label, pixel) => {
    if (label !== id) return;
    const [x, y] = [pixel % labels!.width, Math.floor(pixel / labels!.width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  return [left, top, right, bottom];
}

function overlap(box: Detection, [left, top, right, bottom]: ReturnType<typeof boxOf>): number {
  const width = (from: number, to: number, center: number, size: number) =>
    Math.max(0, Math.min(to, center + size / 2) - Math.max(from, center - size / 2));
  const both =
    width(left, right, box.centerX, box.sizeX) * width(top, bottom, box.centerY, box.sizeY);
  return both / (box.sizeX * box.sizeY + (right - left) * (bottom - top) - both);
}

describe.each(["owlvit", "grounding_dino"])("PhraseDetector with %s", (name) => {
  let detector: PhraseDetector;
  beforeAll(async () => {
    detector = await PhraseDetector.open(modelFolder(name), { ...CPU, minScore: 0.1 }, {});
  });
  afterAll(() => detector.close());

  it("finds what phrases name", async () => {
    const overlaps: number[] = [];
    for (const { frame } of scenes) {
      const image = await decodeColor(paintedFrame(frame).image);
      const phrases = ["The blue thing", "the red thing"];
      const boxes = await detector.detect(image, phrases, SIGNAL);
      for (const [id, phrase] of [
        [1, "the red thing"],
        [2, "The blue thing"],
      ] as const) {
        const [best] = boxes
          .filter(({ classId }) => classId === phrase)
          .sort((a, b) => b.score - a.score);
        overlaps.push(overlap(best!, boxOf(frame, id)));
      }
    }
    // The net is tiny; what rgbd needs is the right thing, about where it is.
    expect(Math.min(...overlaps)).toBeGreaterThan(0.15);
    expect(mean(overlaps)).toBeGreaterThan(0.4);
  });

  it("gives no box with a lower score than is asked for", async () => {
    const image = await decodeColor(paintedFrame(scenes[0]!.frame).image);
    const boxes = await detector.detect(image, ["the green thing"], SIGNAL);
    for (const { score } of boxes) expect(score).toBeGreaterThanOrEqual(0.1);
    expect(boxes.length).toBeLessThan(5);
  });
});

describe("MetricDepth", () => {
  const image = decodeColor(paintedFrame(scenes[0]!.frame).image);
  const SIZE = { width: 640, height: 480 };
  const opened = async (folder: string): Promise<MetricDepth> => {
    const depth = await MetricDepth.open(folder, CPU, {});
    onTestFinished(() => depth.close());
    return depth;
  };
  const estimate = async (name: string, focalPx: number) =>
    (await opened(modelFolder(name))).estimate(await image, SIZE, focalPx);

  it("measures metres at the size that is asked for", async () => {
    const depthM = await estimate("depth_anything", 600);
    expect(depthM).toHaveLength(640 * 480);
    const { data } = scenes[0]!.frame.depth!;
    const truthMm = new Uint16Array(data.buffer, data.byteOffset, 640 * 480);
    const errors = [...depthM].flatMap((value, i) => {
      const truthM = truthMm[i]! / 1000;
      return truthM < 1.9 ? Math.abs(value - truthM) : [];
    });
    errors.sort((a, b) => a - b);
    expect(errors[errors.length >> 1]).toBeLessThan(0.02);
    expect(
      await (await opened(modelFolder("depth_anything"))).estimate(
        await image,
        {
          width: 64,
          height: 48,
        },
        60,
      ),
    ).toHaveLength(64 * 48);
  });

  it.each(["metric3d", "depth_pro"])("takes %s's metres for those of our camera", async (name) => {
    const [wide, long] = await Promise.all([estimate(name, 300), estimate(name, 900)]);
    const middle = 240 * 640 + 320;
    expect(long[middle]! / wide[middle]!).toBeCloseTo(3, 4);
    // Made from the same net: metric3d's depths are those of 100 px, depth_pro says 50 px; both
    // see an image 112 or more pixels wide.
    const plain = await estimate("depth_anything", 300);
    const pixels = name === "metric3d" ? 100 : 50;
    const seenPx = (wide[middle]! / plain[middle]!) * pixels * (640 / 300);
    expect(seenPx / 14).toBeCloseTo(Math.round(seenPx / 14), 1);
    expect(seenPx).toBeGreaterThan(110);
    expect(seenPx).toBeLessThan(156);
  });

  it("refuses depth that is not metric", async () => {
    const folder = await copyOf("depth_anything");
    const config = { model_type: "depth_anything", depth_estimation_type: "relative" };
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    await expect(MetricDepth.open(folder, CPU, {})).rejects.toThrow(
      /its depth is relative, not in metres.*Use a metric version/,
    );
    await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "depth_anything" }));
    await expect(MetricDepth.open(folder, CPU, {})).rejects.toThrow("relative");
    await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "glpn" }));
    await expect(MetricDepth.open(folder, CPU, {})).rejects.toThrow(
      "not a depth model that measures in metres",
    );
  });

  it("refuses a Depth Pro that does not tell its focal length", async () => {
    const folder = await copyOf("depth_pro");
    const onnx = "onnx/model.onnx";
    await copyFile(join(modelFolder("depth_anything"), onnx), join(folder, onnx));
    await expect(MetricDepth.open(folder, CPU, {})).rejects.toThrow("no output focallength_px");
  });
});

describe("rgbd on a plain colour image", () => {
  let masks: PhraseDetector;
  let depth: MetricDepth;
  let vlm: SpatialVlm;
  beforeAll(async () => {
    masks = await PhraseDetector.open(modelFolder("owlvit"), { ...CPU, minScore: 0.1 }, {});
    depth = await MetricDepth.open(modelFolder("depth_anything"), CPU, {});
    vlm = rgbd({ sources: { masks, depth } });
  });
  afterAll(() => vlm.close());

  const ask = async (frame: CameraFrame, of = vlm, question = HOW_FAR): Promise<SpatialAnswer> =>
    (await of.ask(frame, [question], SIGNAL))[0]!;
  const lengthOf = ({ value, text }: SpatialAnswer) => {
    if (value?.shape !== "quantity") throw new Error(text);
    return value;
  };

  it("measures distances: boxes by phrases, metres by the depth model, a plane for the table", async () => {
    for (const { frame, truth } of scenes) {
      const answer = await ask(paintedFrame(frame));
      expect(lengthOf(answer).valueM / truth.distance).toBeGreaterThan(0.9);
      expect(lengthOf(answer).valueM / truth.distance).toBeLessThan(1.1);
      expect(answer.model).toBe("rgbd+owlvit+depth_anything");
      expect(answer.evidence!.map(({ object }) => object)).toEqual(["a", "b"]);
    }
  });

  it("needs less of a frame the more models it has", () => {
    expect(rgbd().needs).toEqual(["depth", "info"]);
    expect(rgbd({ sources: { masks } }).needs).toEqual(["depth", "info"]);
    expect(vlm.needs).toEqual(["info"]);
    expect(rgbd({ sources: { masks, depth, fov: 56 } }).needs).toEqual([]);
  });

  it("doubts estimated depth by the error that such models have", async () => {
    const sure = rgbd({ sources: { masks, depth }, depthError: 0 });
    const frame = paintedFrame(scenes[1]!.frame);
    const [with10, with0] = [lengthOf(await ask(frame)), lengthOf(await ask(frame, sure))];
    expect(with10.valueM).toBe(with0.valueM);
    expect(with10.sigmaM).toBeCloseTo(Math.hypot(with0.sigmaM, 0.1 * with0.valueM), 6);
    expect(sure.fingerprint).not.toBe(vlm.fingerprint);
  });

  it("takes a frame's own depth and labels where it has them", async () => {
    const { frame, truth } = scenes[0]!;
    const [a, b] = [
      { ...RED, labels: [1] },
      { ...BLUE, labels: [2] },
    ];
    const table = { ...TABLE, labels: [4] };
    const question = { ...HOW_FAR, subject: a, object: b, support: table };
    const plain = await ask(frame, rgbd(), question);
    const rich = await ask(frame, rgbd({ sources: { masks, depth } }), question);
    expect(rich.value).toEqual(plain.value);
    expect(Math.abs(lengthOf(rich).valueM - truth.distance)).toBeLessThan(0.02);
  });

  it("works with the camera's own depth and the detector's boxes", async () => {
    const { frame, truth } = scenes[2]!;
    const mixed = { ...paintedFrame(frame), depth: frame.depth! };
    const { valueM, sigmaM } = lengthOf(await ask(mixed));
    expect(Math.abs(valueM - truth.distance)).toBeLessThan(0.05);
    expect(sigmaM).toBeLessThan(0.05 * valueM);
  });

  it("makes intrinsics from the field of view where there is no CameraInfo", async () => {
    const { frame, truth } = scenes[3]!;
    const { info, ...bare } = paintedFrame(frame);
    const fov = (2 * Math.atan(320 / info!.fx) * 180) / Math.PI;
    const answer = await ask(bare, rgbd({ sources: { masks, depth, fov } }));
    expect(lengthOf(answer).valueM / truth.distance).toBeGreaterThan(0.9);
    expect(lengthOf(answer).valueM / truth.distance).toBeLessThan(1.1);
    expect((await ask(bare)).refusal?.detail).toContain("CameraInfo");
  });

  it("says by whom an object is not seen", async () => {
    const blind = { ...detectorWithout(masks, "the red thing"), minScore: 0.3 };
    const strict = rgbd({ sources: { depth, masks: blind } });
    const { refusal } = await ask(paintedFrame(scenes[0]!.frame), strict);
    expect(refusal).toEqual({
      reason: "no_object",
      detail: "owlvit found no box of the red thing with a score of 0.3 or more (min_score)",
    });
    const green = { name: "floor", phrase: "the green floor" };
    const height: TypedQuestion = {
      ...{ kind: "elevation", subject: RED, text: "How high?", support: green },
    };
    const floorless = rgbd({
      sources: { depth, masks: detectorWithout(masks, green.phrase) },
    });
    const answer = await ask(paintedFrame(scenes[0]!.frame), floorless, height);
    expect(answer.refusal).toMatchObject({
      reason: "no_plane",
      detail: expect.stringContaining("the support is not seen: owlvit found no box"),
    });
  });

  it("leaves objects with a TF frame to TF", async () => {
    const { frame, truth } = scenes[0]!;
    const { poses } = frame;
    const tool = { ...RED, frame: "a" };
    const question = { ...HOW_FAR, subject: tool };
    const answer = await ask({ ...paintedFrame(frame), poses: poses! }, vlm, question);
    expect(lengthOf(answer).valueM / truth.distance).toBeGreaterThan(0.85);
    expect(answer.evidence![0]!.boxPx).toBeUndefined();
  });

  it("looks for what has a TF frame in the task but none in the image, unless it is the robot's", async () => {
    const frame = paintedFrame(scenes[0]!.frame);
    const lost = { ...HOW_FAR, subject: { ...RED, frame: "red_thing" } };
    expect((await ask(frame, vlm, lost)).evidence?.[0]?.boxPx).toBeDefined();
    const hand = { ...RED, name: "gripper", frame: "tool0" };
    expect((await ask(frame, vlm, { ...lost, subject: hand })).refusal?.reason).toBe(
      "no_transform",
    );
  });

  /** The same detector, which never sees one thing. */
  function detectorWithout(of: PhraseDetector, unseen: string): BoxSource {
    const { name, fingerprint, minScore } = of;
    return {
      ...{ name, fingerprint, minScore },
      detect: (image, phrases, signal) =>
        of.detect(
          image,
          phrases.filter((phrase) => phrase !== unseen),
          signal,
        ),
      close: async () => undefined,
    };
  }
});

describe("createVlm with rgbd and folders", () => {
  it("makes it in a thread of its own", async () => {
    const folders = `masks=${modelFolder("owlvit")}&depth=${modelFolder("depth_anything")}`;
    const vlm = await createVlm(`rgbd?${folders}&fov=56.145`);
    onTestFinished(() => vlm.close());
    expect(vlm).toMatchObject({ id: "rgbd+owlvit+depth_anything", needs: [] });
    const { frame, truth } = scenes[1]!;
    const [answer] = await vlm.ask(paintedFrame(frame), [HOW_FAR], SIGNAL);
    if (answer!.value?.shape !== "quantity") throw new Error(answer!.text);
    expect(answer!.value.valueM / truth.distance).toBeGreaterThan(0.9);
    expect(answer!.value.valueM / truth.distance).toBeLessThan(1.1);
  });

  it("says which folder is of no use", async () => {
    await expect(createVlm(`rgbd?masks=${modelFolder("smolvlm")}`)).rejects.toThrow(
      "is not an open-vocabulary detector",
    );
    await expect(
      createVlm(`rgbd?masks=${modelFolder("owlvit")}&depth=${modelFolder("owlvit")}`),
    ).rejects.toThrow("is not a depth model that measures in metres");
    await expect(createVlm("rgbd?fov=190")).rejects.toThrow("fov");
  });
});
