export type Transformers = typeof import("@huggingface/transformers");

let loading: Promise<Transformers> | undefined;

/**
 * transformers.js, loaded when first needed (it takes a second), with the network and its own
 * cache switched off and its console output, which would repeat whole tensors, too.
 */
export function loadTransformers(): Promise<Transformers> {
  loading ??= import("@huggingface/transformers").then((transformers) => {
    const { env, LogLevel } = transformers;
    env.allowRemoteModels = false;
    env.useFSCache = false;
    env.logLevel = LogLevel.NONE;
    return transformers;
  });
  return loading;
}
