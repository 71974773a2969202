import { firstValueFrom, from, lastValueFrom, of, Subject, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type Annotation, annotate, annotateAll, FrameCounters } from "../../src/annotate/index.js";
import { type CameraFrame, FrameError } from "../../src/camera/index.js";
import type { SpatialAnswer } from "../../src/language/index.js";
import { parseTask } from "../../src/task/index.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";

const TASK = parseTask(
  `
name: reach
objects:
  gripper: { phrase: the robot gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
staleness: 0.5 s
reward:
  terms: { near: "-reach" }
success: "reach < 3 cm"
`,
  "reach.yaml",
);

const TWO = parseTask(
  `
name: two
objects:
  gripper: { phrase: the robot gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  size: { kind: width, subject: mug }
reward:
  terms: { near: "-reach" }
`,
  "two.yaml",
);

const MS = 1_000_000n;
const settled = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Frames 100 ms apart. */
function frames(count: number, fields: Partial<CameraFrame> = {}): CameraFrame[] {
  return Array.from({ length: count }, (_, i) =>
    frameOf({ stampNs: BigInt(i) * 100n * MS, ...fields }),
  );
}

async function* pulled(values: readonly CameraFrame[]): AsyncGenerator<CameraFrame> {
  yield* values;
}

const seconds = ({ stampNs }: CameraFrame): number => Number(stampNs) / 1e9;

describe("annotate", () => {
  it("asks the task's questions and ties answers, facts and reward to the image's stamp", async () => {
    const vlm = scriptedVlm(() => 0.4);
    const annotation = await firstValueFrom(
      from([frameOf({ stampNs: 1_234_567_890_123_456_789n })]).pipe(annotate(TASK, vlm)),
    );
    expect(annotation).toMatchObject({
      outcome: "annotated",
      model: "scripted",
      latencyMs: 5,
      facts: [{ name: "reach", subject: "gripper", relation: "distance", object: "mug" }],
      measurements: [{ name: "reach", raw: 0.4, validity: "ok" }],
      reward: { stampNs: 1_234_567_890_123_456_789n, camera: "front", episode: "run1" },
    });
    expect(annotation.facts[0]!.answer.question.text).toBe(
      "What is the distance between the robot gripper and the red mug?",
    );
    expect(annotation.reward.reward).toBeCloseTo(-0.4, 9);
  });

  it("offline: keeps the order and drops nothing while several frames are in flight", async () => {
    const vlm = scriptedVlm(
      async (frame) => {
        await new Promise((resolve) => setTimeout(resolve, (7 * Number(frame.stampNs / MS)) % 5));
        return 1;
      },
      { concurrency: 4 },
    );
    const counters = new FrameCounters();
    const all = frames(20);
    const seen = await lastValueFrom(
      annotateAll(pulled(all), TASK, vlm, { counters }).pipe(toArray()),
    );
    expect(seen.map(({ frame }) => frame.stampNs)).toEqual(all.map(({ stampNs }) => stampNs));
    expect(counters).toEqual(
      Object.assign(new FrameCounters(), { in: 20, annotated: 20, dropped: 0, failed: 0 }),
    );
  });

  it("offline: reads no further ahead than the model and the sinks can follow", async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<CameraFrame> {
      for (;;) yield frameOf({ stampNs: BigInt(read++) * 100n * MS });
    }
    let delivered = 0;
    const subscription = annotateAll(
      endless(),
      TASK,
      scriptedVlm(() => 1),
      {
        deliver: () => {
          delivered += 1;
          return new Promise(() => {});
        },
      },
    ).subscribe();
    await settled();
    subscription.unsubscribe();
    expect(delivered).toBe(1);
    expect(read).toBe(2);
  });

  it("a frame that cannot be read fails, with its reason, and the rest goes on", async () => {
    const broken = frameOf({ stampNs: 100n * MS, fault: "/camera/color: truncated JPEG" });
    const vlm = scriptedVlm((frame) => {
      if (frame.stampNs === 200n * MS) throw new FrameError("the depth image does not decode");
      return 0.4;
    });
    const counters = new FrameCounters();
    const list = frames(4).map((frame) => (frame.stampNs === broken.stampNs ? broken : frame));
    const seen = await lastValueFrom(
      annotateAll(pulled(list), TASK, vlm, { counters }).pipe(toArray()),
    );
    expect(seen.map(({ outcome }) => outcome)).toEqual([
      "annotated",
      "failed",
      "failed",
      "annotated",
    ]);
    expect(seen[1]!.reward.reason).toContain("truncated JPEG");
    expect(seen[2]!.reward.reason).toContain("the depth image does not decode");
    expect(counters).toMatchObject({ in: 4, annotated: 2, dropped: 0, failed: 2 });
    expect(vlm.asked).not.toContain(broken.stampNs);
  });

  it.each<[string, (answers: SpatialAnswer[]) => unknown]>([
    ["in another order", (answers) => answers.reverse()],
    ["too few", (answers) => answers.slice(1)],
    ["with a hole", ([, second]) => [undefined, second]],
    ["with neither value nor refusal", (answers) => answers.map(({ value: _, ...rest }) => rest)],
    ["none at all", () => undefined],
  ])("takes no answers %s for those of its questions", async (_, spoil) => {
    const vlm = scriptedVlm((_frame, { kind }) => (kind === "distance" ? 0.4 : 0.1));
    const ask = vlm.ask.bind(vlm);
    vlm.ask = async (...asked) => spoil([...(await ask(...asked))]) as SpatialAnswer[];
    const counters = new FrameCounters();
    const [annotation] = await lastValueFrom(
      of(frameOf({ stampNs: 1n })).pipe(
        annotate(TWO, vlm, { mode: "offline", counters }),
        toArray(),
      ),
    );
    expect(annotation?.reward).toMatchObject({ reward: null, validity: "invalid" });
    expect(annotation?.reward.reason).toContain("scripted: its answers are not one for each");
    expect(counters).toMatchObject({ in: 1, annotated: 0, failed: 1 });
  });

  it("takes no negative distance for contact", async () => {
    const vlm = scriptedVlm(() => -0.3);
    const [annotation] = await lastValueFrom(
      of(frameOf({ stampNs: 1n })).pipe(annotate(TWO, vlm, { mode: "offline" }), toArray()),
    );
    expect(annotation?.reward.validity).toBe("invalid");
    expect(annotation?.reward.reason).toContain("a distance cannot be negative");
  });

  it("live: the newest frame wins, one waits, and every frame is counted", async () => {
    const answers: (() => void)[] = [];
    const vlm = scriptedVlm(() => new Promise((resolve) => answers.push(() => resolve(0.4))));
    const counters = new FrameCounters();
    const camera$ = new Subject<CameraFrame>();
    const seen: Annotation[] = [];
    camera$.pipe(annotate(TASK, vlm, { counters })).subscribe((value) => seen.push(value));
    for (const frame of frames(5)) camera$.next(frame);
    expect(counters).toMatchObject({ in: 5, dropped: 3 });
    answers.shift()!();
    await settled();
    answers.shift()!();
    await settled();
    expect(seen.map(({ frame }) => frame.stampNs)).toEqual([0n, 400n * MS]);
    expect(counters).toMatchObject({ in: 5, annotated: 2, dropped: 3, failed: 0 });
  });

  it("aborts what is in flight when unsubscribed", async () => {
    let signal: AbortSignal | undefined;
    const vlm = scriptedVlm(() => 1, {
      ask: (_frame, _questions, given) => {
        signal = given;
        return new Promise(() => {});
      },
    });
    from(frames(1)).pipe(annotate(TASK, vlm)).subscribe().unsubscribe();
    expect(signal?.aborted).toBe(true);
  });

  it("passes on an error that is not about a frame", async () => {
    const vlm = scriptedVlm(() => {
      throw new TypeError("a bug");
    });
    await expect(lastValueFrom(from(frames(1)).pipe(annotate(TASK, vlm)))).rejects.toThrow("a bug");
  });

  it("begins an episode afresh when its name changes or time jumps back", async () => {
    const near = scriptedVlm((frame) => Math.max(0.01, 0.4 - (seconds(frame) % 3) / 2));
    const ended = async (list: readonly CameraFrame[]) =>
      (
        await lastValueFrom(from(list).pipe(annotate(TASK, near, { mode: "offline" }), toArray()))
      ).map(({ reward }) => reward.ended);
    const approach = frames(12);
    const once = await ended(approach);
    expect(once[0]).toBeUndefined();
    expect(once.at(-1)).toBe("success");
    expect(await ended([...approach, ...approach])).toEqual([...once, ...once]);
    const renamed = frames(12, { episode: "run2" }).map((frame) => ({
      ...frame,
      stampNs: frame.stampNs + 3000n * MS,
    }));
    expect(await ended([...approach, ...renamed])).toEqual([...once, ...once]);
  });

  it("keeps the attempts of two cameras apart", async () => {
    const vlm = scriptedVlm((frame) => (frame.camera === "front" ? 0.01 : 0.4));
    const both = frames(4).flatMap((frame) => [frame, { ...frame, camera: "side" }]);
    const seen = await lastValueFrom(
      from(both).pipe(annotate(TASK, vlm, { mode: "offline" }), toArray()),
    );
    const of = (camera: string) => seen.filter(({ frame }) => frame.camera === camera).at(-1)!;
    expect(of("front").reward.ended).toBe("success");
    expect(of("side").reward.ended).toBeUndefined();
  });
});
