import { itemAt } from "../../base/index.js";
import type { Names } from "./names.js";
import type { Statement } from "./statements.js";
import {
  endsSentence,
  isNumbering,
  isOneOf,
  type Stretch,
  type Token,
  touches,
  wordSet,
} from "./tokens.js";
import { unitOf } from "./units.js";

/**
 * A sentence in one spelling: A and B for the question's things, P for both, S for the surface, C for
 * the camera, T for other things, L0 for the answer's first length, U0 where it is an upper bound, G0 a lower one, N0
 * where it is denied; hedges taken out.
 *
 * @example "It's roughly 35 cm from the mug to the gripper" // "it is L0 from B to A", hedged
 */
export interface PlainSentence extends Stretch {
  readonly text: string;
  readonly hedged: boolean;
  readonly asked: boolean;
  /** Its line ends with it. */
  readonly line: boolean;
}

/** Stands for what is not read, and makes its clause no statement. */
const UNREAD = "§";

/** Longer ones are no statements. */
const LONGEST_TOKENS = 120;

/** The sentences of an answer whose numbers are known. */
export function plainSentences(
  tokens: readonly Token[],
  lengths: readonly Statement[],
  names: Names,
): readonly PlainSentence[] {
  const sentences: PlainSentence[] = [];
  const lengthAt = new Map(lengths.map(({ length }, index) => [length.start, index]));
  let words: string[] = [];
  let start = 0;
  const finish = (next: number, end: string) => {
    const said =
      words.length > LONGEST_TOKENS
        ? `${UNREAD} ${words.join(" ").match(/L\d+/g)?.join(` ${UNREAD} `) ?? ""}`
        : words.join(" ");
    const { text, hedged } = plain(said);
    if (text !== "") {
      sentences.push({
        text,
        hedged,
        // "Perhaps 40 cm?" says it, "40 cm?" asks.
        asked: end === "?" && !(hedged && /^[LU]\d+$/.test(text)),
        line: isLineEnd(tokens, next),
        start,
        next,
      });
    }
    words = [];
    start = next + 1;
  };
  for (let index = 0; index < tokens.length; ) {
    const number = lengthAt.get(index);
    if (number !== undefined) {
      words.push(`L${number}`);
      index = itemAt(lengths, number).length.next;
      continue;
    }
    const token = itemAt(tokens, index);
    if ((endsSentence(token) || token.text === ";") && !isAbbreviation(tokens, index)) {
      finish(index, token.text);
      index++;
      continue;
    }
    const after = /^[ABT]$/.test(words.at(-1) ?? "") ? asideEnd(tokens, index) : undefined;
    if (after !== undefined) {
      index = after;
      continue;
    }
    const name = names.at(tokens, index);
    if (name) words.push(name.possessive ? `${name.symbol}'s` : name.symbol);
    else words.push(...wordsOf(tokens, index));
    index = name?.next ?? index + 1;
  }
  finish(tokens.length, "");
  return sentences;
}

/** How many words an aside behind a name has at most. */
const LONGEST_ASIDE = 5;
/** Words that only say where or how a thing stands in the picture. */
const ASIDE_WORDS = wordSet(
  "the a in on at of top bottom upper lower left right center centre middle side foreground background image picture frame front back " +
    "black white grey gray red blue green yellow orange silver metallic colored coloured object subject highlighted marked shown",
);

/** The token after "(top left)", which stands behind a name. */
function asideEnd(tokens: readonly Token[], index: number): number | undefined {
  if (!isOneOf(tokens, index, ["("])) return undefined;
  for (let at = index + 1; at <= index + 1 + LONGEST_ASIDE; at++) {
    if (isOneOf(tokens, at, [")"])) return at > index + 1 ? at + 1 : undefined;
    if (!isOneOf(tokens, at, ASIDE_WORDS)) return undefined;
  }
  return undefined;
}

function isLineEnd(tokens: readonly Token[], end: number): boolean {
  const at = isOneOf(tokens, end, [".", "!"]) ? end + 1 : end;
  return isOneOf(tokens, at, ["\n"]);
}

/** The dot of "approx. 3 m", "14 in. away". */
function isAbbreviation(tokens: readonly Token[], index: number): boolean {
  if (itemAt(tokens, index).text !== ".") return false;
  if (isOneOf(tokens, index - 1, ["approx", "ca", "c", "est", "i", "vs"])) return true;
  const isUnit = unitOf(tokens[index - 1]?.text ?? "") !== undefined;
  return (
    isUnit && isOneOf(tokens, index + 1, ["away", "apart", "from", "tall", "wide", "high", "("])
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  "(": ",",
  ")": ",",
  "[": ",",
  "]": ",",
  "—": ",",
  "–": ",",
  "-": ",",
  ",": ",",
  "…": ",",
  "|": ",",
  "{": ",",
  "}": ",",
  "&": "and",
  "~": "about",
  "≈": "= about",
  "↔": "to",
  "⟷": "to",
  "/": "/",
  "⇒": "=",
};
const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^can't$|^cannot$/, "can not"],
  [/^won't$/, "will not"],
  [/n't$/, " not"],
  [/'re$/, " are"],
  [/'d$/, " would"],
  [/'m$/, " am"],
  [/'ll$/, " will"],
  [/'ve$/, " have"],
  [/^(it|that|there|here|what|he|she|which)'s$/, "$1 is"],
];

function wordsOf(tokens: readonly Token[], index: number): readonly string[] {
  const token = itemAt(tokens, index);
  const { type, text } = token;
  if (type === "number") return [token.value === 0 && !isNumbering(tokens, index) ? "zero" : "#"];
  if (type === "word") {
    // What we cannot read may change all that stands beside it.
    if (!/[a-zµ]/.test(text)) return [UNREAD];
    const long = CONTRACTIONS.reduce((word, [short, full]) => word.replace(short, full), text);
    return long.split(/[_ ]/);
  }
  const joins = touches(tokens, index - 1) && touches(tokens, index);
  if (/[-–—]/.test(text) && joins) return [];
  if (text === "→") return [joins || /^[a-z]/.test(tokens[index + 1]?.text ?? "") ? "to" : "="];
  // A quotation, not "more than".
  if (text === ">" && !isOneOf(tokens, index + 1, ["="]) && tokens[index + 1]?.type !== "number")
    return [];
  if (/[❌✗✘✕✖🚫⛔👎]/u.test(text)) return ["not"];
  if (text === "°") return [UNREAD];
  if (/['"”“]|\p{So}|\p{M}|\p{Cf}/u.test(text)) return [];
  return [SIGNS[text] ?? text];
}

/** Units where they stand without a number: "distance (cm): 35". */
export const UNIT = "mm|cm|m|(?:milli|centi)?met(?:er|re)s?|in|inch|inches|ft|feet|foot";
const UP =
  "(?:less|fewer|smaller|shorter|narrower|closer|nearer|lower|thinner|shallower|slimmer)(?: (?:away|apart|up|off))? than|at most|at maximum|up to|under|below|within|a maximum of|as much as|as (?:far|tall|wide|high) as|<|≤";
const DOWN =
  "(?:more|greater|taller|wider|larger|longer|bigger|higher|farther|further|deeper|broader|thicker)(?: (?:away|apart|up|off))? than|at least|at minimum|a minimum of|a minimum|over|above|beyond|in excess of|upwards of|exceed(?:s|ing)?|>|≥";
const SOFT = "(?:just|slightly|only|a (?:little|bit|touch|tad|hair)|little)(?: bit)?";
const EXACT = "(?:only|just|exactly|precisely|merely|quite|a full|a total of|also|still|even)";
const HEDGE =
  "let's say|about|roughly|approximately|approx|around|circa|ca|c|nearly|almost|maybe|perhaps|probably|possibly|likely|most likely|" +
  "somewhere|anywhere|somewhat|some|say|ish|on the order of|in the (?:neighbou?rhood|region|vicinity|range|ballpark) of|" +
  "(?:something|more|closer|nearer) like|something around|close to|closer to|nearer to|shy of|est|an estimated|estimated|(?:an )?approximate";

/** What becomes of words around lengths; the third says that it makes the length an estimate. */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, by: string, hedges?: true])[] = [
  [/ \.(?: |$)/g, " "],
  [/\bi e\b/g, "that is"],
  [/# d (?=distance|separation)/g, ""],
  [/(?: ,)* (?:let me see|let us see|hm+|u[hm]+|er)(?: ,)+ /g, " "],
  [new RegExp(` , (?:in )?(${UNIT}) (?:, )?(?=:)`, "g"), " $1 "],
  [/\bS [ST]\b/g, "S"],
  [/\b(?:image|picture|pixel|screen) (?:coordinates|space|units)\b/g, UNREAD],
  // "35 cm apart in the image", "12 cm vertically in the picture": a length of the picture's own
  [
    /\b([LUG]\d+(?: (?:apart|away|distant|vertically|horizontally|laterally|sideways|wide|tall|high|across|broad|long|higher|lower|up|above|below|in (?:height|width)|between (?:P|them)))*)(?: ,)? (?:(?:as )?measured )?(?:in|on|within|off|along) (?:the|this|my|an?) (?:image|picture|photo|photograph|frame|screen|display|monitor|paper|print|printout)\b/g,
    `$1 ${UNREAD}`,
  ],
  [/\b([AB])'s (?:(?:nearest|closest|left|right|upper|lower|open|outer|inner) )?\1\b/g, "$1"],
  [/ (?:now|currently|presently) (?=[a-z]{3,}s )/g, " "],
  [
    /(?<=\b[ABP]) (?:(?:shown|seen|visible|depicted|pictured) )?in (?:the|this) (?:image|picture|photo|photograph|scene|view|frame)\b/g,
    "",
  ],
  [/\b([ABTC]) , ([ABTC])\b(?=[^,]* [:=])/g, "$1 to $2"],
  [
    /\b(is|are) (?:currently|now|presently|therefore|thus|hence|certainly|definitely|clearly) /g,
    "$1 ",
  ],
  [
    /\b(between (?:(?:the )?[a-z ]{1,20} of )?[AB](?:'s [a-z]+)?) and (?=(?:the [a-z ]{1,20} of )?[AB]'s |the [a-z ]{1,20} of [AB])/g,
    "$1 & ",
  ],
  [
    /\b(between (?:(?:the )?[a-z ]{1,20} of )?A(?:'s [a-z]+)?) and (?=(?:the )?(?:[a-z]+ of )?S\b)/g,
    "$1 & ",
  ],
  [/\b(between [AB]) and (?:the|its) (?:rim|handle|edge|top|side)\b/g, "$1 & P"],
  [/\b(?:the )?[AB] of (?=A\b)/g, ""],
  [/\b(d|dist|distance) , (?:A , B|B , A) , (?=[:=])/g, "$1 of P "],
  // Pairs.
  [/\bboth (?=A and B\b|B and A\b)/g, ""],
  [/\b(?:A and B|B and A)\b(?!')/g, "P"],
  [
    /\b(?:the |these |those |both )?(?:of )?(?:the )?(?:two|#) (?:objects|items|things|of them)\b|\b(?:both|the|these) (?:objects|items)\b|\bboth of them\b|\bthe (?:two|pair)\b|\bthese two\b|\bthem\b|\bboth\b/g,
    "P",
  ],
  [
    /\bbetween (?!P\b|A & B|B & A|(?:the )?(?:[a-z]+ of )?A(?:'s [a-z]+)? & )(?:[\w']+ ){1,7}?and (?:(?:the|an?|its) )?(?:[a-z]+ )?(?:[ABTCS]\b|[a-z]+)/g,
    "between T",
  ],
  [/ (?:, )?(?:give or take|plus or minus|plus \/ minus|±) (?=[LUG]\d)/g, " , error of ", true],
  [
    /\b(distance|separation|gap) , ((?:center|centre|edge|surface) to (?:center|centre|edge|surface)) ,(?= (?:is|:|=))/g,
    "$2 $1",
  ],
  [/(?: ,)? (?:accurate|precise|good) to (?:within )?(?=L\d)/g, " , error of ", true],
  [/(?<=[LUG]\d+ , (?:[a-z]+ ){0,2})(?:estimate|estimation|guess|approximation)\b/g, "$&", true],
  [
    /(?:^|(?<=(?:,|but|although|though|and) ))(?:i|it|this|that|(?:the|this|that|my) (?:(?:true|actual|real|exact) )?(?:distance|gap|height|width|value|number|figure|estimate|result|measurement|error)) (?:may|might|could|can|would) (?:(?:also|still|easily|well) )*(?:(?:be (?:off|wrong|different|out)|differ|vary|deviate|err) by|be(?= L\d+$)(?<=error [a-z ]*)) (?:(?:as much as|up to|about|around|roughly|plus or minus|±) )*(?=L\d)/g,
    "error of ",
    true,
  ],
  [/ : = /g, " : "],
  [
    /(?<=\b(?:from|to|and|than) [AB]) (?:(?:(?:that|which) is|sitting|standing|resting|placed) )?on S\b/g,
    "",
  ],
  // "10 cm (one mug height) above S"
  [
    /(?<=\b[LUG]\d+) , (?:about )?(?:(?:one|two|three|half|an?|#) (?:and a half )?)+[ABT](?:'s)? (?:height|width|diameter|length)s? ,(?= )/g,
    "",
  ],
  // Bounds that are none.
  [new RegExp(`\\b(?:${SOFT}) (?:${UP}|${DOWN}|shy of) (?=L\\d)`, "g"), "", true],
  [/\bnot (?:exactly|quite|precisely) (?=L\d)/g, "", true],
  [new RegExp(`\\b(?:${EXACT}) (?=(?:(?:${HEDGE}) )*L\\d)`, "g"), ""],
  // Bounds.
  [new RegExp(`(?:^|(?<= ))(?:no|not) (?:${DOWN}) (?:(?:${HEDGE}) )*L(\\d+)`, "g"), "U$1"],
  [new RegExp(`(?:^|(?<= ))(?:no|not) (?:${UP}) (?:(?:${HEDGE}) )*L(\\d+)`, "g"), "G$1"],
  [new RegExp(`(?:^|(?<= ))(?:${UP}) (?:(?:${HEDGE}) )*L(\\d+)`, "g"), "U$1"],
  [new RegExp(`(?:^|(?<= ))(?:${DOWN}) (?:(?:${HEDGE}) )*L(\\d+)`, "g"), "G$1"],
  [
    /L(\d+) (?:or less|at most|max|maximum|(?:or|and) (?:below|under|shorter|narrower|closer|nearer|lower))\b/g,
    "U$1",
  ],
  [
    /L(\d+) (?:or more|at least|min|minimum|(?:or|and) (?:up|above|more|beyond|over|taller|wider|longer|farther|further|higher))\b/g,
    "G$1",
  ],
  [/\b(?:neither|nor|not|(?:any|every)thing but) (?:an? )?L(\d+)/g, "N$1"],
  // Hedges.
  [/\bwould be (?=(?:about|roughly|approximately|around|nearly) L\d)/g, "is "],
  [new RegExp(`(?:(?:^|(?<= ))(?:${HEDGE})(?:,)? )+(?=[LUG]\\d)`, "g"), "", true],
  [
    /(?= )(?<=[LUG]\d+) (?:, )?(?:or so|or thereabouts|give or take(?: a (?:bit|little|few))?|more or less|roughly speaking|approximately|approx|roughly|ish|maybe|perhaps|probably|at a guess)(?=$| )/g,
    "",
    true,
  ],
  [
    /(?= )(?<=[LUG]\d+) (?:, )?(?:(?:maybe|perhaps|possibly|or) )*(?:a )?(?:bit|little|touch|tad|hair) (?:less|more|over|under|off)\b/g,
    "",
    true,
  ],
  [
    /\b(?:if i (?:had|have|were) to (?:guess|estimate|say)|i (?:would |can |could |only )?(?:(?:roughly|just) )?(?:say|think|guess|believe|reckon|suppose|estimate|judge)(?: that)?|at a (?:rough )?guess|as (?:a|an) (?:rough |approximate )?(?:estimate|guess)|in my estimation)\b(?: ,)?/g,
    " ",
    true,
  ],
  [
    /(?<=^|, )(?:approximately|roughly|probably|perhaps|maybe|possibly|likely|about)(?= |$)(?: ,)?/g,
    "",
    true,
  ],
  [
    /\b(?:is|are) (?:approximately|roughly|about|probably|likely|perhaps|around|maybe)\b/g,
    "is",
    true,
  ],
  [/\b(?:estimated|approximate|rough|ballpark|most likely)\b/g, "$&", true],
  [/\b(?:seems?|appears?|looks?|might|could|may)\b/g, "$&", true],
  [/\b(?:only|just|also|still|exactly|precisely|directly|itself|about(?= =))\b/g, ""],
  [/\b(?:approximately|roughly|probably)\b/g, "", true],
  [/ {2,}/g, " "],
  [/(?:^| )(?:, )+(?=[:=,])/g, " "],
  [/(?: ,)+ ?$|^ ?(?:, )+/g, ""],
];

function plain(said: string): { text: string; hedged: boolean } {
  let hedged = false;
  let text = said;
  for (const [pattern, by, hedges] of REPLACEMENTS) {
    if (hedges && !hedged) hedged = text.search(pattern) >= 0;
    text = text.replace(pattern, by);
  }
  return { text: withoutSums(text).trim(), hedged };
}

/** "= L2" of "25 cm + 10 cm = 35 cm", "sqrt(…) = 35 cm": what a computation comes to. */
function withoutSums(text: string): string {
  if (!text.includes("=")) return text;
  return text.replace(
    /(?:(?:[#+×x*/√^,²³]|L\d+|-|\.|sqrt|cm|m|mm|px|pixels?|per) )*(?:[#+×x*/√^²³]|L\d+|cm|m|mm|px|pixels?) = (?=L\d)/g,
    (_, at: number) => (/[=:] $/.test(text.slice(0, at)) ? "" : "= "),
  );
}
