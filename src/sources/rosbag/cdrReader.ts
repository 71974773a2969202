import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { BagError } from "./BagError.js";
import { knownDefinition } from "./definitions/knownDefinition.js";
import { parseSchema } from "./definitions/parseSchema.js";

/**
 * Reads messages of a type that this package knows from their CDR. Byte arrays of the result are
 * views of it.
 *
 * @param type `pkg/msg/Type`
 * @throws BagError if the type is not known
 */
export function cdrReader(type: string): (cdr: Uint8Array) => unknown {
  const text = knownDefinition(type);
  if (text === undefined) throw new BagError(`${type} is not a known type`);
  const reader = new MessageReader(parseSchema({ type, encoding: "ros2msg", text }));
  return (cdr) => reader.readMessage(cdr);
}
