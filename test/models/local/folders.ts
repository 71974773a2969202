import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import type { SpatialQuestion } from "../../../src/language/index.js";

/** A tiny model of the real architecture; see models/README.md. */
export function modelFolder(name: string): string {
  return join(import.meta.dirname, "models", name);
}

/** A copy of a tiny model to spoil, gone after the test. */
export async function copyOf(name: string): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "model-"));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = join(parent, name);
  await cp(modelFolder(name), folder, { recursive: true });
  return folder;
}

/**
 * A grey image, brightness 0..1: the tiny vision-language models say of it the brighter, the
 * longer, 0.1 m to 0.9 m; and that what is brighter than half is so.
 */
export function greyFrame(brightness: number): CameraFrame {
  const [width, height] = [160, 120];
  const data = new Uint8Array(width * height).fill(Math.round(255 * brightness));
  const image = { kind: "raw", encoding: "mono8", isBigEndian: false, data } as const;
  return {
    camera: "front",
    episode: "run1",
    stampNs: 1n,
    frameId: "front_optical",
    image: { ...image, width, height, step: width },
  };
}

const MUG = { name: "mug", phrase: "the red mug" };
const TABLE = { name: "table", phrase: "the table" };
const UNICORN = { name: "unicorn", phrase: "the unicorn" };

export const HOW_FAR: SpatialQuestion = {
  kind: "distance",
  subject: MUG,
  object: TABLE,
  text: "How far is the red mug from the table?",
};
export const IS_LEFT: SpatialQuestion = {
  kind: "left_predicate",
  subject: MUG,
  object: TABLE,
  text: "Is the red mug to the left of the table?",
};
/** The tiny models see no unicorns. */
export const UNSEEN: SpatialQuestion = {
  kind: "distance",
  subject: UNICORN,
  object: TABLE,
  text: "How far is the unicorn from the table?",
};

export const never = new AbortController().signal;
