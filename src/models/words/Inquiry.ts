import type { SpatialQuestion } from "../../language/index.js";
import { describeForm, formFor, type JsonForm } from "./jsonForm.js";
import type { PromptSettings } from "./promptSettings.js";
import { MAX_TOKENS } from "./templates.js";

/** What one request asks about an image: one question, or several in one text. */
export interface Inquiry {
  readonly questions: readonly SpatialQuestion[];
  /** What is said beside the image. */
  readonly text: string;
  /** What the model is told first, in place of what it is told about lengths; no examples come with it. */
  readonly system?: string;
  /** The form of the answer, where JSON is wanted. */
  readonly form?: JsonForm;
  /** Longest answer. */
  readonly maxTokens: number;
}

/** Settings that shape an inquiry. */
type InquirySettings = Pick<PromptSettings, "template" | "prompt" | "references"> & {
  readonly maxTokens?: number | undefined;
};

/**
 * @param questions At least one.
 * @param wordsOf What the model is asked; by default the question's own words.
 */
export function inquiryOf(
  questions: readonly SpatialQuestion[],
  settings: InquirySettings,
  wordsOf: (question: SpatialQuestion) => string = ({ text }) => text,
): Inquiry {
  const { template, prompt } = settings;
  const system = ownSystem(questions);
  const isInstructed = system !== undefined;
  const texts = questions.map(wordsOf);
  const form = template === "json" && !isInstructed ? formFor(questions) : undefined;
  const references = isInstructed ? undefined : settings.references;
  const asked = texts.length === 1 ? texts.join() : form ? listed(texts) : numberedQuestions(texts);
  const parts = [
    ...(references === undefined ? [] : [`Known sizes: ${references}`]),
    prompt.replaceAll("{question}", () => asked),
    ...(form ? [`Reply with JSON of this form: ${describeForm(form)}`] : []),
  ];
  const usual = MAX_TOKENS[template];
  const most = settings.maxTokens ?? (isInstructed ? Math.max(LIST_TOKENS, usual) : usual);
  return {
    questions,
    text: parts.join("\n\n"),
    ...(isInstructed && { system }),
    ...(form && { form }),
    maxTokens: most + Math.ceil((most / 2) * (questions.length - 1)),
  };
}

/** Answers in a form of their own may be lists of many things. */
const LIST_TOKENS = 1024;

/** Of a question that is asked alone. */
function ownSystem([question, ...others]: readonly SpatialQuestion[]): string | undefined {
  return question?.kind === "open" && others.length === 0 ? question.system : undefined;
}

function listed(texts: readonly string[]): string {
  return texts.map((text, i) => `answer_${i + 1}: ${text}`).join("\n");
}

/** Several questions in one text, numbered from 1, and how their answers are to be given. */
function numberedQuestions(questions: readonly string[]): string {
  const list = questions.map((question, i) => `${i + 1}. ${question}`);
  return [
    `Answer each of these ${questions.length} questions by itself:`,
    ...list,
    `Give ${questions.length} answers, each on a line of its own that begins with the number of its question, like "1: ".`,
  ].join("\n");
}

/** "2: 0.4 m", "**Answer 2:** 0.4 m", "2) 0.4 m"; a number such as 1.5 is not one of these. */
const NUMBERED =
  /^[\s*_#>•-]*(?:answers?|questions?|q|a)?\s*#?\(?(\d{1,3})\)?\s*[.):\]-]+[*_]*(?=\s|$)\s*/i;

/**
 * The answers of a text to `count` numbered questions; undefined for those that it leaves out.
 * Where a number comes twice the last one counts: models repeat themselves when they conclude.
 */
export function numberedAnswers(text: string, count: number): (string | undefined)[] {
  const answers: (string | undefined)[] = Array.from({ length: count }, () => undefined);
  let current = -1;
  for (const line of text.split(/\r?\n/)) {
    const match = NUMBERED.exec(line);
    const number = match ? Number(match[1]) : 0;
    if (match && number >= 1 && number <= count) {
      current = number - 1;
      answers[current] = line.slice(match[0].length).trim();
    } else if (current >= 0 && line.trim() !== "") {
      answers[current] = `${answers[current]}\n${line.trim()}`.trim();
    }
  }
  return answers.map((answer) => (answer === "" ? undefined : answer));
}
