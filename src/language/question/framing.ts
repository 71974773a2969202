import { answerForm, type FormMeaning } from "./answerForm.js";
import { isHarmless } from "./harmlessWords.js";

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
/** What such a sentence may hold beside harmless words: "item 14 of a benchmark", "3D", "metric scale". */
const PHRASES =
  /\b(?:item|question|sample|example|frame|image|number|task|prompt|episode|step|no) \d+\b|\b[23] ?d\b|\b(?:metric|sense of) scale\b|\b(?:language|vision|foundation|spatial) models?\b|\bobject (?:sizes?|distances?)\b|\bperspective cues?\b|\bhead camera\b|\bas (?:part of|(?:an )?input)\b/gu;
/** A picture of a picture. */
const PICTURED =
  /\b(?:of|on|in) an? (?:\p{L}+ )?(?:image|photo|photograph|picture|snapshot|screen)\b/u;
/** "You are an ant", "the gripper is the arm": who sees things, and what they are called. */
const IDENTITY = /\b(?:is|are|am|be) (?:an?|the|our|my|your|this|that|one)\b/u;

const SENTENCE = /[^.?!;\n]+(?:[.](?=\p{N})[^.?!;\n]+)*(?:[.?!;]+["')\]]*|\n|$)/gu;
/** Code and tags that show how an answer looks, and what may be in them beside words of its form. */
const CODE = /`[^`]{0,80}`|<[^<>]{0,30}>|\b\w+_\w+\b|\b\w{1,12} ?= ?(?=<)/g;
const MEASURES =
  /\b(?:height|width|distance|dist|gap|clearance|elevation|offset|separation|d[xyz]?|h|w)\b/g;
/** Arithmetic: "-value", "2*h", "value²". */
const ARITHMETIC =
  /(?:^|[\s(=:])[-\u2212]\p{L}|\p{L} ?= ?\p{L}|(?<!\*)\*(?!\*)|[+×÷^²³√%‰]|\|\p{L}+\|(?!\p{L})/u;
const ABBREVIATION = /\b(?:i\.e|e\.g|approx|vs|w\.r\.t|dist|horiz|vert|no)\.$/i;

/**
 * A text without the sentences that say how to answer, and where the question comes from. What they say of
 * the question stays.
 *
 * @param isThing whether a word names a thing that may be asked about
 */
export function withoutFraming(text: string, isThing: (word: string) => boolean): string {
  const sentences = sentencesOf(text);
  const around = sentences.map(
    (it) => formOf(it, isThing) ?? (isFrame(it, isThing) ? "" : undefined),
  );
  const isAsked = (_: unknown, index: number) => around[index] === undefined;
  if (around.every((it) => it === undefined) || !sentences.some(isAsked)) return text;
  const meant = around.flatMap((it) => (it === undefined || it === "" ? [] : [SAID[it]]));
  return [sentences.filter(isAsked).join(""), ...new Set(meant)].join(" ");
}

const SAID: Readonly<Record<Exclude<FormMeaning, "">, string>> = {
  yesno: "Answer yes or no.",
  signed: "Signed.",
  unsigned: "Unsigned.",
  zerotouching: "Zero on contact.",
};

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
  const plain = sentence
    .toLowerCase()
    .replace(/\bcannot\b/g, "can not")
    .replace(/n['\u2019]t\b/g, " not")
    .replace(/_/g, " ");
  return plain.match(/\p{N}+(?:[.,]\p{N}+)?|\p{L}+/gu) ?? [];
}

function formOf(sentence: string, isThing: (word: string) => boolean): FormMeaning | undefined {
  if (sentence.includes("?") || ARITHMETIC.test(sentence.replace(/^\s*[-*] /, "")))
    return undefined;
  const plain = sentence.replace(CODE, (code) =>
    code.replace(/_/g, " ").replace(MEASURES, "value"),
  );
  return answerForm(wordsIn(plain), isThing);
}

/** "The image shows the mug and the tray" */
const SHOWS =
  /^(?:(?:the|this|our|here is an?|this is an?) (?:\p{L}+ )?(?:image|photo|picture|scene|frame) (?:shows|depicts|contains|of)|you (?:will see|are (?:given|shown)))\b/u;

function isFrame(sentence: string, isThing: (word: string) => boolean): boolean {
  if (sentence.includes("?") || /:\s*$/.test(sentence)) return false;
  const plain = wordsIn(sentence).join(" ");
  const rest = plain.replace(FRAME_BEGIN, "");
  if (rest === plain || PICTURED.test(plain) || IDENTITY.test(rest)) return false;
  const shows = SHOWS.test(plain);
  return plain
    .replace(PHRASES, "item")
    .split(" ")
    .every((word) => isHarmless(word) || (shows && isThing(word)));
}
