/** A parameter's value as someone gave it from outside, before the node is known. */
export interface ParameterAssignment {
  /** Which nodes it is for: `/**`, `/robot1/spatial_reward`, `spatial_reward`. */
  readonly node: string;
  readonly name: string;
  readonly value: unknown;
  /** Where it was given, for messages: `-p rate:=5`, `params.yaml`. */
  readonly origin: string;
}
