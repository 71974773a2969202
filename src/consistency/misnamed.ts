import { colorNamed, contentWords, headOf, labelIdsOf, type ObjectRef } from "../language/index.js";
import { areAlike } from "./areAlike.js";

/** A label id that the task gives to one thing and the source's LabelInfo to another. */
export interface Misnamed {
  readonly id: number;
  /** What the source calls it. */
  readonly told: string;
  /** The object's phrase in the task. */
  readonly phrase: string;
}

/**
 * The first id of the task that the source's own names give to another object of the task, or to a
 * thing of another colour. Names that only differ in wording (mug, cup, object_3) say nothing.
 */
export function misnamed(
  objects: Iterable<ObjectRef>,
  names: ReadonlyMap<number, string> | undefined,
): Misnamed | undefined {
  if (!names) return undefined;
  const all = [...objects];
  for (const object of all) {
    for (const id of object.labels ?? []) {
      const told = names.get(id);
      if (told === undefined || isCalled(object, told)) continue;
      const rivals = all.filter((other) => other !== object && !other.labels?.includes(id));
      if (rivals.some((other) => isNamed(other, told)) || isOtherColor(object, told)) {
        return { id, told, phrase: object.phrase };
      }
    }
  }
  return undefined;
}

/** Whether it is exactly an object's name or phrase, but for articles and underscores. */
function isNamed({ name, phrase }: ObjectRef, told: string): boolean {
  return labelIdsOf({ name, phrase }, new Map([[1, told]])).length > 0;
}

/** Whether a name may be another wording of the object's: one of its nouns is in it. */
function isCalled(object: ObjectRef, told: string): boolean {
  if (isNamed(object, told)) return true;
  if (isOtherColor(object, told)) return false;
  const own = new Set([headOf(words(object.phrase)), ...words(object.name)]);
  return words(told).some((word) => own.has(word));
}

function isOtherColor({ phrase }: ObjectRef, told: string): boolean {
  const [own, other] = [phrase, told.replaceAll("_", " ")].map(colorNamed);
  if (own === undefined || other === undefined) return false;
  if (words(told).length < 2) return false;
  return !areAlike(own, other);
}

function words(text: string): readonly string[] {
  return contentWords(text.replaceAll(/[_-]+/g, " "));
}
