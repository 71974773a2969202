import protobuf from "protobufjs";
import descriptor, { type IFileDescriptorSet } from "protobufjs/ext/descriptor/index.js";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DOTTED = /^\.?[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/**
 * Reads protobuf messages of a type. Fields have the names that the schema gives them; byte arrays
 * are views.
 *
 * @param type `foxglove.RawImage`
 * @param schema a serialized FileDescriptorSet, as MCAP has it
 */
export function protobufReader(type: string, schema: Uint8Array): (data: Uint8Array) => unknown {
  const set = descriptor.FileDescriptorSet.decode(schema);
  checkNames(descriptor.FileDescriptorSet.toObject(set) as IFileDescriptorSet);
  const fromDescriptor = (
    protobuf.Root as unknown as { fromDescriptor(from: protobuf.Message): protobuf.Root }
  ).fromDescriptor;
  const message = fromDescriptor(set).lookupType(type);
  return (data) => message.decode(data);
}

/**
 * The reader is code that is made of the schema's names, and a schema comes with the file: nothing
 * but names may be in it.
 */
function checkNames(schema: unknown): void {
  if (Array.isArray(schema)) {
    for (const each of schema) checkNames(each);
    return;
  }
  if (typeof schema !== "object" || schema === null || ArrayBuffer.isView(schema)) return;
  // What describes a file: its path may be anything.
  const isFile = "messageType" in schema || "syntax" in schema || "dependency" in schema;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "options" || key === "sourceCodeInfo") continue;
    if (typeof value !== "string") checkNames(value);
    else if (key === "name" && !isFile) check(NAME, value);
    else if (key === "typeName" || key === "package" || key === "extendee") check(DOTTED, value);
  }
}

function check(pattern: RegExp, name: string): void {
  if (name !== "" && !pattern.test(name)) throw new Error(`"${name}" is not a name`);
}
