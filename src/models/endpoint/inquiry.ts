import type { SpatialQuestion } from "../../language/index.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import { describeForm, formOf, formOfAll, type JsonForm } from "./jsonForm.js";
import { numberedQuestions } from "./numbered.js";
import { MAX_TOKENS } from "./templates.js";

/** What one request asks about an image: one question, or several in one text. */
export interface Inquiry {
  readonly questions: readonly SpatialQuestion[];
  /** What is said beside the image. */
  readonly text: string;
  /** The form of the answer, where JSON is wanted. */
  readonly form?: JsonForm;
  /** Longest answer. */
  readonly maxTokens: number;
}

/** Settings that shape an inquiry. */
export type InquirySettings = Pick<
  EndpointSettings,
  "template" | "prompt" | "references" | "maxTokens"
>;

/**
 * @param questions At least one.
 * @param wordsOf What the model is asked; by default the question's own words.
 */
export function inquiryOf(
  questions: readonly SpatialQuestion[],
  settings: InquirySettings,
  wordsOf: (question: SpatialQuestion) => string = ({ text }) => text,
): Inquiry {
  const { template, prompt, references } = settings;
  const texts = questions.map(wordsOf);
  const isOne = texts.length === 1;
  const form =
    template === "json" ? (isOne ? formOf(questions[0]!) : formOfAll(questions)) : undefined;
  const asked = isOne ? texts[0]! : form ? listed(texts) : numberedQuestions(texts);
  const parts = [
    ...(references === undefined ? [] : [`Known sizes: ${references}`]),
    prompt.replaceAll("{question}", () => asked),
    ...(form ? [`Reply with JSON of this form: ${describeForm(form)}`] : []),
  ];
  const most = settings.maxTokens ?? MAX_TOKENS[template];
  return {
    questions,
    text: parts.join("\n\n"),
    ...(form && { form }),
    maxTokens: most + Math.ceil((most / 2) * (questions.length - 1)),
  };
}

function listed(texts: readonly string[]): string {
  return texts.map((text, i) => `answer_${i + 1}: ${text}`).join("\n");
}
