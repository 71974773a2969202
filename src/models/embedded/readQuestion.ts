import {
  askQuestion,
  interpretQuestion,
  kindInfo,
  type ObjectRef,
  type QuestionKind,
  type Refusal,
  type SpatialQuestion,
  spelled,
} from "../../language/index.js";
import { otherQuestion } from "./otherQuestion.js";
import type { ModelConfig } from "./Weights.js";

/** A kind and what it is asked of, in the order of the model's two pointers. */
export interface Understood {
  readonly kind: QuestionKind;
  readonly objects: readonly Named[];
  /** In the words that the model reads best. */
  readonly text: string;
}
export type Named = Pick<ObjectRef, "name" | "phrase">;

/**
 * What a question asks: `sure` where its words are a known wording; `guess` where they only fit a
 * kind, and the model has to read the same in them; a refusal where they ask something else.
 */
export type QuestionReading =
  | { readonly sure: Understood }
  | { readonly guess: Understood }
  | { readonly refusal: Refusal };

type Words = Pick<ModelConfig, "id" | "words" | "nouns" | "colors">;

/** How a question is read. A typed one keeps its kind and objects, and is asked in our own words. */
export function readQuestion(question: SpatialQuestion, config: Words): QuestionReading {
  if (question.kind !== "open") {
    const { kind, subject, object, text } = question;
    const two = kindInfo(kind).arity === 2;
    const objects = two && object ? [subject, object] : [subject];
    const place = objects.find(({ phrase }) => wordsOf(phrase).some(isPlace));
    if (place) return refused(config, `"${place.phrase}" is no thing on a table`);
    const isPlain = interpretQuestion(text, objects).kind !== "open";
    const asked = isPlain ? askQuestion(kind, subject, two ? object : undefined).text : text;
    return { sure: { kind, objects, text: asked } };
  }
  const isKnown = (word: string) =>
    isThingWord(word, config) || config.words.includes(word) || isPlace(word);
  const text = spelled(question.text, isKnown).replace(
    /,\s*(?:right|correct|yes|no|ok)\s*\?\s*$/i,
    "?",
  );
  const other = otherQuestion(text);
  if (other) return refused(config, `it asks about ${other}`);
  const typed = interpretQuestion(text, []);
  const reading =
    "subject" in typed
      ? {
          kind: typed.kind,
          objects: typed.object ? [typed.subject, typed.object] : [typed.subject],
        }
      : undefined;
  if (reading) {
    const fault = faultOf(reading.objects, config);
    if (fault === undefined) return { sure: worded(reading.kind, reading.objects) };
    const guess = guessed(text, config);
    if (guess === undefined) return refused(config, fault);
    return guess.kind === reading.kind ? { guess } : refused(config, fault);
  }
  const guess = guessed(text, config);
  return guess ? { guess } : refused(config, "its words fit none of the 43 kinds");
}

function refused({ id }: Words, why: string): QuestionReading {
  const detail = `${id} does not answer this question (${why}): use the wording of one of the 43 kinds`;
  return { refusal: { reason: "unsupported_question", detail } };
}

function worded(kind: QuestionKind, objects: readonly Named[]): Understood {
  const [subject, object] = objects;
  if (subject === undefined) throw new RangeError(`a ${kind} question without an object`);
  return { kind, objects, text: askQuestion(kind, subject, object).text };
}

const ARTICLES = new Set("the a an this that these those my your its".split(" "));
/** Words that tell look-alikes apart, beside colors. */
const LOOKS = new Set(
  (
    "left right leftmost rightmost leftward rightward nearest farthest nearer farther closer closest near far tall " +
    "taller tallest short shorter shortest wide wider widest narrow narrower narrowest thin thinner thinnest big " +
    "bigger biggest small smaller smallest large larger largest hand handed side front back rear upper lower higher " +
    "highest lowest middle robot robotic robots coffee on in of to at with one handle little tiny huge gray dark " +
    "light bright"
  ).split(" "),
);
const ANY = new Set(["thing", "object", "item", "one", "solid", "robot"]);

function wordsOf(phrase: string): readonly string[] {
  return (phrase.toLowerCase().match(/[a-z]+|\d+/g) ?? []).filter((word) => !ARTICLES.has(word));
}

const singularOf = (word: string): string => word.replace(/(?<=[^s])s$/, "");

/** Why these can be no things of a picture, if they cannot. */
function faultOf(objects: readonly Named[], config: Words): string | undefined {
  const [first, second] = objects.map(({ phrase }) => wordsOf(phrase).join(" "));
  if (first === second) return `it compares ${objects[0]?.phrase} with itself`;
  for (const { phrase } of objects) {
    const words = wordsOf(phrase);
    // Beside a noun that is known, a word that is not makes another thing of it: "the mug's shadow".
    const hasNoun = words.some((word) => isNoun(word, config));
    const stranger = words.find(
      (word) =>
        (!isThingWord(word, config) && (hasNoun || config.words.includes(word))) || isPlace(word),
    );
    if (stranger !== undefined) return `"${phrase}" is no thing on a table`;
    if (words.length === 0 || words.length > MOST_WORDS) return `"${phrase}" names no thing`;
    const nouns = words.filter((word) => isNoun(word, config));
    const after = nouns.length > 1 && /\b(?:and|or|,)\b/.test(phrase);
    if (after) return `"${phrase}" names several things`;
  }
  return undefined;
}
const MOST_WORDS = 7;
/** What things stand on or before, which the model was not trained to point at. */
const PLACES = new Set(
  "wall floor ceiling room window door background ground desk table tabletop counter shelf corner edge".split(
    " ",
  ),
);

/** Who looks: no thing in the picture at all. */
const VIEWERS = new Set("camera lens viewer observer photographer viewpoint".split(" "));

function isPlace(word: string): boolean {
  return PLACES.has(singularOf(word)) || VIEWERS.has(word);
}

function isNoun(word: string, { nouns }: Words): boolean {
  return nouns.includes(word) || nouns.includes(singularOf(word)) || ANY.has(word);
}

function isThingWord(word: string, config: Words): boolean {
  return isNoun(word, config) || config.colors.includes(word) || LOOKS.has(word);
}

/** The words of questions that are guessed: whoever says others may ask something else. */
const GUESSED = new Set(
  (
    "@ a an the and or of to from in on at by for with s it its is are am be been do does did has have there this that " +
    "these those which what how much many far apart away distance distances separation separate separates separated " +
    "spacing offset gap clearance free space room empty open between vertical vertically horizontal horizontally " +
    "direction directly height tall width wide broad across elevation lifted raised hovering hovers off above over " +
    "table tabletop surface floor ground up high low left right below under beneath behind front side than then taller " +
    "shorter wider narrower thinner bigger larger smaller higher lower farther further closer nearer camera more " +
    "centre center centres centers middle straight line measure measured measurement estimate estimated give tell me " +
    "say please can could would will you your i we need know want like find out check see show think guess look " +
    "approximately approx roughly about around exactly cm mm m centimeters centimetres millimeters millimetres meters " +
    "metres inches inch feet ft foot units metric current currently now right here image picture scene photo view " +
    "value number answer question any idea mind estimating stand stands sit sits lie lies appear appears so well um uh " +
    "hey ok okay hi hello thanks whether if one two both them they each other get put go amount length lie stretch " +
    "great big large close near distant d h w cms"
  ).split(" "),
);

/** A question in few or unusual words: the things that it names, and a word that shows the kind. */
function guessed(text: string, config: Words): Understood | undefined {
  const { things, rest } = thingsIn(text, config);
  if (!rest.split(" ").every((word) => GUESSED.has(word) || /^\d+$/.test(word))) return undefined;
  const [first, second] = things;
  if (first === undefined || things.length > 2) return undefined;
  if (second !== undefined && wordsOf(first.phrase).join() === wordsOf(second.phrase).join()) {
    return undefined;
  }
  const kinds = (second ? PAIR_CUES : SINGLE_CUES).filter(([, says]) => says.test(rest));
  const [found, other] = kinds;
  if (other !== undefined) return undefined;
  const kind = found?.[0] ?? (second && relationIn(rest));
  return kind && worded(kind, things);
}

/** "would @ be taller than @": is the first more so than the second? */
function relationIn(rest: string): QuestionKind | undefined {
  if (/\b(?:how|much|many|far|which|what)\b/.test(rest)) return undefined;
  const said =
    /^(?:[a-z ]{0,40}?)@ (?:(?:be|is|are|stand|stands|sit|sits|lie|lies|appear|look) )?([a-z ]+) @$/.exec(
      rest,
    )?.[1];
  return said === undefined ? undefined : RELATIONS.find(([, says]) => says.test(said))?.[0];
}
const RELATIONS: readonly (readonly [QuestionKind, RegExp])[] = [
  ["left_predicate", /^(?:to|on)? ?(?:the )?left (?:side )?of$/],
  ["right_predicate", /^(?:to|on)? ?(?:the )?right (?:side )?of$/],
  ["above_predicate", /^(?:above|higher than|higher up than)$/],
  ["below_predicate", /^(?:below|lower than|lower down than)$/],
  ["behind_predicate", /^(?:behind|farther away than|farther from the camera than)$/],
  ["front_predicate", /^(?:in front of|closer to the camera than)$/],
  ["tall_predicate", /^taller than$/],
  ["short_predicate", /^shorter than$/],
  ["wide_predicate", /^wider than$/],
  ["thin_predicate", /^(?:narrower|thinner) than$/],
  ["big_predicate", /^(?:bigger|larger) than$/],
  ["small_predicate", /^smaller than$/],
];

const DIFFERENT =
  "(?!.*\\b(?:left|right|above|below|over|under|beneath|behind|front|higher|lower|taller|shorter|wider|narrower|thinner|bigger|smaller|larger|closer|nearer|farther|further|more|less|than|or)\\b)";
const PAIR_CUES: readonly (readonly [QuestionKind, RegExp])[] = [
  [
    "vertical_distance",
    new RegExp(
      `^${DIFFERENT}(?=.*\\bvertical)(?!.*horizontal)(?!.*\\b(?:gap|clearance)\\b)(?=.*\\b(?:distance|far|apart|separation|spacing|offset|away)\\b)`,
    ),
  ],
  [
    "horizontal_distance",
    new RegExp(
      `^${DIFFERENT}(?=.*\\bhorizontal)(?!.*vertical)(?!.*\\b(?:gap|clearance)\\b)(?=.*\\b(?:distance|far|apart|separation|spacing|offset|away)\\b)`,
    ),
  ],
  [
    "gap",
    new RegExp(
      `^${DIFFERENT}(?!.*\\b(?:vertical|horizontal|sideways))(?=.*\\b(?:gap|clearance|free space|space between)\\b)`,
    ),
  ],
  [
    "distance",
    new RegExp(
      `^(?=.*\\b(?:how|distance|distances|apart|separation|what|estimate|measure|tell|give)\\b)${DIFFERENT}(?!.*\\b(?:vertical|horizontal|sideways|height|width|gap|clearance|free|space|surfaces?|table|tabletop|nearest|touch|clear|tall|wide|high))(?=.*\\b(?:distance|far|apart|separation|away)\\b)`,
    ),
  ],
];
const SINGLE_CUES: readonly (readonly [QuestionKind, RegExp])[] = [
  [
    "height",
    new RegExp(
      `^${DIFFERENT}(?!.*\\b(?:wide|width|broad|off|lifted|raised|elevat\\w*|surface|table|floor|ground|hover\\w*|up|far|distance)\\b)(?=.*\\b(?:height|tall)\\b)`,
    ),
  ],
  [
    "width",
    new RegExp(
      `^${DIFFERENT}(?!.*\\b(?:height|tall|high|gap|far|distance)\\b)(?=.*\\b(?:width|wide|broad)\\b)`,
    ),
  ],
  [
    "elevation",
    /^(?!.*\b(?:tall|wide|width|than|or)\b)(?=.*\b(?:elevation|lifted|raised|hover\w*|off the (?:table|surface|floor|ground)|above the (?:table|surface|floor|ground))\b)(?=.*\b(?:how|elevation|height|high|far|much|cm|inches)\b)/,
  ],
];

/** The things that a text names, in order; and the text with a mark in place of each. */
function thingsIn(text: string, config: Words): { things: readonly Named[]; rest: string } {
  const words = text.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
  const things: Named[] = [];
  const rest: string[] = [];
  for (let index = 0; index < words.length; ) {
    const next = thingAt(words, index, config);
    if (next === undefined) {
      rest.push(words[index] ?? "");
      index++;
      continue;
    }
    const name = words.slice(ARTICLES.has(words[index] ?? "") ? index + 1 : index, next);
    things.push({ name: name.join("_"), phrase: `the ${name.join(" ")}` });
    rest.push("@");
    index = next;
  }
  return { things, rest: rest.join(" ") };
}

const BEFORE_NOUN = new Set(
  (
    "left right leftmost rightmost nearest farthest nearer farther tall taller tallest short shorter shortest wide wider " +
    "widest narrow narrower narrowest thin thinner thinnest big bigger biggest small smaller smallest large larger " +
    "largest hand front back rear robot robotic coffee little tiny huge dark light bright"
  ).split(" "),
);

/** The word after a thing's name that begins at `index`: an article, looks, colors, and a noun. */
function thingAt(words: readonly string[], index: number, config: Words): number | undefined {
  let at = index;
  if (ARTICLES.has(words[at] ?? "")) at++;
  while (config.colors.includes(words[at] ?? "") || BEFORE_NOUN.has(words[at] ?? "")) at++;
  const noun = words[at];
  if (noun === undefined || !isNoun(noun, config) || noun === "one") return undefined;
  // "robot gripper"
  const following = words[at + 1];
  const next =
    following !== undefined && noun === "robot" && isNoun(following, config) ? at + 2 : at + 1;
  const isSided =
    words[next] === "on" &&
    words[next + 1] === "the" &&
    /^(?:left|right)$/.test(words[next + 2] ?? "");
  return isSided ? next + 3 : next;
}
