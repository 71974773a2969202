import { lastValueFrom, Observable, tap } from "rxjs";
import { annotate, FrameCounters } from "../src/annotate/index.js";
import type { CameraFrame } from "../src/camera/index.js";
import type { SpatialVlm } from "../src/models/index.js";
import { parseTask } from "../src/task/index.js";
import type { BenchRow } from "./BenchRow.js";
import { median } from "./median.js";

const SOURCE_HZ = 1000;
const MODEL_MS = 200;
const SECONDS = 20;
const IMAGE_BYTES = 100_000;

const TASK = parseTask(
  `
name: live
objects:
  a: { phrase: the gripper }
  b: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: a, object: b }
reward:
  terms: { near: "-reach" }
`,
  "live.yaml",
);

/** Frames at 1 kHz against the clock, each with an image of its own; late ones come in bursts. */
function camera(): Observable<CameraFrame> {
  return new Observable((subscriber) => {
    const startMs = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const due = Math.min(SECONDS * SOURCE_HZ, ((performance.now() - startMs) * SOURCE_HZ) / 1000);
      for (; sent < due; sent++) {
        subscriber.next({
          camera: "front",
          stampNs: BigInt(Math.round(performance.now() * 1e6)),
          frameId: "camera",
          episode: "1",
          image: { kind: "compressed", format: "jpeg", data: new Uint8Array(IMAGE_BYTES) },
        });
      }
      if (sent >= SECONDS * SOURCE_HZ) subscriber.complete();
    }, 1);
    return () => clearInterval(timer);
  });
}

/** How long each inference really took: timers of a busy machine are late. */
const inferenceMs: number[] = [];

const slowModel: SpatialVlm = {
  id: "slow",
  fingerprint: "slow",
  concurrency: 1,
  needs: [],
  async ask(_frame, questions) {
    const startMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, MODEL_MS));
    inferenceMs.push(performance.now() - startMs);
    return questions.map((question) => ({
      question,
      text: "0.5 m",
      model: "slow",
      latencyMs: MODEL_MS,
      value: { shape: "quantity", valueM: 0.5, sigmaM: 0.01 },
    }));
  },
  close: async () => {},
};

/** A camera 200 times faster than the model: rewards stay young and memory stays flat. */
export default async function live(): Promise<BenchRow[]> {
  const counters = new FrameCounters();
  const ages: number[] = [];
  const memory: number[] = [];
  const used = (): number => {
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  await lastValueFrom(
    camera().pipe(
      annotate(TASK, slowModel, { mode: "live", counters }),
      tap(({ frame }) => {
        ages.push(performance.now() - Number(frame.stampNs) / 1e6);
        // Collecting garbage takes time of its own: not at every reward.
        if (ages.length % 5 === 0) memory.push(used());
      }),
    ),
  );
  const { in: all, annotated, dropped, failed } = counters;
  if (all !== annotated + dropped + failed) throw new Error("frames were lost without a count");
  const quarter = Math.floor(memory.length / 4);
  return [
    {
      name: `age of the newest reward, median, ${SOURCE_HZ} fps into a ${1000 / MODEL_MS} fps model (${dropped} of ${all} dropped)`,
      ours: median(ages),
      base: median(inferenceMs) + 1000 / SOURCE_HZ,
      unit: "ms",
      baseName: "one inference + one frame",
      goalRatio: 1.05,
    },
    {
      name: `memory after ${SECONDS} s of the same, last quarter's peak`,
      ours: Math.max(...memory.slice(-quarter)),
      base: Math.max(...memory.slice(0, quarter)),
      unit: "MiB",
      baseName: "first quarter's peak",
      goalRatio: 1.1,
    },
  ];
}
