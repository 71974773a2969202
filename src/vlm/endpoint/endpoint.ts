import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { type CameraFrame, encodeJpeg, FrameError } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../spatial/index.js";
import { AnswerCache } from "../AnswerCache.js";
import { cacheFolder } from "../cacheFolder.js";
import { SharedCalls } from "../SharedCalls.js";
import type { SpatialVlm } from "../SpatialVlm.js";
import { apiKey } from "./ApiKey.js";
import { ApiServer } from "./ApiServer.js";
import { answerOf, spokenText } from "./answerOf.js";
import { sampleSchema } from "./Completion.js";
import { chatBody, DEFAULT_SYSTEM_PROMPT, temperatureOf } from "./chatBody.js";
import { EndpointError } from "./EndpointError.js";
import {
  checkSettings,
  type EndpointOptions,
  type EndpointSettings,
  endpointSettings,
} from "./EndpointSettings.js";
import type { EndpointUsage } from "./EndpointUsage.js";
import { JpegImage } from "./JpegImage.js";
import { parseBaseUrl } from "./parseBaseUrl.js";
import { SampleCollector, type Samples } from "./SampleCollector.js";

/** A model behind an OpenAI-compatible API. */
export interface EndpointVlm extends SpatialVlm {
  /** What it has cost so far: a snapshot. */
  readonly usage: EndpointUsage;
}

/**
 * A vision-language model behind any server with OpenAI's chat completions and image input:
 * vLLM, SGLang, llama.cpp, Ollama, hosted ones. Nothing is sent until a question is asked.
 *
 * Every failure of the server is a refusal (`transport`, `timeout`) whose detail says what to do;
 * `ask` rejects only where the image cannot be read (FrameError) or the signal aborts, which ends
 * requests in flight. Answers are cached on disk by image, question, server, model and settings.
 *
 * @throws EndpointError where an option is wrong, or `keyEnv` names an unset variable.
 * @example endpoint({ url: "http://127.0.0.1:8000/v1", model: "my-model", n: 4, maxSide: 768 })
 */
export function endpoint(options: EndpointOptions): EndpointVlm {
  return new Endpoint(options);
}

class Endpoint implements EndpointVlm {
  readonly id: string;
  readonly fingerprint: string;
  readonly concurrency: number;
  readonly needs = [];
  readonly #model: string;
  readonly #settings: EndpointSettings;
  readonly #server: ApiServer;
  readonly #collector: SampleCollector;
  readonly #cache: AnswerCache | undefined;
  readonly #shared = new SharedCalls<Samples & { readonly cached: boolean }>();
  readonly #asking = new Set<AbortController>();
  #closed = false;

  constructor({ url, model, ...options }: EndpointOptions) {
    const base = parseBaseUrl(url);
    if (model === "") throw new EndpointError(`${base.href}: the model's name is empty`);
    this.#model = model;
    this.#settings = checkSettings(endpointSettings, options);
    this.#server = new ApiServer(
      base,
      apiKey(this.#settings.keyEnv, options.keyEnv),
      this.#settings,
    );
    this.#collector = new SampleCollector(this.#server, this.#settings);
    this.#cache = answerCache(this.#settings.cache);
    this.concurrency = this.#settings.concurrency;
    this.id = `${model}@${base.host}`;
    this.fingerprint = `endpoint ${JSON.stringify({
      url: base.href,
      model,
      ...whatMatters(this.#settings),
    })}`;
  }

  get usage(): EndpointUsage {
    return this.#server.usage;
  }

  async ask(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    if (this.#closed) throw new Error(`${this.id} was asked after it was closed`);
    signal.throwIfAborted();
    if (frame.fault !== undefined) throw new FrameError(frame.fault);
    const asking = new AbortController();
    // Every request listens; Node takes more than ten listeners for a leak.
    setMaxListeners(0, asking.signal);
    const onAbort = () => asking.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#asking.add(asking);
    try {
      const { maxSide, quality } = this.#settings;
      const jpeg = await encodeJpeg(frame.image, { maxSidePx: maxSide, quality });
      asking.signal.throwIfAborted();
      const image = new JpegImage(jpeg);
      return await Promise.all(
        questions.map((question) => this.#answer(image, question, asking.signal)),
      );
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#asking.delete(asking);
      // Where one question failed by a fault of ours, the others are not wanted any more.
      asking.abort();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const asking of this.#asking) asking.abort(new Error(`${this.id} was closed`));
  }

  async #answer(
    image: JpegImage,
    question: SpatialQuestion,
    signal: AbortSignal,
  ): Promise<SpatialAnswer> {
    const startMs = performance.now();
    const { samples, failure } = await this.#samples(image, question.text, signal);
    const understood =
      failure && samples.length === 0
        ? { refusal: failure.toRefusal() }
        : answerOf(samples, question, this.#settings.maxTokens);
    return {
      question,
      text: samples.map(({ text, declined }) => spokenText(declined ?? text)).join(" | "),
      model: this.id,
      latencyMs: performance.now() - startMs,
      ...understood,
    };
  }

  /** From the cache, from an equal question in flight, or from the server. */
  async #samples(image: JpegImage, question: string, signal: AbortSignal): Promise<Samples> {
    const ask = (signal: AbortSignal) =>
      this.#collector.collect(chatBody(this.#model, this.#settings, image, question), signal);
    const cache = this.#cache;
    if (!cache) return await ask(signal);
    const key = sha256(JSON.stringify([this.fingerprint, image.hash, question]));
    const { result, joined } = await this.#shared.run(key, signal, async (signal) => {
      const cached = parseCached(await cache.get(key), this.#settings.n);
      if (cached) return { samples: cached, cached: true };
      const fresh = await ask(signal);
      if (!fresh.failure && !(await cache.set(key, JSON.stringify(fresh.samples)))) {
        this.#server.countCacheFailure();
      }
      return { ...fresh, cached: false };
    });
    if (result.cached || (joined && !result.failure)) this.#server.countCacheHit();
    return result;
  }
}

function answerCache(setting: string): AnswerCache | undefined {
  if (setting === "off") return undefined;
  return new AnswerCache(setting === "on" ? join(cacheFolder(), "answers") : setting);
}

/** The settings that can change an answer. */
function whatMatters(settings: EndpointSettings): Readonly<Record<string, unknown>> {
  const { n, seed, maxTokens, maxSide, quality, prompt, extra } = settings;
  const system = settings.system ?? DEFAULT_SYSTEM_PROMPT;
  const temperature = temperatureOf(settings);
  return { n, temperature, seed, maxTokens, maxSide, quality, system, prompt, extra };
}

function parseCached(text: string | undefined, n: number): Samples["samples"] | undefined {
  if (text === undefined) return undefined;
  try {
    const read = z.array(sampleSchema).length(n).safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}
