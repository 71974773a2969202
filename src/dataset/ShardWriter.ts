import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PartialFile, sharp, type Vec3, writeWhole } from "../base/index.js";
import { decodeDepth, decodeLabels, encodeJpeg } from "../camera/index.js";
import type { VqaFrame, VqaRow } from "./VqaRow.js";
import { SPLITS, type Split, type VqaObject, type VqaScene } from "./VqaScene.js";

/** What a finished shard holds. */
export interface ShardCounts {
  readonly frames: Readonly<Record<Split, number>>;
  readonly rows: Readonly<Record<Split, number>>;
  /** Pictures that gave no row, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** Where unfinished data sets keep their shards. */
export const SHARDS = ".shards";

/** Writes the pictures and rows of one shard; the file of its counts appears last. */
export class ShardWriter {
  readonly #folder: string;
  readonly #name: string;
  readonly #images3d: boolean;
  readonly #files: Readonly<Record<Split | "frames", PartialFile>>;
  readonly #frames: Record<Split, number> = { train: 0, val: 0, test: 0 };
  readonly #rows: Record<Split, number> = { train: 0, val: 0, test: 0 };
  readonly #skipped: Record<string, number> = {};

  private constructor(
    folder: string,
    name: string,
    images3d: boolean,
    files: Readonly<Record<Split | "frames", PartialFile>>,
  ) {
    this.#folder = folder;
    this.#name = name;
    this.#images3d = images3d;
    this.#files = files;
  }

  static async create(folder: string, name: string, images3d: boolean): Promise<ShardWriter> {
    for (const part of images3d ? ["images", "depth", "labels"] : ["images"])
      await mkdir(join(folder, part), { recursive: true });
    const file = (part: string) => PartialFile.create(shardPath(folder, name, `${part}.jsonl`));
    const [frames, train, val, test] = await Promise.all([
      file("frames"),
      file("train"),
      file("val"),
      file("test"),
    ]);
    return new ShardWriter(folder, name, images3d, { frames, train, val, test });
  }

  async add(scene: VqaScene, rows: readonly VqaRow[]): Promise<void> {
    if (rows.length === 0) return this.skip("nothing to ask about");
    const frame = await this.#writeImages(scene, rows);
    await this.#files.frames.write(Buffer.from(`${JSON.stringify(frame)}\n`));
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await this.#files[scene.split].write(Buffer.from(lines));
    this.#frames[scene.split] += 1;
    this.#rows[scene.split] += rows.length;
  }

  skip(reason: string): void {
    this.#skipped[reason] = (this.#skipped[reason] ?? 0) + 1;
  }

  async finish(): Promise<ShardCounts> {
    for (const part of ["frames", ...SPLITS] as const) await this.#files[part].finish();
    const counts = { frames: this.#frames, rows: this.#rows, skipped: this.#skipped };
    await writeWhole(shardPath(this.#folder, this.#name, "json"), JSON.stringify(counts));
    return counts;
  }

  async drop(): Promise<void> {
    for (const part of ["frames", ...SPLITS] as const) await this.#files[part].drop();
    await rm(shardPath(this.#folder, this.#name, "json"), { force: true });
  }

  async #writeImages(scene: VqaScene, rows: readonly VqaRow[]): Promise<VqaFrame> {
    const { id, info } = scene;
    const image = `images/${id}.jpg`;
    await writeLasting(join(this.#folder, image), await encodeJpeg(scene.image, { quality: 90 }));
    const written: { depth?: string; labels?: string } = {};
    if (this.#images3d && scene.depth) {
      written.depth = `depth/${id}.png`;
      await writeDepth(join(this.#folder, written.depth), scene.depth);
    }
    if (this.#images3d && scene.labels) {
      written.labels = `labels/${id}.png`;
      await writeLabels(join(this.#folder, written.labels), scene.labels);
    }
    const phrases = new Map<string, Set<string>>();
    const addPhrase = (name: string | null, phrase: string | null) => {
      if (name === null || phrase === null) return;
      const known = phrases.get(name);
      if (known) known.add(phrase);
      else phrases.set(name, new Set([phrase]));
    };
    for (const row of rows) {
      addPhrase(row.subject, row.subject_phrase);
      addPhrase(row.object, row.object_phrase);
    }
    const { support, supportPlane } = scene;
    return {
      id,
      split: scene.split,
      image,
      ...written,
      width: info.width,
      height: info.height,
      camera: scene.camera,
      source: scene.source,
      stamp_ns: String(scene.stampNs),
      intrinsics: { fx: info.fx, fy: info.fy, cx: info.cx, cy: info.cy },
      objects: [
        ...scene.objects.map(({ name, labels, captions, body }) => ({
          name,
          phrases: [...(phrases.get(name) ?? [`the ${captions.at(-1)}`])],
          labels: [...labels],
          ...measures(body, supportPlane !== undefined),
        })),
        ...(support
          ? [{ name: support.name, phrases: [support.phrase], labels: [...support.labels] }]
          : []),
      ],
      bystanders: [...scene.bystanders],
      ...(support && { support: support.name }),
      ...(supportPlane && {
        support_plane: {
          normal: rounded(supportPlane.normal),
          offset_m: roundedM(supportPlane.offsetM),
        },
      }),
    };
  }
}

function measures({ center, topM, bottomM, size }: VqaObject["body"], hasUp: boolean) {
  return {
    center_m: rounded(center),
    ...(hasUp && { top_m: roundedM(topM), bottom_m: roundedM(bottomM) }),
    ...(size && { width_m: roundedM(size.widthM) }),
    ...(hasUp && size && { box_m: rounded([size.box.lengthM, size.box.widthM, size.box.heightM]) }),
  };
}

function rounded([x, y, z]: Vec3): [number, number, number] {
  return [roundedM(x), roundedM(y), roundedM(z)];
}

/** To micrometres. */
function roundedM(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export function shardPath(folder: string, name: string, ending: string): string {
  return join(folder, SHARDS, `${name}.${ending}`);
}

async function writeDepth(path: string, image: Parameters<typeof decodeDepth>[0]): Promise<void> {
  const { depthM, width, height } = await decodeDepth(image);
  const mm = new Uint16Array(depthM.length);
  for (let i = 0; i < mm.length; i++) {
    const value = Math.round((depthM[i] ?? 0) * 1000);
    // Also NaN: nothing was seen.
    mm[i] = value > 0 && value < 65536 ? value : 0;
  }
  const picture = sharp(mm, { raw: { width, height, channels: 1 } }).toColourspace("grey16");
  await writeLasting(path, await picture.png({ compressionLevel: 3 }).toBuffer());
}

async function writeLabels(path: string, image: Parameters<typeof decodeLabels>[0]): Promise<void> {
  const { ids, width, height } = decodeLabels(image);
  const isWide = ids.some((id) => id > 255);
  const raw = { width, height, channels: 1 as const };
  const picture = isWide
    ? sharp(ids, { raw }).toColourspace("grey16")
    : sharp(Uint8Array.from(ids), { raw }).toColourspace("b-w");
  await writeLasting(path, await picture.png({ compressionLevel: 3 }).toBuffer());
}

/** On the disk before the shard's counts say that it is complete. */
async function writeLasting(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes, { flush: true });
}
