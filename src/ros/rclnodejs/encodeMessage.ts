import { cdrWriter, knownDefinition } from "../../sources/cdr.js";

const OWN_TYPE = /^spatial_reward_msgs\/msg\//;

/**
 * What rclnodejs is given to publish a message of a type. Our own are serialized here, ten times
 * as fast as by its structs field by field; the definitions of other packages may differ from
 * what is sourced, and only rclnodejs knows those.
 */
export function encoderOf(type: string): (message: unknown) => unknown {
  const text = OWN_TYPE.test(type) ? knownDefinition(type) : undefined;
  if (text === undefined) return ownBytes;
  const toCdr = cdrWriter(type, text);
  return (message) => {
    const { buffer, byteOffset, byteLength } = toCdr(message);
    return Buffer.from(buffer, byteOffset, byteLength);
  };
}

/**
 * A message in a form that rclnodejs publishes correctly: it takes a typed array's whole memory,
 * from its start, so that a view into a larger one (every small Buffer) would send its neighbours'
 * bytes.
 */
export function ownBytes(message: unknown): unknown {
  if (ArrayBuffer.isView(message)) return ownView(message);
  if (Array.isArray(message)) return message.map(ownBytes);
  if (typeof message !== "object" || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, ownBytes(value)]));
}

function ownView(view: ArrayBufferView): ArrayBufferView {
  const isWhole = view.byteLength === view.buffer.byteLength;
  if (view instanceof Uint8Array) {
    return isWhole && !Buffer.isBuffer(view) ? view : Uint8Array.from(view);
  }
  // Every typed array has it, and copies; ROS 2 has no DataView.
  return isWhole ? view : (view as Float64Array).slice();
}
