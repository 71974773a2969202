import type { CameraFrame } from "../../src/camera/index.js";
import type {
  AnswerValue,
  Refusal,
  SpatialAnswer,
  SpatialQuestion,
} from "../../src/language/index.js";
import type { SpatialVlm } from "../../src/models/index.js";

/** What a scripted model says: a length in metres, or a refusal. */
export type Said = number | Refusal;

export function answerOf(question: SpatialQuestion, said: Said, model = "scripted"): SpatialAnswer {
  const common = { question, model, latencyMs: 5 };
  if (typeof said !== "number") return { ...common, text: "I cannot tell", refusal: said };
  const value: AnswerValue = { shape: "quantity", valueM: said, sigmaM: 0.005 };
  return { ...common, text: `${said} m`, value };
}

/** A model that says what a function says, and remembers the frames it was asked about. */
export function scriptedVlm(
  say: (frame: CameraFrame, question: SpatialQuestion) => Said | Promise<Said>,
  fields: Partial<SpatialVlm> = {},
): SpatialVlm & { readonly asked: bigint[] } {
  const asked: bigint[] = [];
  return {
    id: "scripted",
    fingerprint: "scripted 1",
    concurrency: 1,
    needs: [],
    asked,
    async ask(frame, questions) {
      asked.push(frame.stampNs);
      return Promise.all(
        questions.map(async (question) => answerOf(question, await say(frame, question))),
      );
    },
    close: async () => {},
    ...fields,
  };
}

/** A model as a class, its properties getters over private fields, as a user may write one. */
export class ClassVlm implements SpatialVlm {
  readonly #name: string;
  #isClosed = false;
  asked = 0;

  constructor(name = "mine") {
    this.#name = name;
  }

  get id(): string {
    return this.#name;
  }

  get fingerprint(): string {
    return `${this.#name} 1`;
  }

  get concurrency(): number {
    return 2;
  }

  get needs() {
    return ["info" as const];
  }

  get usage() {
    const none = { retries: 0, failures: 0, promptTokens: 0, completionTokens: 0, cost: 0 };
    return { ...none, requests: this.asked, cacheHits: 0, cacheFailures: 0, notes: [] };
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async ask(_frame: CameraFrame, questions: readonly SpatialQuestion[]) {
    this.asked += 1;
    return questions.map((question) => answerOf(question, 0.3, this.#name));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}
