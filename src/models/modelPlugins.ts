import { registerVlm } from "./registerVlm.js";

/** URLs of the plugins that were loaded: threads in which a model runs load them as well. */
export const modelPlugins: string[] = [];

/** Loads a plugin in a thread that makes models and nothing else: what else it adds is left out. */
export async function setUpModels(url: string): Promise<void> {
  const leftOut = (): void => undefined;
  const module: { setup?: unknown } = await import(url);
  if (typeof module.setup !== "function") return;
  await module.setup({ model: registerVlm, source: leftOut, sink: leftOut, estimator: leftOut });
}
