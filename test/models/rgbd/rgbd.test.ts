import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../../src/base/index.js";
import { type CameraFrame, decodeDepth, type RawImage } from "../../../src/camera/index.js";
import {
  KINDS,
  type ObjectRef,
  type RefusalReason,
  type SpatialAnswer,
  type SpatialQuestion,
} from "../../../src/language/index.js";
import { createVlm, rgbd } from "../../../src/models/index.js";
import { A, B, question, SIGNAL, twoThings, unsupported } from "./scenes.js";

const scene = twoThings(mulberry32(21));
const { frame, truth } = scene;
const model = rgbd();

async function askOne(
  asked: SpatialQuestion,
  about: CameraFrame = frame,
  of = model,
): Promise<SpatialAnswer> {
  const answers = await of.ask(about, [asked], SIGNAL);
  expect(answers).toHaveLength(1);
  return answers[0]!;
}

async function distance(about: CameraFrame, a: ObjectRef = A, b: ObjectRef = B): Promise<number> {
  const { value, text } = await askOne(question("distance", a, b), about);
  if (value?.shape !== "quantity") throw new Error(text);
  return value.valueM;
}

async function refusal(
  asked: SpatialQuestion,
  about: CameraFrame = frame,
  of = model,
): Promise<{ reason: RefusalReason; detail: string }> {
  const answer = await askOne(asked, about, of);
  if (!answer.refusal) throw new Error(`answered: ${answer.text}`);
  return answer.refusal;
}

function without<K extends keyof CameraFrame>(key: K): CameraFrame {
  const { [key]: _, ...rest } = frame;
  return rest as CameraFrame;
}

const labels = frame.labels!;
const depth = frame.depth as RawImage;

/** The labels with every pixel of an id but the first `left` wiped. */
function wiped(id: number, left: number): CameraFrame {
  let seen = 0;
  const data = labels.data.map((value) => (value === id && ++seen > left ? 0 : value));
  return { ...frame, labels: { ...labels, data } };
}

describe("rgbd", () => {
  it("answers every kind in order, in words, with evidence", async () => {
    const questions = [...KINDS.keys()].map((kind) => question(kind, A, B));
    const answers = await model.ask(frame, questions, SIGNAL);
    expect(answers.map((answer) => answer.question)).toEqual(questions);
    for (const answer of answers) {
      const { shape, arity } = KINDS.get(answer.question.kind as never)!;
      expect(answer.value?.shape).toBe(shape);
      expect(answer.model).toBe("rgbd");
      expect(answer.latencyMs).toBeGreaterThanOrEqual(0);
      expect(answer.evidence?.map(({ object }) => object)).toEqual(["a", "b"].slice(0, arity));
      if (shape === "quantity") expect(answer.text).toMatch(/^-?\d+\.\d{3} m$/);
      if (shape === "yes_no") expect(answer.text).toMatch(/^(Yes|No)$/);
      if (shape === "choice") expect(answer.text).toMatch(/^the (red|blue) thing$/);
    }
  });

  it("shows where it saw an object: the centre inside the box, in pixels of the image", async () => {
    const { evidence } = await askOne(question("height"));
    const { centerPx, boxPx, centerM } = evidence![0]!;
    const [left, top, right, bottom] = boxPx!;
    expect(centerPx[0]).toBeGreaterThan(left);
    expect(centerPx[0]).toBeLessThan(right);
    expect(centerPx[1]).toBeGreaterThan(top);
    expect(centerPx[1]).toBeLessThan(bottom);
    const pose = frame.poses!.get("a")!;
    if (!pose.ok) throw new Error(pose.reason);
    for (const axis of [0, 1, 2] as const)
      expect(Math.abs(centerM[axis] - pose.pose.position[axis])).toBeLessThan(0.005);
  });

  it("gives the same answers for the same frame", async () => {
    const questions = [...KINDS.keys()].map((kind) => question(kind, A, B));
    const values = async (of: typeof model) =>
      (await of.ask(frame, questions, SIGNAL)).map(({ value, text }) => ({ value, text }));
    expect(await values(model)).toEqual(await values(rgbd()));
  });

  it("has a fingerprint that tells settings apart", () => {
    const prints = [rgbd(), rgbd({ seed: 2 }), rgbd({ minPixels: 50 })];
    expect(new Set(prints.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it("is made from a spec", async () => {
    const made = await createVlm("rgbd?seed=3");
    expect(made.needs).toEqual(["depth", "info"]);
    expect((await askOne(question("height"), frame, made)).value).toBeDefined();
    await expect(createVlm("rgbd?min_pixels=3")).rejects.toThrow(/min_pixels/);
  });

  it("measures each question on the support that it names", async () => {
    const height = question("height");
    const onB = { ...height, support: B };
    const [alone] = await model.ask(frame, [onB], SIGNAL);
    const together = await model.ask(frame, [height, onB, unsupported(height)], SIGNAL);
    expect(together[0]!.value).toEqual((await askOne(height)).value);
    expect(together[1]!.value ?? together[1]!.refusal).toEqual(alone!.value ?? alone!.refusal);
    expect(together[1]!.value).not.toEqual(together[0]!.value);
    expect(together[2]!.refusal?.reason).toBe("no_plane");
  });

  it("stops when aborted", async () => {
    await expect(
      model.ask(frame, [question("height")], AbortSignal.abort(new Error("stop"))),
    ).rejects.toThrow("stop");
    const controller = new AbortController();
    const asked = model.ask(frame, [question("distance", A, B)], controller.signal);
    controller.abort(new Error("later"));
    await expect(asked).rejects.toThrow("later");
  });
});

describe("finding objects", () => {
  it("reads labels that are twice as large as the depth image", async () => {
    const data = new Uint8Array(4 * labels.data.length);
    const width = 2 * labels.width;
    for (let i = 0; i < data.length; i++) {
      const [x, y] = [(i % width) >> 1, Math.floor(i / width) >> 1];
      data[i] = labels.data[y * labels.width + x]!;
    }
    const info = frame.info!;
    const large: CameraFrame = {
      ...frame,
      labels: { ...labels, data, width, height: 2 * labels.height, step: width },
      info: {
        ...info,
        width,
        height: 2 * info.height,
        fx: 2 * info.fx,
        fy: 2 * info.fy,
        cx: 2 * info.cx + 0.5,
        cy: 2 * info.cy + 0.5,
      },
    };
    expect(await distance(large)).toBeCloseTo(await distance(frame), 5);
  });

  it("takes the label whose name the task says, where the task gives no ids", async () => {
    const named = {
      ...frame,
      labelNames: new Map([
        [1, "Red thing"],
        [2, "blue_thing"],
        [4, "table"],
      ]),
    };
    const a = { name: "a", phrase: "the red thing" };
    const b = { name: "b", phrase: "the blue thing" };
    expect(await distance(named, a, b)).toBe(await distance(frame));
    const twins = { ...named, labelNames: new Map([...named.labelNames, [9, "red thing"]]) };
    expect(await refusal(question("height", a), twins)).toMatchObject({
      reason: "no_object",
      detail: expect.stringContaining("labels 1, 9 are all named the red thing"),
    });
  });

  it("joins several instance ids to one object", async () => {
    const data = labels.data.map((id, i) => (id === 1 && i % labels.width < 200 ? 7 : id));
    const split = { ...frame, labels: { ...labels, data } };
    expect(await distance(split, { ...A, labels: [1, 7] })).toBeCloseTo(await distance(frame), 4);
  });

  it("cuts the object out of the best detection box of its class", async () => {
    const box = async (of: ObjectRef, classId: string) => {
      const { evidence } = await askOne(question("height", of));
      const [left, top, right, bottom] = evidence![0]!.boxPx!;
      return {
        classId,
        score: 0.9,
        centerX: (left + right) / 2,
        centerY: (top + bottom) / 2,
        sizeX: right - left + 12,
        sizeY: bottom - top + 12,
      };
    };
    const far = { classId: "cup", score: 0.2, centerX: 20, centerY: 20, sizeX: 30, sizeY: 30 };
    const detections = [far, await box(A, "cup"), await box(B, "bowl")];
    const boxed = { ...frame, detections };
    const a = { name: "a", phrase: "the red thing", classIds: ["cup"] };
    const b = { name: "b", phrase: "the blue thing", classIds: ["bowl"] };
    expect(Math.abs((await distance(boxed, a, b)) - truth.distance)).toBeLessThan(0.01);
    expect(await refusal(question("height", { ...a, classIds: ["fork"] }), boxed)).toMatchObject({
      reason: "no_object",
      detail: expect.stringContaining("no detection of class fork"),
    });
    const other = { ...(await box(B, "cup")), score: 0.85 };
    expect(
      await refusal(question("height", a), { ...frame, detections: [...detections, other] }),
    ).toEqual({
      reason: "ambiguous",
      detail: "2 things may be the red thing: detections of class cup with scores of 0.90, 0.85",
    });
  });

  it("leaves out detections of a low score, unless their detector tells none", async () => {
    const { evidence } = await askOne(question("height", A));
    const [left, top, right, bottom] = evidence![0]!.boxPx!;
    const [centerX, centerY] = [(left + right) / 2, (top + bottom) / 2];
    const box = { centerX, centerY, sizeX: right - left + 12, sizeY: bottom - top + 12 };
    const cup = { name: "a", phrase: "the red thing", classIds: ["cup"] };
    const asked = (score: number, minScore?: number) =>
      askOne(
        question("height", cup),
        { ...frame, detections: [{ classId: "cup", score, ...box }] },
        rgbd({ ...(minScore !== undefined && { minScore }) }),
      );
    expect((await asked(0.09)).refusal).toEqual({
      reason: "no_object",
      detail: "no detection of class cup (the red thing) with a score of 0.1 or more (min_score)",
    });
    expect((await asked(0.5, 0.6)).refusal?.reason).toBe("no_object");
    for (const [score, least] of [[0.1], [0.09, 0.05], [0]] as const)
      expect((await asked(score, least)).value).toBeDefined();
  });

  it("keeps to the outline of a mask, where the box holds another thing as well", async () => {
    // Down its left side and up its right.
    const outlineOf = (wanted: number): number[] => {
      const [left, right]: [number[], number[]] = [[], []];
      for (let row = 0; row < labels.height; row++) {
        const ids = labels.data.subarray(row * labels.width, (row + 1) * labels.width);
        if (!ids.includes(wanted)) continue;
        left.push(ids.indexOf(wanted), row);
        right.unshift(ids.lastIndexOf(wanted) + 1, row);
      }
      return [...left, ...right];
    };
    const { width, height } = labels;
    const whole = {
      score: 0.9,
      centerX: width / 2,
      centerY: height / 2,
      sizeX: width,
      sizeY: height,
    };
    const detections = [
      { ...whole, classId: "cup", outline: outlineOf(1) },
      { ...whole, classId: "bowl", outline: outlineOf(2) },
    ];
    const a = { name: "a", phrase: "the red thing", classIds: ["cup"] };
    const b = { name: "b", phrase: "the blue thing", classIds: ["bowl"] };
    expect(await distance({ ...frame, detections }, a, b)).toBeCloseTo(await distance(frame), 2);
    // Corners outside of the image, and an outline without an inside.
    for (const outline of [
      [-9e9, -9e9, 9e9, -9e9, 0, 9e9],
      [5, 5, 5, 5, 5, 5],
    ]) {
      const odd = { ...frame, detections: [{ ...whole, classId: "cup", outline }] };
      expect((await askOne(question("height", a), odd)).question.kind).toBe("height");
    }
  });

  it("never offers another thing's TF frame for an object", async () => {
    const lost = { name: "c", phrase: "the can" };
    const { detail } = await refusal(question("distance", A, lost));
    expect(detail).toContain("its own TF frame, if it is tracked");
    expect(detail).not.toContain("tool0");
    const hand = { name: "hand", phrase: "the gripper" };
    expect((await refusal(question("distance", A, hand))).detail).toContain(
      "its TF frame (frame: tool0)",
    );
  });

  it("takes the origin of the TF frame for an object that has neither labels nor boxes", async () => {
    const a = { name: "a", phrase: "the tool", frame: "a" };
    expect(Math.abs((await distance(frame, a)) - truth.distance)).toBeLessThan(0.005);
    for (const kind of ["height", "elevation", "gap", "above_difference"] as const)
      expect(await refusal(question(kind, a, B))).toMatchObject({
        reason: "no_object",
        detail: expect.stringContaining("only by its TF frame a, which has no size"),
      });
  });

  it("estimates centres along the camera's axes where there is no support", async () => {
    const { value } = await askOne(unsupported(question("distance", A, B)));
    if (value?.shape !== "quantity") throw new Error("refused");
    expect(Math.abs(value.valueM - truth.distance)).toBeLessThan(0.04);
    expect(value.sigmaM).toBeGreaterThan(0.005);
  });
});

describe("refusals of rgbd", () => {
  it("no_depth: no depth image, no CameraInfo, nothing but holes", async () => {
    const holes = { ...frame, depth: { ...depth, data: new Uint8Array(depth.data.length) } };
    for (const [broken, said] of [
      [without("depth"), "choose a depth topic"],
      [without("info"), "no CameraInfo"],
      [holes, "all are 0 or NaN"],
    ] as const) {
      const { reason, detail } = await refusal(question("distance", A, B), broken);
      expect(reason).toBe("no_depth");
      expect(detail).toContain(said);
    }
  });

  it("no_depth: depth that cannot be in its unit", async () => {
    const { depth } = frame;
    if (depth?.kind !== "raw") throw new Error("needs raw depth");
    const metres = (await decodeDepth(depth)).depthM;
    const data = new Uint8Array(metres.map((value) => value * 1000).buffer);
    const image = { ...depth, encoding: "32FC1", step: 4 * depth.width, isBigEndian: false, data };
    const about = { ...frame, depth: image };
    const { reason, detail } = await refusal(question("distance", A, B), about);
    expect(reason).toBe("no_depth");
    expect(detail).toMatch(/32FC1 is depth in m\b.*depth_unit/);
    const declared = { ...about, depth: { ...image, depthOrigin: { unitM: 0.001 } } };
    expect(await distance(declared)).toBeCloseTo(await distance(frame), 3);
  });

  it("no_depth: an object in a hole", async () => {
    const words = new Uint16Array(depth.data.slice().buffer);
    const holed = words.map((z, i) => (labels.data[i] === 1 ? 0 : z));
    const about = { ...frame, depth: { ...depth, data: new Uint8Array(holed.buffer) } };
    expect(await refusal(question("height"), about)).toMatchObject({
      reason: "no_depth",
      detail: expect.stringMatching(/label 1 \(the red thing\) has depth in 0 of \d+ px/),
    });
  });

  it("no_object: an id that is not in the image, one of too few pixels", async () => {
    expect(await refusal(question("height", { ...A, labels: [9] }))).toEqual({
      reason: "no_object",
      detail: "label 9 (the red thing) is not in the label image, which has ids 1, 2, 4",
    });
    expect(await refusal(question("height"), wiped(1, 3))).toEqual({
      reason: "no_object",
      detail: "label 1 (the red thing) covers 3 px, but at least 20 are needed",
    });
  });

  it("no_object: says what the task would have to add", async () => {
    const bare = { name: "cup", phrase: "the cup" };
    const { detail } = await refusal(question("height", bare));
    expect(detail).toContain(
      "give cup in the task its instance id (labels; the label image has ids 1, 2, 4)",
    );
    const blind = await refusal(question("height", A), without("labels"));
    expect(blind.detail).toContain("the frame has no label image for its labels");
    const named = { name: "cup", phrase: "the cup", classIds: ["cup"] };
    expect((await refusal(question("height", named), without("labelNames"))).detail).toContain(
      "the frame has neither detections nor names of its label ids for its class_ids",
    );
    const byClass = { name: "table", phrase: "the wood", classIds: ["table"] };
    const onClass = { ...question("elevation"), support: byClass };
    expect((await refusal(onClass, { ...without("labelNames"), detections: [] })).detail).toContain(
      "the frame has no detection of class table",
    );
    if (!frame.labels) throw new Error("a cast frame has labels");
    const odd = { ...frame, labels: { ...frame.labels, encoding: "yuv422" } };
    expect((await refusal(question("height", bare), odd)).detail).toContain(
      'the label image cannot be read: image encoding "yuv422"',
    );
    const unseen = { name: "table", phrase: "the table", frame: "table_top" };
    const onIt = { ...question("elevation", { ...A, frame: "a" }), support: unseen };
    expect((await refusal(onIt, without("labels"))).detail).toBe(
      "the support is not seen: the table: no part of the frame shows it: give table in the task labels " +
        "or class_ids, and record label images or detections",
    );
  });

  it("no_plane: without a support in the task, or without one in sight", async () => {
    expect((await refusal(unsupported(question("height")))).detail).toContain("support:");
    expect((await refusal(question("elevation"), wiped(4, 10))).reason).toBe("no_plane");
    const kinds = [...KINDS.values()];
    const answers = await model.ask(
      frame,
      kinds.map(({ kind }) => unsupported(question(kind, A, B))),
      SIGNAL,
    );
    for (const [i, { refusal: refused }] of answers.entries())
      expect(refused?.reason).toBe(kinds[i]!.needsUp ? "no_plane" : undefined);
  });

  it("no_transform: why TF does not know the frame", async () => {
    const tool = { name: "a", phrase: "the tool", frame: "tool0" };
    expect((await refusal(question("distance", tool, B))).reason).toBe("no_transform");
    const lost = {
      ...frame,
      poses: new Map([["tool0", { ok: false, reason: "too old" } as const]]),
    };
    expect(await refusal(question("distance", tool, B), lost)).toEqual({
      reason: "no_transform",
      detail: "TF frame tool0 (the tool): too old",
    });
  });

  it("unsupported_question: open questions, and a second object that is missing", async () => {
    expect((await refusal(question("open"))).reason).toBe("unsupported_question");
    expect((await refusal(question("distance", A))).detail).toContain("asks about two objects");
  });

  it("are for one question; the others of the frame are answered", async () => {
    const answers = await model.ask(
      frame,
      [question("height", { ...A, labels: [9] }), question("height", B), question("open")],
      SIGNAL,
    );
    expect(answers.map(({ refusal: refused }) => refused?.reason)).toEqual([
      "no_object",
      undefined,
      "unsupported_question",
    ]);
  });

  it("never let a number through that is not finite, whatever the depth image holds", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (seed, share) => {
          const random = mulberry32(seed);
          const words = new Uint16Array(depth.data.slice().buffer);
          for (let i = 0; i < words.length; i++)
            if (random() < share) words[i] = random() < 0.5 ? 0 : Math.floor(65536 * random());
          const about = { ...frame, depth: { ...depth, data: new Uint8Array(words.buffer) } };
          const questions = [...KINDS.keys()].map((kind) => question(kind, A, B));
          for (const { value, refusal: refused } of await model.ask(about, questions, SIGNAL)) {
            if (value?.shape === "quantity") {
              expect(Number.isFinite(value.valueM)).toBe(true);
              expect(value.sigmaM).toBeGreaterThan(0);
              expect(Number.isFinite(value.sigmaM)).toBe(true);
            } else if (value) expect(value.confidence).toBeGreaterThanOrEqual(0.5);
            else expect(refused).toBeDefined();
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});
