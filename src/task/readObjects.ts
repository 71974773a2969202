import type { CameraTopics } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { FieldReader } from "./FieldReader.js";
import { classIds, imagePlace, labels, quantity, topic, unit, words } from "./fieldSchemas.js";
import { ROBOT_FIELDS, type RobotPart } from "./readRobot.js";

const OBJECT = {
  phrase: words,
  labels: labels.optional(),
  class_ids: classIds.optional(),
  frame: words.optional(),
  height: quantity("m", { min: -100, inclusive: true }).optional(),
  at: imagePlace.optional(),
  ...ROBOT_FIELDS,
};

/** Clocks that are further apart are not set to the same time at all. */
const MOST_OFFSET_S = 1e9;

const CAMERA = {
  color: topic,
  depth: topic.optional(),
  labels: topic.optional(),
  detections: topic.optional(),
  info: topic.optional(),
  label_info: topic.optional(),
  tolerance: quantity("s", { doubtFrom: 10 }).optional(),
  offset: quantity("s", { min: -MOST_OFFSET_S, inclusive: true }).optional(),
  depth_unit: unit.optional(),
};

export interface ReadObjects {
  /** Each with its phrase and the ways to find it. A wrong one is kept by its name. */
  readonly objects: ReadonlyMap<string, ObjectRef>;
  /** What they define about the robot. */
  readonly parts: readonly RobotPart[];
}

/** `objects`: the objects by name. */
export function readObjects(reader: FieldReader, section: unknown): ReadObjects {
  const objects = new Map<string, ObjectRef>();
  const parts: RobotPart[] = [];
  const owners = new Map<number, string>();
  for (const [name, value] of reader.entries(["objects"], section, "objects")) {
    const path = ["objects", name];
    const read = reader.fields(path, value, OBJECT);
    const { phrase = name, labels: ids, class_ids, frame, height, at } = read;
    for (const [i, id] of (ids ?? []).entries()) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        reader.source.problem([...path, "labels", i], `label ${id} already belongs to "${owner}"`);
      }
      owners.set(id, name);
    }
    if (height !== undefined && frame === undefined) {
      const message = "needs a `frame`, over whose origin it is: one whose z axis points up";
      reader.source.problem([...path, "height"], message);
    }
    const object: ObjectRef = {
      name,
      phrase,
      ...(ids && { labels: ids }),
      ...(class_ids && { classIds: class_ids }),
      ...(frame !== undefined && { frame }),
      ...(height !== undefined && { heightM: height }),
      ...(at && { at }),
    };
    objects.set(name, object);
    const { grasp, tracked, held_at: heldAt, top: topM } = read;
    parts.push({ object, grasp, tracked, heldAt, topM });
  }
  if (objects.size === 0) reader.source.problem(["objects"], "a task needs at least one object");
  return { objects, parts };
}

/** `cameras`: topics by camera name. */
export function readCameras(reader: FieldReader, section: unknown): CameraTopics[] {
  return reader.entries(["cameras"], section, "topics").flatMap(([name, value]) => {
    const read = reader.fields(["cameras", name], value, CAMERA);
    const { color, label_info, depth_unit, tolerance: toleranceS, offset: offsetS, ...rest } = read;
    if (color === undefined) return [];
    const named = Object.entries(rest).filter(([, found]) => found !== undefined);
    return [
      {
        name,
        color,
        ...(Object.fromEntries(named) as Partial<CameraTopics>),
        ...(label_info !== undefined && { labelInfo: label_info }),
        ...((toleranceS !== undefined || offsetS !== undefined) && {
          pairing: {
            ...(toleranceS !== undefined && { toleranceS }),
            ...(offsetS !== undefined && { offsetS }),
          },
        }),
        ...(depth_unit !== undefined && { depthUnitM: depth_unit }),
      },
    ];
  });
}
