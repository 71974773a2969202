import { RELATIONS } from "../QuestionKind.js";
import { CHANGING } from "./changingWords.js";
import { itemsOf, type Marked, type Thing } from "./findThings.js";
import { isHarmless } from "./harmlessWords.js";
import { turnAt } from "./lexicon.js";
import { clausesJoined, clausesOf, PAUSE, wordSet } from "./words.js";

/** Who or what a remark speaks of at its beginning: "I need …", "the shelf is …". */
const SUBJECTS = wordSet("i we it they this that these those there the a an my our its here");
const ARTICLE = /^(?:the|an?|this|that|these|those|my|our|your) /;
/** A remark has a verb: "corner to corner" is no remark but says between which points to measure. */
const VERBS = wordSet(
  "is are am has have needs need wants want must should may might can could would like likes looks look seems seem " +
    "appears appear goes go comes come opens open holds hold carries carry keeps keep fits fit worry think know care " +
    "try plan plans hope work works uses hovers stands sits lies rests hangs runs waits expects starts begins ends fear stand sit lie rest hang stay stays leave leaves be matter matters",
);
/** "Will my fingers fit in there?" is why one asks what follows. */
const MODALS = wordSet("will can could would does do");
const FITTING = wordSet("fit fits pass squeeze slip reach collide");
/** "I am checking if it fits into the box" */
const CHECKS =
  /^(?:(?:i|we) (?:am|are|want|need|have|try|would like|must) )?(?:(?:trying )?to )?(?:checking|check|see|seeing|know|find out|figure out|decide|deciding|wondering|verify|verifying|testing|test|trying to see) (?:if|whether) /;
/** Reasons without a verb of their own: "for the grasp planner", "stacking stuff on the shelf". */
const REASONS = wordSet("for to before because since so as");
/** Who stands elsewhere may see things from there. */
const STANDING =
  /^(?:i|we) (?:sit|stand|lie|am|are) (?:at|on|in|by|behind|to|the|a|left|right|across|opposite|next|facing|near)\b/;
/** Work that is spoken of so: "stacking stuff on the shelf". "Doubling the mug" is none. */
const WORK = wordSet(
  "stacking packing planning tuning setting checking preparing testing debugging calibrating sorting picking loading " +
    "building writing closing aligning cleaning tidying logging labeling labelling annotating training shelving storing",
);
/** Of those, the ones that change nothing in what they are done to: "checking my pick". */
const LOOKING =
  /^(?:checking|planning|tuning|testing|debugging|verifying|annotating|labelling|logging) /;
/** "For the robot", who may see things otherwise, but "for the robot's planner" is a task. */
const FOR_OTHERS =
  /^for (?:\p{L}+ ){0,2}(?:robots?|ants?|giants?|birds?|cats?|dogs?|animals?|operators?|users?|drivers?|pilots?)(?: (?:in|on|at|with|that)\b|$)/u;
/** "I need the radius" says what to measure, and "I need to grasp it" why. */
const WANTS =
  /^(?:i|we) (?:(?:would|do|really|only|just) )*(?:need|want|like|ask|am asking|use|mean)\b(?! to\b)/;
/** What is done with the answer, by whoever asks. */
const USED =
  /^(?:its|the) (?:negative|square|inverse|logarithm) (?:is|will be) used as (?:an? |the |my |our )?(?:dense |sparse |shaping )?(?:reward|penalty|cost|loss)$/;
/** What has happened since, or goes on: "the mug has grown". Looks from elsewhere: "we look from above". */
const HAPPENS = /\b(?:has|have) (?:been )?\p{L}+(?:ed|wn|en)\b|\bkeeps? \p{L}+ing\b/u;
const LOOKS = /\blooks? (?:at|from|through|down|up|into|in|out|over|on)\b/;
/** "The gripper is the arm", but not "there is a mug". */
const IDENTITY = /(?<!\bthere )\b(?:is|are|am|be) (?:an?|the|my|our|your|this|that)\b/u;
const LEAVES_OUT = /\bleaves? (?:\p{L}+ ){0,2}out\b/u;
/** Words of measures and places: what a remark says by them is looked at below. */
const MEASURED = wordSet(
  "left right above below under beneath underneath up down back front behind upward leftward rightward level " +
    "levels high higher lower taller shorter wider narrower thinner bigger larger smaller nearer closer farther " +
    "deeper highest lowest tallest heights height width distance distances gap gaps horizontal vertical vertically " +
    "horizontally sideways depth size elevation spacing tall hand more only than or near far wide big small large limited " +
    "positioned air vs planar surface surfaces center centre centers centres edge edges top tops bottom bottoms rim " +
    "rims corner corners handle handles opening thick deep at most same different will not",
);
/**
 * What a remark must not have even of these: who or what may see things otherwise, or between which points
 * to measure.
 */
const NO_REMARK = wordSet(
  "image images picture pictures photo photos photograph frame frames view shot snapshot video perspective camera " +
    "cameras webcam across opposite behind between length dimension last side sides end ends his her their your you " +
    "z second third scene like same different unit model include includes including answer answers result value " +
    "reply",
);
/** Parts to measure from: "for the rims", "only the tops matter". */
const PARTS = wordSet(
  "rim rims corner corners handle handles edge edges border borders lid lids spout spouts tip tips top tops bottom bottoms underside undersides part parts",
);
const IT_IS_FOR = /^(?:it|this|that|they) .*\bfor\b/u;
const CARE = wordSet("only just matter matters care about interested");
/** A number that says how big something is: "opens to 8 cm". */
const UNITS = wordSet("mm cm m inch inches in kg g");
/** Harmless words that change a scene, unless it is what the speaker is going to do. */
const CHANGES = wordSet("move moves moving slide lower raise");
/** "For the stack of two" */
const NUMBERED = /\b(?:of|one|two|three)\b/u;
const A_MOVE = /^for (?:the|my|our|this) (?:\p{L}+ )?move$/u;
/** "I have to fit it into the gripper" */
const FITS_IN =
  /^(?:i|we) (?:(?:want|need|have|would like|am going|are going) to|must|will) (?:fit|insert|pack|load|store|squeeze|grasp|grab) (?:it|this|that|them) (?:in|into|inside|between|with|through|under) (?:the|my|our|a|an|this) \p{L}+(?: \p{L}+){0,2}$/u;
const SUBJECTLESS =
  /^(?:(?:just|only|still|now) )*(?:going|want|need|have|trying|about|planning|hoping) to\b/;
const PLANS =
  /^(?:before (?:i|we)|(?:i|we) (?:will|shall|want|need|plan|must|have to|would like|am going|are going|am about))\b/;
/** "I can not tell", "we are not sure": one does not know, which changes nothing. */
const IGNORANCE = new Set(["tell", "see", "judge", "decide", "say", "know", "sure", "certain"]);
/** What a remark may say of the question after all: along which axis, between which points. */
const HOW = wordSet("vertical horizontal no-z in-height near1 edges centre euclid sideways depth");
/** And what is measured, or which thing is more; where that fits the question. */
const WHAT = new Set<string>([
  ...RELATIONS,
  ...wordSet(
    "gap space dist sep height width size elevation taller shorter wider thinner bigger smaller nearer farther deeper touch extent",
  ),
]);
/** "Here left is right", "up is down". */
const OPPOSITES = [
  ["left", "right"],
  ["up", "down"],
] as const;
const LONGEST = 14;

/**
 * A question without what its clauses only remark: of them stays what they say of the question, and
 * in other readings the things that they name.
 */
export function withoutRemarks(
  marked: Marked,
  isThing: (word: string) => boolean,
): readonly Marked[] {
  const clauses = clausesOf(marked);
  const all = clauses.map((_, index) => isRemark(index, clauses, isThing));
  // "I need to know its height, because it has to fit": a wish, and why.
  const remarks = all.includes(false) ? all : clauses.map((clause) => !saysWhat(clause));
  if (!remarks.includes(true) || !remarks.includes(false)) return [];
  const without = (isWhat: boolean, hasThings: boolean) =>
    clausesJoined(
      clauses
        .map((clause, index) =>
          remarks[index] ? meant(clause, isWhat, hasThings ? isThing : () => false) : clause,
        )
        .filter(({ length }) => length > 0),
    );
  return [without(true, false), without(true, true), without(false, false), without(false, true)];
}

function isRemark(
  index: number,
  all: readonly Marked[],
  isThing: (word: string) => boolean,
): boolean {
  const clause = all[index] ?? [];
  const words = clause.flatMap((it) => (typeof it === "string" ? [it] : it.phrase.split(" ")));
  const [first = ""] = words;
  if (words.length < 2 || words.length > LONGEST) return false;
  const text = words.join(" ");
  if (USED.test(text)) return true;
  // "Going to lift it by 10 cm"
  if (/\bby \p{N}/u.test(text)) return false;
  const speaksOf = (some: ReadonlySet<string>) => words.some((word) => some.has(word));
  const isSubjectless = SUBJECTLESS.test(text);
  const isPlan = isSubjectless || PLANS.test(text);
  const isFitting = (MODALS.has(first) || CHECKS.test(text)) && speaksOf(FITTING);
  const isChanged = (word: string) =>
    CHANGING.has(word) ||
    NO_REMARK.has(word) ||
    !(isHarmless(word) || MEASURED.has(word) || UNITS.has(word) || isThing(word)) ||
    (!isPlan && CHANGES.has(word) && !A_MOVE.test(text)) ||
    /\p{N}/u.test(word);
  if (
    withoutHarmless(isFitting ? text.replace(CHECKS, "it ").split(" ").slice(1) : words).some(
      isChanged,
    )
  )
    return false;
  if (isFitting) return true;
  if ([HAPPENS, LOOKS, LEAVES_OUT, FOR_OTHERS, IDENTITY].some((it) => it.test(text))) return false;
  // "For the left hand, …"
  if (/^for (?:\p{L}+ )?(?:left|right) hand$/u.test(text)) return false;
  if (OPPOSITES.some((pair) => pair.every((it) => words.includes(it))) && !words.includes("or"))
    return false;
  if (WANTS.test(text) && !isUnderstood(clause)) return false;
  const isWork = LOOKING.test(text) || (WORK.has(first) && !ARTICLE.test(words.slice(1).join(" ")));
  const isReason = REASONS.has(first) || isWork;
  if (speaksOf(PARTS) && (isReason ? !isPlan : speaksOf(CARE) || IT_IS_FOR.test(text)))
    return false;
  // "To reach it, …", but not "to the robot, …": things are otherwise for others.
  const isFor =
    first === "for" && !speaksOf(MEASURED) && !words.some(isThing) && !NUMBERED.test(text);
  const isBehind =
    (isFor || /^(?:because|since|before|so|as)$/.test(first)) && isLastOf(index, all);
  // "Just want to print a holder for it": nobody says who.
  if (isSubjectless && (index === 0 || isLastOf(index, all))) return true;
  if (isReason && (index === 0 || isBehind)) return first !== "to" || !SUBJECTS.has(words[1] ?? "");
  const isLast = isLastOf(index, all);
  return (
    words.some((word, at) => VERBS.has(word) && !isNoun(words, at)) &&
    !STANDING.test(text) &&
    (SUBJECTS.has(first) || (typeof clause[0] === "object" && index === 0)) &&
    !(isLast && !FITS_IN.test(text) && meant(clause, true, isThing).length > 0)
  );
}

/** "I need a number", but not "we need it at the base". */
function isUnderstood(clause: Marked): boolean {
  const ends = new Set<unknown>(["top", "bottom"]);
  return itemsOf(clause)?.every((it) => typeof it === "string" && !ends.has(it)) === true;
}

function isLastOf(index: number, all: readonly Marked[]): boolean {
  return index > 0 && index === all.length - 1;
}

function saysWhat(clause: Marked): boolean {
  const items = itemsOf(clause) ?? [];
  return (
    items.some((it) => typeof it !== "string") &&
    items.some((it) => typeof it === "string" && WHAT.has(it))
  );
}

/** "the can", but not "this is" */
function isNoun(words: readonly string[], at: number): boolean {
  const isPronoun = /^(?:this|that)$/.test(words[at - 1] ?? "") && /s$/.test(words[at] ?? "");
  return !isPronoun && ARTICLE.test(`${words[at - 1]} `);
}

/** Without what the speaker does not know, or is going to do, and how big things are. */
function withoutHarmless(words: readonly string[]): readonly string[] {
  const isOwn = /^(?:i|we)$/;
  const isGrasp = /^(?:grasp|grab|pick|take|approach|reach|lift|hold|it|them)$/;
  const isFrom = (at: number) =>
    words[at] === "from" && words.slice(0, at).some((it) => isGrasp.test(it));
  return words.filter(
    (word, at) =>
      !(
        isFrom(at) &&
        /^the (?:front|side|top|left|right|back)$/.test(words.slice(at + 1, at + 3).join(" "))
      ) &&
      !(isFrom(at) && /^(?:above|below|behind)$/.test(words[at + 1] ?? "")) &&
      !(word === "not" && IGNORANCE.has(words[at + 1] ?? "")) &&
      !(word === "will" && isOwn.test(words[at - 1] ?? "")) &&
      !(/^\p{N}+$/u.test(word) && UNITS.has(words[at + 1] ?? "")),
  );
}

/** The turns of a clause that say how and what is measured, and its things. */
function meant(clause: Marked, isWhat: boolean, isThing: (word: string) => boolean): Marked {
  const kept: (string | Thing)[] = [];
  for (let at = 0; at < clause.length; ) {
    const { symbols, end } = turnAt(clause, at) ?? { symbols: [], end: at + 1 };
    const word = clause[at];
    // "Under a lid" says nothing of the things that are asked about.
    const next = clause[end];
    const isLed = symbols.includes(">") && !(isFound(next) && isNamed(next, isThing));
    const isKept = (symbol: string) => HOW.has(symbol) || (isWhat && WHAT.has(symbol));
    if (!isLed && symbols.some(isKept)) kept.push(...clause.slice(at, end), PAUSE);
    else if (isFound(word) && isNamed(word, isThing)) kept.push(word, PAUSE);
    at = end;
  }
  return kept;
}

const isNamed = ({ phrase }: Thing, isThing: (word: string) => boolean) =>
  phrase.split(" ").some(isThing);

/** Without an article, a word that is not known may be any: "we are lifting the mug". */
function isFound(word: string | Thing | undefined): word is Thing {
  return typeof word === "object" && word.found.match !== "none" && ARTICLE.test(word.phrase);
}
