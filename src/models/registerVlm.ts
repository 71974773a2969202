import type * as z from "zod";
import { Registry } from "../base/index.js";
import type { SpatialVlm } from "./SpatialVlm.js";
import type { VlmSpec } from "./spec/VlmSpec.js";
import type { VlmContext } from "./VlmContext.js";

/** How a backend makes its models, and what it says about itself in `--help`. */
export interface VlmFactory<Settings extends z.ZodObject = z.ZodObject> {
  /** What its specs look like: `http://HOST:PORT/v1[#MODEL]`. */
  readonly usage: string;
  /** One sentence. */
  readonly summary: string;
  /**
   * Its settings, each with a default (or optional) and a description. The key `maxSide` is
   * written `max_side` in a spec. Values come as text: numbers need `z.coerce.number()`.
   */
  readonly settings: Settings;
  /**
   * Whether a spec that bears no backend's name is this backend's: a path, say, which begins in
   * `folder` where it is relative.
   */
  claims?(target: string, folder: string): boolean;
  create(
    settings: z.output<Settings>,
    spec: VlmSpec,
    context: VlmContext,
  ): SpatialVlm | Promise<SpatialVlm>;
}

/** A backend, loaded or still to be loaded. */
interface Backend {
  factory: VlmFactory | undefined;
  readonly load: () => Promise<VlmFactory>;
}

const backends = new Registry<Backend>("a model");

/**
 * Makes a backend known to `createVlm`, under its name or, for backends that are reached by
 * URL, under a scheme (`http`). A backend with several schemes registers one factory for each.
 *
 * @param factory itself, or what loads it when models are first asked for
 * @throws Error where the name is taken: two backends cannot share one.
 */
export function registerVlm<Settings extends z.ZodObject>(
  name: string,
  factory: VlmFactory<Settings> | (() => Promise<VlmFactory<Settings>>),
): void {
  // A factory is only given settings that its own schema has read.
  const given = factory as unknown as VlmFactory | (() => Promise<VlmFactory>);
  if (typeof given === "function") backends.register(name, { factory: undefined, load: given });
  else backends.register(name, { factory: given, load: async () => given });
}

/** Loads the factories of all backends, with their settings but without the code of their models. */
export async function loadBackends(): Promise<void> {
  const loading = backends.entries().map(async ([, backend]) => {
    backend.factory ??= await backend.load();
  });
  await Promise.all(loading);
}

/** Has a backend loaded from now on: for those that cannot wait for `loadBackends`. */
export function provideBackend(name: string, factory: VlmFactory): void {
  const backend = backends.get(name);
  if (backend) backend.factory = factory;
}

/** The loaded backends by name, in the order of their registration. */
export function loadedBackends(): ReadonlyMap<string, VlmFactory> {
  const loaded = backends
    .entries()
    .flatMap(([name, { factory }]) => (factory ? [[name, factory] as const] : []));
  return new Map(loaded);
}

/** URLs of the plugins that were loaded: threads in which a model runs load them as well. */
export const modelPlugins: string[] = [];

/** Loads a plugin in a thread that makes models and nothing else: what else it adds is left out. */
export async function setUpModels(url: string): Promise<void> {
  const leftOut = (): void => undefined;
  const module: { setup?: unknown } = await import(url);
  if (typeof module.setup !== "function") return;
  await module.setup({ model: registerVlm, source: leftOut, sink: leftOut, estimator: leftOut });
}
