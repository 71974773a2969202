import { setMaxListeners } from "node:events";
import { type CameraFrame, encodeJpeg, FrameError, registerParts } from "../../camera/index.js";
import type { SpatialAnswer, SpatialQuestion } from "../../language/index.js";
import { EndpointError } from "../errors.js";
import type { DisposableVlm, VlmUsage } from "../SpatialVlm.js";
import { temperatureOf } from "../words/promptSettings.js";
import { reliabilityMark, reliabilityOf } from "../words/reliability.js";
import { systemPrompt } from "../words/templates.js";
import { askAll, type Subject } from "./askAll.js";
import { chatBody, FewShot, JpegImage } from "./chatBody.js";
import { checksOf, reconciled } from "./consistency.js";
import {
  checkSettings,
  type EndpointOptions,
  type EndpointSettings,
  endpointSettings,
  type StreamSettings,
} from "./EndpointSettings.js";
import { Marks } from "./Marks.js";
import { Replicas } from "./Replicas.js";
import { RequestError } from "./RequestError.js";
import { timeLimitS, timeoutError } from "./RequestPolicy.js";
import { SampleCollector, SampleSource } from "./Samples.js";
import { apiKey, parseBaseUrl, resourceUrl } from "./ServerAccess.js";

/** A model behind an OpenAI-compatible API. */
export interface EndpointVlm extends DisposableVlm {
  /** What it has cost so far: a snapshot. */
  readonly usage: VlmUsage;
}

/** See `endpoint` in backends.ts. */
export function endpoint(options: EndpointOptions, stream: StreamSettings = {}): EndpointVlm {
  return new Endpoint(options, stream);
}

class Endpoint implements EndpointVlm {
  readonly id: string;
  readonly fingerprint: string;
  readonly concurrency: number;
  readonly needs = [];
  readonly uses = [];
  readonly #settings: EndpointSettings;
  readonly #url: string;
  readonly #server: Replicas;
  readonly #source: SampleSource;
  /** For all that is asked about an image; undefined where it may take its time. */
  readonly #imageLimitS: number | undefined;
  readonly #asking = new Set<AbortController>();
  readonly #closing = new AbortController();

  constructor({ url, model, ...options }: EndpointOptions, stream: StreamSettings) {
    const base = parseBaseUrl(url);
    if (model === "") throw new EndpointError(`${base.href}: the model's name is empty`);
    const settings = checkSettings(endpointSettings, options);
    const key = apiKey(settings.keyEnv, options.keyEnv);
    const fewShot = new FewShot(settings);
    this.#settings = settings;
    this.#url = resourceUrl(base, "chat/completions");
    const requests = { ...settings, ...stream, closing: this.#closing.signal };
    this.#imageLimitS = stream.live ? timeLimitS(requests) : undefined;
    this.#server = new Replicas([url, ...(settings.endpoints ?? [])], key, requests);
    this.concurrency = settings.concurrency * this.#server.size;
    this.id = `${model}@${base.host}`;
    const asked = {
      url: base.href,
      model,
      ...whatMatters(settings),
      examples: fewShot.fingerprint,
    };
    this.fingerprint = `endpoint ${JSON.stringify({ ...asked, ...reliabilityMark(settings) })}`;
    const collector = new SampleCollector(this.#server, settings);
    this.#source = new SampleSource(
      // The answer itself stays unchanged, however reliable it is.
      `endpoint ${JSON.stringify(asked)}`,
      settings,
      this.#server,
      async (image, inquiry, signal) => {
        const body = chatBody(model, settings, await fewShot.turns(), image, inquiry);
        return await collector.collect(body, image.hash, signal);
      },
    );
  }

  get usage(): VlmUsage {
    return this.#server.usage;
  }

  async ask(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    if (this.#closing.signal.aborted) throw new Error(`${this.id} was asked after it was closed`);
    signal.throwIfAborted();
    if (frame.fault !== undefined) throw new FrameError(frame.fault);
    const asking = new AbortController();
    // Every request listens; Node takes more than ten listeners for a leak.
    setMaxListeners(0, asking.signal);
    const onAbort = () => asking.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#asking.add(asking);
    const limitS = this.#imageLimitS;
    const timer =
      limitS &&
      setTimeout(() => {
        asking.abort(timeoutError(this.#url, limitS, { serverFault: false }));
      }, limitS * 1000);
    try {
      return await this.#ask(frame, questions, asking.signal);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      this.#asking.delete(asking);
      // Where one question failed by a fault of ours, the others are not wanted any more.
      asking.abort();
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const asking of this.#asking) asking.abort(new Error(`${this.id} was closed`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #ask(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<readonly SpatialAnswer[]> {
    const subject = await this.#subject(frame, questions, signal);
    const checks = checksOf(questions, this.#settings.check);
    const asked = questions.map((question) => ({ question }));
    // Each list by itself: a model that sees both ways of asking at once only agrees with itself.
    const [answered, checked] = await Promise.all([
      askAll(subject, asked, this.#settings),
      askAll(subject, checks, this.#settings),
    ]);
    return answered.map(({ question, outcome: { text, reading, latencyMs } }, i): SpatialAnswer => {
      const own = checked.flatMap(({ index, how, translate, outcome }) => {
        const { value } = outcome.reading;
        const translated = value ? { value: translate(value) } : outcome.reading;
        return index === i ? [{ how, reading: translated, outcome }] : [];
      });
      return {
        question,
        text: [text, ...own.map(({ how, outcome }) => `${how}: ${outcome.text}`)].join("; "),
        model: this.id,
        latencyMs: Math.max(latencyMs, ...own.map(({ outcome }) => outcome.latencyMs)),
        reliability: reliabilityOf(this.#settings),
        ...reconciled(reading, own),
      };
    });
  }

  async #subject(
    frame: CameraFrame,
    questions: readonly SpatialQuestion[],
    signal: AbortSignal,
  ): Promise<Subject> {
    const startMs = performance.now();
    const { maxSide, quality, marks } = this.#settings;
    // Boxes of labels that another camera saw would be around other things.
    const marked = marks === "boxes" ? new Marks(await registerParts(frame), questions) : undefined;
    const jpeg = await encodeJpeg(frame.image, {
      maxSidePx: maxSide,
      quality,
      ...(marked && { draw: (canvas) => marked.draw(canvas) }),
    });
    const image = new JpegImage(jpeg);
    return {
      startMs,
      samples: async (inquiry) => {
        try {
          return await this.#source.samples(image, inquiry, signal);
        } catch (error) {
          // The time for the image is over.
          if (error instanceof RequestError) return { samples: [], failure: error };
          throw error;
        }
      },
      wordsOf: (question) => marked?.wordsOf(question) ?? question.text,
      plain: (text) => marked?.plain(text) ?? text,
    };
  }
}

/** The settings that can change an answer. */
function whatMatters(settings: EndpointSettings): Readonly<Record<string, unknown>> {
  const { n, seed, maxTokens, maxSide, quality, prompt, extra } = settings;
  const { template, questions, references, marks, check, logprobs } = settings;
  return {
    ...{ n, seed, maxTokens, maxSide, quality, prompt, extra },
    ...{ template, questions, references, marks, check, logprobs },
    system: systemPrompt(settings),
    temperature: temperatureOf(settings),
  };
}
