import * as z from "zod";
import { EndpointError } from "../errors.js";
import type { VlmUsage } from "../SpatialVlm.js";
import { type Completion, parseJson, readCompletion } from "./Completion.js";
import { adapted, type ChatBody, type Dialect, FIRST_DIALECT, inDialect } from "./Dialect.js";
import type { RequestSettings } from "./EndpointSettings.js";
import { checkStatus, exchange, LONGEST_RETRY_AFTER_MS } from "./exchange.js";
import { isRejection, RequestError } from "./RequestError.js";
import { addNote, RequestPolicy, type UsageCounters, zeroUsage } from "./RequestPolicy.js";
import { ApiKey, parseBaseUrl, resourceUrl } from "./ServerAccess.js";

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

/** An OpenAI-compatible API: its requests go through one policy and are counted. */
export class ApiServer {
  readonly #url: URL;
  readonly #key: ApiKey;
  readonly #policy: RequestPolicy;
  readonly #usage: UsageCounters;
  /** Found out as the server complains. */
  #dialect: Dialect = FIRST_DIALECT;

  /** @param usage What it costs is counted there, beside what others cost. */
  constructor(url: URL, key: ApiKey, settings: RequestSettings, usage = zeroUsage()) {
    this.#url = url;
    this.#key = key;
    this.#usage = usage;
    this.#policy = new RequestPolicy(resourceUrl(url, "chat/completions"), settings, this.#usage);
  }

  /**
   * @param body In FIRST_DIALECT; what this server rejects of it is said otherwise or left out.
   * @throws RequestError if the server gives no completion.
   */
  async complete(body: ChatBody, signal: AbortSignal): Promise<Completion> {
    for (;;) {
      const dialect = this.#dialect;
      try {
        return await this.#complete(inDialect(body, dialect), signal);
      } catch (error) {
        const next = isRejection(error) ? adapted(dialect, body, error.body) : undefined;
        if (!next) throw error;
        // Another request may have found it out meanwhile.
        if (this.#dialect === dialect) this.#dialect = next.dialect;
        if (next.note) addNote(this.#usage, next.note);
      }
    }
  }

  async #complete(body: ChatBody, signal: AbortSignal): Promise<Completion> {
    // Counted before the next request may begin: the budget is held to it.
    const read = (url: string, text: string) => {
      const completion = readCompletion(url, text);
      this.#usage.promptTokens += completion.promptTokens;
      this.#usage.completionTokens += completion.completionTokens;
      return completion;
    };
    return await this.#request("chat/completions", { method: "POST", body }, read, signal);
  }

  /** The ids of the models it serves. @throws RequestError if it does not list them. */
  async models(signal: AbortSignal): Promise<readonly string[]> {
    return await this.#request("models", { method: "GET" }, readModels, signal);
  }

  get usage(): VlmUsage {
    return { ...this.#usage, cost: this.#policy.cost, notes: [...this.#usage.notes] };
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
      const withImage = init.body?.includes('"image_url"') ?? false;
      return this.#key.guard(() => {
        const answer = { ...raw, body: this.#key.redactBody(raw.body) };
        checkStatus(answer, { url, key: this.#key, withImage });
        return read(url, answer.body);
      });
    }, signal);
  }
}

function readModels(url: string, body: string): string[] {
  const read = modelList.safeParse(parseJson(url, body));
  if (!read.success)
    throw new RequestError(`${url}: the response is JSON without a list of models`);
  return read.data.data.map(({ id }) => id);
}

/**
 * The only model that a server serves.
 *
 * @throws EndpointError if it serves none or several (the error lists them) or does not list them.
 */
export async function soleModel(
  url: string,
  settings: RequestSettings & { readonly keyEnv: string },
  signal: AbortSignal,
): Promise<string> {
  const waiting = { ...settings, longestPauseMs: LONGEST_RETRY_AFTER_MS };
  const server = new ApiServer(parseBaseUrl(url), new ApiKey(settings.keyEnv), waiting);
  const models = await server.models(signal).catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    throw new EndpointError(
      `cannot get the server's list of models: ${error.message}. To name the model yourself: ${url}#MODEL`,
    );
  });
  const [only, ...others] = models;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw new EndpointError(`${url}: the server has no model loaded`);
  const list = models.map((model) => `  ${url}#${model}`);
  throw new EndpointError(`${url}: the server has several models. Choose one:\n${list.join("\n")}`);
}
