import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { type CameraFrame, encodeJpeg, type RawImage } from "../../../src/camera/index.js";
import type { VqaFrame, VqaRow } from "../../../src/dataset/index.js";
import { trueValue } from "../../../src/evaluate/index.js";
import {
  askQuestion,
  formatQuantity,
  KINDS,
  kindInfo,
  type ObjectRef,
  type QuestionKind,
} from "../../../src/language/index.js";
import { TabletopSim } from "../../../src/sim/index.js";

export interface DataSetOptions {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** Of the first scene; the next ones count up. */
  readonly seed?: number;
  /** Scenes of the test split; the rest is for training. */
  readonly testFrames?: number;
}

/**
 * Writes a VQA data set of simulated scenes with the simulator's exact centres as truth: every
 * kind that speaks of centres, about two pairs of objects of each scene.
 */
export async function writeDataSet(
  folder: string,
  { frames, width, height, seed = 1, testFrames = Math.ceil(frames / 2) }: DataSetOptions,
): Promise<void> {
  for (const part of ["images", "depth", "labels"]) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const records: VqaFrame[] = [];
  const rows: Record<"train" | "test", VqaRow[]> = { train: [], test: [] };
  const sim = await TabletopSim.create({ width, height, seed });
  for (let i = 0; i < frames; i++) {
    const [shot] = (i === 0 ? sim.current() : await sim.reset(seed + i)).frames;
    const split = i < testFrames ? "test" : "train";
    const record = await writeFrame(folder, `f${i}`, split, shot!);
    records.push(record);
    rows[split].push(...rowsOf(record, shot!));
  }
  sim.close();
  const lines = (values: readonly unknown[]) =>
    values.map((value) => `${JSON.stringify(value)}\n`).join("");
  await writeFile(join(folder, "frames.jsonl"), lines(records));
  await writeFile(join(folder, "test.jsonl"), lines(rows.test));
  if (rows.train.length > 0) await writeFile(join(folder, "train.jsonl"), lines(rows.train));
}

async function writeFrame(
  folder: string,
  id: string,
  split: "train" | "test",
  { image, depth, labels, labelNames, info, poses, episode, stampNs, camera }: CameraFrame,
): Promise<VqaFrame> {
  const { width, height } = info!;
  const files = { image: `images/${id}.jpg`, depth: `depth/${id}.png`, labels: `labels/${id}.png` };
  await writeFile(join(folder, files.image), await encodeJpeg(image));
  const { data } = depth as RawImage;
  const metres = new Float32Array(data.buffer, data.byteOffset, width * height);
  const words = Uint16Array.from(metres, (z) => (z > 0 && z < 60 ? Math.round(1000 * z) : 0));
  await sharp(words, { raw: { width, height, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toFile(join(folder, files.depth));
  await sharp(labels!.data, { raw: { width, height, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toFile(join(folder, files.labels));
  const seen = new Set(labels!.data);
  const objects = [...labelNames!].flatMap(([label, name]) => {
    const frame = FRAMES.get(name) ?? name.replaceAll(" ", "_");
    const pose = poses!.get(frame);
    if (!seen.has(label) || !pose?.ok) return [];
    const [x, y, z] = pose.pose.position;
    return [
      {
        name: frame,
        phrases: [`the ${name}`],
        labels: [label],
        center_m: [x, y, z] as [number, number, number],
      },
    ];
  });
  const { fx, fy, cx, cy } = info!;
  return {
    id,
    split,
    ...files,
    width,
    height,
    camera,
    source: `tabletop ${episode}`,
    stamp_ns: String(stampNs),
    intrinsics: { fx, fy, cx, cy },
    objects,
    support: "table",
  };
}

/** Label names whose TF frame is called otherwise. */
const FRAMES = new Map([["robot gripper", "gripper"]]);

function rowsOf(record: VqaFrame, { poses }: CameraFrame): VqaRow[] {
  const refs = record.objects
    .filter(({ name }) => name !== record.support)
    .map(({ name, phrases }): ObjectRef => ({ name, phrase: phrases[0]!, frame: name }));
  const support: ObjectRef = { name: "table", phrase: "the table", frame: "table" };
  const pairs = refs
    .slice(1)
    .map((ref, i) => [refs[i]!, ref] as const)
    .slice(0, 2);
  const rows: VqaRow[] = [];
  for (const [subject, object] of pairs) {
    for (const kind of KINDS.keys()) {
      if (kindInfo(kind).arity !== 2) continue;
      const measurement = { name: "", kind, subject, object } as Parameters<typeof trueValue>[0];
      const value = trueValue(measurement, poses!, support);
      if (value === undefined) continue;
      rows.push(rowOf(record, rows.length, kind, subject, object, value));
    }
  }
  return rows;
}

function rowOf(
  { id, image }: VqaFrame,
  n: number,
  kind: QuestionKind,
  subject: ObjectRef,
  object: ObjectRef,
  value: number,
): VqaRow {
  const truth = truthOf(kind, value);
  const text = askQuestion(kind, subject, object, { phrasing: n }).text;
  const said = truth.shape === "quantity" ? formatQuantity(truth.value_m) : JSON.stringify(truth);
  return {
    id: `${id}-${n}`,
    image,
    messages: [
      { role: "user", content: [{ type: "image" }, { type: "text", text }] },
      { role: "assistant", content: [{ type: "text", text: said }] },
    ],
    frame: id,
    kind,
    subject: subject.name,
    object: object.name,
    subject_phrase: subject.phrase,
    object_phrase: object.phrase,
    question_phrasing: n,
    answer_phrasing: 0,
    truth,
  };
}

function truthOf(kind: QuestionKind, value: number): VqaRow["truth"] {
  const { shape, relations } = kindInfo(kind);
  switch (shape) {
    case "quantity":
      return { shape, value_m: value };
    case "yes_no":
      return { shape, yes: value === 1 };
    case "choice":
      return { shape, choice: value === 1 ? "subject" : "object" };
    case "class":
      return { shape, relation: relations[value === 1 ? 0 : 1]! };
  }
}
