import { createRequire } from "node:module";
import type { Unit } from "mathjs";

/** How each unit of length is written, in lower case, under the name that mathjs knows it by. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  micrometer: [
    "µm",
    "μm",
    "micron",
    "microns",
    "micrometer",
    "micrometers",
    "micrometre",
    "micrometres",
  ],
  mm: ["mm", "mms", "millimeter", "millimeters", "millimetre", "millimetres"],
  cm: ["cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"],
  dm: ["dm", "decimeter", "decimeters", "decimetre", "decimetres"],
  m: ["m", "meter", "meters", "metre", "metres", "mtr", "mtrs"],
  km: ["km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"],
  inch: ["inch", "inches", "in", "ins", '"'],
  ft: ["ft", "foot", "feet", "'"],
  yard: ["yd", "yds", "yard", "yards"],
  mile: ["mi", "mile", "miles"],
};

const UNIT_BY_SPELLING: ReadonlyMap<string, string> = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, words]) => words.map((word) => [word, unit] as const)),
);

const PIXEL_WORDS: ReadonlySet<string> = new Set(["px", "pixel", "pixels", "pix"]);

/** A unit of length, or `pixel`, which looks like one. */
export type UnitName = string;
export const PIXEL: UnitName = "pixel";

/** The unit that a word or sign stands for, in lower case. */
export function unitOf(word: string): UnitName | undefined {
  return PIXEL_WORDS.has(word) ? PIXEL : UNIT_BY_SPELLING.get(word);
}

const metresPerUnit = new Map<UnitName, number>();
let mathjsUnit: ((value: number, unit: string) => Unit) | undefined;

/** Metres in one `unit`. */
export function metresPer(unit: UnitName): number {
  let metres = metresPerUnit.get(unit);
  if (metres === undefined) {
    // mathjs keeps its units in its full entry point only, which takes half a second to
    // load: who never reads words never pays for it.
    mathjsUnit ??= (createRequire(import.meta.url)("mathjs") as typeof import("mathjs")).unit;
    metres = mathjsUnit(1, unit).toNumber("m");
    metresPerUnit.set(unit, metres);
  }
  return metres;
}

const FINER: Readonly<Record<string, readonly string[]>> = {
  mile: ["yard", "ft"],
  yard: ["ft", "inch"],
  ft: ["inch"],
  km: ["m"],
  m: ["dm", "cm", "mm"],
  dm: ["cm", "mm"],
  cm: ["mm"],
};

/** Whether a length in `unit` may go on in `next`, as in 5 feet 3 inches. */
export function continuesIn(unit: UnitName, next: UnitName): boolean {
  return FINER[unit]?.includes(next) ?? false;
}
