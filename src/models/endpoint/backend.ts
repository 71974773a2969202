import type { VlmFactory } from "../registerVlm.js";
import { warnOnly } from "../VlmContext.js";
import { endpointSettings } from "./EndpointSettings.js";

/** A server as a backend: `http` and `https`. */
export const endpointBackend: VlmFactory<typeof endpointSettings> = {
  usage: "http://HOST:PORT/v1[#MODEL]",
  summary:
    "a model behind an OpenAI-compatible server (vLLM, SGLang, llama.cpp, Ollama, hosted ones); " +
    "without #MODEL, the server's only model",
  settings: endpointSettings,
  async create({ keyEnv, examples, ...settings }, spec, context) {
    const [{ endpoint }, { soleModel }, { locatedIn }, { LONGEST_RETRY_AFTER_MS }] =
      await Promise.all([
        import("./endpoint.js"),
        import("./ApiServer.js"),
        import("./chatBody.js"),
        import("./exchange.js"),
      ]);
    const signal = context.signal ?? new AbortController().signal;
    const model = spec.model ?? (await soleModel(spec.target, { keyEnv, ...settings }, signal));
    const named = spec.settings.has("key_env") && { keyEnv };
    const folder = spec.folders?.get("examples") ?? "";
    const shown = examples && { examples: locatedIn(folder, examples) };
    const { waits, live = false, onNotice = warnOnly } = context;
    const pauses = waits && {
      longestPauseMs: LONGEST_RETRY_AFTER_MS,
      onPause: (text: string) => onNotice({ kind: "warning", text }),
    };
    const options = { url: spec.target, model, ...settings, ...named, ...shown };
    return endpoint(options, { live, ...pauses });
  },
};
