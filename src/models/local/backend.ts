import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { VlmSpecError } from "../errors.js";
import type { VlmFactory } from "../registerVlm.js";
import { inModelThread } from "../worker/workerVlm.js";
import { localSettings } from "./LocalSettings.js";

/** A model's folder as a backend: claims what is the path of one. */
export const localBackend: VlmFactory<typeof localSettings> = {
  usage: "/PATH/TO/MODEL_FOLDER",
  summary:
    "a vision-language model on disk, as ONNX files in the layout of transformers.js " +
    "(SmolVLM, Qwen-VL, LLaVA, PaliGemma, …); needs no network",
  settings: localSettings,
  claims: (target, folder) =>
    /^(?:\.{0,2}[/\\]|[a-z]:[/\\])/i.test(target) || isModelFolder(resolve(folder, target)),
  async create(settings, spec, context) {
    if (spec.target === "local") {
      throw new VlmSpecError(
        "model spec: local is not a model: give the folder of a model, --vlm /models/SmolVLM-256M-Instruct",
      );
    }
    const folder = resolve(spec.folder ?? "", spec.target);
    return inModelThread({ ...spec, target: folder }, context, async () => {
      const { local } = await import("./local.js");
      return local({ ...settings, folder }, context);
    });
  },
};

/** Any text may be asked about: one that is no path at all (too long, with a NUL) is no folder. */
function isModelFolder(path: string): boolean {
  try {
    return statSync(join(path, "config.json")).isFile();
  } catch {
    return false;
  }
}
