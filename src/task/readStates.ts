import { dirname, resolve } from "node:path";
import * as z from "zod";
import { isMapping } from "../base/index.js";
import type { StatedFrame, StateFrames } from "../camera/index.js";
import type { FieldPath } from "../yaml/index.js";
import type { FieldReader } from "./FieldReader.js";
import { finite, quantity, words } from "./fieldSchemas.js";

const STATES = {
  urdf: words.optional(),
  joints: z.unknown().optional(),
  unit: z.enum(["rad", "deg"], { error: "must be rad or deg" }).optional(),
  frames: z.unknown().optional(),
};

/** Whatever is no quantity is the name of a number in the state. */
const NAME = /^[A-Za-z_]/;
const named = z.string().regex(NAME, { error: "must be a name of the state, or a length" });
const length = quantity("m", { min: Number.NEGATIVE_INFINITY, inclusive: true });
const coordinate = z.union([named, length], {
  error: "must be a name in observation.state, or a length",
});
const turn = z.union([named, finite], {
  error: "must be a name in observation.state, or a number",
});

const POSE = {
  position: z.tuple([coordinate, coordinate, coordinate], {
    error: "must be three names or lengths, like [ee.x, ee.y, ee.z]",
  }),
  rotation: z
    .union([z.tuple([turn, turn, turn]), z.tuple([turn, turn, turn, turn])], {
      error:
        "must be a quaternion [x, y, z, w] or a rotation vector [x, y, z] in rad, of names or numbers",
    })
    .optional(),
};

/** `states`: how a data set's `observation.state` tells where the robot's frames are. */
export function readStates(
  reader: FieldReader,
  section: unknown,
  file: string,
): StateFrames | undefined {
  if (section === undefined) return undefined;
  const read = reader.fields(["states"], section, STATES);
  const frames = new Map<string, StatedFrame>();
  for (const [name, value] of entries(reader, ["states", "frames"], read.frames)) {
    const path = ["states", "frames", name];
    if (typeof value === "string") {
      frames.set(name, { link: value });
      if (read.urdf !== undefined) continue;
      reader.source.problem(path, `"${value}" is a link of a URDF: add "urdf" to "states"`);
      continue;
    }
    const { position, rotation = [] } = reader.fields(path, value, POSE);
    if (position) frames.set(name, { position, rotation });
  }
  const joints = new Map<string, string>();
  for (const [name, value] of entries(reader, ["states", "joints"], read.joints)) {
    if (typeof value === "string") joints.set(name, value);
    else reader.source.problem(["states", "joints", name], "must be a name in observation.state");
  }
  if (joints.size > 0 && read.urdf === undefined) {
    reader.source.problem(["states", "joints"], 'are those of a URDF: add "urdf"', "key");
  }
  return {
    ...(read.urdf !== undefined && { urdf: resolve(dirname(file), read.urdf) }),
    joints,
    radPerUnit: read.unit === "deg" ? Math.PI / 180 : 1,
    frames,
  };
}

/** Names of frames and joints are not identifiers. */
function entries(reader: FieldReader, path: FieldPath, value: unknown): [string, unknown][] {
  if (value === undefined) return [];
  if (isMapping(value)) {
    return Object.entries(value);
  }
  reader.source.problem(path, "must be a mapping of names");
  return [];
}
