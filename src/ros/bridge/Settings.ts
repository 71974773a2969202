import type { ParameterSpec, ParameterValue, RosNode } from "../RosNode.js";
import {
  type BridgeParameter,
  type BridgeParameters,
  PARAMETERS,
  settingFault,
} from "./BridgeParameters.js";

/** Says why the new values cannot be, or takes them over when the returned function is called. */
export type SettingsChange = (
  next: BridgeParameters,
  changed: ReadonlySet<BridgeParameter>,
) => string | (() => void);

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
      const decision = onChange(next, new Set(given.map(([key]) => key)));
      if (typeof decision === "string") return decision;
      return () => {
        this.#values = next;
        decision();
      };
    });
  }

  get values(): BridgeParameters {
    return this.#values;
  }
}
