import { EndpointError } from "./EndpointError.js";

/**
 * The base URL of an OpenAI-compatible API without a trailing slash. The URL of its chat
 * completions is taken for what it belongs to.
 *
 * @throws EndpointError where it is no http(s) URL or carries a user name, password or query.
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
    throw new EndpointError(`${shown}: the endpoint's URL ends with its path, without ? and #`);
  }
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/chat\/completions$/, "");
  return url;
}

/** The URL of one of the API's resources: `chat/completions`, `models`. */
export function resourceUrl(base: URL, resource: string): string {
  return `${base.origin}${base.pathname.replace(/\/+$/, "")}/${resource}`;
}
