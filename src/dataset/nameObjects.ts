import { itemAt, lastOf, type Random } from "../base/index.js";
import type { QuestionKind } from "../language/index.js";
import type { VqaObject, VqaScene } from "./VqaScene.js";

/**
 * Captions that may mean the same object: all words of the shorter one are in the other, as "box" in
 * "green box". Case and word order do not matter.
 */
function areAlike(a: string, b: string): boolean {
  const [shorter = new Set(), longer = new Set()] = [wordsOf(a), wordsOf(b)].sort(
    (one, other) => one.size - other.size,
  );
  return shorter.size > 0 && [...shorter].every((word) => longer.has(word));
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu));
}

/** An object with the phrase that means it and nothing else in the picture. */
export interface NamedObject {
  readonly object: VqaObject;
  /** With its article: "the green box". */
  readonly phrase: string;
  /** What the phrase gives away; kinds about it are not asked of this object. */
  readonly reveals?: "side" | "depth";
}

/** Look-alikes closer together than this are not told apart by where they are. */
const APART_M = 0.04;
const APART_PX = 25;

/**
 * Draws a caption for every object and resolves what is ambiguous, as SpatialVLM does: of a pair
 * of look-alikes each gets a clause ("the left-hand box"), three or more are dropped, and so
 * are look-alikes of something half hidden. Captions
 * that would be ambiguous give way to more exact ones in half of the cases only, so that clauses
 * occur.
 */
export function nameObjects(scene: VqaScene, random: Random): readonly NamedObject[] {
  const drawn = scene.objects.map((object) => {
    const caption = random.pick(object.captions);
    const isClear = !scene.objects.some((other) => other !== object && fits(caption, other));
    return isClear || random.next() < 0.5 ? caption : lastOf(object.captions);
  });
  const named: NamedObject[] = [];
  scene.objects.forEach((object, index) => {
    const caption = itemAt(drawn, index);
    if (scene.bystanders.some((theirs) => areAlike(caption, theirs))) return;
    const alike = scene.objects.filter((other) => other !== object && fits(caption, other));
    const [other, ...more] = alike;
    if (other === undefined) named.push({ object, phrase: `the ${caption}` });
    else if (more.length === 0) {
      const clause = clauseFor(object, other, caption, random);
      if (clause) named.push({ object, ...clause });
    }
  });
  return named;

  function fits(caption: string, other: VqaObject): boolean {
    return areAlike(caption, lastOf(other.captions));
  }
}

function clauseFor(
  object: VqaObject,
  other: VqaObject,
  caption: string,
  random: Random,
): Pick<NamedObject, "phrase" | "reveals"> | undefined {
  const [x, , z] = object.body.center;
  const [otherX, , otherZ] = other.body.center;
  const isAside =
    Math.abs(x - otherX) >= APART_M && Math.abs(object.centerPx[0] - other.centerPx[0]) >= APART_PX;
  const isDeeper = Math.abs(z - otherZ) >= APART_M;
  const side = `the ${x < otherX ? "left-hand" : "right-hand"} ${caption}`;
  const depth = `the ${z < otherZ ? "nearer" : "farther"} ${caption}`;
  if (isAside && (!isDeeper || random.next() < 0.6)) return { phrase: side, reveals: "side" };
  return isDeeper ? { phrase: depth, reveals: "depth" } : undefined;
}

/** The phrase would answer the question, or muddle it. */
export function revealsAnswer({ reveals }: NamedObject, kind: QuestionKind): boolean {
  if (reveals === "side") return /left|right/.test(kind);
  return reveals === "depth" && /behind|front/.test(kind);
}
