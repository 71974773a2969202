import type { QuestionKind } from "../QuestionKind.js";
import { contentWords, singular } from "../question/matchObject.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { type Token, wordSet } from "./tokens.js";

/** Sigma of contact that was said in words, or of a zero without a unit. */
const CONTACT_SIGMA_M = 0.01;
/** Sigma of things that are said to be level: nobody sees that to a centimetre. */
const LEVEL_SIGMA_M = 0.03;

/** Words of a sentence that says zero and nothing else, beside the names of the two things. */
const PLAIN = wordSet(
  "the a an they it them both two objects object items things is are and each other one another of so " +
    "yes there by to with now already then thus therefore hence clearly answer since in at its this that",
);
const SURFACES = "table tabletop surface desk worktop counter countertop floor ground supporting";

interface ZeroRule {
  /** What the sentence must say. */
  readonly says: RegExp;
  /** Its words, beside `PLAIN`. */
  readonly words: ReadonlySet<string>;
  readonly sigmaM: number;
}

const noDifference = (axis: string): ZeroRule => ({
  says: new RegExp(`\\b(?:no|zero) (?:${axis}) (?:distance|offset|difference|separation)\\b`),
  words: wordSet(
    `no zero distance offset difference separation between ${axis.replaceAll("|", " ")}`,
  ),
  sigmaM: LEVEL_SIGMA_M,
});

const CONTACT: ZeroRule = {
  says: /\b(?:touch(?:es|ing)?|(?:is|are) in (?:direct |physical |full )*contact|(?:is|are) no (?:gap|clearance|space|separation) between)\b/,
  words: wordSet(
    "touch touches touching direct directly physical full contact no gap clearance space separation between",
  ),
  sigmaM: CONTACT_SIGMA_M,
};
const ON_SURFACE: ZeroRule = {
  says: new RegExp(
    `\\b(?:(?:rest(?:s|ing)?|sit(?:s|ting)?|stand(?:s|ing)?|lie(?:s)?|lying|is|placed) (?:directly |flat |right )?on (?:the|a|its) (?:supporting )?(?:${SURFACES.replaceAll(" ", "|")})|no(?:t| longer) (?:been )?(?:lifted|raised))\\b`,
  ),
  words: wordSet(
    `rest rests resting sit sits sitting stand stands standing lie lies lying placed directly flat right on not no longer been has lifted raised ${SURFACES}`,
  ),
  sigmaM: CONTACT_SIGMA_M,
};
const LEVEL: ZeroRule = {
  says: /\b(?:at|on) the same (?:height|level|elevation)\b|\blevel with\b|\b(?:no|zero) (?:vertical|height) (?:distance|offset|difference|separation)\b/,
  words: wordSet(
    "same height level elevation on no zero vertical distance offset difference separation between",
  ),
  sigmaM: LEVEL_SIGMA_M,
};
const EQUALLY_FAR: ZeroRule = {
  says: /\bat the same (?:depth|distance from the camera|range)\b|\bequally far from the camera\b/,
  words: wordSet("same depth distance from camera range equally far"),
  sigmaM: LEVEL_SIGMA_M,
};

const RULES: Readonly<Partial<Record<QuestionKind, ZeroRule>>> = {
  gap: CONTACT,
  elevation: ON_SURFACE,
  vertical_distance: LEVEL,
  horizontal_distance: noDifference("horizontal"),
  above_difference: LEVEL,
  below_difference: LEVEL,
  behind_difference: EQUALLY_FAR,
  front_difference: EQUALLY_FAR,
  left_difference: noDifference("horizontal|lateral|sideways"),
  right_difference: noDifference("horizontal|lateral|sideways"),
};

const DENIED = /\bnot\b(?! (?:been )?(?:lifted|raised))/;

/**
 * Sigma of a zero that a sentence states in words, of exactly these things and without a doubt:
 * every word of the sentence must belong to the statement or name one of the two. "Almost
 * touching", "no gap visible", "the mug is touching the table" say no zero.
 */
export function saidZeroSigmaM(text: string, question: TypedQuestion): number | undefined {
  const rule = RULES[question.kind];
  if (rule === undefined) return undefined;
  const names = namesOf(question);
  const sentences = text.split(/(?<=[.!?;])\s|\n/);
  const stated = sentences.some((sentence) => {
    if (sentence.includes("?") || !rule.says.test(sentence) || DENIED.test(sentence)) return false;
    const words = sentence.match(/[\p{L}\p{N}']+/gu) ?? [];
    return words.every(
      (word) => PLAIN.has(word) || rule.words.has(word) || names.has(singular(word)),
    );
  });
  return stated ? rule.sigmaM : undefined;
}

/** What may stand beside a zero without a unit that is the answer. */
const AROUND_ZERO = wordSet(
  "the a answer is it it's they are distance gap clearance separation height width elevation offset difference " +
    "value result zero vertical horizontal final between and from to of apart unit units m cm",
);

/** Sigma of a zero without a unit, where the text is that number and what it is of. */
export function bareZeroSigmaM(
  tokens: readonly Token[],
  question: SpatialQuestion,
): number | undefined {
  const names = question.kind === "open" ? new Set<string>() : namesOf(question);
  const plain = tokens.every(
    ({ type, text }) =>
      (type === "sign" && text !== "?" && text !== "%") ||
      (type === "number" && Number(text) === 0) ||
      AROUND_ZERO.has(text) ||
      text.split("_").every((part) => AROUND_ZERO.has(part)) ||
      names.has(singular(text)),
  );
  return plain ? CONTACT_SIGMA_M : undefined;
}

/** The words that name the question's things. */
function namesOf({ subject, object }: TypedQuestion): ReadonlySet<string> {
  const things = object ? [subject, object] : [subject];
  return new Set(
    things.flatMap(({ phrase, name }) => contentWords(`${phrase} ${name.replaceAll("_", " ")}`)),
  );
}
