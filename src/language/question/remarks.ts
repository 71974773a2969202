import { RELATIONS } from "../QuestionKind.js";
import type { Marked, Thing } from "./findThings.js";
import { turnAt } from "./lexicon.js";
import { clausesOf, PAUSE } from "./words.js";

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Who or what a remark speaks of at its beginning: "I need …", "the shelf is …". */
const SUBJECTS = set("i we it they this that these those there the a an my our its here");
const ARTICLE = /^(?:the|an?|this|that|these|those|my|our|your) /;
/** A remark has a verb: "corner to corner" is no remark but says between which points to measure. */
const VERBS = set(
  "is are am has have needs need wants want must should may might can could would like likes looks look seems seem " +
    "appears appear goes go comes come opens open holds hold carries carry keeps keep fits fit worry think know care " +
    "try plan plans hope work works uses hovers stands sits lies rests hangs runs waits expects starts begins ends fear stand sit lie rest hang stay stays leave leaves be",
);
/** "Will my fingers fit in there?" is why one asks what follows. */
const MODALS = set("will can could would does do");
const FITTING = set("fit fits pass squeeze slip reach collide");
/** Reasons without a verb of their own: "for the grasp planner", "stacking stuff on the shelf". */
const REASONS = set("for to before because since");
/** Who stands elsewhere may see things from there. */
const STANDING =
  /^(?:i|we) (?:sit|stand|lie|am|are) (?:at|on|in|by|behind|to|the|a|left|right|across|opposite|next|facing|near)\b/;
/** Work that is spoken of so; "measuring from the rims" is none. */
const NO_WORK = set(
  "measuring ignoring comparing starting going moving looking using counting considering assuming imagining supposing " +
    "taking seeing viewing facing standing sitting mirroring turning rotating flipping swapping pretending judging " +
    "viewed seen being having including excluding disregarding neglecting heading walking coming given nothing something " +
    "everything anything king ring string thing spring",
);
/**
 * What a remark must not have: it may change what is asked. Suppositions, other times, other eyes,
 * other pictures, points to measure from, and questions.
 */
const CHANGING = set(
  "not no never nor neither none nothing except unless without if suppose supposing imagine assume pretend let say " +
    "while when whenever until till after once then instead were was will shall did had been than percent ratio sum " +
    "ago later earlier previous previously yesterday today tomorrow again yet already second total average " +
    "mirror mirrored mirrors reflection reflected reflections upside inverted reversed backwards distorted shadow shadows " +
    "image images picture pictures photo photos frame frames drawing viewpoint perspective view viewer observer camera cameras " +
    "somebody someone person people human child man woman sitting seated standing facing faces across opposite behind " +
    "how what which who whom whose where why each every all both between from double twice half triple times " +
    "measure measured measuring counts count counted means mean meant define defined called named calls another others " +
    "pixel pixels degree degrees gravity axis axes x y z unit units scaled scale wrong factor anyone his her their your you " +
    "reference coordinate coordinates inner outer weight mass volume heavy weigh weighs third last side sides end ends over off tipped fell fallen " +
    "thickness length lengths diameter area angle color colour version scene lied far",
);
/** Parts to measure from: "for the rims", "only the tops matter". */
const PARTS = set(
  "rim rims corner corners handle handles edge edges border borders lid lids spout spouts tip tips top tops bottom bottoms underside undersides part parts",
);
const CARE = set("only just matter matters care about interested");
/** A number that says how big something is: "opens to 8 cm". */
const UNITS = set("mm cm m inch inches in kg g");
/** What changes a scene, unless it is what the speaker is going to do. */
const CHANGES = set(
  "moved move moves moving pushed push pulled pull shifted shift slid slide rotated rotate turned turn tilted tilt flipped " +
    "flip swapped swap exchanged removed remove replaced replace added add dropped drop lower lowered raise raised thrown throw " +
    "stretched shrunk cropped zoomed resized cut",
);
const PLANS =
  /^(?:before (?:i|we)|(?:i|we) (?:will|shall|want|need|plan|must|have to|would like|am going|are going|am about))\b/;
/** "I can not tell", "we are not sure": one does not know, which changes nothing. */
const IGNORANCE = new Set(["tell", "see", "judge", "decide", "say", "know", "sure", "certain"]);
/** What a remark may say of the question after all: along which axis, between which points. */
const HOW = set("vertical horizontal no-z in-height near1 edges centre euclid sideways depth");
/** And what is measured, or which thing is more; where that fits the question. */
const WHAT = new Set<string>([
  ...RELATIONS,
  ...set(
    "gap space dist sep height width size elevation taller shorter wider thinner bigger smaller nearer farther deeper touch extent",
  ),
]);
const LONGEST = 14;

/**
 * A question without what its clauses only remark: of them stays what they say of the question, and
 * in other readings the things that they name.
 */
export function withoutRemarks(marked: Marked): readonly Marked[] {
  const clauses = clausesOf(marked);
  const remarks = clauses.map(isRemark);
  if (!remarks.includes(true) || !remarks.includes(false)) return [];
  const without = (isWhat: boolean, hasThings: boolean) =>
    clauses
      .map((clause, index) => (remarks[index] ? meant(clause, isWhat, hasThings) : clause))
      .filter(({ length }) => length > 0)
      .flatMap((clause, index) => (index > 0 ? [PAUSE, ...clause] : clause));
  return [without(true, false), without(true, true), without(false, false), without(false, true)];
}

function isRemark(clause: Marked, index: number, all: readonly Marked[]): boolean {
  const words = clause.flatMap((it) => (typeof it === "string" ? [it] : it.phrase.split(" ")));
  const [first = ""] = words;
  if (words.length < 2 || words.length > LONGEST) return false;
  const speaksOf = (some: ReadonlySet<string>) => words.some((word) => some.has(word));
  const text = words.join(" ");
  const isPlan = PLANS.test(text);
  const isFitting = MODALS.has(first) && speaksOf(FITTING);
  const isChanged = (word: string) =>
    CHANGING.has(word) || (!isPlan && CHANGES.has(word)) || /\p{N}/u.test(word);
  if (withoutHarmless(isFitting ? words.slice(1) : words).some(isChanged)) return false;
  if (isFitting) return true;
  const isReason = REASONS.has(first) || (/...ing$/.test(first) && !NO_WORK.has(first));
  if (speaksOf(PARTS) && (isReason ? !isPlan : speaksOf(CARE))) return false;
  // "To reach it, …", but not "to the robot, …": things are otherwise for others.
  if (isReason && index === 0) return first !== "to" || !SUBJECTS.has(words[1] ?? "");
  const isLast = index > 0 && index === all.length - 1;
  return (
    speaksOf(VERBS) &&
    !STANDING.test(text) &&
    (SUBJECTS.has(first) || (typeof clause[0] === "object" && index === 0)) &&
    !(isLast && meant(clause, true, true).length > 0)
  );
}

/** Without what the speaker does not know, or is going to do, and how big things are. */
function withoutHarmless(words: readonly string[]): readonly string[] {
  const isOwn = /^(?:i|we)$/;
  return words.filter(
    (word, at) =>
      !(word === "not" && IGNORANCE.has(words[at + 1] ?? "")) &&
      !(word === "will" && isOwn.test(words[at - 1] ?? "")) &&
      !(/^\p{N}+$/u.test(word) && UNITS.has(words[at + 1] ?? "")),
  );
}

/** The turns of a clause that say how and what is measured, and its things. */
function meant(clause: Marked, isWhat: boolean, hasThings: boolean): Marked {
  const kept: (string | Thing)[] = [];
  for (let at = 0; at < clause.length; ) {
    const { symbols, end } = turnAt(clause, at) ?? { symbols: [], end: at + 1 };
    const word = clause[at];
    // "Under a lid" says nothing of the things that are asked about.
    const isLed = symbols.includes(">") && !isFound(clause[end]);
    const isKept = (symbol: string) => HOW.has(symbol) || (isWhat && WHAT.has(symbol));
    if (!isLed && symbols.some(isKept)) kept.push(...clause.slice(at, end), PAUSE);
    else if (hasThings && isFound(word)) kept.push(word, PAUSE);
    at = end;
  }
  return kept;
}

/** Without an article, a word that is not known may be any: "we are lifting the mug". */
function isFound(word: string | Thing | undefined): word is Thing {
  return typeof word === "object" && word.found.match !== "none" && ARTICLE.test(word.phrase);
}
