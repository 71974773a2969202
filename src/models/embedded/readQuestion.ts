import {
  askQuestion,
  interpretQuestion,
  interpretWords,
  kindInfo,
  type ObjectRef,
  type QuestionKind,
  type Refusal,
  type SpatialQuestion,
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

/** What a question asks, or why the model does not answer it. */
export type QuestionReading = Understood | { readonly refusal: Refusal };

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
    return { kind, objects, text: asked };
  }
  const isSaidNoun = (word: string) => {
    const noun = singularOf(word);
    return noun === "robot" || config.nouns.includes(noun);
  };
  const typed = interpretWords(question.text, { objects: [], isNoun: isSaidNoun });
  if (!("subject" in typed)) {
    const other = otherQuestion(question.text);
    const why = other ? `it asks about ${other}` : "its words fit none of the 43 kinds";
    return refused(config, typed.kind === "problem" ? typed.detail : why);
  }
  const { kind } = typed;
  const subject = withArticle(typed.subject);
  const object = typed.object && withArticle(typed.object);
  const objects = object ? [subject, object] : [subject];
  const isVerb = [typed.subject, typed.object].some((it) => it && isBareStranger(it, config));
  if (isVerb) return refused(config, "a word of it is not known");
  const fault = faultOf(objects, config);
  if (fault !== undefined) return refused(config, fault);
  return { kind, objects, text: askQuestion(kind, subject, object).text };
}

/** "throw" of "how far can I throw the mug": without an article, a word that is not known may be any. */
function isBareStranger({ phrase }: Named, config: Words): boolean {
  return (
    isBare(phrase) &&
    !wordsOf(phrase).some((word) => isThingWord(word, config) || config.words.includes(word))
  );
}

function withArticle({ name, phrase }: Named): Named {
  return { name, phrase: isBare(phrase) ? `the ${phrase}` : phrase };
}

/** Without an article. */
function isBare(phrase: string): boolean {
  return !ARTICLES.has(phrase.split(" ", 1)[0] ?? "");
}

function refused({ id }: Words, why: string): QuestionReading {
  const detail = `${id} does not answer this question (${why}): use the wording of one of the 43 kinds`;
  return { refusal: { reason: "unsupported_question", detail } };
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
    if (isToBeFound(words, config)) return `which "${phrase}" is has to be found first`;
    if (/^(?:my|your) /.test(phrase) && words.some((word) => BODY.has(singularOf(word)))) {
      return `"${phrase}" is no thing on a table`;
    }
    if (words.length === 0 || words.length > MOST_WORDS) return `"${phrase}" names no thing`;
    const part = words.indexOf("of");
    if (part > 0 && !words.slice(0, part).some((word) => isNoun(word, config))) {
      return `"${phrase}" is a part of a thing`;
    }
    const nouns = words.filter((word) => isNoun(word, config));
    const after = nouns.length > 1 && /\b(?:and|or|,)\b/.test(phrase);
    if (after) return `"${phrase}" names several things`;
  }
  return undefined;
}

/** "The nearest obstacle": nearest to what, is the question. */
function isToBeFound([first = "", ...others]: readonly string[], { nouns }: Words): boolean {
  return (
    /^(?:nearest|closest|farthest|furthest|next|other)$/.test(first) &&
    !others.some((word) => nouns.includes(word) || nouns.includes(singularOf(word)))
  );
}

const BODY = new Set(
  "finger hand thumb palm arm elbow head face eye nose foot leg body".split(" "),
);
const MOST_WORDS = 7;
/** What things stand on or before, which the model was not trained to point at. */
const PLACES = new Set(
  "wall floor ceiling room window door background ground desk table tabletop counter shelf corner edge".split(
    " ",
  ),
);

/** Who looks: no thing in the picture at all. */
const VIEWERS = new Set(
  "camera lens viewer observer photographer viewpoint sensor webcam lidar kinect imager".split(" "),
);

function isPlace(word: string): boolean {
  return PLACES.has(singularOf(word)) || VIEWERS.has(word);
}

function isNoun(word: string, { nouns }: Words): boolean {
  return nouns.includes(word) || nouns.includes(singularOf(word)) || ANY.has(word);
}

function isThingWord(word: string, config: Words): boolean {
  return isNoun(word, config) || config.colors.includes(word) || LOOKS.has(word);
}
