import { resolve } from "node:path";
import type { VlmFactory } from "../registerVlm.js";
import { embeddedSettings } from "./EmbeddedSettings.js";

/** `embedded` as a backend. */
export const embeddedBackend: VlmFactory<typeof embeddedSettings> = {
  usage: "embedded",
  summary:
    "the spatial vision-language model of this package, made for table tops: reads image and " +
    "question; needs no network and no depth",
  settings: embeddedSettings,
  async create({ weights, ...settings }, { folders }, context) {
    const { embedded } = await import("./embedded.js");
    const folder = weights && resolve(folders?.get("weights") ?? "", weights);
    return embedded({ ...settings, weights: folder }, context);
  },
};
