import { ApiKey } from "./ApiKey.js";
import { ApiServer } from "./ApiServer.js";
import { EndpointError } from "./EndpointError.js";
import type { RequestSettings } from "./EndpointSettings.js";
import { parseBaseUrl } from "./parseBaseUrl.js";
import { RequestError } from "./RequestError.js";

/**
 * The only model that a server serves.
 *
 * @throws EndpointError where it serves none or several (the error lists them) or does not tell.
 */
export async function soleModel(
  url: string,
  settings: RequestSettings & { readonly keyEnv: string },
  signal: AbortSignal,
): Promise<string> {
  const server = new ApiServer(parseBaseUrl(url), new ApiKey(settings.keyEnv), settings);
  const models = await server.models(signal).catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    throw new EndpointError(
      `which model does the server have? ${error.message}. To name it yourself: ${url}#MODEL`,
    );
  });
  if (models.length === 1) return models[0]!;
  if (models.length === 0) throw new EndpointError(`${url}: the server has no model loaded`);
  const list = models.map((model) => `  ${url}#${model}`);
  throw new EndpointError(`${url}: the server has several models. Take one:\n${list.join("\n")}`);
}
