import { createHash } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { jsonOrUndefined } from "../../base/index.js";
import type { Inquiry } from "../words/Inquiry.js";
import { AnswerCache, cacheFolder } from "./AnswerCache.js";
import { type Sample, sampleSchema } from "./Completion.js";
import type { JpegImage } from "./chatBody.js";
import type { ChatBody } from "./Dialect.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import type { Replicas } from "./Replicas.js";
import { isOver, isRejection, RequestError } from "./RequestError.js";
import { SharedCalls } from "./SharedCalls.js";

/** Asks the server. */
type AskServer = (image: JpegImage, inquiry: Inquiry, signal: AbortSignal) => Promise<Samples>;

/** Samples of answers: from the cache, from an equal inquiry in flight, or from the server. */
export class SampleSource {
  readonly #fingerprint: string;
  readonly #n: number;
  readonly #server: Replicas;
  readonly #ask: AskServer;
  readonly #cache: AnswerCache | undefined;
  readonly #shared = new SharedCalls<Samples & { readonly cached: boolean }>();

  constructor(
    fingerprint: string,
    { n, cache }: Pick<EndpointSettings, "n" | "cache">,
    server: Replicas,
    ask: AskServer,
  ) {
    this.#fingerprint = fingerprint;
    this.#n = n;
    this.#server = server;
    this.#ask = ask;
    this.#cache = answerCache(cache);
  }

  /** Rejects only when aborted. */
  async samples(image: JpegImage, inquiry: Inquiry, signal: AbortSignal): Promise<Samples> {
    const cache = this.#cache;
    if (!cache) return await this.#ask(image, inquiry, signal);
    const { text, form, system } = inquiry;
    const told = system === undefined ? [] : [system];
    const key = sha256(JSON.stringify([this.#fingerprint, image.hash, text, form, ...told]));
    const { result, joined } = await this.#shared.run(key, signal, async (signal) => {
      const cached = parseCached(await cache.get(key), this.#n);
      if (cached) return { samples: cached, cached: true };
      const fresh = await this.#ask(image, inquiry, signal);
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

function parseCached(text: string | undefined, n: number): Samples["samples"] | undefined {
  return z
    .array(sampleSchema)
    .length(n)
    .safeParse(jsonOrUndefined(text ?? "")).data;
}

function sha256(data: string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** Samples of one answer; `failure` says why there are fewer than were asked for. */
export interface Samples {
  readonly samples: readonly Sample[];
  readonly failure?: RequestError;
}

/**
 * Collects n samples of an answer, however the server handles `n`: vLLM and SGLang give n choices,
 * Ollama ignores the field, some llama.cpp servers reject it. What the server is found to do is
 * remembered for the next question.
 */
export class SampleCollector {
  readonly #server: Replicas;
  readonly #settings: EndpointSettings;
  #choicesPerRequest: number;

  constructor(server: Replicas, settings: EndpointSettings) {
    this.#server = server;
    this.#settings = settings;
    this.#choicesPerRequest = settings.n;
  }

  /**
   * Rejects only when aborted, but not where the time is over: what came until then is kept.
   * @param image The hash of the image: all that is asked about it goes to the same server.
   */
  async collect(body: ChatBody, image: string, signal: AbortSignal): Promise<Samples> {
    const samples: Sample[] = [];
    let asked = 0;
    while (samples.length < this.#settings.n) {
      const counts = inPortions(this.#settings.n - samples.length, this.#choicesPerRequest);
      const requests = counts.map((count) => {
        const offset = asked;
        asked += count;
        return this.#request(body, image, count, offset, signal);
      });
      const results = await Promise.allSettled(requests);
      if (!isOver(signal)) signal.throwIfAborted();
      for (const [i, result] of results.entries()) {
        if (result.status === "fulfilled") samples.push(...result.value.slice(0, counts[i]));
      }
      const failed = results.find((result) => result.status === "rejected");
      if (failed?.reason instanceof RequestError) return { samples, failure: failed.reason };
      if (failed) throw failed.reason;
    }
    return { samples };
  }

  async #request(
    body: ChatBody,
    image: string,
    count: number,
    offset: number,
    signal: AbortSignal,
  ): Promise<readonly Sample[]> {
    const { seed } = this.#settings;
    const request = {
      ...body,
      ...(count > 1 && { n: count }),
      ...(seed !== undefined && { seed: seed + offset }),
    };
    try {
      const { samples } = await this.#server.complete(request, image, signal);
      if (samples.length < count) this.#choicesPerRequest = samples.length;
      return body.logprobs === true ? samples : samples.map(({ tokens: _, ...said }) => said);
    } catch (error) {
      if (!isRejection(error) || count === 1) throw error;
      const samples = await this.#request(body, image, 1, offset, signal);
      this.#choicesPerRequest = 1;
      return samples;
    }
  }
}

/** 7 in portions of 3: 3, 3, 1. */
function inPortions(total: number, portion: number): number[] {
  return Array.from({ length: Math.ceil(total / portion) }, (_, i) =>
    Math.min(portion, total - i * portion),
  );
}
