import { registerVlm, type VlmFactory } from "../registerVlm.js";
import { endpointSettings } from "./EndpointSettings.js";
import { endpoint } from "./endpoint.js";
import { locatedIn } from "./FewShot.js";
import { soleModel } from "./soleModel.js";

const factory: VlmFactory<typeof endpointSettings> = {
  usage: "http://HOST:PORT/v1[#MODEL]",
  summary:
    "a model behind an OpenAI-compatible server (vLLM, SGLang, llama.cpp, Ollama, hosted ones); " +
    "without #MODEL, the only one that the server has",
  settings: endpointSettings,
  async create({ keyEnv, examples, ...settings }, spec, context) {
    const signal = context.signal ?? new AbortController().signal;
    const model = spec.model ?? (await soleModel(spec.target, { keyEnv, ...settings }, signal));
    const named = spec.settings.has("key_env") && { keyEnv };
    const folder = spec.folders?.get("examples") ?? "";
    const shown = examples && { examples: locatedIn(folder, examples) };
    return endpoint({ url: spec.target, model, ...settings, ...named, ...shown });
  },
};

registerVlm("http", factory);
registerVlm("https", factory);
