import type { z } from "zod";
import type { VlmSpec } from "./parseVlmSpec.js";
import type { SpatialVlm } from "./SpatialVlm.js";
import type { OnNotice } from "./VlmNotice.js";

/** What the making of a model is told beside its spec. */
export interface VlmContext {
  /** Ends the making of the model (a server is asked for its models, weights are loaded). */
  readonly signal?: AbortSignal;
  /** Told of progress and of what goes another way than it was asked for. */
  readonly onNotice?: OnNotice;
}

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

const factories = new Map<string, VlmFactory>();

/**
 * Makes a backend known to `createVlm`, under its name or, for backends that are reached by
 * URL, under a scheme (`http`). A backend with several schemes registers one factory for each.
 *
 * @throws Error where the name is taken: two backends cannot share one.
 */
export function registerVlm<Settings extends z.ZodObject>(
  name: string,
  factory: VlmFactory<Settings>,
): void {
  if (factories.has(name)) throw new Error(`a VLM backend named ${name} is registered already`);
  factories.set(name, factory as unknown as VlmFactory);
}

/** The backend of a spec: by its name, or because it claims the target. */
export function factoryFor({ name, target }: VlmSpec, folder = "."): VlmFactory | undefined {
  const named = factories.get(name);
  return named ?? [...factories.values()].find(({ claims }) => claims?.(target, folder));
}

/** The registered backends by name, in the order of their registration. */
export function registeredVlms(): ReadonlyMap<string, VlmFactory> {
  return factories;
}
