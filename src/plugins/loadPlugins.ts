import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf, UserError } from "../base/index.js";
import { type CreateEstimator, estimators } from "../estimate/index.js";
import { modelPlugins, registerVlm } from "../models/index.js";
import { type SinkKind, sinks } from "../sinks/index.js";
import { type SourceKind, sources } from "../sources/index.js";

/** What a plugin adds to, each under its own name. */
export interface PluginRegistry {
  /** A model: `--vlm NAME`. See `registerVlm`. */
  readonly model: typeof registerVlm;
  /** A kind of source: it opens all specs that its `claims` accepts. */
  source(name: string, kind: SourceKind): void;
  /** An output format, by its file extension. */
  sink(extension: string, kind: SinkKind): void;
  /** An estimator: `estimator: NAME` in a task file. */
  estimator(name: string, create: CreateEstimator): void;
}

/** The module of a plugin. It may be loaded in several threads, once in each. */
export interface Plugin {
  setup(registry: PluginRegistry): void | Promise<void>;
}

/** A plugin that cannot be loaded. */
export class PluginError extends UserError {
  override readonly code = "plugin.failed";
}

const registry: PluginRegistry = {
  model: registerVlm,
  source: (name, kind) => sources.register(name, kind),
  sink: (extension, kind) => sinks.register(extension, kind),
  estimator: (name, create) => estimators.register(name, create),
};

/** By the URL of the module. */
const loaded = new Map<string, Promise<void>>();

/**
 * Loads plugins: packages (`my-package`) as seen from a folder, or files (`./my-model.js`). Each is
 * loaded once; worker threads that run a model load it too. A plugin is a program: load only what
 * you trust. Nothing but a person's own words (command line, node parameter) names one.
 *
 * @param folder where packages and relative paths are looked for
 * @throws PluginError naming the plugin and what is wrong with it
 */
export async function loadPlugins(names: readonly string[], folder = process.cwd()): Promise<void> {
  for (const name of names) {
    const url = locate(name, folder);
    const loading = loaded.get(url) ?? setUp(name, url);
    loaded.set(url, loading);
    await loading;
  }
}

async function setUp(name: string, url: string): Promise<void> {
  let module: Partial<Plugin>;
  try {
    module = await import(url);
  } catch (cause) {
    throw new PluginError(`the plugin ${name} cannot be loaded: ${messageOf(cause)}`, { cause });
  }
  if (typeof module.setup !== "function") {
    throw new PluginError(
      `the plugin ${name} has no setup function: it must export function setup(registry)`,
    );
  }
  try {
    await module.setup(registry);
  } catch (cause) {
    throw new PluginError(`the plugin ${name} cannot be set up: ${messageOf(cause)}`, { cause });
  }
  modelPlugins.push(url);
}

function locate(name: string, folder: string): string {
  if (/^file:/.test(name)) return name;
  if (/^\.{0,2}\//.test(name)) return pathToFileURL(resolve(folder, name)).href;
  const require = createRequire(join(resolve(folder), "_"));
  try {
    return pathToFileURL(require.resolve(name)).href;
  } catch (cause) {
    throw new PluginError(
      `no plugin ${name}: no package of that name in ${resolve(folder)}. ` +
        "Install it there (npm install), or give the path of a file: ./my-plugin.js",
      { cause },
    );
  }
}
