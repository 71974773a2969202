import {
  type AnswerFields,
  type AnswerReading,
  type AnswerValue,
  combineAnswers,
  fieldsAnswer,
  parseAnswer,
  type Refusal,
  type SpatialQuestion,
  spokenWords,
} from "../../language/index.js";
import { type Inquiry, numberedAnswers } from "./Inquiry.js";
import { fieldsIn, jsonIn, membersOf, sayFields } from "./jsonForm.js";

/** What a model said once, as a server or a runtime hands it over. */
export interface Sample {
  readonly text: string;
  /** Why it stopped: `stop`, `length`, `content_filter`, … */
  readonly finish?: string | undefined;
  /** Set where the API itself says that the model declined. */
  readonly declined?: string | undefined;
  /** The end of `text`, token by token, with what the model might have said in place of each. */
  readonly tokens?:
    | readonly {
        readonly text: string;
        readonly alternatives: readonly { readonly text: string; readonly probability: number }[];
      }[]
    | undefined;
}

/** What a sample says to one question. */
export interface Said {
  /** The model's words, without what it thought before. */
  readonly text: string;
  readonly reading: AnswerReading;
}

/**
 * What a sample says to each question of an inquiry; undefined for those that it leaves out.
 *
 * @param plain Words that only this request uses (box 2) in those of the questions.
 */
export function readSample(
  sample: Sample,
  inquiry: Inquiry,
  plain: (text: string) => string,
): readonly (Said | undefined)[] {
  const { questions } = inquiry;
  const refused = refusalOf(sample, inquiry);
  if (refused) return questions.map(() => refused);
  const spoken = spokenWords(sample.text);
  if (spoken === undefined) {
    const detail = "the model's thoughts have no end: raise max_tokens";
    return questions.map(() => ({ text: "", reading: unclear(detail) }));
  }
  const [question, ...others] = questions;
  if (!question || others.length > 0) return readSeveral(spoken, sample, inquiry, plain);
  const read = (text: string) => readOne(spokenWords(text) ?? "", question, inquiry, plain);
  const reading = withAlternatives(read(sample.text), sample, read);
  return [{ text: spoken, reading }];
}

function readOne(
  spoken: string,
  question: SpatialQuestion,
  { form }: Inquiry,
  plain: (text: string) => string,
): AnswerReading {
  const json = form && jsonIn(spoken);
  // Half an object may end in half a number.
  if (form && json === undefined && /^\W*\{/.test(spoken))
    return unclear("the JSON is broken, or says one thing twice");
  const fields = fieldsIn(json);
  return fields ? readFields(fields, question, plain) : parseAnswer(plain(spoken), question);
}

/** Fields are read as the values that they are; only words in them are parsed. */
function readFields(
  fields: AnswerFields,
  question: SpatialQuestion,
  plain: (text: string) => string,
): AnswerReading {
  const { answer } = fields;
  const named = typeof answer === "string" ? { ...fields, answer: plain(answer) } : fields;
  return fieldsAnswer(named, question) ?? parseAnswer(plain(sayFields(fields)), question);
}

function readSeveral(
  spoken: string,
  { finish }: Sample,
  { questions, form }: Inquiry,
  plain: (text: string) => string,
): readonly (Said | undefined)[] {
  const json = form && jsonIn(spoken);
  const answers =
    json === undefined
      ? numberedAnswers(spoken, questions.length)
      : membersOf(json, questions.length).map(fieldsIn);
  // The answer that the end cut off may be half a number.
  const cut = finish === "length" ? answers.findLastIndex((answer) => answer !== undefined) : -1;
  return questions.map((question, i) => {
    const answer = answers[i];
    if (answer === undefined || i === cut) return undefined;
    return typeof answer === "string"
      ? { text: answer, reading: parseAnswer(plain(answer), question) }
      : { text: sayFields(answer), reading: readFields(answer, question, plain) };
  });
}

const FILTERED = "the server's content filter cut the answer";
const CUT_OFF = "the answer was cut off";

/** Whether an answer was refused because its end is missing: its last number may be half of one. */
export function isCut({ detail }: Refusal): boolean {
  return detail.startsWith(CUT_OFF) || detail === FILTERED;
}

function refusalOf({ declined, finish, text }: Sample, inquiry: Inquiry): Said | undefined {
  if (declined !== undefined) {
    return { text: declined, reading: { refusal: { reason: "refused", detail: declined } } };
  }
  if (finish === "content_filter") {
    const detail = FILTERED;
    return { text, reading: { refusal: { reason: "refused", detail } } };
  }
  if (finish === "length" && inquiry.questions.length === 1) {
    const detail = `${CUT_OFF} after ${inquiry.maxTokens} tokens: raise max_tokens`;
    return { text: spokenWords(text) ?? "", reading: unclear(detail) };
  }
  return undefined;
}

function unclear(detail: string): AnswerReading {
  return { refusal: { reason: "unclear", detail } };
}

/**
 * A reading with the model's own doubt in it: what it might have said instead, token by token.
 *
 * Of each token that has likely alternatives, the answer is read again with each in its place.
 * A length v with alternatives v_a of probability p_a gets sigma² + Σ p_a (v_a − v)², the variance
 * of the model's answers to first order; a verdict's confidence becomes at most the probability
 * that no alternative would have turned it. Alternatives that say nothing do not count.
 *
 * @param read Reads a changed text as the sample's was read.
 */
function withAlternatives(
  reading: AnswerReading,
  { text, tokens }: Sample,
  read: (text: string) => AnswerReading,
): AnswerReading {
  const { value } = reading;
  if (!value || !tokens) return reading;
  const end = tokens.map((token) => token.text);
  // Servers that count tokens differently from how they send them: nothing can be derived.
  if (!text.endsWith(end.join(""))) return reading;
  const before = text.slice(0, text.length - end.join("").length);
  let variance = 0;
  let unturned = 1;
  for (const [i, { alternatives }] of tokens.entries()) {
    let turned = 0;
    for (const alternative of alternatives) {
      const changed = before + end.with(i, alternative.text).join("");
      const other = read(changed).value;
      if (!other) continue;
      const difference = differenceM(value, other);
      if (difference === undefined) turned += alternative.probability;
      else variance += alternative.probability * difference ** 2;
    }
    unturned *= 1 - Math.min(1, turned);
  }
  if (value.shape === "quantity") {
    return { value: { ...value, sigmaM: Math.sqrt(value.sigmaM ** 2 + variance) } };
  }
  return { value: { ...value, confidence: Math.min(value.confidence, unturned) } };
}

/** Of two lengths, or 0 for two equal verdicts; undefined for answers that say different things. */
function differenceM(a: AnswerValue, b: AnswerValue): number | undefined {
  switch (a.shape) {
    case "quantity":
      return b.shape === a.shape ? b.valueM - a.valueM : undefined;
    case "yes_no":
      return b.shape === a.shape && a.yes === b.yes ? 0 : undefined;
    case "choice":
      return b.shape === a.shape && a.choice === b.choice ? 0 : undefined;
    case "class":
      return b.shape === a.shape && a.relation === b.relation ? 0 : undefined;
  }
}

/**
 * What several samples of an answer say together: their average where more of them hold a value
 * than hold none, else the most frequent refusal. Samples without a value are votes that nothing
 * is known: they widen sigma and draw confidence to an even chance.
 *
 * @param said At least one.
 */
export function answerOf(said: readonly Said[]): AnswerReading {
  const values = said.flatMap(({ reading }) => reading.value ?? []);
  const refusals = said.flatMap(({ reading }) => reading.refusal ?? []);
  if (refusals.length >= values.length) return { refusal: commonest(refusals, said.length) };
  const value = combineAnswers(values);
  if (value) return { value: doubted(value, values.length / said.length) };
  const detail = `the ${said.length} samples do not answer the same question`;
  return { refusal: { reason: "contradiction", detail } };
}

/** @param share Of the samples, those that hold a value: above 1/2. */
function doubted(value: AnswerValue, share: number): AnswerValue {
  return value.shape === "quantity"
    ? { ...value, sigmaM: value.sigmaM / Math.sqrt(share) }
    : { ...value, confidence: 0.5 + (value.confidence - 0.5) * share };
}

function commonest(refusals: readonly Refusal[], samples: number): Refusal {
  const alike = (refusal: Refusal) => refusals.filter(({ reason }) => reason === refusal.reason);
  const winner = refusals.reduce((best, refusal) =>
    alike(refusal).length > alike(best).length ? refusal : best,
  );
  if (samples === 1) return winner;
  const detail = `${winner.detail} (${alike(winner).length} of ${samples} samples)`;
  return { reason: winner.reason, detail };
}
