import type { ObjectRef } from "./SpatialQuestion.js";

/**
 * The instance ids of an object: those the task gives, or else those whose name in the source's
 * LabelInfo is what the task calls it ("the red mug", red_mug, "Red mug").
 */
export function labelIdsOf(
  ref: ObjectRef,
  names: ReadonlyMap<number, string> | undefined,
): readonly number[] {
  if (ref.labels?.length) return ref.labels;
  const wanted = new Set([plain(ref.phrase), plain(ref.name)]);
  return [...(names ?? [])].filter(([, name]) => wanted.has(plain(name))).map(([id]) => id);
}

function plain(name: string): string {
  const words = name.toLowerCase().replaceAll(/[\s_-]+/g, " ");
  return words.trim().replace(/^(the|a|an) /, "");
}
