import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mulberry32, type Vec3 } from "../../../src/base/index.js";
import type { CameraFrame } from "../../../src/camera/index.js";
import {
  askQuestion,
  KINDS,
  type SpatialAnswer,
  type SpatialQuestion,
} from "../../../src/language/index.js";
import { embedded, type SpatialVlm, workerVlm } from "../../../src/models/index.js";
import { TabletopSim, TabletopStudio } from "../../../src/sim/index.js";

const never = new AbortController().signal;
const GRIPPER = { name: "gripper", phrase: "the robot gripper" };
const MUG = { name: "mug", phrase: "the red mug" };
const UNICORN = { name: "unicorn", phrase: "the purple unicorn" };
const SIZE = { width: 320, height: 240 };
const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const HOW_FAR = askQuestion("distance", GRIPPER, MUG);
const EVERY_KIND: readonly SpatialQuestion[] = [...KINDS].map(([kind, { arity }]) =>
  askQuestion(kind, MUG, arity === 2 ? GRIPPER : undefined),
);

/** The package's own weights, in the simulator that they are made for. */
describe("embedded on its own weights", () => {
  let vlm: SpatialVlm;
  /** A picture each half second of a pick and place. */
  let frames: CameraFrame[];
  /** How far the gripper is from the mug, in each. */
  let answers: SpatialAnswer[];
  beforeAll(async () => {
    vlm = await embedded({ threads: 2 });
    const sim = await TabletopSim.create({ seed: 7, outcome: "success", rateHz: 2 });
    frames = [];
    for (let step = sim.current(); !step.done; step = sim.step()) frames.push(...step.frames);
    sim.close();
    const asked = frames.map((frame) => vlm.ask(frame, [HOW_FAR], never));
    answers = (await Promise.all(asked)).flat();
  });
  afterAll(() => vlm.close());

  const strip = ({ latencyMs: _, ...answer }: Awaited<ReturnType<SpatialVlm["ask"]>>[number]) =>
    answer;

  function truthOf({ poses }: CameraFrame): number {
    const position = (name: string): Vec3 => {
      const pose = poses?.get(name);
      if (!pose?.ok) throw new Error(`no pose of ${name}`);
      return pose.pose.position;
    };
    const [g, m] = [position("gripper"), position("red_mug")];
    return Math.hypot(g[0] - m[0], g[1] - m[1], g[2] - m[2]);
  }

  it("follows gripper and mug through a pick and place to within centimetres", async () => {
    const errors = frames.map((frame, i) => {
      const { value } = answers[i]!;
      if (value?.shape !== "quantity") return Number.POSITIVE_INFINITY;
      return Math.abs(value.valueM - truthOf(frame));
    });
    const sorted = errors.sort((a, b) => a - b);
    expect(sorted.length).toBeGreaterThan(10);
    expect(sorted[sorted.length >> 1]).toBeLessThan(0.03);
    expect(sorted[Math.floor(0.9 * sorted.length)]).toBeLessThan(0.06);
  });

  it("answers every kind in the shape of the kind, and finds what is asked about", async () => {
    const answers = await vlm.ask(frames[0]!, EVERY_KIND, never);
    for (const { question, value, evidence } of answers) {
      if (question.kind === "open") throw new Error("none was asked");
      expect(value?.shape).toBe(KINDS.get(question.kind)!.shape);
      expect(evidence?.map(({ object }) => object)).toContain("mug");
    }
  });

  it("tells look-alikes apart by their place", async () => {
    let [asked, found] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const studio = await TabletopStudio.create({ seed, domain: "familiar", ...SIZE });
      const { frame, bodies } = studio.scene(0);
      studio.close();
      const pairs = new Map<string, Vec3[]>();
      for (const { noun, center } of bodies) pairs.set(noun, [...(pairs.get(noun) ?? []), center]);
      for (const [noun, [one, other, ...more]] of pairs) {
        if (!one || !other || more.length > 0 || Math.abs(one[0] - other[0]) < 0.05) continue;
        const [left, right] = one[0] < other[0] ? [one, other] : [other, one];
        for (const [side, target, wrong] of [
          ["leftmost", left, right],
          ["right-hand", right, left],
        ] as const) {
          const it = { name: "it", phrase: `the ${side} ${noun}` };
          const [answer] = await vlm.ask(frame, [askQuestion("distance", it, MUG)], never);
          const center = answer!.evidence?.find(({ object }) => object === "it")?.centerM;
          asked++;
          if (!center) continue;
          const from = (there: Vec3): number => Math.hypot(...minus(center, there));
          if (from(target) < from(wrong)) found++;
        }
      }
    }
    expect(asked).toBeGreaterThan(9);
    expect(found / asked).toBeGreaterThan(0.8);
  });

  it("does not see what is not there", async () => {
    const unicorn = { name: "unicorn", phrase: "the unicorn" };
    const questions = [UNICORN, unicorn].map((it) => askQuestion("distance", it, MUG));
    const [purple, any] = await vlm.ask(frames[0]!, questions, never);
    expect(purple!.refusal?.reason).toBe("no_object");
    expect(purple!.refusal?.detail).toContain("the purple unicorn");
    expect(any!.refusal?.detail).toContain("does not know any word of the unicorn");
  });

  it("answers an open question, and refuses what it was not made for", async () => {
    const [far, joke] = await vlm.ask(
      frames[0]!,
      [
        { kind: "open", text: "How far is the robot gripper from the red mug?" },
        { kind: "open", text: "Tell me a joke about philosophers" },
      ],
      never,
    );
    expect(far!.value?.shape).toBe("quantity");
    expect(far!.evidence?.map(({ object }) => object)).toEqual(["robot_gripper", "red_mug"]);
    expect(joke!.refusal).toBeDefined();
  });

  it("knows its own pictures, and refuses those that are none of its world", async () => {
    const noise = mulberry32(1);
    const pictures: Readonly<Record<string, (at: number) => number>> = {
      black: () => 0,
      white: () => 255,
      grey: () => 128,
      noise: () => 256 * noise(),
      gradient: (at) => (255 * (Math.floor(at / 3) % SIZE.width)) / SIZE.width,
    };
    for (const [name, color] of Object.entries(pictures)) {
      const data = Uint8Array.from({ length: 3 * SIZE.width * SIZE.height }, (_, at) => color(at));
      const image = {
        kind: "raw",
        encoding: "rgb8",
        step: 3 * SIZE.width,
        isBigEndian: false,
      } as const;
      const frame = { ...frames[0]!, image: { ...image, ...SIZE, data }, info: undefined };
      const [answer] = await vlm.ask(frame as unknown as CameraFrame, [HOW_FAR], never);
      expect(answer?.refusal?.reason, name).toBe("out_of_domain");
      expect(answer?.refusal?.detail).toMatch(/domain score \d+\.\d, at most \d/);
    }
    for (const { refusal } of answers) expect(refusal?.reason).not.toBe("out_of_domain");
  });

  it("says the same again, and in a thread of the node", async () => {
    const questions = EVERY_KIND.slice(20, 40);
    const one = await embedded({ threads: 1, cores: 1 });
    const said = (await one.ask(frames[3]!, questions, never)).map(strip);
    expect((await one.ask(frames[3]!, questions, never)).map(strip)).toEqual(said);
    for (const spec of ["embedded?threads=1&cores=1", "embedded?threads=3&cores=1"]) {
      const other = await workerVlm(spec);
      expect((await other.ask(frames[3]!, questions, never)).map(strip)).toEqual(said);
      await other.close();
    }
    await one.close();
  });

  it("says the same to a micrometre on any number of cores", async () => {
    const questions = EVERY_KIND.slice(30);
    const lengths = async (cores: number): Promise<number[]> => {
      const model = await embedded({ threads: 1, cores });
      const answers = await model.ask(frames[3]!, questions, never);
      await model.close();
      return answers.map(({ value }) =>
        value?.shape === "quantity" ? value.valueM : Number.POSITIVE_INFINITY,
      );
    };
    const [one, three] = [await lengths(1), await lengths(3)];
    one.forEach((length, index) => {
      expect(three[index]).toBeCloseTo(length, 6);
    });
  });

  it("works without CameraInfo", async () => {
    const { info: _, ...frame } = frames[0]!;
    const [answer] = await vlm.ask(frame, [HOW_FAR], never);
    expect(answer!.value?.shape).toBe("quantity");
  });

  it("leaves the event loop free while it computes", async () => {
    const order: string[] = [];
    const answered = vlm.ask(frames[0]!, EVERY_KIND, never).then(() => order.push("answers"));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    order.push("twenty turns");
    await answered;
    expect(order).toEqual(["twenty turns", "answers"]);
  });
});
