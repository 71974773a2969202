import { decodeColor, FrameError } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import { abortable } from "../abortable.js";
import { firstLine, OnnxFolder } from "../onnx/OnnxFolder.js";
import type { DisposableVlm, SpatialVlm } from "../SpatialVlm.js";
import type { VlmContext } from "../VlmContext.js";
import { inquiryOf } from "../words/Inquiry.js";
import { temperatureOf } from "../words/promptSettings.js";
import { answerOf, readSample, type Said } from "../words/readSamples.js";
import { reliabilityMark, reliabilityOf } from "../words/reliability.js";
import { systemPrompt } from "../words/templates.js";
import { type LocalOptions, type LocalSettings, localSettings } from "./LocalSettings.js";
import { type ModelImage, VisionLanguageModel } from "./VisionLanguageModel.js";

/** `model_type`s that transformers.js loads as image-text-to-text models. */
const MODEL_TYPES = [
  "smolvlm",
  "idefics3",
  "qwen2_vl",
  "qwen2_5_vl",
  "qwen3_vl",
  "qwen3_vl_moe",
  "qwen3_5",
  "qwen3_5_moe",
  "llava",
  "llava_onevision",
  "llava_qwen2",
  "moondream1",
  "paligemma",
  "florence2",
  "gemma3",
  "gemma3n",
  "gemma4",
  "lfm2_vl",
  "mistral3",
  "lighton_ocr",
  "glm_ocr",
];

/** See `local` in backends.ts. */
export async function local(
  { folder: path, ...options }: LocalOptions,
  context: Pick<VlmContext, "onNotice" | "signal"> = {},
): Promise<DisposableVlm> {
  const settings = localSettings.parse(options);
  const wanted = {
    what: "an image-text-to-text model",
    modelTypes: MODEL_TYPES,
    hasTokenizer: true,
  };
  const folder = await OnnxFolder.open(path, wanted, settings, context);
  return new LocalVlm(
    folder,
    await VisionLanguageModel.load(folder, settings.tiles === "on"),
    settings,
  );
}

class LocalVlm implements DisposableVlm {
  readonly id: string;
  readonly fingerprint: string;
  readonly concurrency = 1;
  readonly needs = [];
  readonly uses = [];
  readonly #model: VisionLanguageModel;
  readonly #settings: LocalSettings;
  readonly #temperature: number;
  /** The frame before: two at once would only share the cores, and the random draws. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #asking = new Set<AbortController>();
  #isClosed = false;

  constructor(folder: OnnxFolder, model: VisionLanguageModel, settings: LocalSettings) {
    this.#model = model;
    this.#settings = settings;
    this.#temperature = temperatureOf(settings);
    this.id = folder.name;
    const { n, seed, maxTokens, maxSide, tiles, template, references, prompt } = settings;
    this.fingerprint = `local 1 ${JSON.stringify({
      ...{ hash: folder.hash, dtypes: folder.dtypes, device: folder.device },
      ...{ n, seed, maxTokens, maxSide, tiles, template, references, prompt },
      ...{ temperature: this.#temperature, system: systemWords(settings, model.prompt.isChat) },
      ...reliabilityMark(settings),
    })}`;
  }

  async ask(
    frame: Parameters<SpatialVlm["ask"]>[0],
    questions: readonly SpatialQuestion[],
    asked: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    if (this.#isClosed) throw new Error(`${this.id} was asked after it was closed`);
    asked.throwIfAborted();
    if (frame.fault !== undefined) throw new FrameError(frame.fault);
    const asking = new AbortController();
    const onAbort = () => asking.abort(asked.reason);
    asked.addEventListener("abort", onAbort, { once: true });
    this.#asking.add(asking);
    try {
      const rgb = await decodeColor(frame.image, { maxSidePx: this.#settings.maxSide });
      const image = this.#model.image(rgb);
      const answers = this.#last.then(() => this.#answers(image, questions, asking.signal));
      this.#last = answers.catch(() => undefined);
      return await abortable(answers, asking.signal);
    } finally {
      asked.removeEventListener("abort", onAbort);
      this.#asking.delete(asking);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const asking of this.#asking) asking.abort(new Error(`${this.id} was closed`));
    await this.#last;
    await this.#model.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #answers(
    image: ModelImage,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    const answers: SpatialAnswer[] = [];
    for (const question of questions) answers.push(await this.#answer(image, question, signal));
    return answers;
  }

  async #answer(
    image: ModelImage,
    question: SpatialQuestion,
    signal: AbortSignal,
  ): Promise<SpatialAnswer> {
    const startMs = performance.now();
    const { n, seed, timeoutS } = this.#settings;
    const inquiry = inquiryOf([question], this.#settings);
    const deadline = new Deadline(signal, timeoutS);
    const said: Said[] = [];
    const answer = (reading: Said["reading"]): SpatialAnswer => ({
      question,
      text: said.map(({ text }) => text).join(" | "),
      model: this.id,
      latencyMs: performance.now() - startMs,
      reliability: reliabilityOf(this.#settings),
      ...reading,
    });
    try {
      const { prompt: chat } = this.#model;
      const system = systemWords(this.#settings, chat.isChat, inquiry.system);
      const prompt = chat.render(system, inquiry.text);
      for (let i = 0; i < n; i++) {
        signal.throwIfAborted();
        const sample = await this.#model.generate(image, prompt, {
          ...{ maxTokens: inquiry.maxTokens, temperature: this.#temperature, seed: seed + i },
          signal: deadline.signal,
        });
        signal.throwIfAborted();
        if (sample.finish === "aborted") {
          const detail = `no answer within ${timeoutS} s: raise timeout_s, or use a smaller model, dtype or max_side`;
          return answer({ refusal: { reason: "timeout", detail } });
        }
        said.push(...readSample(sample, inquiry, (text) => text).flatMap((one) => one ?? []));
      }
    } catch (error) {
      signal.throwIfAborted();
      const detail = `the model ${this.id} failed: ${firstLine(error)}`;
      return answer({ refusal: { reason: "unclear", detail } });
    } finally {
      deadline.close();
    }
    return answer(answerOf(said));
  }
}

/** Models without chat template were trained on bare questions: only who asks for a system prompt gets one. */
function systemWords(settings: LocalSettings, isChat: boolean, own?: string): string | undefined {
  if (settings.system === undefined && !isChat) return undefined;
  const system = systemPrompt(settings, own);
  return system === "none" ? undefined : system;
}

/** A signal that aborts with another one, or after some time. To be closed when done. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  // Not AbortSignal.any: the parents of such signals remember them for good.
  readonly #onAbort = (): void => this.#controller.abort(this.#parent.reason);

  constructor(parent: AbortSignal, seconds: number) {
    this.#parent = parent;
    this.#timer = setTimeout(() => this.#controller.abort(), seconds * 1000);
    if (parent.aborted) this.#onAbort();
    parent.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener("abort", this.#onAbort);
  }
}
