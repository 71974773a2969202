import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { inModelThread } from "../onnx/index.js";
import { registerVlm } from "../registerVlm.js";
import { VlmSpecError } from "../VlmSpecError.js";
import { localSettings } from "./LocalSettings.js";
import { local } from "./local.js";

registerVlm("local", {
  usage: "/PATH/TO/MODEL_FOLDER",
  summary:
    "a vision-language model on the disk, as ONNX files in the layout of transformers.js " +
    "(SmolVLM, Qwen-VL, LLaVA, PaliGemma, …); no network",
  settings: localSettings,
  claims: (target, folder) =>
    /^(?:\.{0,2}[/\\]|[a-z]:[/\\])/i.test(target) || isModelFolder(resolve(folder, target)),
  async create(settings, spec, context) {
    if (spec.target === "local") {
      throw new VlmSpecError(
        "model spec: local is not a model by itself: give its folder, --vlm /models/SmolVLM-256M-Instruct",
      );
    }
    const folder = resolve(spec.folder ?? "", spec.target);
    const make = () => local({ ...settings, folder }, context);
    return inModelThread({ ...spec, target: folder }, context, make);
  },
});

function isModelFolder(path: string): boolean {
  return statSync(join(path, "config.json"), { throwIfNoEntry: false })?.isFile() ?? false;
}
