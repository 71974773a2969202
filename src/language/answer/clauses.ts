import type { QuantityKind } from "../QuestionKind.js";
import { type PlainSentence, UNIT } from "./plainSentences.js";
import { statesQuantity } from "./statementForms.js";
import { wordSet } from "./tokens.js";

/** What a clause with a length says. */
export interface Stated {
  /**
   * `asked`: the quantity asked for; `bare`: a length and nothing of what it is; `other`: surely
   * something else; `unknown`: nobody knows.
   */
  readonly says: "asked" | "bare" | "other" | "unknown";
  /** Index of the length in the answer. */
  readonly length: number;
  readonly bound?: "upper" | "lower";
  readonly hedged: boolean;
  /** It draws a conclusion: "so the distance is 45 cm". */
  readonly concludes: boolean;
  /** It takes back what was said before: "wait, 45 cm". */
  readonly corrects: boolean;
}

const LENGTH = /[LUGN]\d+/g;

const LEAD = new RegExp(
  `^(?:${[
    "so|therefore|thus|hence|although|though|consequently|overall|finally|however|roughly speaking|i am (?:# % )?(?:sure|confident|certain)(?: that)?|(?:my|the|an?) (?:(?:best|rough|own) )?(?:estimate|estimation|guess|value) (?:for|of)(?= the)|#|[+]|in conclusion|in summary|to summarize|to sum up|in short|in total|ok|okay|sure|well|yes|hmm|and|but",
    "now|currently|at the moment|right now|at present|here|in this (?:image|picture|photo|scene|view|frame)|in the (?:image|picture|photo|scene|view|frame)|visually",
    "in reality|assistant :|a :|as such|accordingly",
    "(?:we|i) (?:would |can |could )?(?:get|find|obtain|measure|see|have|calculate|conclude|put|place|go for|go with|answer|am measuring)(?: that| a| at)?(?: it| them)?(?: at)?",
    "(?:i am|we are) measuring|i see|i would",
    "it (?:seems|appears|looks)(?: that| like| as if)",
    "that (?:is|gives|makes)(?: it)?|(?:this|which|it|(?:(?:the|these) )?# (?:pixels|px)(?: between P)?) (?:gives?|leaves?|yields?|means?|makes?|corresponds? to|represents?|would be|puts (?:it|them) at)|giving|making it",
  ].join("|")})(?: ,| :)?(?: |$)`,
);
const DECLARATION =
  /^(?:(?:so |and )?(?:(?:the|my|our|this|a|an|this is(?: an?)?) )?(?:(?:short|final|best|rough|overall|correct|quick|current|single|most likely|combined|total|real|true|actual|own|estimated|approximate|reasonable) )*(?:answer|result|ballpark|estimate|estimation|guess|conclusion|value|figure|combined|total|reading|measurement|approximation)(?: is| gives| would be| comes to| =)?(?: :)?|final answer :?|step # : result :?) (?:that )?/;
const CORRECTION =
  /^(?:(?:but|and|oh|hmm|ah) ?,? ?)?(?:wait|actually|correction|no|sorry|oops|scratch that|rather|let me correct(?: that| myself)?|i mean)(?: ,| :)?(?: |$)/;
/** What was once thought or true. */
const SUPERSEDED =
  /^(?:at first|initially|originally|previously|formerly|before|first|earlier|once|i (?:first|initially|said|thought)|my (?:first|initial|previous))\b|\b(?:used to be|at first|before|previously)\b/;
/** Sizes of one thing: their nouns, and what is said after their lengths. */
const SIZES: readonly (readonly [kind: QuantityKind | undefined, noun: string, after: string])[] = [
  ["height", "height", "tall|high|in height"],
  ["width", "width|diameter|breadth", "wide|broad|across|in width|in diameter"],
  [
    undefined,
    "length|radius|thickness|depth|size|circumference",
    "long|thick|deep|each|in length|in depth",
  ],
];

/** Whether a clause gives a size that is not the kind's. */
function isOtherSize(clause: string, kind: QuantityKind): boolean {
  return SIZES.some(([own, noun, after]) => {
    if (own === kind) return false;
    const named = `\\b(?:${noun})(?: of (?:the |its )?[ABTS])?(?:,? (?:${UNIT}))?(?: (?:is|of|was))?(?: [:=,])? [LUGN]\\d`;
    return new RegExp(`[LUGN]\\d+ (?:${after})\\b|${named}`).test(clause);
  });
}
const OF_THING =
  /\b(?:from|to|of|than|above|below|over|under|behind|off|between) (?:(?:the|a|an|its|another) )?(?:[a-z]+ ){0,2}[TS]\b/;
const LABEL_OF_THING = /\b[TS](?:'s)?\b[^,]* (?:[:=] )[LUGN]\d/;
const BY_THING = /^(?:(?:the|a|an|its|another|each|one) )?(?:[a-z]+ ){0,3}[TS](?:'s)?\b/;
/** A sentence whose "it" is some other thing. */
const ABOUT_THING =
  /^(?:(?:the|a|an|its|another|each|one) )?(?:[a-z]+ )?[TS](?: [a-z]+)? (?:is|are|has|have|stands?|sits?|lies|measures|appears|looks|can|reaches|shows)\b/;
const PREMISE =
  /^(?:if|assuming|assume|suppose|supposing|given|for reference|with|seen against|based on|judging by|using|looking at|considering|compared (?:to|with)|since|ignoring)\b|\b(?:typical|typically|standard|usually)\b/;

/** Words of clauses that change nothing in what stands beside them, with the names of things. */
const HARMLESS = wordSet(
  "A B P S T A's B's T's P's hmm tough data ai model assistant crow flies analysis reasoning step # summary wooden hang hangs accounting foreshortening distortion the a an this that these my its their is are be in on at of to for by from with as and or it they " +
    "image picture photo photograph scene view viewpoint perspective angle frame visual visually visible cue cues clue clues " +
    "based judging going using looking considering given taking relative compared comparing comparison reference according " +
    "size sizes apparent known typical standard usual scale scales proportion proportions position positions positioned " +
    "context shadow shadows depth geometry appearance surrounding other objects object items two both each information " +
    "can see seen shown what i we you very quite fairly rather close near nearby next right left side center middle front behind above below " +
    "located placed sitting standing hovering hovers sits stands lies rests resting held top directly slightly " +
    "confidence medium high low estimate estimated estimation approximation approximate rough roughly approximately only just " +
    "not no exact exactly precise precisely precision certain sure uncertain difficult hard say tell give provide measurement measure " +
    "single without information calibration could may might vary varies off bit though although so therefore since because " +
    "distance separation gap clearance space am well lot few reasonable speaking lower upper " +
    "centimeters centimetres meters metres inches cm m mm metric unit units",
);

/** Whether a clause without a length changes nothing in its neighbours. */
export function isHarmless(clause: string): boolean {
  if (clause === "" || /^confidence\b/.test(clause)) return true;
  return clause.split(" ").every((word) => HARMLESS.has(word) || /^[^a-z#]+$/i.test(word));
}

/**
 * What the clauses of a sentence say, one for each of its lengths. A clause states the quantity only
 * if every word of it is accounted for, and the other clauses of its sentence are, too.
 *
 * @param before the sentence before, which can say what "it" is
 */
export function statedIn(
  sentence: PlainSentence,
  kind: QuantityKind,
  before: PlainSentence | undefined,
): readonly Stated[] {
  const found: Stated[] = [];
  let head = "";
  let isAccounted = before === undefined || !setsScene(before.text);
  for (const clause of joined(sentence.text.split(CLAUSE_ENDS))) {
    const numbers = clause.match(LENGTH);
    if (!numbers) {
      isAccounted &&= isHarmless(stripped(clause).rest) || isHarmless(clause) || isComplete(clause);
      continue;
    }
    const { rest, ...marks } = stripped(clause);
    const full =
      head !== "" && rest === clause && /^[LUGN]\d/.test(rest) ? `${head} ${rest}` : rest;
    const says = numbers.length > 1 ? "unknown" : saysOf(full, rest, kind, before);
    const isAlone = AWAY_ALONE.test(full) && /\bT\b/.test(`${before?.text} ${sentence.text}`);
    // What a conclusion is drawn from may be said in any words.
    if (marks.concludes && says === "asked" && !IMAGINED.test(sentence.text)) isAccounted = true;
    for (const number of numbers)
      found.push(statedAs(number, isAlone ? "unknown" : says, sentence, marks));
    head = rest.replace(/ ?[LUGN]\d.*$/, "");
  }
  if (isAccounted) return found;
  return found.map((it) => (isMeant(it) ? { ...it, says: "unknown" } : it));
}

/** "The mug is 1 m away": of what was named before. */
const AWAY_ALONE = /^(?:[AB]|it) [a-z ]+[LUG]\d+ away$/;

/** "Target:", "Suppose that it moves." */
function setsScene(text: string): boolean {
  if (/^(?:imagine|suppose|supposing|assume|consider|let|picture|say)\b/.test(text)) return true;
  const heading = /^(.+?) ?:$/.exec(text)?.[1];
  return heading !== undefined && !isHarmless(stripped(text).rest.replace(/ ?:$/, ""));
}

/** Whether a length can be the answer. */
export function isMeant({ says }: Stated): boolean {
  return says === "asked" || says === "bare";
}

/** Whether a clause without a length is a statement of its own, of some thing and not of the length. */
function isComplete(clause: string): boolean {
  return COMPLETE.test(clause) && !IMAGINED.test(clause);
}
const COMPLETE =
  /^(?:so |in fact |here )?(?:(?:the|an?|its|their|each|most|there|i|you|we) |[ABTSP](?:'s)? )[a-zA-Z' ]*\b(?:is|are|has|have|hangs?|sits?|stands?|lies|shows?|looks?|see|fits?|comes?|covers|extends?|points?)\b/;

/** Words of what is not so, or not yet. */
const IMAGINED =
  /\b(?:if|once|when|after|until|before|unless|will|would(?! fit)|should|suppose|supposing|were|was|had|plan|goal|target|must|should|could|not|no|wrong|instead|need|needs)\b/;

const CLAUSE_ENDS =
  / ?, (?:and |but |while |whereas |because |since )?| (?=so )| (?:and|but|while|whereas) |(?<=[LUG]\d+(?: [a-zA-Z]+)*) : |(?<=^confidence : #(?: %)?) | (?=(?:based on|judging by|given|using|according to|with an? (?:height|width|diameter|depth|length|radius)) )/;

/** A clause that begins with its verb goes on where the first of the sentence stopped. */
function joined(clauses: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (const clause of clauses) {
    const first = out[0];
    if (clause === "") continue;
    const goesOn = /^(?:is|are|measures|would be|seems|appears|looks)\b/.test(clause);
    if (AXIS.test(out.at(-1) ?? "")) out.push(`${out.pop()} , ${clause}`);
    else if (goesOn && first !== undefined && !out.some(isStarted)) {
      const others = out.slice(1);
      out.splice(0, out.length, `${first} ${clause}`, ...others);
    } else out.push(clause);
  }
  return out;
}

/** Whether a clause has its length; what is said of a thing in passing is none of the sentence's. */
function isStarted(clause: string): boolean {
  return /[LUGN]\d/.test(clause) && !/^(?:which|that|who) /.test(clause);
}

/** "Vertically, they are 5 cm apart." */
const AXIS =
  /^(?:vertically|horizontally|in height|in the (?:vertical|horizontal)(?: direction| plane)?|measured along S|seen from above|ignoring height|(?:from|between) [^,]*\b[ABP])$/;

/** How a clause is introduced. */
type Marks = Pick<Stated, "corrects" | "concludes" | "hedged">;

function stripped(clause: string): Marks & { readonly rest: string } {
  let rest = clause;
  const marks = { corrects: false, hedged: false };
  for (let before = ""; before !== rest; ) {
    before = rest;
    if (CORRECTION.test(`${rest} `)) {
      marks.corrects = true;
      rest = `${rest} `.replace(CORRECTION, "").trim();
    }
    rest = rest.replace(DECLARATION, (declaration) => {
      marks.hedged ||= /estimat|guess|approx/.test(declaration);
      return "";
    });
    rest = rest.replace(LEAD, "");
  }
  const concludes = /^(?:so|therefore|thus|hence|consequently|giving)\b/.test(clause);
  return { rest: rest.replace(/^[:=] /, "").trim(), concludes, ...marks };
}

/** The kinds whose statements are none of another kind's quantity. */
const OTHER_KINDS: readonly QuantityKind[] = [
  "distance",
  "height",
  "width",
  "elevation",
  "vertical_distance",
  "horizontal_distance",
  "left_difference",
  "behind_difference",
];

function saysOf(
  full: string,
  rest: string,
  kind: QuantityKind,
  before: PlainSentence | undefined,
): Stated["says"] {
  if (/N\d/.test(full) || SUPERSEDED.test(rest)) return "other";
  if (
    /^(?:it [UG]\d+|(?:(?:it )?(?:(?:is|may be|might be|could be)|(?:seems|appears|looks)(?: like| to be)?) )?[LUG]\d+)$/.test(
      full,
    )
  ) {
    return before && ABOUT_THING.test(before.text) && full.startsWith("it") ? "unknown" : "bare";
  }
  if (statesQuantity(full, kind)) {
    return /^it\b/.test(full) && before && ABOUT_THING.test(before.text) ? "unknown" : "asked";
  }
  const isOther =
    BY_THING.test(full) ||
    OF_THING.test(full) ||
    LABEL_OF_THING.test(full) ||
    PREMISE.test(full) ||
    isOtherSize(full, kind) ||
    OTHER_KINDS.some((other) => other !== kind && statesQuantity(full, other));
  return isOther ? "other" : "unknown";
}

function statedAs(
  number: string,
  says: Stated["says"],
  { hedged }: PlainSentence,
  marks: Marks,
): Stated {
  const bound = number.startsWith("U") ? "upper" : number.startsWith("G") ? "lower" : undefined;
  const length = Number(number.slice(1));
  return { says, length, ...(bound && { bound }), ...marks, hedged: hedged || marks.hedged };
}
