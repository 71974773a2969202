/**
 * A message that rclnodejs publishes as it is meant: it takes a typed array's whole memory, from
 * its start, so that a view into a larger one (every small Buffer) would send its neighbours' bytes.
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
