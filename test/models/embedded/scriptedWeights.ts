import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { CameraFrame, RawImage } from "../../../src/camera/index.js";
import {
  kindInfo,
  type OpenQuestion,
  type QuestionKind,
  type SpatialQuestion,
} from "../../../src/language/index.js";

/**
 * Stand-in weights whose first word of a question picks the answer: `plain`, `contrary`, `below`
 * (zero), `blind` (no subject), `half` (no object), `endless`, `exactly` (a distance), `about`
 * (a left predicate), `now` (of no known kind), `echo` and `paint` (give lens and mean colour back as centres). The picture is 32x24, its cells 4x3; the subject's
 * are 5 and 6, the object's 11. make_weights.py writes them.
 */
export const SCRIPTED = join(import.meta.dirname, "scripted");

/** A copy to spoil, gone after the test. */
export async function copyOfWeights(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "weights-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(SCRIPTED, folder, { recursive: true });
  return folder;
}

export const GRIPPER = { name: "gripper", phrase: "the robot gripper" };
export const MUG = { name: "mug", phrase: "the red mug" };

export function asked(kind: QuestionKind, text = "plain"): SpatialQuestion {
  const two = kindInfo(kind).arity === 2;
  return { kind, text, subject: GRIPPER, ...(two && { object: MUG }) };
}

export const open = (text: string): OpenQuestion => ({ kind: "open", text });

/** A 64x48 frame of one colour. */
export function frameOfColour(
  fields: Partial<CameraFrame> = {},
  [red, green, blue]: readonly [number, number, number] = [90, 60, 30],
): CameraFrame {
  const [width, height] = [64, 48];
  const data = new Uint8Array(3 * width * height);
  for (let at = 0; at < data.length; at += 3) data.set([red, green, blue], at);
  const layout = { kind: "raw", encoding: "rgb8", step: 3 * width, isBigEndian: false } as const;
  const image: RawImage = { ...layout, width, height, data };
  return { camera: "front", frameId: "optical", episode: "run1", stampNs: 1n, image, ...fields };
}
