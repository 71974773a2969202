import type { CompressionCodec } from "hyparquet";
import type { ByteWriter, ParquetWriter, SchemaElement } from "hyparquet-writer";
import { PartialFile } from "../base/index.js";

/** A column of a table: its part of the schema, and what `datasets` is to take it for. */
export interface TableColumn {
  /** Its own element first. */
  readonly schema: readonly SchemaElement[];
  readonly feature?: unknown;
  readonly codec?: CompressionCodec;
}

/** Parquet that is written group by group of rows, each of which is in memory as it is written. */
export class TableFile {
  readonly #columns: readonly TableColumn[];
  readonly #buffer: ByteWriter;
  readonly #file: PartialFile;
  readonly #writer: ParquetWriter;

  private constructor(
    parquet: typeof import("hyparquet-writer"),
    columns: readonly TableColumn[],
    file: PartialFile,
    keyValues: readonly { readonly key: string; readonly value: string }[],
  ) {
    this.#columns = columns;
    this.#file = file;
    this.#buffer = new parquet.ByteWriter();
    const features = Object.fromEntries(
      columns.flatMap(({ schema, feature }) =>
        feature === undefined ? [] : [[schema[0]?.name, feature]],
      ),
    );
    const isForHub = Object.keys(features).length > 0;
    this.#writer = new parquet.ParquetWriter({
      writer: Object.assign(this.#buffer, { flush: () => this.#flush() }),
      schema: [
        { name: "schema", num_children: columns.length },
        ...columns.flatMap(({ schema }) => schema),
      ],
      kvMetadata: [
        ...keyValues,
        ...(isForHub
          ? [{ key: "huggingface", value: JSON.stringify({ info: { features } }) }]
          : []),
      ],
      createdBy: "spatial-reward-bridge",
    });
  }

  /** @param path is new @throws OutputError */
  static async create(
    path: string,
    columns: readonly TableColumn[],
    keyValues: readonly { readonly key: string; readonly value: string }[] = [],
  ): Promise<TableFile> {
    const parquet = await import("hyparquet-writer");
    return new TableFile(parquet, columns, await PartialFile.create(path, "wx"), keyValues);
  }

  /** @param data of each column, as many values as there are rows in the group */
  async write(data: readonly ArrayLike<unknown>[]): Promise<void> {
    const rows = data[0]?.length ?? 0;
    if (rows === 0) return;
    const columnData = this.#columns.map(({ schema, codec }, i) => ({
      name: schema[0]?.name ?? "",
      // The writer takes arrays of any sort that have `slice`.
      data: data[i] as unknown[],
      ...(codec && { codec }),
    }));
    await this.#writer.write({ columnData, rowGroupSize: rows });
  }

  /** The file is complete and on the disk. */
  async finish(): Promise<void> {
    await this.#writer.finish();
    await this.#flush();
    await this.#file.finish();
  }

  async drop(): Promise<void> {
    await this.#file.drop();
  }

  async #flush(): Promise<void> {
    await this.#file.write(this.#buffer.getBytes());
    this.#buffer.index = 0;
  }
}
