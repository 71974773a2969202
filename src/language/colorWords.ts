/** Names of colours that people agree on, and what else they are called. */
const SAME: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gray: "grey",
    silver: "grey",
    violet: "purple",
    magenta: "purple",
    lilac: "purple",
    turquoise: "teal",
    cyan: "teal",
    aqua: "teal",
    beige: "brown",
    tan: "brown",
    golden: "yellow",
    gold: "yellow",
    crimson: "red",
    scarlet: "red",
    navy: "blue",
    lime: "green",
    olive: "green",
  }),
);

export const COLOR_WORDS = [
  ...["red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"],
  ...["brown", "black", "grey", "white"],
] as const;
export type ColorWord = (typeof COLOR_WORDS)[number];

/** What a phrase says after these is of its parts or of other things: "the mug on the blue tray". */
const ELSEWHERE =
  /\s(?:with|without|on|onto|in|into|inside|from|at|for|under|behind|beside|near|by|next|below|above|over|to|between|against|holding|containing|(?:left|right|front|top|side|handle|lid) of)\s/;
/** A content that is called by a colour, whatever its box or bottle looks like. */
const CONTENTS = /\b(?:red|white|green|black|orange|blue)[\s_-](?:wine|tea|juice|bull|cheese)\b/g;

/** The colour that a phrase names for its thing; undefined where it names none, or two. */
export function colorNamed(phrase: string): ColorWord | undefined {
  const [own = ""] = phrase.toLowerCase().trim().replaceAll(CONTENTS, "").split(ELSEWHERE);
  const words = own.match(/[a-z]+/g) ?? [];
  const found = new Set(
    words
      .map((word) => SAME.get(word) ?? word)
      .filter((word) => COLOR_WORDS.includes(word as ColorWord)),
  );
  const [only, other] = found;
  return other === undefined ? (only as ColorWord | undefined) : undefined;
}

/** Which word a pixel's colour is called by. */
export function colorWordOf(red: number, green: number, blue: number): ColorWord {
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const value = most / 255;
  const saturation = most === 0 ? 0 : (most - least) / most;
  if (value < 0.16) return "black";
  if (saturation < 0.2) return value > 0.72 ? "white" : value < 0.3 ? "black" : "grey";
  const hue = hueOf(red, green, blue, most, least);
  if (value < 0.28 && saturation < 0.45) return "black";
  if (hue < 14 || hue >= 342) return saturation < 0.5 && value > 0.7 ? "pink" : "red";
  if (hue < 42) return value < 0.5 || saturation < 0.5 ? "brown" : "orange";
  if (hue < 68) return saturation < 0.4 ? "brown" : "yellow";
  if (hue < 160) return "green";
  if (hue < 196) return "teal";
  if (hue < 258) return "blue";
  return hue < 310 ? "purple" : "pink";
}

/** Hues that words call, degrees; those of red go through 0. */
const HUES: Readonly<Partial<Record<ColorWord, readonly [number, number]>>> = {
  ...{ red: [-18, 14], orange: [14, 42], yellow: [42, 68], green: [68, 160] },
  ...{ teal: [160, 196], blue: [196, 258], purple: [258, 310], pink: [310, 342] },
};
/** Cameras are off by so much, degrees, and a byte's hue is known from so large a range on. */
const HUE_OFF = 8;
const LEAST_RANGE = 12;

/** Whether a pixel may show paint that people call by a word, however dark or pale it is. */
export function mayBeNamed(word: ColorWord, red: number, green: number, blue: number): boolean {
  if (colorWordOf(red, green, blue) === word) return true;
  const hues = HUES[word];
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  if (!hues || most - least < LEAST_RANGE) return false;
  const middle = (hues[0] + hues[1]) / 2;
  const off = (hueOf(red, green, blue, most, least) - middle + 540) % 360;
  return Math.abs(off - 180) < (hues[1] - hues[0]) / 2 + HUE_OFF;
}

/** Words that one lamp or another makes of the same paint. */
const NEIGHBOURS: Readonly<Partial<Record<ColorWord, readonly ColorWord[]>>> = {
  red: ["pink"],
  orange: ["brown", "red"],
  yellow: ["orange", "brown"],
  teal: ["green", "blue"],
  purple: ["pink", "blue"],
  pink: ["purple", "red"],
  white: ["grey"],
  black: ["grey"],
  grey: ["white", "black"],
  brown: ["orange"],
};

/** Neighbours count only where the colour itself is on so much of a thing. */
const OWN_SHARE = 0.2;

/** How much of what has these shares of colour words is called by a word: its own, neighbours half. */
export function shareNamed(
  shares: Pick<ReadonlyMap<ColorWord, number>, "get">,
  word: ColorWord,
): number {
  if ((shares.get(word) ?? 0) < OWN_SHARE) return 0;
  const near = (NEIGHBOURS[word] ?? []).reduce((sum, it) => sum + (shares.get(it) ?? 0), 0);
  return (shares.get(word) ?? 0) + 0.5 * near;
}

/** Degrees. */
function hueOf(red: number, green: number, blue: number, most: number, least: number): number {
  const range = most - least;
  if (most === red) return (60 * ((green - blue) / range) + 360) % 360;
  return most === green ? 60 * ((blue - red) / range) + 120 : 60 * ((red - green) / range) + 240;
}
