import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { lastValueFrom } from "rxjs";
import { annotateAll } from "../src/annotate/index.js";
import { type CameraFrame, decodeColor } from "../src/camera/index.js";
import { askQuestion, QUANTITY_KINDS, type SpatialQuestion } from "../src/language/index.js";
import { fitPicture } from "../src/models/embedded/fitPicture.js";
import { sessionOptions } from "../src/models/embedded/Graphs.js";
import { Tokeniser } from "../src/models/embedded/Tokeniser.js";
import { OWN_WEIGHTS, readWeights } from "../src/models/embedded/Weights.js";
import { embedded, type SpatialVlm } from "../src/models/index.js";
import { TabletopSim } from "../src/sim/index.js";
import { loadTask, taskQuestions } from "../src/task/index.js";
import type { BenchRow } from "./BenchRow.js";
import { elapsedMs } from "./elapsedMs.js";
import { median } from "./median.js";

const FRAMES = 40;
const ROUNDS = 21;
/** A round of the pipelines is three times 40 images. */
const PIPELINE_ROUNDS = 5;
/** What one frame with one question may take on four cores. */
const GOAL_MS = 60;

const GRIPPER = { name: "gripper", phrase: "the robot gripper" };
const MUG = { name: "red_mug", phrase: "the red mug" };
const SIXTEEN: readonly SpatialQuestion[] = Array.from({ length: 16 }, (_, index) => {
  const kind = QUANTITY_KINDS[index % QUANTITY_KINDS.length]!;
  const isAboutOne = ["height", "width", "elevation"].includes(kind);
  return askQuestion(kind, MUG, isAboutOne ? undefined : GRIPPER, { phrasing: index });
});

/** The two graphs of the package's model and nothing around them, in this thread. */
async function bareGraphs(frame: CameraFrame) {
  const { encoder, answerer, config } = await readWeights(OWN_WEIGHTS);
  const options = sessionOptions({ cores: availableParallelism(), provider: "cpu" });
  const looks = await InferenceSession.create(encoder, options);
  const answers = await InferenceSession.create(answerer, options);
  const { pixels, lens } = fitPicture(await decodeColor(frame.image), frame.info, config);
  const image = new Tensor("uint8", pixels, [1, config.height, config.width, 3]);
  const numbers = Float32Array.of(lens.fx, lens.fy, lens.cx, lens.cy, 1);
  const lensTensor = new Tensor("float32", numbers, [1, 5]);
  const tokeniser = new Tokeniser(config.words, config.max_words);
  return (questions: readonly SpatialQuestion[]) => {
    const ids = tokeniser.encode(questions.map(({ text }) => text));
    const words = new Tensor("int64", ids, [questions.length, config.max_words]);
    return async (): Promise<void> => {
      const encoded = await looks.run({ image, lens: lensTensor });
      await answers.run({ ...encoded, words });
    };
  };
}

/** Medians of several works, done in turn so that all see the same machine; the first round warms up. */
async function mediansMs(
  what: string,
  rounds: number,
  works: readonly (() => Promise<unknown>)[],
): Promise<number[]> {
  const times: number[][] = works.map(() => []);
  for (let round = -1; round < rounds; round++) {
    process.stderr.write(`  ${what}: round ${round + 2} of ${rounds + 1}\n`);
    for (const [index, work] of works.entries()) {
      const ms = await elapsedMs(work);
      if (round >= 0) times[index]!.push(ms);
    }
  }
  return times.map(median);
}

async function* replay(frames: readonly CameraFrame[]): AsyncGenerator<CameraFrame> {
  yield* frames;
}

/** The package's own model: a frame with one question and with many, and what is around its graphs. */
export default async function embeddedBench(): Promise<BenchRow[]> {
  const sim = await TabletopSim.create({ seed: 1, outcome: "success", width: 640, height: 480 });
  const frames: CameraFrame[] = [];
  while (frames.length < FRAMES) frames.push(...(await sim.step()).frames);
  sim.close();
  const frame = frames[0]!;
  const task = await loadTask(
    new URL("../examples/tasks/pick_and_place.yaml", import.meta.url).pathname,
  );
  const vlm = await embedded();
  const single = await embedded({ threads: 1 });
  const bare = await bareGraphs(frame);
  const { signal } = new AbortController();

  const bareOne = bare(SIXTEEN.slice(0, 1));
  const bareMany = bare(SIXTEEN);
  const bareTask = bare(taskQuestions(task));
  const [one, oneBase, many, manyBase] = (await mediansMs("questions", ROUNDS, [
    () => single.ask(frame, SIXTEEN.slice(0, 1), signal),
    bareOne,
    () => single.ask(frame, SIXTEEN, signal),
    bareMany,
  ])) as [number, number, number, number];
  const run = (model: SpatialVlm) => () => lastValueFrom(annotateAll(replay(frames), task, model));
  const [pipeline, pipelineSingle, pipelineBase] = (await mediansMs("pipelines", PIPELINE_ROUNDS, [
    run(vlm),
    run(single),
    async () => {
      for (let index = 0; index < frames.length; index++) await bareTask();
    },
  ])) as [number, number, number];
  await Promise.all([vlm.close(), single.close()]);

  const size = "at 640x480";
  const common = { unit: "ms", baseName: "bare onnxruntime" };
  const perFrame = { ...common, unit: "ms/frame", base: pipelineBase / frames.length };
  return [
    { ...common, name: `embedded?threads=1, 1 question ${size}`, ours: one, base: oneBase },
    { ...common, name: `embedded?threads=1, 16 questions ${size}`, ours: many, base: manyBase },
    {
      ...perFrame,
      name: `annotate pipeline, embedded?threads=1 ${size}`,
      ours: pipelineSingle / frames.length,
    },
    {
      ...perFrame,
      name: `annotate pipeline, embedded ${size}`,
      ours: pipeline / frames.length,
      goalRatio: 1.1,
    },
    {
      name: `embedded, 16 questions ${size}`,
      ours: many,
      base: one,
      unit: "ms",
      baseName: "1 question",
      goalRatio: 2.5,
    },
    {
      name: `embedded, 1 question ${size}`,
      ours: one,
      base: GOAL_MS,
      unit: "ms",
      baseName: "allowed on 4 cores",
      goalRatio: 1,
    },
  ];
}
