import { ANSWER_WORDS } from "./answerWords.js";
import { CHANGING } from "./changingWords.js";
import { wordSet } from "./words.js";

/** What begins a sentence about the form of the answer. */
const FORM_BEGIN = new RegExp(
  `^(?:(?:please|kindly|then|and|finally|also|just|only|simply|strictly|but|you (?:must|should|may|can)) )*(?:${[
    "answer|reply|respond|return|output|print|give|report|format|express|round|end|finish|conclude|put|place|write",
    "provide|state|explain|use|do not|no|copy|show|think|keep|include|add|wrap|enclose|one|a single|single|exactly|units?",
    "explanations?|justifications?|(?:the|your|any|any other) (?:final )?(?:answer|last line|output|response|reply|result|number|value)",
    "final answer|format|a (?:short|brief) (?:justification|explanation|rationale)|if (?:you are )?(?:uncertain|unsure|not sure|in doubt)|guess",
  ].join("|")})(?![\\p{L}\\p{N}])`,
  "u",
);
/** What an answer is made of. */
const FORM_NOUNS: ReadonlySet<string> = new Set([
  ...ANSWER_WORDS,
  ...wordSet(
    "floats xml yaml markdown latex fields tag lines tokens bracket parentheses punctuation list bullet phrase parser " +
      "verdict refuse commentary caveats describe",
  ),
]);
/** What it may be said with. */
const FORM_AROUND = wordSet(
  "and or the a an its your this that these those them one two three four five single bare plain final first last " +
    "nearest whole full own most line lines end beginning start best form kind type same object string steps step " +
    "exactly at square curly round new",
);
/** Other questions in the disguise of a form. */
const OTHER_MEASURES = wordSet(
  "material shape brand texture count radius diameter circumference perimeter depth length orientation temperature " +
    "speed price age date height heights width widths distance distances gap clearance elevation size sizes " +
    "separation offset position positions location coordinates left right above below behind front higher lower " +
    "taller shorter wider narrower thinner bigger smaller larger closer nearer farther further rim handle lid edge " +
    "edges corner corners top bottom base tip side sides centre center middle multiply multiplied divide divided add " +
    "plus minus second third scale scaled shadow reflection mirror mirrored opposite reverse reversed other another " +
    "instead suppose imagine assume pretend camera view viewpoint perspective",
);
/** Changing words that a form may have. */
const HARMLESS = wordSet(
  "not no nothing nor without neither else than both while same all each every",
);
const HARMLESS_TURNS =
  /^if (?:you are )?(?:uncertain|unsure|not sure|in doubt)|\bhalf(?= (?:a )?(?:cm|centimet|millimet|met|inch))|\bdouble(?= (?:square|quotes|brackets|curly))|\b(?:below|above|after) (?:it|this|that)\b|\b(?:any |no )?other (?=output|text|word|answer|format|reply|comment|explanation)/gu;
/** "If they touch, answer 0." */
const AT_ZERO =
  /^if (?:it|they|both|the (?:two|objects?|things?)) .{0,40}\b(?:rests?|touch|touches|touching|contact|overlap|stands?|lies|sits)\b.{0,40}\b(?:answer|reply|return|output|say|report|result|value|give)\b.{0,20}\b(?:0|zero)\.?$/u;
/** Whose answer: "for the lid", "of the can". */
const OF_WHAT = /\b(?:of|for|about|from|between|on|at)\s+((?:\p{L}+\s*){1,4})/gu;

/** What begins a sentence that only says where a question comes from. */
const FRAME_BEGIN = new RegExp(
  `^(?:${[
    "you are (?:an?|the) (?:\\p{L}+ )?(?:\\p{L}+ )?(?:expert|assistant|model|system|annotator|specialist|engineer|ai|agent)",
    "you (?:will|are going to) (?:see|be (?:shown|given|asked))|you are (?:given|shown)",
    "(?:this|here|below|attached) is (?:an?|the|our|my|one|another)?(?: \\p{L}+){0,3} ?(?:image|photo|photograph|picture|frame|question|item|sample|example|task|test|benchmark|view|scene|snapshot)",
    "(?:we|i) (?:are|am) (?:evaluating|testing|benchmarking|checking|studying|comparing|building|collecting|annotating|labelling|going to ask)",
    "(?:the|this) following (?:question|task|item)|this (?:question|task|item|prompt) (?:concerns|is about|tests|asks|belongs)",
    "(?:the|this|our) (?:image|photo|picture|scene|frame) (?:shows|depicts|contains|comes|was taken|is taken|is from|is part)",
    "(?:some|several|many|most|all) (?:of the )?(?:objects|items|things)",
    "(?:the )?ground truth|(?:your )?(?:answers?|explanations?|replies|responses?) (?:will|is|are)",
    "(?:\\p{L}+ (?:and \\p{L}+ )?)?(?:cues?|hints?|shadows?|context) (?:may|might|can|could) (?:help|be useful)",
    "context|background|note|scenario",
  ].join("|")})(?![\\p{L}\\p{N}])`,
  "u",
);
/** What such a sentence must not say: that things are otherwise than they look. */
const OTHERWISE = new RegExp(
  `\\b(?:(?:${[
    "mirror|flip|invert|revers|rotat|turn|tilt|swap|exchang|distort|stretch|squeez|warp|scale[ds]|shr[iu]nk|enlarg|magnif|crop",
    "zoom|resiz|compress|mov|shift|push|pull|lift|rais|lower|remov|replac|suppos|imagin|assum|pretend|mean|defin|negat|doubl|pixel",
    "reflect|upward|downward|behav|ignor|inch",
  ].join("|")})\\p{L}*|${[
    "upside|fell|fall|falls|fallen|drop|dropped|add|added|instead|call|called|count|counts|counted|opposite|behind|above|below|left",
    "right|front|other|another|wrong|false|half|twice|times|units?|shadow|overhead|aerial|person|child|human|his|her|their|if",
    "unless|except|not|no|never|yesterday|tomorrow|later|earlier|before|after|previous|next|future|will be|were|axis|axes|origin",
    "ant|bird|drone|only|you are",
  ].join("|")})(?!\\p{L})`,
  "u",
);

const SENTENCE = /[^.?!;\n]+(?:[.](?=\p{N})[^.?!;\n]+)*(?:[.?!;]+["')\]]*|\n|$)/gu;
/** Code and tags that show how an answer looks. */
const CODE = /`[^`]{0,80}`|<[^<>]{0,30}>|\b\w+_\w+\b|"[^"]{1,20}"|'[^' ]{1,20}'(?!s)/g;
const ABBREVIATION = /\b(?:i\.e|e\.g|approx|vs|w\.r\.t|dist|horiz|vert|no)\.$/i;

/** A text without the sentences that say how to answer, and where the question comes from. */
export function withoutFraming(text: string): string {
  const sentences = sentencesOf(text);
  const isAround = sentences.map((it) => isForm(it) || isFrame(it));
  if (!isAround.includes(true) || !isAround.includes(false)) return text;
  const around = sentences.filter((_, index) => isAround[index]).join(" ");
  const isVerdict = /\byes\b[\s\S]*\bno\b|\btrue\b[\s\S]*\bfalse\b/i.test(around);
  const asked = sentences.filter((_, index) => !isAround[index]).join("");
  return isVerdict ? `${asked} Answer yes or no.` : asked;
}

function sentencesOf(text: string): readonly string[] {
  const all: string[] = [];
  for (const sentence of text.match(SENTENCE) ?? []) {
    const before = all.at(-1);
    if (before !== undefined && (ABBREVIATION.test(before.trim()) || /^\p{Ll}/u.test(sentence))) {
      all.push(`${all.pop()}${sentence}`);
    } else all.push(sentence);
  }
  return all;
}

function wordsIn(sentence: string): readonly string[] {
  return sentence.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function plainOf(sentence: string): string {
  return sentence
    .replace(CODE, " ")
    .toLowerCase()
    .replace(/n['\u2019]t\b/g, " not")
    .replace(/[^\p{L}\p{N}'\u2019.]+/gu, " ")
    .trim();
}

function isForm(sentence: string): boolean {
  if (sentence.includes("?")) return false;
  const whole = plainOf(sentence);
  if (AT_ZERO.test(whole)) return true;
  const plain = whole.replace(HARMLESS_TURNS, "");
  if (!(FORM_BEGIN.test(whole) || FORM_BEGIN.test(plain)) || /\p{L}['\u2019]s\b/u.test(plain))
    return false;
  const words = wordsIn(plain);
  const [first = "", ...others] = words;
  const isNoun = (word: string) => FORM_NOUNS.has(word);
  if (
    !(
      /^(?:no|explanations?|units?|format|outputs?|answers?|the|your|final)$/.test(first)
        ? words
        : others
    ).some(isNoun)
  )
    return false;
  if (words.some((word) => (CHANGING.has(word) && !HARMLESS.has(word)) || OTHER_MEASURES.has(word)))
    return false;
  return [...plain.matchAll(OF_WHAT)].every(([, what = ""]) => {
    const [head] = wordsIn(what).filter((word) => !FORM_AROUND.has(word));
    return head === undefined || isNoun(head) || /^\p{N}+$/u.test(head);
  });
}

function isFrame(sentence: string): boolean {
  if (sentence.includes("?") || /:\s*$/.test(sentence)) return false;
  const plain = plainOf(sentence);
  return FRAME_BEGIN.test(plain) && !OTHERWISE.test(plain.replace(FRAME_BEGIN, ""));
}
