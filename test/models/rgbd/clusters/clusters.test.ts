import { describe, expect, it, onTestFinished } from "vitest";
import { type CameraFrame, decodeDepth, depthImageOf } from "../../../../src/camera/index.js";
import { isPassing, type ObjectRef, type SpatialAnswer } from "../../../../src/language/index.js";
import { createVlm, rgbd, type SpatialVlm } from "../../../../src/models/index.js";
import { detectorNamer } from "../../../../src/models/rgbd/clusters/Namer.js";
import { FakeServer, json, type Reply, says } from "../../endpoint/FakeServer.js";
import { question, SIGNAL, unsupported } from "../scenes.js";
import { BLUE, box, can, GREEN, GREY, type Painted, RED, tableFrame } from "./tableFrame.js";

const CAN: ObjectRef = { name: "can", phrase: "the red can" };
const BOX: ObjectRef = { name: "box", phrase: "the blue box" };
const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", frame: "gripper" };

async function howFar(
  model: SpatialVlm,
  frame: CameraFrame,
  a = CAN,
  b = BOX,
): Promise<SpatialAnswer> {
  const [answer] = await model.ask(frame, [unsupported(question("distance", a, b))], SIGNAL);
  if (!answer) throw new Error("no answer");
  return answer;
}

function lengthOf({ value, text }: SpatialAnswer): number {
  if (value?.shape !== "quantity") throw new Error(text);
  return value.valueM;
}

const between = (a: Painted, b: Painted): number =>
  Math.hypot(...a.center.map((value, axis) => value - (b.center[axis] ?? 0)));

describe("rgbd with things that are clusters of depth", () => {
  it("finds things by their colours and measures them, without labels and without a support", async () => {
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE), can(3, 0, 0.2, GREEN)];
    const answer = await howFar(rgbd({ clusters: {} }), tableFrame(things));
    const truth = between(things[0]!, things[1]!);
    expect(Math.abs(lengthOf(answer) - truth)).toBeLessThan(0.01);
  });

  it("takes no book with things on it for the table", async () => {
    const book: Painted = {
      ...{ id: 4, rgb: GREY, shape: "box", half: [0.15, 0.11, 0.02], yaw: 0 },
      center: [-0.18, 0.05, 0.02],
    };
    const things = [can(1, -0.2, 0.02, RED, 0.04), can(3, -0.1, 0.08, GREEN, 0.04)];
    const beside = box(2, 0.2, 0, BLUE);
    const frame = tableFrame([book, ...things, beside]);
    const answer = await howFar(rgbd({ clusters: {} }), frame);
    expect(Math.abs(lengthOf(answer) - between(things[0]!, beside))).toBeLessThan(0.01);
  });

  it("draws the box of a thing where its colours end, though its depth is smeared and torn", async () => {
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    const sharp = tableFrame(things);
    const boxOf = async (frame: CameraFrame) => {
      const { evidence } = await howFar(rgbd({ clusters: {} }), frame);
      return evidence?.find(({ object }) => object === "can")?.boxPx ?? [];
    };
    const exact = await boxOf(sharp);
    const depth = sharp.depth;
    if (depth?.kind !== "raw") throw new Error("a cast frame has raw depth");
    const { width, height, depthM } = await decodeDepth(depth);
    const smeared = Float32Array.from(depthM);
    const [left = 0, top = 0, right = 0, bottom = 0] = exact;
    for (let row = Math.round(top); row < bottom; row++) {
      // The depth of the can's right edge goes on for 5 px; that of its left edge is missing.
      for (let past = 0; past < 5; past++)
        smeared[row * width + Math.round(right) + past] =
          depthM[row * width + Math.round(right) - 3]!;
      for (let within = -4; within < 4; within++)
        smeared[row * width + Math.round(left) + within] = 0;
    }
    const seen = await boxOf({ ...sharp, depth: depthImageOf({ width, height, depthM: smeared }) });
    expect(seen).toHaveLength(4);
    seen.forEach((edge, i) => {
      expect(Math.abs(edge - (exact[i] ?? 0))).toBeLessThanOrEqual(1);
    });
  });

  it.each([
    ["another colour", "the green can", "no_object", /none of 2 things is green/],
    ["another noun of a colour that is there", "the blue bowl", "no_object", /size and shape/],
    ["no colour", "the can", "no_object", /no color/],
  ])("refuses what is not there: %s", async (_, phrase, reason, detail) => {
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    const absent = { name: "absent", phrase };
    const { refusal } = await howFar(rgbd({ clusters: {} }), tableFrame(things), absent);
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.detail).toMatch(detail);
  });

  it("refuses a phrase that two things fit, unless the task says where it is", async () => {
    const things = [can(1, -0.15, 0, RED), can(3, 0, 0.15, RED), box(2, 0.15, 0.05, BLUE)];
    const frame = tableFrame(things);
    const vague = await howFar(rgbd({ clusters: {} }), frame);
    expect(vague.refusal?.reason).toBe("ambiguous");
    // From the evidence of another can in the same place.
    const alone = await howFar(rgbd({ clusters: {} }), tableFrame([things[0]!, things[2]!]));
    const at = alone.evidence?.find(({ object }) => object === "can");
    const [u, v] = at?.centerPx ?? [0, 0];
    const placed = await howFar(rgbd({ clusters: {} }), frame, { ...CAN, at: [u, v] });
    expect(Math.abs(lengthOf(placed) - between(things[0]!, things[2]!))).toBeLessThan(0.01);
    const inBox = await howFar(rgbd({ clusters: {} }), frame, { ...CAN, at: at?.boxPx ?? [] });
    expect(lengthOf(inBox)).toBeCloseTo(lengthOf(placed), 3);
    const nowhere = await howFar(rgbd({ clusters: {} }), frame, { ...CAN, at: [300, 230] });
    expect(nowhere.refusal?.detail).toMatch(/nothing stands .* \[300, 230\]/);
  });

  it("keeps identities where look-alikes move, however they were named", async () => {
    const model = rgbd({ clusters: {} });
    const first = { ...CAN, at: [106, 100] };
    let last = 0;
    for (let step = 0; step <= 6; step++) {
      // The other red can goes past the first one's old place; the first goes to the right.
      const mine = can(1, -0.15 + 0.04 * step, 0, RED);
      const other = can(3, -0.15, 0.25 - 0.04 * step, RED);
      const target = box(2, 0.3, 0.05, BLUE);
      const frame = tableFrame([mine, other, target], { stampS: 1 + step / 10 });
      last = lengthOf(await howFar(model, frame, first));
      expect(Math.abs(last - between(mine, target))).toBeLessThan(0.015);
    }
  });

  it("says that a hidden thing is lost, and knows it again", async () => {
    const model = rgbd({ clusters: {} });
    const things = [can(1, -0.15, 0.1, RED), box(2, 0.15, 0.05, BLUE)];
    const wall: Painted = {
      ...{ id: 5, rgb: GREY, shape: "box", half: [0.09, 0.02, 0.12], yaw: 0 },
      center: [-0.17, -0.08, 0.12],
    };
    const truth = between(things[0]!, things[1]!);
    lengthOf(await howFar(model, tableFrame(things, { stampS: 1 })));
    const hidden = await howFar(model, tableFrame([...things, wall], { stampS: 1.2 }));
    expect(hidden.refusal?.detail).toMatch(/lost: last seen 0.2 s ago; something nearer hides/);
    const again = await howFar(model, tableFrame(things, { stampS: 1.4 }));
    expect(Math.abs(lengthOf(again) - truth)).toBeLessThan(0.01);
    const gone = await howFar(model, tableFrame([things[1]!], { stampS: 1.6 }));
    expect(gone.refusal?.detail).toMatch(/not at its place/);
  });

  it.each([0.03, 0.06, 0.09])(
    "doubts where a thing is of which something hides all but %f m",
    async (seenM) => {
      const model = rgbd({ clusters: {} });
      const sheet: Painted = {
        ...{ id: 1, rgb: RED, shape: "box", half: [0.1, 0.07, 0.02], yaw: 0 },
        center: [-0.05, 0.05, 0.02],
      };
      const wall: Painted = {
        ...{ id: 5, rgb: GREY, shape: "box", half: [0.08, 0.01, 0.14], yaw: 0 },
        center: [-0.035 - 0.8 * seenM, -0.15, 0.14],
      };
      const [subject, target] = [{ ...CAN, phrase: "the red thing" }, box(2, 0.25, 0.05, BLUE)];
      const truthM = between(sheet, target);
      const whole = await howFar(model, tableFrame([sheet, target], { stampS: 1 }), subject);
      expect(Math.abs(lengthOf(whole) - truthM)).toBeLessThan(0.01);
      const hidden = tableFrame([sheet, target, wall], { stampS: 1.2 });
      const { value } = await howFar(model, hidden, subject);
      if (value?.shape !== "quantity") throw new Error("some of it is seen");
      expect(Math.abs(value.valueM - truthM)).toBeGreaterThan(0.05);
      expect(Math.abs(value.valueM - truthM)).toBeLessThan(3 * value.sigmaM);
    },
  );

  it("follows a thing that a gripper lifts, and takes no part of the robot for a thing", async () => {
    const model = rgbd({ clusters: {} });
    const target = box(2, 0.2, 0.05, BLUE);
    for (let step = 0; step <= 4; step++) {
      const lift = 0.05 * step;
      const mine = can(1, -0.15, 0, RED, lift);
      const at = [-0.15, 0, 0.13 + lift] as const;
      const palm: Painted = {
        ...{ id: 6, rgb: GREY, shape: "box", half: [0.05, 0.03, 0.03], yaw: 0 },
        center: [at[0], at[1], at[2] + 0.002],
      };
      const frame = tableFrame(step === 0 ? [mine, target] : [mine, target, palm], {
        ...{ stampS: 1 + step / 10, gripper: at },
      });
      const reach = await howFar(model, frame);
      expect(Math.abs(lengthOf(reach) - between(mine, target))).toBeLessThan(0.025);
      const grey = await howFar(model, frame, { name: "grey", phrase: "the grey block" }, GRIPPER);
      expect(grey.refusal?.reason).toBe("no_object");
    }
  });

  it("keeps a thing's identity where a piece of it was once seen apart", async () => {
    const model = rgbd({ clusters: {} });
    const target = box(2, 0.3, 0.05, BLUE);
    // First the handle seems to stand 3 cm off the can, because something hides where it is joined.
    const handle = (x: number, lift: number, isApart: boolean): Painted => ({
      ...{ id: 4, rgb: RED, shape: "box", half: [0.006, 0.008, 0.035], yaw: 0 },
      center: [x + (isApart ? 0.075 : 0.041), 0, 0.045 + lift],
    });
    const places: readonly (readonly [x: number, lift: number, isHeld: boolean])[] = [
      [-0.25, 0, false],
      [-0.25, 0, true],
      [-0.25, 0.1, true],
      [-0.15, 0.12, true],
      [-0.05, 0.1, true],
      [0.05, 0, true],
      [0.05, 0, false],
      [0.05, 0, false],
    ];
    for (const [step, [x, lift, isHeld]] of places.entries()) {
      const mine = can(1, x, 0, RED, lift);
      const at = [x, 0, (isHeld ? 0.13 : 0.4) + lift] as const;
      const palm: Painted = {
        ...{ id: 6, rgb: GREY, shape: "box", half: [0.09, 0.03, 0.03], yaw: 0 },
        center: [at[0] + 0.03, at[1], at[2] + 0.002],
      };
      const things = [mine, handle(x, lift, step === 0), target, ...(isHeld ? [palm] : [])];
      const frame = tableFrame(things, { stampS: 1 + step / 5, gripper: at });
      const answer = await howFar(model, frame);
      if (answer.value || step >= places.length - 2)
        expect(Math.abs(lengthOf(answer) - between(mine, target)), `step ${step}`).toBeLessThan(
          0.03,
        );
    }
  });

  it("begins anew with each episode", async () => {
    const model = rgbd({ clusters: {} });
    const [left, right] = [can(1, -0.15, 0, RED), can(3, 0.05, 0.1, RED)];
    const target = box(2, 0.3, 0.05, BLUE);
    const placed = { ...CAN, at: [106, 100] };
    const frame = (episode: string, things: readonly Painted[]) =>
      tableFrame([...things, target], { episode });
    expect(lengthOf(await howFar(model, frame("a", [left, right]), placed))).toBeCloseTo(0.45, 1);
    const empty = await howFar(model, frame("b", [right]), placed);
    expect(empty.refusal?.detail).toMatch(/nothing stands/);
  });
});

describe("rgbd?masks=clusters with a language model that names", () => {
  async function served(): Promise<{ server: FakeServer; model: SpatialVlm }> {
    const server = await FakeServer.start();
    onTestFinished(() => server.stop());
    const model = await createVlm(`rgbd?masks=clusters&names=${server.url}#tiny`);
    onTestFinished(() => model.close());
    return { server, model };
  }

  it("asks once an episode, with a number on each thing", async () => {
    const { server, model } = await served();
    server.always(says("the tall thing: 1\nthe flat thing: 2"));
    const names = [
      { name: "tall", phrase: "the tall thing" },
      { name: "flat", phrase: "the flat thing" },
    ] as const;
    const things = [can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)];
    const truth = between(things[0]!, things[1]!);
    for (let step = 0; step < 4; step++) {
      const frame = tableFrame(things, { stampS: 1 + step / 10, episode: "named once" });
      const answer = await howFar(model, frame, ...names);
      expect(Math.abs(lengthOf(answer) - truth)).toBeLessThan(0.01);
    }
    expect(server.seen).toHaveLength(1);
    const [{ body } = { body: undefined }] = server.seen;
    const said = JSON.stringify(body.messages);
    expect(said).toContain("the tall thing");
    expect(said).toContain("data:image/jpeg;base64,");
    expect(model.usage?.requests).toBe(1);
  });

  it("takes no name from the model that the phrase's colour speaks against", async () => {
    const { server, model } = await served();
    server.always(says("the red can: 1\nthe blue box: 2"));
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    const exchanged = await howFar(model, tableFrame(things, { episode: "exchanged" }));
    expect(exchanged.refusal?.reason).toBe("unclear");
    expect(exchanged.refusal?.detail).toMatch(
      /takes thing 1 of the image for the red can, but nothing of it has that color, and thing 2 has/,
    );
    // A colour that nothing has is the model's word against none.
    const grey = [can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)];
    const { value } = await howFar(model, tableFrame(grey, { episode: "grey" }));
    expect(value).toBeDefined();
  });

  it("refuses what the model does not find, and tries another image after a failure", async () => {
    const { server, model } = await served();
    server.next(json({ error: { message: "no such thing" } }, 400));
    server.always(says("the tall thing: 1\nthe flat thing: 0"));
    const names = [
      { name: "tall", phrase: "the tall thing" },
      { name: "flat", phrase: "the flat thing" },
    ] as const;
    const frame = (stampS: number) =>
      tableFrame([can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)], { stampS, episode: "fails" });
    const failed = await howFar(model, frame(1), ...names);
    expect(failed.refusal?.reason).toBe("transport");
    const absent = await howFar(model, frame(1.1), ...names);
    expect(absent.refusal?.detail).toMatch(/the flat thing is none of 2 things/);
  });

  const PAIR = [
    { name: "tall", phrase: "the tall thing" },
    { name: "flat", phrase: "the flat thing" },
  ] as const;
  const NAMED = says("the tall thing: 1\nthe flat thing: 2");
  const FAILURES: readonly (readonly [string, Reply])[] = [
    ["HTTP 503", json({ error: "busy" }, 503)],
    ["HTTP 429", json({ error: "slow down" }, 429)],
    ["HTTP 500", json({ error: "boom" }, 500)],
    ["a web page", (response) => void response.end("<html>log in</html>")],
    ["half an answer", (response) => void response.end('{"choices":[{"mess')],
    ["no choices", json({ choices: [] })],
    ["a dropped connection", (response) => void response.destroy()],
    ["silence", () => undefined],
  ];

  async function impatient(server: FakeServer): Promise<SpatialVlm> {
    const url = encodeURIComponent(
      `${server.url}?cache=off&retries=0&timeout_s=0.3&breaker_after=1000#tiny`,
    );
    const model = await createVlm(`rgbd?masks=clusters&names=${url}`);
    onTestFinished(() => model.close());
    return model;
  }

  it.each(FAILURES)("uses a later answer, and says who failed: %s", async (_, failure) => {
    const { server } = await served();
    const model = await impatient(server);
    const things = [can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)];
    const frame = (stampS: number) => tableFrame(things, { stampS, episode: "later" });
    server.always(failure);
    const failed = await howFar(model, frame(1), ...PAIR);
    expect(failed.refusal && isPassing(failed.refusal)).toBe(true);
    expect(failed.refusal?.detail).toContain(server.host);
    server.always(NAMED);
    // Who waits for a model asks about the same image; a stream goes on to the next.
    expect(lengthOf(await howFar(model, frame(1), ...PAIR))).toBeCloseTo(0.3, 1);
    const other = await impatient(server);
    server.always(failure);
    await howFar(other, frame(1), ...PAIR);
    server.always(NAMED);
    expect(lengthOf(await howFar(other, frame(1.1), ...PAIR))).toBeCloseTo(0.3, 1);
  });

  it("asks a namer that is away ever more seldom, in the whole episode", async () => {
    const { server } = await served();
    const model = await impatient(server);
    const things = [can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)];
    const frame = (stampS: number) => tableFrame(things, { stampS, episode: "away" });
    server.always(json({ error: "busy" }, 503));
    for (let i = 0; i < 16; i++) {
      const { refusal } = await howFar(model, frame(1 + i / 2), ...PAIR);
      expect(refusal?.detail).toContain(server.host);
    }
    expect(server.seen.length).toBeLessThanOrEqual(5);
    server.always(NAMED);
    const late = await howFar(model, frame(60), ...PAIR);
    expect(lengthOf(late)).toBeCloseTo(0.3, 1);
  });

  it("asks a detector again for what it missed, but not for ever", async () => {
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    const alone = await howFar(rgbd({ clusters: {} }), tableFrame(things));
    const boxes = (alone.evidence ?? []).map(({ object, boxPx: [l, t, r, b] = [0, 0, 0, 0] }) => ({
      ...{ classId: object === "can" ? CAN.phrase : BOX.phrase, score: 0.9 },
      ...{ centerX: (l + r) / 2, centerY: (t + b) / 2, sizeX: r - l, sizeY: b - t },
    }));
    const asked = async (isSeen: (call: number) => boolean) => {
      let calls = 0;
      const namer = detectorNamer({
        ...{ name: "detector", fingerprint: "detector", minScore: 0.1 },
        detect: () =>
          Promise.resolve(
            isSeen(++calls) ? boxes : boxes.filter(({ classId }) => classId === BOX.phrase),
          ),
        close: () => Promise.resolve(),
      });
      const model = rgbd({ clusters: { namer } });
      const found: boolean[] = [];
      for (let step = 0; step < 5; step++) {
        const frame = tableFrame(things, { stampS: 1 + step / 10 });
        found.push((await howFar(model, frame)).value !== undefined);
      }
      return { calls, found };
    };
    expect(await asked((call) => call === 2)).toEqual({
      ...{ calls: 2, found: [false, true, true, true, true] },
    });
    expect(await asked(() => false)).toMatchObject({ calls: 3, found: Array(5).fill(false) });
  });

  it("lets a detector that confuses two things in one image be outvoted by later ones", async () => {
    const things = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    // Where phrases have colours, these tell which is which.
    const names = [
      { name: "can", phrase: "the can" },
      { name: "box", phrase: "the box" },
    ] as const;
    const alone = await howFar(rgbd({ clusters: {} }), tableFrame(things));
    const boxes = (alone.evidence ?? []).map(({ object, boxPx: [l, t, r, b] = [0, 0, 0, 0] }) => ({
      ...{ classId: object === "can" ? "the can" : "the box", score: 0.9 },
      ...{ centerX: (l + r) / 2, centerY: (t + b) / 2, sizeX: r - l, sizeY: b - t },
    }));
    const exchanged = boxes.map((it) => ({
      ...it,
      classId: it.classId === "the can" ? "the box" : "the can",
    }));
    const said = async (isWrong: (call: number) => boolean) => {
      let calls = 0;
      const namer = detectorNamer({
        ...{ name: "detector", fingerprint: "detector", minScore: 0.1 },
        detect: () => Promise.resolve(isWrong(++calls) ? exchanged : boxes),
        close: () => Promise.resolve(),
      });
      const model = rgbd({ clusters: { namer } });
      const where: string[] = [];
      for (let step = 0; step < 8; step++) {
        const frame = tableFrame(things, { stampS: 1 + step });
        const { evidence, refusal } = await howFar(model, frame, ...names);
        const at = evidence?.find(({ object }) => object === "can")?.centerPx;
        where.push(at ? (at[0] < 160 ? "left" : "right") : `${refusal?.detail}`);
      }
      return { calls, where };
    };
    const first = await said((call) => call === 1);
    expect(first.where[0]).toBe("right");
    expect(first.where[1]).toMatch(/contradicts itself/);
    expect(new Set(first.where.slice(2))).toEqual(new Set(["left"]));
    const later = await said((call) => call === 3);
    expect(new Set(later.where)).toEqual(new Set(["left"]));
    const never = await said(() => false);
    expect(new Set(never.where)).toEqual(new Set(["left"]));
    expect(never.calls).toBe(5);
  });

  it("lets no detector take a thing that the task has named by its place", async () => {
    const things = [can(1, -0.15, 0, GREY), box(2, 0.15, 0.05, GREY)] as const;
    const placed = { name: "first", phrase: "the first", at: [106, 100] } as const;
    const other = { name: "other", phrase: "the other" } as const;
    const painted = [can(1, -0.15, 0, RED), box(2, 0.15, 0.05, BLUE)];
    const { evidence = [] } = await howFar(rgbd({ clusters: {} }), tableFrame(painted));
    const boxOf = (name: string) => {
      const [l, t, r, b] = evidence.find(({ object }) => object === name)?.boxPx ?? [0, 0, 0, 0];
      const extent = { centerX: (l + r) / 2, centerY: (t + b) / 2, sizeX: r - l, sizeY: b - t };
      return { classId: other.phrase, score: 0.9, ...extent };
    };
    let calls = 0;
    const namer = detectorNamer({
      ...{ name: "detector", fingerprint: "detector", minScore: 0.1 },
      detect: () => Promise.resolve([boxOf(++calls === 1 ? "box" : "can")]),
      close: () => Promise.resolve(),
    });
    const model = rgbd({ clusters: { namer } });
    for (let step = 0; step < 8; step++) {
      const frame = tableFrame(things, { stampS: 1 + step });
      const apartM = lengthOf(await howFar(model, frame, placed, other));
      expect(Math.abs(apartM - between(...things))).toBeLessThan(0.015);
    }
    expect(calls).toBeGreaterThan(2);
  });

  it("is understood as a spec, with what belongs together", async () => {
    await expect(createVlm("rgbd?names=http://127.0.0.1:1/v1%23m")).rejects.toThrow(
      /names only with masks=clusters/,
    );
    await using model = await createVlm("rgbd?masks=clusters");
    expect(model).toMatchObject({ id: "rgbd+clusters", concurrency: 1, remembers: true });
  });
});
