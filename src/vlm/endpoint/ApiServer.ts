import { z } from "zod";
import type { ApiKey } from "./ApiKey.js";
import { type Completion, parseJson, readCompletion } from "./Completion.js";
import { checkStatus } from "./checkStatus.js";
import type { RequestSettings } from "./EndpointSettings.js";
import { type EndpointUsage, type UsageCounters, zeroUsage } from "./EndpointUsage.js";
import { exchange } from "./exchange.js";
import { resourceUrl } from "./parseBaseUrl.js";
import { isRejection, RequestError } from "./RequestError.js";
import { RequestPolicy } from "./RequestPolicy.js";

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The body of a chat request, without what depends on the server's dialect. */
export type ChatBody = Readonly<Record<string, unknown>>;

type LengthField = "max_tokens" | "max_completion_tokens";

/** An OpenAI-compatible API: its requests go through one policy and are counted. */
export class ApiServer {
  readonly #url: URL;
  readonly #key: ApiKey;
  readonly #policy: RequestPolicy;
  readonly #usage: UsageCounters = zeroUsage();
  /** What the server calls the longest length of an answer; found out when it complains. */
  #lengthField: LengthField = "max_tokens";

  constructor(url: URL, key: ApiKey, settings: RequestSettings) {
    this.#url = url;
    this.#key = key;
    this.#policy = new RequestPolicy(resourceUrl(url, "chat/completions"), settings, this.#usage);
  }

  /**
   * @param body With `max_tokens`, whatever the server calls it.
   * @throws RequestError where the server gives no completion.
   */
  async complete(body: ChatBody, signal: AbortSignal): Promise<Completion> {
    const field = this.#lengthField;
    try {
      return await this.#complete(renamed(body, field), signal);
    } catch (error) {
      const isUnknown =
        isRejection(error) &&
        field === "max_tokens" &&
        error.body.includes("max_completion_tokens");
      if (!isUnknown) throw error;
      this.#lengthField = "max_completion_tokens";
      return await this.#complete(renamed(body, this.#lengthField), signal);
    }
  }

  async #complete(body: ChatBody, signal: AbortSignal): Promise<Completion> {
    const completion = await this.#request(
      "chat/completions",
      { method: "POST", body },
      readCompletion,
      signal,
    );
    this.#usage.promptTokens += completion.promptTokens;
    this.#usage.completionTokens += completion.completionTokens;
    return completion;
  }

  /** The ids of the models it serves. @throws RequestError where it does not tell. */
  async models(signal: AbortSignal): Promise<readonly string[]> {
    return await this.#request("models", { method: "GET" }, readModels, signal);
  }

  get usage(): EndpointUsage {
    return { ...this.#usage };
  }

  countCacheHit(): void {
    this.#usage.cacheHits++;
  }

  countCacheFailure(): void {
    this.#usage.cacheFailures++;
  }

  async #request<T>(
    resource: string,
    { method, body }: { readonly method: "GET" | "POST"; readonly body?: ChatBody },
    read: (url: string, body: string) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const url = resourceUrl(this.#url, resource);
    const headers = { ...this.#key.headers(), "content-type": "application/json" };
    return await this.#policy.run(async (limited) => {
      // Written out only now: many requests may wait, each with its image.
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const raw = await exchange(url, init, limited);
      // Everything that is shown, parsed or cached comes from here.
      const answer = { ...raw, body: this.#key.redact(raw.body) };
      checkStatus(url, answer, this.#key);
      return read(url, answer.body);
    }, signal);
  }
}

function renamed({ max_tokens, ...body }: ChatBody, field: LengthField): ChatBody {
  return { ...body, [field]: max_tokens };
}

function readModels(url: string, body: string): string[] {
  const read = modelList.safeParse(parseJson(url, body));
  if (!read.success) throw new RequestError(`${url}: answered with JSON that lists no models`);
  return read.data.data.map(({ id }) => id);
}
