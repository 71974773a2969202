import { from, lastValueFrom, Subject, toArray } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import {
  type Annotation,
  annotate,
  FrameCounters,
  type LiveClock,
} from "../../src/annotate/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
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
`,
  "reach.yaml",
);

const settled = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A live run whose clock the test turns, with a model that answers when the test says so. */
function live(clockFields: Partial<LiveClock> = {}, concurrency = 1, patienceS?: number) {
  let nowS = 100;
  const answers: (() => void)[] = [];
  const vlm = scriptedVlm(() => new Promise((resolve) => answers.push(() => resolve(0.4))), {
    concurrency,
  });
  const camera$ = new Subject<CameraFrame>();
  const seen: Annotation[] = [];
  const clock = { nowS: () => nowS, ageOnArrivalS: () => 0, ...clockFields };
  const counters = new FrameCounters();
  const options = { clock, counters, ...(patienceS !== undefined && { patienceS }) };
  camera$.pipe(annotate(TASK, vlm, options)).subscribe((value) => seen.push(value));
  return {
    seen,
    counters,
    send: (stampNs: bigint) => camera$.next(frameOf({ stampNs })),
    wait: (seconds: number) => {
      nowS += seconds;
    },
    answer: async (which = 0) => {
      answers.splice(which, 1)[0]!();
      await settled();
    },
  };
}

describe("answers that come late", () => {
  it("are stale and say so, and stay keyed to their image", async () => {
    const run = live();
    run.send(7n);
    run.wait(0.75);
    await run.answer();
    expect(run.seen).toMatchObject([
      {
        isLate: true,
        facts: [{ stampNs: 7n, answer: { value: { valueM: 0.4 } } }],
        reward: { stampNs: 7n, reward: -0.4, validity: "stale" },
        measurements: [{ value: 0.4, validity: "stale" }],
      },
    ]);
    expect(run.seen[0]!.reward.reason).toBe(
      "late: the answers came 0.75 s after the image, but the task keeps values for only 0.5 s",
    );
  });

  it("within the task's staleness are current", async () => {
    const run = live();
    run.send(7n);
    run.wait(0.5);
    await run.answer();
    expect(run.seen).toMatchObject([{ isLate: false, reward: { validity: "ok", reason: "" } }]);
  });

  it("count the time that an image waited for the model", async () => {
    const run = live();
    run.send(1n);
    run.send(2n);
    run.wait(0.3);
    await run.answer();
    run.wait(0.3);
    await run.answer();
    expect(run.seen.map(({ isLate }) => isLate)).toEqual([false, true]);
  });

  it("count the time that answers waited for those of an older image", async () => {
    const run = live({}, 2);
    run.send(1n);
    run.send(2n);
    await run.answer(1);
    run.wait(0.6);
    await run.answer();
    expect(run.seen.map(({ frame, isLate }) => [frame.stampNs, isLate])).toEqual([
      [1n, true],
      [2n, true],
    ]);
  });

  it("are not waited for by those of a newer image until these are late too", async () => {
    const run = live({}, 3, 0.02);
    for (const stampNs of [1n, 2n, 3n]) run.send(stampNs);
    await run.answer(1);
    await vi.waitFor(() => expect(run.seen).toHaveLength(1));
    // Too late: nobody asks for it any more.
    await run.answer();
    await run.answer();
    expect(run.seen.map(({ frame, isLate }) => [frame.stampNs, isLate])).toEqual([
      [2n, false],
      [3n, false],
    ]);
    expect(run.counters).toMatchObject({ in: 3, annotated: 2, dropped: 1, failed: 0 });
  });

  it("count what the image took on its way", async () => {
    const run = live({ ageOnArrivalS: () => 0.4 });
    run.send(1n);
    run.wait(0.2);
    await run.answer();
    expect(run.seen[0]!.isLate).toBe(true);
  });

  it("are none where the clock jumps back", async () => {
    const run = live();
    run.send(1n);
    run.wait(-50);
    await run.answer();
    expect(run.seen[0]!.isLate).toBe(false);
  });

  it("do not exist offline: the result is a function of the recording alone", async () => {
    let nowS = 0;
    const clock = { nowS: () => (nowS += 10), ageOnArrivalS: () => 9 };
    const frames = from([frameOf({ stampNs: 1n }), frameOf({ stampNs: 2n })]);
    const annotations = await lastValueFrom(
      frames.pipe(
        annotate(
          TASK,
          scriptedVlm(() => 0.4),
          { mode: "offline", clock },
        ),
        toArray(),
      ),
    );
    expect(annotations.map(({ isLate, reward }) => [isLate, reward.validity])).toEqual([
      [false, "ok"],
      [false, "ok"],
    ]);
  });
});
