import * as z from "zod";
import type { RosMiddleware } from "../RosNode.js";
import type { ParameterStore, SetResult } from "./ParameterStore.js";
import {
  descriptorMessage,
  PARAMETER_TYPE,
  parametersSchema,
  parameterType,
  valueFromMessage,
  valueToMessage,
} from "./parameterMessages.js";

const namesRequest = z.object({ names: z.array(z.string()) });
const setRequest = z.object({ parameters: parametersSchema });
const listRequest = z.object({
  prefixes: z.array(z.string()).default([]),
  depth: z.union([z.bigint(), z.number()]).default(0).transform(Number),
});

/**
 * Offers a node's parameters to `ros2 param` and its like.
 *
 * @param onSet told after parameters were set
 */
export function serveParameters(
  middleware: Pick<RosMiddleware, "serve">,
  store: ParameterStore,
  onSet: (names: readonly string[]) => void,
): void {
  const set = (parameters: z.infer<typeof parametersSchema>) => {
    const given = new Map(parameters.map(({ name, value }) => [name, valueFromMessage(value)]));
    const result = store.set(given);
    if (result.successful) onSet([...given.keys()]);
    return resultMessage(result);
  };
  const services: Readonly<Record<string, (request: unknown) => unknown>> = {
    "list_parameters ListParameters": (request) =>
      listParameters(store, listRequest.parse(request)),
    "get_parameters GetParameters": (request) => ({
      values: namesRequest.parse(request).names.map((name) => valueMessage(store, name)),
    }),
    "get_parameter_types GetParameterTypes": (request) => ({
      types: Uint8Array.from(namesRequest.parse(request).names, (name) => {
        const parameter = store.get(name);
        return parameter === undefined ? PARAMETER_TYPE.notSet : parameterType(parameter.spec);
      }),
    }),
    "describe_parameters DescribeParameters": (request) => ({
      descriptors: namesRequest.parse(request).names.map((name) => {
        const parameter = store.get(name);
        return parameter === undefined ? { name } : descriptorMessage(parameter.spec);
      }),
    }),
    "set_parameters SetParameters": (request) => ({
      results: setRequest.parse(request).parameters.map((parameter) => set([parameter])),
    }),
    "set_parameters_atomically SetParametersAtomically": (request) => ({
      result: set(setRequest.parse(request).parameters),
    }),
  };
  for (const [key, answer] of Object.entries(services)) {
    const [name, type] = key.split(" ");
    middleware.serve(`~/${name}`, `rcl_interfaces/srv/${type}`, async (request) => answer(request));
  }
}

/** rcl_interfaces/msg/Parameter of a declared parameter. */
export function parameterMessage(store: ParameterStore, name: string) {
  return { name, value: valueMessage(store, name) };
}

function valueMessage(store: ParameterStore, name: string) {
  const parameter = store.get(name);
  if (parameter === undefined) return { type: PARAMETER_TYPE.notSet };
  return valueToMessage(parameter.spec, parameter.value);
}

function resultMessage(result: SetResult) {
  return { successful: result.successful, reason: result.successful ? "" : result.reason };
}

/** Depth 0 is without bound; a prefix `a` covers `a` and `a.b`. */
function listParameters(
  store: ParameterStore,
  { prefixes, depth }: z.infer<typeof listRequest>,
): unknown {
  const names = store.names().filter((name) => {
    if (prefixes.length === 0) return depth === 0 || name.split(".").length <= depth;
    return prefixes.some((prefix) => {
      if (name !== prefix && !name.startsWith(`${prefix}.`)) return false;
      return depth === 0 || name.slice(prefix.length).split(".").length - 1 <= depth;
    });
  });
  const parents = names.filter((name) => name.includes("."));
  const found = new Set(parents.map((name) => name.slice(0, name.lastIndexOf("."))));
  return { result: { names, prefixes: [...found] } };
}
