import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { DatasetError } from "./DatasetError.js";

/**
 * The lines of a JSON Lines file, checked, one at a time in memory.
 *
 * @throws DatasetError that names file and line of what is no such row.
 */
export async function* readJsonLines<T>(
  path: string,
  schema: z.ZodType<T>,
): AsyncGenerator<T, void, void> {
  const input = createReadStream(path, "utf8");
  let number = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() === "") continue;
      yield parse(line, schema, `${path}:${number}`);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new DatasetError(`${path}: no such file: is this the folder of a data set?`);
    throw error;
  } finally {
    input.destroy();
  }
}

function parse<T>(line: string, schema: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new DatasetError(`${where}: this line is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new DatasetError(`${where}: ${issue?.path.join(".") ?? ""}: ${issue?.message}`);
}
