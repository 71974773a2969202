import type { EmbeddedOptions } from "./embedded/EmbeddedSettings.js";
import type { ChatModel, ChatOptions } from "./endpoint/chatModel.js";
import type { EndpointOptions, RequestSettings } from "./endpoint/EndpointSettings.js";
import type { EndpointVlm } from "./endpoint/endpoint.js";
import type { LocalOptions } from "./local/LocalSettings.js";
import { registerVlm } from "./registerVlm.js";
import type { DisposableVlm } from "./SpatialVlm.js";
import type { VlmContext } from "./VlmContext.js";

const endpointBackend = async () => (await import("./endpoint/backend.js")).endpointBackend;

registerVlm("embedded", async () => (await import("./embedded/backend.js")).embeddedBackend);
registerVlm("http", endpointBackend);
registerVlm("https", endpointBackend);
registerVlm("local", async () => (await import("./local/backend.js")).localBackend);
registerVlm("plane", async () => (await import("./plane/backend.js")).planeBackend);
registerVlm("rgbd", async () => (await import("./rgbd/backend.js")).rgbdBackend);

/**
 * The spatial vision-language model that comes with this package: it reads question and image, and
 * answers any of the 43 kinds with metres and a sigma, or with yes, no, an object or a relation and
 * a confidence. It needs colour only; with CameraInfo it knows the field of view. Its world is the
 * simulator's table top: see docs/embedded.md.
 *
 * It computes in its own worker threads. In a worker thread already, and with `threads` 1, it
 * computes there.
 *
 * @throws WeightsError if the folder of weights is missing, incomplete or damaged
 * @example
 * await using model = await embedded({ threads: 2 });
 * const [answer] = await model.ask(frame, [question], signal);
 */
export async function embedded(
  options: EmbeddedOptions = {},
  context: VlmContext = {},
): Promise<DisposableVlm> {
  return (await import("./embedded/embedded.js")).embedded(options, context);
}

/**
 * A vision-language model behind any server with OpenAI's chat completions and image input:
 * vLLM, SGLang, llama.cpp, Ollama, hosted ones. Nothing is sent until a question is asked.
 *
 * Every failure of the server is a refusal (`transport`, `timeout`) whose detail says what to do;
 * `ask` rejects only where the image cannot be read (FrameError) or the signal aborts, which ends
 * requests in flight. Answers are cached on disk by image, question, server, model and settings.
 *
 * @throws EndpointError if an option is wrong, or `keyEnv` names an unset variable.
 * @example await endpoint({ url: "http://127.0.0.1:8000/v1", model: "my-model", n: 4 })
 */
export async function endpoint(options: EndpointOptions): Promise<EndpointVlm> {
  return (await import("./endpoint/endpoint.js")).endpoint(options);
}

/**
 * A language model behind any server with OpenAI's chat completions. Requests keep the same rules
 * as those of `endpoint`: time-outs, retries, a breaker, the key from the environment. Nothing is
 * sent until it is spoken to.
 *
 * @throws EndpointError if an option is wrong, or `keyEnv` names an unset variable.
 */
export async function chatModel(options: ChatOptions): Promise<ChatModel> {
  return (await import("./endpoint/chatModel.js")).chatModel(options);
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
  return (await import("./endpoint/ApiServer.js")).soleModel(url, settings, signal);
}

/**
 * A vision-language model in a folder of the disk, as ONNX files in the layout of transformers.js.
 * It computes in the thread that makes it and blocks that while it does; `createVlm` puts it into
 * a worker thread. Frames are answered one after the other.
 *
 * Answers are read as those of an endpoint are. An answer that takes longer than `timeoutS` is a
 * refusal (`timeout`), and so is one that the runtime fails at (`unclear`); `ask` rejects only
 * where the image cannot be read (FrameError) or the signal aborts.
 *
 * @throws OnnxFolderError if the folder holds no such model, or not all of its files.
 * @example await local({ folder: "/models/SmolVLM-256M-Instruct", dtype: "q8" })
 */
export async function local(
  options: LocalOptions,
  context: Pick<VlmContext, "onNotice" | "signal"> = {},
): Promise<DisposableVlm> {
  return (await import("./local/local.js")).local(options, context);
}
