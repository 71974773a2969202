import { type AnswerReading, isPassing, type SpatialQuestion } from "../../language/index.js";
import { type Inquiry, inquiryOf } from "../words/Inquiry.js";
import { answerOf, readSample } from "../words/readSamples.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import { isRejection } from "./RequestError.js";
import type { Samples } from "./Samples.js";

/** What a model said to a question, all samples together. */
export interface Outcome {
  /** The model's own words, sample by sample. */
  readonly text: string;
  readonly reading: AnswerReading;
  /** From `Subject.startMs` to its last sample. */
  readonly latencyMs: number;
}

/** An image to ask about. */
export interface Subject {
  /** Latencies count from there, on the clock of `performance`. */
  readonly startMs: number;
  /** @returns samples of the answer; rejects only when aborted. */
  readonly samples: (inquiry: Inquiry) => Promise<Samples>;
  /** What the model is asked, where it is not the question's own words. */
  readonly wordsOf: (question: SpatialQuestion) => string;
  /** An answer in the words of the questions. */
  readonly plain: (text: string) => string;
}

/**
 * Asks questions about an image, in one request or in one for each. Of answers to several
 * questions at once each is checked by itself; what is missing or in doubt is asked singly.
 */
export async function askAll<Item extends { readonly question: SpatialQuestion }>(
  subject: Subject,
  items: readonly Item[],
  settings: EndpointSettings,
): Promise<readonly (Item & { readonly outcome: Outcome })[]> {
  const questions = items.map(({ question }) => question);
  const isTogether = settings.questions === "together" && questions.length > 1;
  const together = isTogether ? await askOnce(subject, questions, settings) : [];
  return await Promise.all(
    items.map(async (item, i) => {
      const first = together[i];
      if (first && isClear(first)) return { ...item, outcome: first };
      const alone = await askSingly(subject, item.question, settings);
      const hasFailed = alone.reading.refusal && isPassing(alone.reading.refusal);
      return { ...item, outcome: first?.reading.value && hasFailed ? first : alone };
    }),
  );
}

async function askSingly(
  subject: Subject,
  question: SpatialQuestion,
  settings: EndpointSettings,
): Promise<Outcome> {
  const [outcome] = await askOnce(subject, [question], settings);
  if (outcome) return outcome;
  const refusal = { reason: "unclear", detail: "the answer leaves the question out" } as const;
  return { text: "", reading: { refusal }, latencyMs: performance.now() - subject.startMs };
}

/** A length is clear up to this sigma: metres, or a part of it. */
const CLEAR = { metres: 0.05, share: 0.25, confidence: 0.7 } as const;

/** Neither in doubt nor a refusal that another way of asking may cure. */
function isClear({ reading: { value, refusal } }: Outcome): boolean {
  if (refusal) return refusal.reason === "no_object" || isPassing(refusal);
  if (value.shape !== "quantity") return value.confidence >= CLEAR.confidence;
  return value.sigmaM <= Math.max(CLEAR.metres, CLEAR.share * Math.abs(value.valueM));
}

/** Undefined for the questions that the answers leave out. */
async function askOnce(
  subject: Subject,
  questions: readonly SpatialQuestion[],
  settings: EndpointSettings,
): Promise<readonly (Outcome | undefined)[]> {
  const inquiry = inquiryOf(questions, settings, subject.wordsOf);
  const { samples, failure } = await subject.samples(inquiry);
  const latencyMs = performance.now() - subject.startMs;
  if (failure && samples.length === 0) {
    // Too long, perhaps: by itself each may fit.
    if (questions.length > 1 && isRejection(failure)) return questions.map(() => undefined);
    return questions.map(() => ({
      text: "",
      reading: { refusal: failure.toRefusal() },
      latencyMs,
    }));
  }
  const read = samples.map((sample) => readSample(sample, inquiry, subject.plain));
  return questions.map((_, i) => {
    const said = read.flatMap((answers) => answers[i] ?? []);
    // A sample that leaves a question out is not an answer to it.
    if (said.length <= samples.length / 2) return undefined;
    const text = said.map(({ text }) => text).join(" | ");
    return { text, reading: answerOf(said), latencyMs };
  });
}
