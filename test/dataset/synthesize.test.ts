import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { distanceBetween, OutputBusyError } from "../../src/base/index.js";
import {
  type DatasetSettings,
  readJsonLines,
  synthesize,
  type VqaFrame,
  type VqaRow,
  vqaFrameSchema,
  vqaRowSchema,
} from "../../src/dataset/index.js";
import { KINDS, kindInfo, parseAnswer, type QuestionKind } from "../../src/language/index.js";

const SCENES = {
  kind: "scenes",
  ...{ scenes: 80, width: 160, height: 120, depthNoiseMm: 0 },
} as const;
const SETTINGS: DatasetSettings = {
  seed: 3,
  perImage: 24,
  human: true,
  imperialShare: 0.2,
  noise: 0,
  images3d: true,
  license: "apache-2.0",
  source: SCENES,
};

const never = new AbortController().signal;
let root: string;
let rows: VqaRow[];
let frames: VqaFrame[];

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function bytesOf(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const content = new Map<string, string>();
  for (const file of files.filter((each) => each.isFile())) {
    const path = join(file.parentPath, file.name);
    content.set(path.slice(folder.length), (await readFile(path)).toString("base64"));
  }
  return content;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dataset-"));
  const folder = join(root, "a");
  await synthesize({ folder, settings: SETTINGS, workers: 0, signal: never });
  rows = [];
  for (const split of ["train", "val", "test"])
    rows.push(...(await all(readJsonLines(join(folder, `${split}.jsonl`), vqaRowSchema))));
  frames = await all(readJsonLines(join(folder, "frames.jsonl"), vqaFrameSchema));
});

afterAll(() => rm(root, { recursive: true }));

describe("synthesize from scenes", () => {
  it("asks every kind, half of the questions quantitative", () => {
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(KINDS.keys()));
    const quantitative = rows.filter(({ truth }) => truth.shape === "quantity").length;
    expect(Math.abs(quantitative / rows.length - 0.5)).toBeLessThan(0.03);
  });

  it("answers yes as often as no", () => {
    const verdicts = rows.flatMap(({ truth }) => (truth.shape === "yes_no" ? [truth.yes] : []));
    const yes = verdicts.filter(Boolean).length / verdicts.length;
    expect(yes).toBeGreaterThan(0.4);
    expect(yes).toBeLessThan(0.6);
  });

  it("says what the exact value is, in words that the parser reads back", () => {
    for (const row of rows) {
      const text = row.messages[0].content[1].text;
      const subject = { name: row.subject, phrase: row.subject_phrase };
      const object = row.object && { name: row.object, phrase: row.object_phrase! };
      const kind = row.kind as QuestionKind;
      const question = { kind, text, subject, ...(object && { object }) };
      const said = row.messages[1].content[0].text;
      const { value } = parseAnswer(said, question);
      const why = `${row.id}: ${text} ${said}`;
      if (row.truth.shape === "quantity") {
        expect(value?.shape, why).toBe("quantity");
        const saidM = value?.shape === "quantity" ? value.valueM : Number.NaN;
        const error = Math.abs(saidM - row.truth.value_m);
        expect(error, why).toBeLessThan(0.0015 + 0.171 * Math.abs(row.truth.value_m));
      } else {
        const { confidence: _, ...read } = { confidence: 0, ...value };
        expect(read, why).toEqual(row.truth);
      }
    }
  });

  it("keeps distances consistent with the centres in frames.jsonl", () => {
    const byId = new Map(frames.map((frame) => [frame.id, frame]));
    for (const row of rows.filter(({ kind }) => kind === "distance")) {
      const center = (name: string | null) =>
        byId.get(row.frame)!.objects.find((object) => object.name === name)!.center_m!;
      const [a, b] = [center(row.subject), center(row.object)];
      const distance = distanceBetween(a, b);
      if (row.truth.shape === "quantity") expect(distance).toBeCloseTo(row.truth.value_m, 4);
    }
  });

  it("keeps colours, shapes and phrasings of the test split out of the others", () => {
    const novel = /purple|lime|brown|egg|capsule/;
    const train = frames.filter(({ split }) => split !== "test");
    const named = train.flatMap(({ objects }) => objects.map(({ name }) => name));
    expect(named.filter((name) => novel.test(name))).toEqual([]);
    const test = new Set(frames.filter(({ split }) => split === "test").map(({ id }) => id));
    const phrasing = (isTest: boolean) =>
      new Set(
        rows
          .filter(({ frame }) => test.has(frame) === isTest)
          .map(({ kind, question_phrasing }) => `${kind} ${question_phrasing}`),
      );
    const shared = [...phrasing(true)].filter((each) => phrasing(false).has(each));
    expect(shared).toEqual([]);
  });

  it("never compares a thing with itself, and names two where the kind needs two", () => {
    for (const { kind, subject, object } of rows) {
      expect(object === null).toBe(kindInfo(kind as QuestionKind).arity === 1);
      expect(object).not.toBe(subject);
    }
  });

  it("gives the same bytes with worker threads, and after an interruption", async () => {
    const folder = join(root, "b");
    const stop = new AbortController();
    const first = synthesize({
      folder,
      settings: SETTINGS,
      workers: 0,
      signal: stop.signal,
      onProgress: (images) => images > 65 && stop.abort(new Error("stopped")),
    });
    await expect(first).rejects.toThrow();
    let kept: number | undefined;
    const onProgress = (images: number) => {
      kept ??= images;
    };
    await synthesize({ folder, settings: SETTINGS, workers: 2, signal: never, onProgress });
    expect(kept).toBeGreaterThanOrEqual(64);
    expect(await bytesOf(folder)).toEqual(await bytesOf(join(root, "a")));
  });

  it("looks from other places on request", async () => {
    const folder = join(root, "around");
    const source = { ...SCENES, scenes: 16, views: "around" as const };
    await synthesize({ folder, settings: { ...SETTINGS, source }, workers: 0, signal: never });
    const others = await all(readJsonLines(join(folder, "frames.jsonl"), vqaFrameSchema));
    const train = others.filter(({ split }) => split === "train");
    expect(train.length).toBeGreaterThan(0);
    const up = new Map(frames.map(({ id, support_plane }) => [id, support_plane?.normal]));
    for (const { id, support_plane } of train) {
      expect(up.has(id)).toBe(true);
      expect(support_plane?.normal).not.toEqual(up.get(id));
    }
  });

  it("does not write over a finished data set", async () => {
    const again = synthesize({
      folder: join(root, "a"),
      settings: SETTINGS,
      workers: 0,
      signal: never,
    });
    await expect(again).rejects.toThrow(/finished data set/);
  });

  it("is made by one at a time, by whatever link, with nothing beside its folder", async () => {
    const above = join(root, "above");
    await mkdir(join(above, "c"), { recursive: true });
    await symlink(join(above, "c"), join(above, "link"));
    const source = { ...SCENES, scenes: 1 };
    const into = (folder: string, onProgress?: () => void) =>
      synthesize({
        ...{ folder, settings: { ...SETTINGS, source }, workers: 0, signal: never },
        ...(onProgress && { onProgress }),
      });
    let second: Promise<unknown> | undefined;
    let beside: Promise<string[]> | undefined;
    await into(join(above, "c"), () => {
      second ??= into(join(above, "link")).then(
        () => "made",
        (error: unknown) => error,
      );
      beside ??= readdir(above);
    });
    expect(await second).toBeInstanceOf(OutputBusyError);
    expect(await beside).toEqual(["c", "link"]);
  });
});
