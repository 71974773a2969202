import { createHash } from "node:crypto";
import h5 from "h5wasm/node";

/** Names, shapes, types, values and attributes; not the times of writing that HDF5 keeps. */
export async function hdf5Content(path: string): Promise<string> {
  await h5.ready;
  const file = new h5.File(path, "r");
  try {
    return file
      .paths()
      .sort()
      .map((name) => {
        const item = file.get(name);
        const attributes = Object.entries(
          item instanceof h5.Group || item instanceof h5.Dataset ? item.attrs : {},
        )
          .map(([key, { value }]) => `${key}=${String(value)}`)
          .sort();
        return `${name} ${attributes.join(" ")} ${item instanceof h5.Dataset ? contentOf(item) : ""}`;
      })
      .join("\n");
  } finally {
    file.close();
  }
}

function contentOf({ shape, dtype, value }: InstanceType<typeof h5.Dataset>): string {
  const bytes = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : JSON.stringify(value);
  return `${shape?.join("x")} ${String(dtype)} ${createHash("sha256").update(bytes).digest("hex")}`;
}
