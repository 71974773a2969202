/** Words that a slip of the finger must not hide: a question without them may be taken for another. */
const CUES = (
  "roughly approximately distance between apart gripper height width vertical vertically horizontal horizontally clearance elevation " +
  "separation centimeters inches camera which taller shorter wider narrower thinner broader bigger larger smaller " +
  "higher lower above below beneath underneath behind front right closer nearer farther further closest nearest " +
  "tallest shortest widest narrowest biggest largest smallest highest lowest measured relative compared shadow position " +
  "would could should please approx measure estimate metres meters millimeters difference number answer"
).split(" ");

/** Words of questions in which two letters may be exchanged; other slips of so short ones are other words. */
const SWAPPABLE = new Set(
  (
    "the and are far how much what high tall wide than that this with which where both left table below tell give " +
    "answer number only please false could would should size"
  ).split(" "),
);

const SHORT_SLIPS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    tal: "tall",
    mutch: "much",
    muc: "much",
    thn: "than",
    hoow: "how",
    bellow: "below",
    betwen: "between",
    whats: "what's",
    wats: "what's",
    positoned: "positioned",
    infront: "in front",
    wich: "which",
    whch: "which",
    whih: "which",
    riht: "right",
    rigt: "right",
    rght: "right",
    frnt: "front",
    aove: "above",
    hw: "how",
    wat: "what",
    numbr: "number",
  }),
);

/** Words of their own that differ from a cue by one letter. */
const OTHER_WORDS = new Set(
  "part weight eight light night might sight tight fight bright fright font mould wound cloud lease blow lover slower flower tower power digger".split(
    " ",
  ),
);

/**
 * A text whose misspelled cue words are put right: one letter too many, missing, wrong, or two
 * exchanged.
 *
 * @param isKnown whether a word means something else: a colour, a word of an object's name
 */
export function spelled(text: string, isKnown: (word: string) => boolean): string {
  const apart = text.replace(/\bhow(?=(?:much|many|far|high|tall|wide|big|long)\b)/gi, "$& ");
  return apart.replace(/\b[a-z]{2,}\b/gi, (word) => {
    const lower = word.toLowerCase();
    const short = SHORT_SLIPS.get(lower) ?? unswapped(lower);
    if (short !== undefined) return short;
    if (lower.length < 4 || CUES.includes(lower) || OTHER_WORDS.has(lower)) return word;
    if (isKnown(lower) || isKnown(lower.replace(/s$/, ""))) return word;
    const cues = CUES.filter((cue) => lower.length > 4 || cue.length > 4);
    return cues.find((cue) => isSlip(lower, cue)) ?? word;
  });
}

/** The word of which two neighbouring letters were exchanged. */
function unswapped(word: string): string | undefined {
  if (SWAPPABLE.has(word)) return undefined;
  for (let i = 0; i + 1 < word.length; i++) {
    const other = `${word.slice(0, i)}${word[i + 1]}${word[i]}${word.slice(i + 2)}`;
    if (SWAPPABLE.has(other)) return other;
  }
  return undefined;
}

function isSlip(word: string, cue: string): boolean {
  if (Math.abs(word.length - cue.length) > 1) return false;
  // "Compare" is no slip of "compared".
  if (cue.startsWith(word) || word.startsWith(cue)) return false;
  let start = 0;
  while (start < word.length && word[start] === cue[start]) start++;
  const [left, right] = [word.slice(start), cue.slice(start)];
  if (left.slice(1) === right || left === right.slice(1)) return true;
  if (left.slice(1) === right.slice(1)) return true;
  return left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2);
}
