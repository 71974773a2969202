import type { ColorWord } from "../language/index.js";

/** Colours that one may call the other's name. */
const ALIKE: readonly (readonly ColorWord[])[] = [
  ["red", "orange", "brown", "pink", "purple"],
  ["yellow", "orange", "brown", "white"],
  ["green", "teal", "yellow"],
  ["blue", "purple", "teal"],
  ["black", "grey", "white"],
  ["brown", "black"],
];

/** Whether a thing of one colour may be called by the other's word. */
export function areAlike(a: ColorWord, b: ColorWord): boolean {
  return a === b || ALIKE.some((alike) => alike.includes(a) && alike.includes(b));
}
