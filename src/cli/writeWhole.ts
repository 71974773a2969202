import { PartialFile, renameDurably } from "../base/index.js";

/** Writes a file that appears under its name when it is complete. */
export async function writeWhole(path: string, content: string): Promise<void> {
  const file = await PartialFile.create(`${path}.partial`);
  await file.write(Buffer.from(content));
  await file.finish();
  await renameDurably(file.path, path);
}
