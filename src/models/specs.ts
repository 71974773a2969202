/**
 * The second door of this room, for what needs the schemas of all settings at once and cannot wait:
 * the node's parameters are checked within a call, and help texts list settings. The first door,
 * index.ts, loads schemas when a model is made.
 */
import { embeddedBackend } from "./embedded/backend.js";
import { endpointBackend } from "./endpoint/backend.js";
import { localBackend } from "./local/backend.js";
import { planeBackend } from "./plane/backend.js";
import { provideBackend, type VlmFactory } from "./registerVlm.js";
import { rgbdBackend } from "./rgbd/backend.js";
import { readVlmPlan } from "./spec/readVlmPlan.js";
import "./backends.js";

export { chatSettings } from "./endpoint/EndpointSettings.js";
export { describeVlms } from "./spec/describeVlms.js";
export { readSpecSettings } from "./spec/readSettings.js";
export { settingNames } from "./spec/settings.js";

const LOADED = {
  embedded: embeddedBackend,
  http: endpointBackend,
  https: endpointBackend,
  local: localBackend,
  plane: planeBackend,
  rgbd: rgbdBackend,
} as const;
for (const [name, factory] of Object.entries(LOADED)) {
  provideBackend(name, factory as unknown as VlmFactory);
}

/**
 * Holds a spec, and the files it names, to what is known without making the model: backend,
 * settings, their values.
 *
 * @throws VlmSpecError as `createVlm`
 */
export function checkVlmSpec(spec: string): void {
  readVlmPlan(spec);
}
