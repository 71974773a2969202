import type { Vec3 } from "../src/base/index.js";
import { type CameraFrame, decodeDepth, decodeLabels } from "../src/camera/index.js";
import type { ObjectRef, SpatialQuestion } from "../src/language/index.js";
import { rgbd } from "../src/models/index.js";
import { castFrame } from "../test/geometry/synthetic/castFrame.js";
import type { BenchRow } from "./BenchRow.js";
import { median } from "./median.js";

const ROUNDS = 60;
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };

/** Cylinders of the size of cups in rows on a table, seen at 640x480 from about a metre. */
function tableOf(objects: number): { frame: CameraFrame; refs: ObjectRef[] } {
  const solids = Array.from({ length: objects }, (_, i) => {
    const center: Vec3 = [-0.36 + 0.24 * (i % 4), -0.2 + 0.2 * Math.floor(i / 4), 0.05];
    return { id: 10 + i, shape: "cylinder", center, radius: 0.04, halfHeight: 0.05 } as const;
  });
  const frame = castFrame(
    { solids, table: [0.5, 0.4] },
    { eye: [0, -0.8, 0.75], target: [0, 0, 0.05] },
  );
  const refs = solids.map(({ id }) => ({ name: `o${id}`, phrase: `object ${id}`, labels: [id] }));
  return { frame, refs };
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    await work();
    times.push(performance.now() - startMs);
  }
  return median(times.slice(ROUNDS / 4));
}

async function rowFor(objects: number): Promise<BenchRow> {
  const { frame, refs } = tableOf(objects);
  const questions = refs.map(
    (subject, i): SpatialQuestion => ({
      kind: "distance",
      subject,
      object: refs[(i + 1) % refs.length]!,
      text: "",
      support: TABLE,
    }),
  );
  const model = rgbd();
  const { signal } = new AbortController();
  return {
    name: `rgbd, ${objects} objects at 640x480, a frame`,
    ours: await medianMs(() => model.ask(frame, questions, signal)),
    base: await medianMs(async () => {
      decodeLabels(frame.labels!);
      await decodeDepth(frame.depth!);
    }),
    unit: "ms",
    baseName: "decoding depth and labels alone",
  };
}

/** The same without labels: things are found in the depth, followed, and measured. */
async function clustersRow(objects: number): Promise<BenchRow> {
  const { frame } = tableOf(objects);
  const { labels: _, ...seen } = frame;
  const { depth } = frame;
  if (!depth) throw new Error("a cast frame has depth");
  const canAt = (u: number): ObjectRef => ({ name: `${u}`, phrase: "a can", at: [u, 260] });
  const [subject, object] = [canAt(240), canAt(400)];
  const question: SpatialQuestion = { kind: "distance", subject, object, text: "" };
  await using model = rgbd({ clusters: {} });
  const { signal } = new AbortController();
  let stampNs = frame.stampNs;
  return {
    name: `rgbd?masks=clusters, ${objects} objects at 640x480, a frame`,
    ours: await medianMs(() => {
      stampNs += 100_000_000n;
      return model.ask({ ...seen, stampNs }, [question], signal);
    }),
    base: await medianMs(() => decodeDepth(depth)),
    unit: "ms",
    baseName: "decoding depth alone",
  };
}

/** Informing: what lifting objects into space costs beside reading the images. */
export default async function rgbdBench(): Promise<BenchRow[]> {
  return [await rowFor(2), await rowFor(12), await clustersRow(12)];
}
