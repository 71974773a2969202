import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { AnswerCache } from "../AnswerCache.js";
import { cacheFolder } from "../cacheFolder.js";
import { SharedCalls } from "../SharedCalls.js";
import type { ApiServer } from "./ApiServer.js";
import { sampleSchema } from "./Completion.js";
import type { EndpointSettings } from "./EndpointSettings.js";
import type { Inquiry } from "./inquiry.js";
import type { JpegImage } from "./JpegImage.js";
import type { Samples } from "./SampleCollector.js";

/** Asks the server. */
export type AskServer = (
  image: JpegImage,
  inquiry: Inquiry,
  signal: AbortSignal,
) => Promise<Samples>;

/** Samples of answers: from the cache, from an equal inquiry in flight, or from the server. */
export class SampleSource {
  readonly #fingerprint: string;
  readonly #n: number;
  readonly #server: ApiServer;
  readonly #ask: AskServer;
  readonly #cache: AnswerCache | undefined;
  readonly #shared = new SharedCalls<Samples & { readonly cached: boolean }>();

  constructor(
    fingerprint: string,
    { n, cache }: Pick<EndpointSettings, "n" | "cache">,
    server: ApiServer,
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
    const { text, form } = inquiry;
    const key = sha256(JSON.stringify([this.#fingerprint, image.hash, text, form]));
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
