import { resolve } from "node:path";
import { registerVlm } from "../registerVlm.js";
import { embeddedSettings } from "./EmbeddedSettings.js";
import { embedded } from "./embedded.js";

export type { EmbeddedOptions } from "./EmbeddedSettings.js";
export { embedded } from "./embedded.js";
export { WeightsError } from "./WeightsError.js";

registerVlm("embedded", {
  usage: "embedded",
  summary:
    "the spatial vision-language model of this package, made for table tops: reads image and " +
    "question; no network, no depth",
  settings: embeddedSettings,
  create({ weights, ...settings }, { folders }, context) {
    const folder = weights && resolve(folders?.get("weights") ?? "", weights);
    return embedded({ ...settings, weights: folder }, context);
  },
});
