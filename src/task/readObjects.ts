import type { CameraTopics } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { FieldReader } from "./FieldReader.js";
import { classIds, labels, topic, words } from "./fieldSchemas.js";

const OBJECT = {
  phrase: words,
  labels: labels.optional(),
  class_ids: classIds.optional(),
  frame: words.optional(),
};

const CAMERA = {
  color: topic,
  depth: topic.optional(),
  labels: topic.optional(),
  detections: topic.optional(),
  info: topic.optional(),
  label_info: topic.optional(),
};

/** `objects`: each with its phrase and the ways to find it. A wrong one is kept by its name. */
export function readObjects(reader: FieldReader, section: unknown): Map<string, ObjectRef> {
  const objects = new Map<string, ObjectRef>();
  const owners = new Map<number, string>();
  for (const [name, value] of reader.entries(["objects"], section, "objects")) {
    const path = ["objects", name];
    const { phrase = name, labels: ids, class_ids, frame } = reader.fields(path, value, OBJECT);
    for (const [i, id] of (ids ?? []).entries()) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        reader.source.problem([...path, "labels", i], `label ${id} is already that of "${owner}"`);
      }
      owners.set(id, name);
    }
    objects.set(name, {
      name,
      phrase,
      ...(ids && { labels: ids }),
      ...(class_ids && { classIds: class_ids }),
      ...(frame !== undefined && { frame }),
    });
  }
  if (objects.size === 0) reader.source.problem(["objects"], "a task needs at least one object");
  return objects;
}

/** `cameras`: topics by camera name. */
export function readCameras(reader: FieldReader, section: unknown): CameraTopics[] {
  return reader.entries(["cameras"], section, "topics").flatMap(([name, value]) => {
    const { color, label_info, ...rest } = reader.fields(["cameras", name], value, CAMERA);
    if (color === undefined) return [];
    const named = Object.entries(rest).filter(([, found]) => found !== undefined);
    return [
      {
        name,
        color,
        ...(Object.fromEntries(named) as Partial<CameraTopics>),
        ...(label_info !== undefined && { labelInfo: label_info }),
      },
    ];
  });
}
