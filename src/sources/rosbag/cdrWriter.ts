import { MessageWriter } from "@foxglove/rosmsg2-serialization";
import { parseSchema } from "./definitions/parseSchema.js";
import { utf8Strings } from "./utf8Strings.js";

/** A message as CDR, in its own memory. */
export type WriteCdr = (message: unknown) => Uint8Array;

/**
 * Writes messages of a type. Missing fields get their defaults.
 *
 * @param type `pkg/msg/Type`
 * @param text its ros2msg definition, with those of all types inside it
 * @throws BagError if the definition cannot be read
 */
export function cdrWriter(type: string, text: string): WriteCdr {
  const writer = new MessageWriter(parseSchema({ type, encoding: "ros2msg", text }));
  return (message) => writer.writeMessage(utf8Strings(message));
}
