import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { messageOf } from "../../base/index.js";
import { OnnxFolderError } from "../errors.js";
import { type VlmContext, warnOnly } from "../VlmContext.js";
import { modelFiles, readModelFiles } from "./modelFiles.js";
import type { Device, Dtype, OnnxOptions } from "./onnxSettings.js";
import { type OnnxConfig, readConfig } from "./readConfig.js";

/** What kind of model a folder must hold. */
export interface WantedModel {
  /** "an image-text-to-text model" */
  readonly what: string;
  /** The `model_type`s of its config.json that are such models. */
  readonly modelTypes: readonly string[];
  /** Whether words go in, too. */
  readonly hasTokenizer: boolean;
}

/** How transformers.js is to load a model: options of its `from_pretrained`. */
export interface LoadOptions {
  readonly device: Device;
  readonly dtype: Record<string, Dtype>;
  readonly session_options: {
    readonly intraOpNumThreads?: number;
    readonly extra: { readonly session: { readonly intra_op: { readonly allow_spinning: "0" } } };
  };
  readonly local_files_only: true;
}

/** A model's folder whose files are all there, ready to be loaded. */
export class OnnxFolder {
  readonly path: string;
  readonly config: OnnxConfig;
  readonly transformers: Transformers;
  /** Of all that its answers depend on. */
  readonly hash: string;
  /** By part, for the fingerprint. */
  readonly dtypes: Readonly<Record<string, Dtype>>;
  readonly #options: OnnxOptions;
  readonly #warn: (text: string) => void;
  #device: Device;

  private constructor(fields: {
    readonly path: string;
    readonly config: OnnxConfig;
    readonly transformers: Transformers;
    readonly hash: string;
    readonly dtypes: Readonly<Record<string, Dtype>>;
    readonly options: OnnxOptions;
    readonly warn: (text: string) => void;
  }) {
    this.path = fields.path;
    this.config = fields.config;
    this.transformers = fields.transformers;
    this.hash = fields.hash;
    this.dtypes = fields.dtypes;
    this.#options = fields.options;
    this.#warn = fields.warn;
    this.#device = fields.options.device;
  }

  /**
   * Checks a folder and reads its files.
   *
   * @throws OnnxFolderError if it is not a model of the wanted kind, or files are missing.
   */
  static async open(
    folder: string,
    wanted: WantedModel,
    options: OnnxOptions,
    { onNotice = warnOnly, signal }: Pick<VlmContext, "onNotice" | "signal"> = {},
  ): Promise<OnnxFolder> {
    const path = resolve(folder);
    const config = await readConfig(path);
    if (!wanted.modelTypes.includes(config.model_type)) {
      throw new OnnxFolderError(
        `${path} is not ${wanted.what}: its config.json has the model_type ${config.model_type}. ` +
          `Known types: ${wanted.modelTypes.join(", ")}`,
      );
    }
    const transformers = await loadTransformers();
    const parts = await onnxParts(transformers, path, config);
    const others = await otherFiles(transformers, path, wanted);
    const { files, dtypes } = await modelFiles(path, config, parts, others, options);
    const hash = await readModelFiles(path, files, onNotice, signal);
    const warn = (text: string): void => onNotice({ kind: "warning", text });
    return new OnnxFolder({ path, config, transformers, hash, dtypes, options, warn });
  }

  /** The folder's own name. */
  get name(): string {
    return basename(this.path);
  }

  /** The execution provider in use. */
  get device(): Device {
    return this.#device;
  }

  /**
   * Loads what the folder holds, on the cpu where the asked provider fails.
   *
   * @throws OnnxFolderError if it cannot be loaded.
   */
  async load<T>(load: (options: LoadOptions) => Promise<T>): Promise<T> {
    const { threads } = this.#options;
    const options = (): LoadOptions => ({
      device: this.#device,
      dtype: { ...this.dtypes },
      session_options: {
        ...(threads > 0 && { intraOpNumThreads: threads }),
        // Idle threads would wait for work in a loop.
        extra: { session: { intra_op: { allow_spinning: "0" } } },
      },
      local_files_only: true,
    });
    try {
      return await load(options());
    } catch (error) {
      if (this.#device === "cpu") throw this.#unloadable(error);
      this.#warn(
        `${this.name}: the execution provider ${this.#device} failed (${firstLine(error)}); ` +
          "the CPU is used",
      );
      this.#device = "cpu";
    }
    try {
      return await load(options());
    } catch (error) {
      throw this.#unloadable(error);
    }
  }

  #unloadable(error: unknown): OnnxFolderError {
    return new OnnxFolderError(`${this.path} cannot be loaded: ${firstLine(error)}`, {
      cause: error,
    });
  }
}

export function firstLine(error: unknown): string {
  const message = messageOf(error);
  const [line = ""] = message.trim().split("\n", 1);
  return line.slice(0, 300);
}

/** `onnx/vision_encoder.onnx`, … without folder and ending, as the library itself lists them. */
async function onnxParts(
  { ModelRegistry }: Transformers,
  path: string,
  config: OnnxConfig,
): Promise<readonly string[]> {
  // Without what it says of external data: that lies beside its ONNX file, or it does not.
  const { "transformers.js_config": _, ...plain } = config;
  const options = { config: plain as never, dtype: "fp32", device: "cpu" } as const;
  const files = await ModelRegistry.get_model_files(path, options).catch((error: unknown) => {
    throw new OnnxFolderError(`${path}/config.json cannot be used: ${firstLine(error)}`);
  });
  return files.flatMap((file) => /^onnx\/(.+)\.onnx$/.exec(file)?.[1] ?? []);
}

/** Answers depend on them where they are there. */
const OPTIONAL_FILES = ["generation_config.json", "chat_template.jinja", "chat_template.json"];

/** What the library's processor classes say of the files they read. */
interface ProcessorTraits {
  readonly uses_processor_config?: boolean;
  readonly uses_chat_template_file?: boolean;
}

async function otherFiles(
  transformers: Transformers,
  path: string,
  { hasTokenizer }: WantedModel,
): Promise<readonly string[]> {
  const files = ["config.json", "preprocessor_config.json"];
  if (hasTokenizer) files.push("tokenizer.json", "tokenizer_config.json");
  const processor = await processorClass(path);
  const classes = transformers as unknown as Readonly<Record<string, ProcessorTraits | undefined>>;
  const { uses_processor_config, uses_chat_template_file } = classes[processor ?? ""] ?? {};
  if (uses_processor_config) files.push("processor_config.json");
  if (uses_chat_template_file) files.push("chat_template.jinja");
  const extra = OPTIONAL_FILES.filter((name) => !files.includes(name));
  return [...files, ...extra.filter((name) => existsSync(join(path, name)))];
}

/** As preprocessor_config.json names it. */
export async function processorClass(path: string): Promise<string | undefined> {
  try {
    const json: unknown = JSON.parse(
      await readFile(join(path, "preprocessor_config.json"), "utf8"),
    );
    const name = (json as { readonly processor_class?: unknown } | null)?.processor_class;
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

type Transformers = typeof import("@huggingface/transformers");

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
