import { closestName } from "../closestName.js";
import { describeVlms } from "./describeVlms.js";
import { parseVlmSpec, type VlmSpec } from "./parseVlmSpec.js";
import { readSpecSettings } from "./readSpecSettings.js";
import { registeredVlms, type VlmContext } from "./registerVlm.js";
import type { SpatialVlm } from "./SpatialVlm.js";
import { VlmSpecError } from "./VlmSpecError.js";

/**
 * Makes the model that a spec names: `rgbd`, `rgbd?seed=1`,
 * `http://127.0.0.1:8000/v1#my-model?n=4&max_side=768`. See `parseVlmSpec` for the grammar and
 * `describeVlms` for the backends and their settings.
 *
 * @throws VlmSpecError where the backend or a setting is unknown, or a value does not fit.
 */
export async function createVlm(spec: string, context: VlmContext = {}): Promise<SpatialVlm> {
  const { factory, settings, parsed } = readSpec(spec);
  return await factory.create(settings, parsed, context);
}

/**
 * Holds a spec to what is known without making the model: backend, settings, their values.
 *
 * @throws VlmSpecError as `createVlm`
 */
export function checkVlmSpec(spec: string): void {
  readSpec(spec);
}

function readSpec(spec: string) {
  const parsed = parseVlmSpec(spec.trim());
  const factory = registeredVlms().get(parsed.name);
  if (!factory) throw unknownBackend(parsed);
  return { factory, parsed, settings: readSpecSettings(parsed, factory.settings) };
}

function unknownBackend({ name, target }: VlmSpec): VlmSpecError {
  const known = describeVlms();
  const near = closestName(
    name,
    known.flatMap((vlm) => vlm.names),
  );
  const isHost = /^[\w.-]+:\d+(\/|$)/.test(target);
  const hint = isHost ? ` For a server write http://${target}.` : near ? ` Is it ${near}?` : "";
  const list = known.map(({ usage, summary }) => `  ${usage}: ${summary}`);
  return new VlmSpecError(
    `model spec: there is no model backend ${JSON.stringify(name)}.${hint} There are:\n${list.join("\n")}`,
  );
}
