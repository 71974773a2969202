import { EndpointError } from "../errors.js";
import { RequestError, withTexts } from "./RequestError.js";
import { Secret } from "./Secret.js";

/**
 * The base URL of an OpenAI-compatible API without a trailing slash. The URL of its chat
 * completions is taken for what it belongs to.
 *
 * @throws EndpointError if it is not an http(s) URL or carries a user name, password or query.
 *   Messages repeat no more of the URL than is known to be harmless.
 */
export function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new EndpointError(
      "the endpoint's URL is not an http or https URL: it looks like http://127.0.0.1:8000/v1",
    );
  }
  const shown = url.origin + url.pathname;
  if (url.username || url.password) {
    throw new EndpointError(
      `${shown}: user names and passwords in the URL are not sent; ` +
        "put an API key into an environment variable instead",
    );
  }
  if (url.search || url.hash) {
    throw new EndpointError(`${shown}: the endpoint's URL must not contain ? or #`);
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  return url;
}

/** The URL of one of the API's resources: `chat/completions`, `models`. */
export function resourceUrl(base: URL, resource: string): string {
  return `${base.origin}${base.pathname.replace(/\/+$/, "")}/${resource}`;
}

/** Shorter values are placeholders (`EMPTY`, `none`), not secrets; blotting them out would maim texts. */
const SHORTEST_SECRET = 8;

/** An API key from the environment. It leaves this object only as a header of requests. */
export class ApiKey {
  readonly variable: string;
  readonly #key: string | undefined;
  readonly #secret: Secret | undefined;

  /**
   * @param variable The environment variable's name. Unset or blank: requests carry no key.
   * @throws EndpointError if the value cannot be sent as a header.
   */
  constructor(variable: string, environment: NodeJS.ProcessEnv = process.env) {
    this.variable = variable;
    this.#key = environment[variable]?.trim() || undefined;
    // fetch would refuse such a header with a message that quotes it.
    if (this.#key && !/^[\x21-\x7e]+$/.test(this.#key)) {
      throw new EndpointError(
        `the environment variable ${variable} does not hold an API key: ` +
          "it contains blanks, line breaks or other invalid characters",
      );
    }
    const isSecret = this.#key !== undefined && this.#key.length >= SHORTEST_SECRET;
    this.#secret = isSecret && this.#key ? new Secret(this.#key) : undefined;
  }

  get isSet(): boolean {
    return this.#key !== undefined;
  }

  headers(): Record<string, string> {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }

  /** A text without the key, however it is written: some servers repeat it in their errors. */
  redact(text: string): string {
    return this.#secret?.redact(text) ?? text;
  }

  /** A response without the key; in JSON, also where it is escaped. */
  redactBody(body: string): string {
    if (this.#secret === undefined) return body;
    try {
      return JSON.stringify(this.#secret.redactAll(JSON.parse(body)));
    } catch {
      return this.#secret.redact(body);
    }
  }

  /** What is made of a response, or thrown at it, without the key: also of what came in pieces. */
  guard<T>(work: () => T): T {
    const secret = this.#secret;
    if (secret === undefined) return work();
    try {
      return secret.redactAll(work()) as T;
    } catch (error) {
      throw error instanceof RequestError ? withTexts(error, (text) => secret.redact(text)) : error;
    }
  }
}

/**
 * The key in a variable. One that a user named must be there; the default one may be unset, for
 * servers without keys.
 *
 * @throws EndpointError if `named` is unset.
 */
export function apiKey(variable: string, named: string | undefined): ApiKey {
  const key = new ApiKey(variable);
  if (named !== undefined && !key.isSet) {
    throw new EndpointError(
      `the environment variable ${variable}, which should contain the API key, is not set`,
    );
  }
  return key;
}
