import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TableColumn } from "../sinks/index.js";

/** Rows of one group while pictures lie in them: so many are in memory at once. */
export const PICTURE_ROWS = 100;

/** A column of pictures as `datasets` keeps them: the bytes of a file and its name. */
export function pictureColumn(name: string): TableColumn {
  return {
    schema: [
      { name, repetition_type: "OPTIONAL", num_children: 2 },
      { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
      { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
    ],
    feature: { _type: "Image" },
    // PNGs do not get smaller.
    codec: "UNCOMPRESSED",
  };
}

/** @param stage the folder that the files lie in */
export function picturesOf(
  stage: string,
  files: readonly string[],
): Promise<{ bytes: Uint8Array; path: string }[]> {
  return Promise.all(
    files.map(async (file) => ({
      bytes: new Uint8Array(await readFile(join(stage, file))),
      path: file.replaceAll("/", "_"),
    })),
  );
}
