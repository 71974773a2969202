import type { ParameterSpec, ParameterValue, RosNode } from "../RosNode.js";
import {
  type BridgeParameter,
  type BridgeParameters,
  PARAMETERS,
  settingFault,
} from "./BridgeParameters.js";

/** Takes over new values, or says why it cannot. */
export type SettingsChange = (
  next: BridgeParameters,
  changed: ReadonlySet<BridgeParameter>,
) => string | undefined;

/** The parameters' present values. */
export class Settings {
  #values: BridgeParameters;

  /** Declares the parameters. @throws ParameterError */
  constructor(node: RosNode, onChange: SettingsChange) {
    const keys = Object.keys(PARAMETERS) as BridgeParameter[];
    const declared = keys.map((key) => {
      const { changes, ...spec } = PARAMETERS[key];
      const readOnly = changes === "never";
      return [key, node.declareParameter({ ...(spec as ParameterSpec<ParameterValue>), readOnly })];
    });
    this.#values = Object.fromEntries(declared) as BridgeParameters;
    const keyOf = new Map(keys.map((key) => [PARAMETERS[key].name, key]));

    node.onParameterChange((changes) => {
      const given = [...changes].flatMap(([name, value]) => {
        const key = keyOf.get(name);
        return key === undefined ? [] : [[key, value] as const];
      });
      for (const [key] of given) {
        const fault = settingFault(key, node.lifecycleState);
        if (fault !== undefined) return fault;
      }
      const next: BridgeParameters = { ...this.#values, ...Object.fromEntries(given) };
      const reason = onChange(next, new Set(given.map(([key]) => key)));
      if (reason === undefined) this.#values = next;
      return reason;
    });
  }

  get values(): BridgeParameters {
    return this.#values;
  }
}
