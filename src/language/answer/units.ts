import { METRES_IN } from "../../base/index.js";

/** Metres in each unit of length. */
const METRES = {
  micrometer: METRES_IN.um,
  mm: METRES_IN.mm,
  cm: METRES_IN.cm,
  dm: METRES_IN.dm,
  m: METRES_IN.m,
  km: METRES_IN.km,
  inch: METRES_IN.in,
  ft: METRES_IN.ft,
  yard: METRES_IN.yd,
  mile: METRES_IN.mi,
} as const;

export type LengthUnit = keyof typeof METRES;

/** How each unit is written, in lower case. */
const SPELLINGS: Readonly<Record<LengthUnit, readonly string[]>> = {
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

const UNIT_BY_SPELLING: ReadonlyMap<string, LengthUnit> = new Map(
  (Object.keys(SPELLINGS) as LengthUnit[]).flatMap((unit) =>
    SPELLINGS[unit].map((word) => [word, unit] as const),
  ),
);

const PIXEL_WORDS: ReadonlySet<string> = new Set(["px", "pixel", "pixels", "pix"]);

/** A unit of length, or `pixel`, which looks like one. */
export type UnitName = LengthUnit | typeof PIXEL;
export const PIXEL = "pixel";

/** The unit that a word or sign stands for, in lower case. */
export function unitOf(word: string): UnitName | undefined {
  return PIXEL_WORDS.has(word) ? PIXEL : UNIT_BY_SPELLING.get(word);
}

/** Metres in one `unit`. */
export function metresPer(unit: LengthUnit): number {
  return METRES[unit];
}

const FINER: Readonly<Partial<Record<LengthUnit, readonly UnitName[]>>> = {
  mile: ["yard", "ft"],
  yard: ["ft", "inch"],
  ft: ["inch"],
  km: ["m"],
  m: ["dm", "cm", "mm"],
  dm: ["cm", "mm"],
  cm: ["mm"],
};

/** Whether a length in `unit` may go on in `next`, as in 5 feet 3 inches. */
export function continuesIn(unit: LengthUnit, next: UnitName): next is LengthUnit {
  return FINER[unit]?.includes(next) ?? false;
}
