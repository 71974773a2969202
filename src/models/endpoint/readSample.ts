import {
  type AnswerReading,
  parseAnswer,
  type SpatialQuestion,
  spokenWords,
} from "../../language/index.js";
import type { Sample } from "./Completion.js";
import type { Inquiry } from "./inquiry.js";
import { jsonIn, membersOf, wordsOfForm } from "./jsonForm.js";
import { numberedAnswers } from "./numbered.js";
import { withAlternatives } from "./withAlternatives.js";

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
  if (questions.length > 1) return readSeveral(spoken, sample, inquiry, plain);
  const question = questions[0]!;
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
  if (form && json === undefined && /^\W*\{/.test(spoken)) return unclear("the JSON is broken");
  const words = wordsOfForm(json);
  return parseAnswer(plain(words ?? spoken), question);
}

function readSeveral(
  spoken: string,
  { finish }: Sample,
  { questions, form }: Inquiry,
  plain: (text: string) => string,
): readonly (Said | undefined)[] {
  const json = form && jsonIn(spoken);
  const texts =
    json === undefined
      ? numberedAnswers(spoken, questions.length)
      : membersOf(json, questions.length).map(wordsOfForm);
  // The answer that the end cut off may be half a number.
  const cut = finish === "length" ? texts.findLastIndex((text) => text !== undefined) : -1;
  return texts.map((text, i) =>
    text === undefined || i === cut
      ? undefined
      : { text, reading: parseAnswer(plain(text), questions[i]!) },
  );
}

function refusalOf({ declined, finish, text }: Sample, inquiry: Inquiry): Said | undefined {
  if (declined !== undefined) {
    return { text: declined, reading: { refusal: { reason: "refused", detail: declined } } };
  }
  if (finish === "content_filter") {
    const detail = "the server's content filter cut the answer";
    return { text, reading: { refusal: { reason: "refused", detail } } };
  }
  if (finish === "length" && inquiry.questions.length === 1) {
    const detail = `the answer was cut off after ${inquiry.maxTokens} tokens: raise max_tokens`;
    return { text: spokenWords(text) ?? "", reading: unclear(detail) };
  }
  return undefined;
}

function unclear(detail: string): AnswerReading {
  return { refusal: { reason: "unclear", detail } };
}
