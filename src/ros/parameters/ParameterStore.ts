import { closestName, messageOf } from "../../base/index.js";
import type { ParameterDecision, ParameterSpec, ParameterValue } from "../RosNode.js";
import { checkParameter } from "./checkParameter.js";
import { ParameterError } from "./ParameterError.js";
import type { ParameterAssignment } from "./parameterFile.js";

export type ParameterChanges = ReadonlyMap<string, ParameterValue>;

/** Whether parameters were set; a refusal says why. */
export type SetResult =
  | { readonly successful: true }
  | { readonly successful: false; readonly reason: string };

type Declared = { readonly spec: ParameterSpec<ParameterValue>; value: ParameterValue };

/** The parameters of one node: declared with what was given from outside, changed at run time. */
export class ParameterStore {
  readonly #declared = new Map<string, Declared>();
  readonly #overrides = new Map<string, ParameterAssignment>();
  readonly #deciders: ((changes: ParameterChanges) => ParameterDecision)[] = [];

  /** @param assignments later ones win */
  constructor(fullName: string, assignments: readonly ParameterAssignment[]) {
    for (const assignment of assignments) {
      if (matchesNode(assignment.node, fullName)) this.#overrides.set(assignment.name, assignment);
    }
  }

  /** @throws ParameterError */
  declare<T extends ParameterValue>(spec: ParameterSpec<T>): T {
    if (this.#declared.has(spec.name)) {
      throw new ParameterError(`parameter ${spec.name} is declared twice`);
    }
    const override = this.#overrides.get(spec.name);
    let value = spec.defaultValue;
    if (override !== undefined) {
      const check = checkParameter(spec, override.value);
      if ("fault" in check) throw new ParameterError(`${check.fault} (${override.origin})`);
      value = check.value;
    }
    this.#declared.set(spec.name, { spec, value });
    return value;
  }

  /** What was given from outside and no parameter took: a misspelt name, most likely. */
  undeclaredOverrides(): ParameterAssignment[] {
    return [...this.#overrides.values()].filter(({ name }) => !this.#declared.has(name));
  }

  names(): string[] {
    return [...this.#declared.keys()];
  }

  get(name: string): Readonly<Declared> | undefined {
    return this.#declared.get(name);
  }

  onChange(decide: (changes: ParameterChanges) => ParameterDecision): void {
    this.#deciders.push(decide);
  }

  /** Sets all of them, or none and says why. */
  set(given: ReadonlyMap<string, unknown>): SetResult {
    const changes = new Map<string, ParameterValue>();
    const toSet: [Declared, ParameterValue][] = [];
    for (const [name, value] of given) {
      const declared = this.#declared.get(name);
      if (declared === undefined) return refused(this.#unknown(name));
      if (declared.spec.readOnly) {
        return refused(
          `parameter ${name} cannot change at run time: set it when starting the node`,
        );
      }
      const check = checkParameter(declared.spec, value);
      if ("fault" in check) return refused(check.fault);
      changes.set(name, check.value);
      toSet.push([declared, check.value]);
    }
    const decisions = this.#deciders.map((decide) => decisionOf(decide, changes));
    for (const decision of decisions) if (typeof decision === "string") return refused(decision);
    for (const [declared, value] of toSet) declared.value = value;
    for (const decision of decisions) if (typeof decision === "function") decision();
    return { successful: true };
  }

  #unknown(name: string): string {
    const near = closestName(name, this.#declared.keys());
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    return `this node has no parameter ${name}${hint}`;
  }
}

function refused(reason: string): SetResult {
  return { successful: false, reason };
}

function decisionOf(
  decide: (changes: ParameterChanges) => ParameterDecision,
  changes: ParameterChanges,
): ParameterDecision {
  try {
    return decide(changes);
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Whether a key of a parameter file (or `-p node:name:=value`) speaks of a node. `/**` stands for
 * any number of names, `/*` for one. A bare name speaks of the nodes of that name in every
 * namespace, so that one file serves several robots.
 *
 * @param fullName `/robot1/spatial_reward`
 */
export function matchesNode(key: string, fullName: string): boolean {
  if (!key.includes("/")) return key === fullName.slice(fullName.lastIndexOf("/") + 1);
  const absolute = key.startsWith("/") ? key : `/${key}`;
  const pattern = absolute
    .split("/")
    .slice(1)
    .map((part) => {
      if (part === "**") return "(/\\w+)*";
      return `/${part.split("*").map(escaped).join("\\w+")}`;
    })
    .join("");
  return new RegExp(`^${pattern}$`).test(fullName);
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}
