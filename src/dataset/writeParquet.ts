import { mkdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { ByteWriter, parquetWrite } from "hyparquet-writer";
import { lastOf, writeWhole } from "../base/index.js";
import { readJsonLines, type VqaRow, vqaRowSchema } from "./VqaRow.js";
import type { Split } from "./VqaScene.js";

/** Pictures in one file, all of which are in memory while it is written. */
const PICTURES_PER_FILE = 500;

const TEXT = { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
const list = (name: string) =>
  [
    { name, repetition_type: "OPTIONAL", num_children: 1, converted_type: "LIST" },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
  ] as const;

const SCHEMA = [
  { name: "root", num_children: 4 },
  { name: "id", ...TEXT },
  { name: "image", repetition_type: "OPTIONAL", num_children: 2 },
  { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
  { name: "path", ...TEXT },
  ...list("messages"),
  { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
  { name: "role", ...TEXT },
  ...list("content"),
  { name: "element", repetition_type: "OPTIONAL", num_children: 2 },
  { name: "type", ...TEXT },
  { name: "text", ...TEXT },
  ...list("kinds"),
  { name: "element", ...TEXT },
] as const;

/** What the `datasets` library is to take the columns for. */
const STRING = { dtype: "string", _type: "Value" };
const FEATURES = {
  id: STRING,
  image: { _type: "Image" },
  messages: [{ role: STRING, content: [{ type: STRING, text: STRING }] }],
  kinds: [STRING],
};

/** The columns of one file. */
interface Columns {
  readonly id: string[];
  readonly image: { bytes: Uint8Array; path: string }[];
  readonly messages: VqaRow["messages"][number][][];
  readonly kinds: string[][];
}

/**
 * Writes a split's JSON lines as Parquet in Hugging Face's layout of `image` and `messages`: a row
 * is a picture with all that is asked about it as one conversation, so that no picture is kept
 * twice. The picture stands in the first turn.
 */
export async function writeParquet(
  folder: string,
  split: Split,
  pictures: number,
  signal: AbortSignal,
): Promise<void> {
  const files = Math.ceil(pictures / PICTURES_PER_FILE);
  if (files === 0) return;
  await mkdir(join(folder, "data"), { recursive: true });
  let columns = empty();
  let written = 0;
  const flush = async () => {
    const five = (value: number) => String(value).padStart(5, "0");
    const path = join(folder, "data", `${split}-${five(written)}-of-${five(files)}.parquet`);
    await writeWhole(path, parquetBytes(columns));
    written += 1;
    columns = empty();
  };
  let frame: string | undefined;
  for await (const row of readJsonLines(join(folder, `${split}.jsonl`), vqaRowSchema)) {
    if (row.frame !== frame) {
      signal.throwIfAborted();
      if (columns.id.length === PICTURES_PER_FILE) await flush();
      frame = row.frame;
      const bytes = await readFile(join(folder, row.image));
      columns.id.push(row.frame);
      columns.image.push({ bytes, path: basename(row.image) });
      columns.messages.push([...row.messages]);
      columns.kinds.push([row.kind]);
      continue;
    }
    const [user, assistant] = row.messages;
    const words = user.content.filter(({ type }) => type === "text");
    lastOf(columns.messages).push({ ...user, content: words } as never, assistant);
    lastOf(columns.kinds).push(row.kind);
  }
  if (columns.id.length > 0) await flush();
}

function empty(): Columns {
  return { id: [], image: [], messages: [], kinds: [] };
}

function parquetBytes({ id, image, messages, kinds }: Columns): Uint8Array {
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    // JPEGs do not get smaller.
    codec: "UNCOMPRESSED",
    statistics: false,
    rowGroupSize: 100,
    schema: SCHEMA.map((element) => ({ ...element })),
    columnData: [
      { name: "id", data: id },
      { name: "image", data: image },
      { name: "messages", data: messages.map((turns) => turns.map(plainTurn)) },
      { name: "kinds", data: kinds },
    ],
    kvMetadata: [{ key: "huggingface", value: JSON.stringify({ info: { features: FEATURES } }) }],
  });
  return new Uint8Array(writer.getBuffer());
}

/** Every part has both fields in Parquet, an image's text is null. */
function plainTurn({ role, content }: VqaRow["messages"][number]): object {
  return {
    role,
    content: content.map((part) => ({ type: part.type, text: "text" in part ? part.text : null })),
  };
}
