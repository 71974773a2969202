import sqlite from "node-sqlite3-wasm";
import * as z from "zod";
import { BagError } from "./BagError.js";
import type {
  BagFile,
  RawMessage,
  RawSelection,
  RecordedSchema,
  RecordedTopic,
} from "./BagFile.js";
import { prepareSqlite } from "./prepareSqlite.js";
import { topicQosOf } from "./qosProfiles.js";
import { rosTypeOf, spelledType } from "./rosType.js";
import { type SqliteRow, summarizeSqlite } from "./summarizeSqlite.js";
import { TemporaryFolder } from "./TemporaryFolder.js";

type Database = InstanceType<typeof sqlite.Database>;

const integer = z.union([z.number().int(), z.bigint()]);
const topicRow = z.object({
  id: integer,
  name: z.string(),
  type: z.string(),
  serialization_format: z.string(),
  // Before Foxy there was no such column, and it may be NULL.
  offered_qos_profiles: z.string().nullish(),
});
const definitionRow = z.object({
  topic_type: z.string(),
  encoding: z.string(),
  encoded_message_definition: z.string(),
});
const messageRow = z.object({
  topic_id: integer,
  timestamp: integer,
  data: z.instanceof(Uint8Array),
});

/** A batch ends at this size, so that memory does not grow with the file. */
const BATCH_BYTES = 1 << 20;
const BATCH_ROWS = 1000;

/** Ids alone are sorted, by the index on stamps where there is one; rows are then looked up. */
const ROWS_IN_TIME_ORDER = `
  SELECT m.topic_id, m.timestamp, m.data
  FROM (
    SELECT id FROM messages WHERE timestamp BETWEEN ? AND ? ORDER BY timestamp, id LIMIT -1
  ) AS s
  CROSS JOIN messages AS m ON m.id = s.id
  WHERE m.topic_id IN`;

/**
 * A rosbag2 sqlite3 file (.db3). It is opened under another name in a temporary folder: the driver
 * puts a lock beside the file that it opens, and the input's folder is not ours to write to.
 */
export class SqliteFile implements BagFile {
  readonly storage = "sqlite3";
  readonly compression = ["none"];
  readonly metadata: BagFile["metadata"] = new Map();
  readonly topics: BagFile["topics"];
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly #database: Database;
  readonly #folder: TemporaryFolder;
  readonly #damage: Set<string>;
  readonly #topicsById: ReadonlyMap<bigint, RecordedTopic>;
  /** The readable rows by stamp, where damage does not let the database find them. */
  readonly #rescued: readonly SqliteRow[] | undefined;

  private constructor(database: Database, folder: TemporaryFolder, damage: readonly string[]) {
    this.#database = database;
    this.#folder = folder;
    this.#topicsById = readTopics(database);
    const summary = summarizeSqlite(database);
    this.#rescued = summary.rescued;
    this.#damage = new Set([...damage, ...summary.damage]);
    this.startNs = summary.startNs;
    this.endNs = summary.endNs;
    this.topics = [...this.#topicsById].map(([id, topic]) => ({
      topic,
      messageCount: summary.counts.get(id) ?? 0,
    }));
  }

  static async open(path: string): Promise<SqliteFile> {
    const folder = new TemporaryFolder();
    let database: Database | undefined;
    try {
      const { path: prepared, damage } = await prepareSqlite(path, folder);
      database = new sqlite.Database(prepared, { readOnly: true, fileMustExist: true });
      // Lets a file be read that is shorter than it says, as one of a killed recorder is.
      database.exec("PRAGMA writable_schema = ON");
      checkTables(database, path);
      return new SqliteFile(database, folder, damage);
    } catch (error) {
      if (database?.isOpen) database.close();
      await folder.remove();
      if (error instanceof BagError) throw error;
      throw new BagError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  }

  get damage(): readonly string[] {
    return [...this.#damage];
  }

  async *batches(selection: RawSelection): AsyncGenerator<readonly RawMessage[]> {
    let batch: RawMessage[] = [];
    let bytes = 0;
    try {
      for (const row of this.#rows(selection)) {
        const message = this.#message(row);
        if (!message || !selection.wants(message.topic.name)) continue;
        batch.push(message);
        bytes += message.data.byteLength;
        if (bytes < BATCH_BYTES && batch.length < BATCH_ROWS) continue;
        yield batch;
        batch = [];
        bytes = 0;
      }
    } catch (error) {
      if (!(error instanceof sqlite.SQLite3Error)) throw error;
      this.#damage.add(`reading stopped early: ${error.message}`);
    }
    yield batch;
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
    await this.#folder.remove();
  }

  *#rows({ wants, startNs, endNs }: RawSelection): Generator<unknown> {
    const wanted = [...this.#topicsById].filter(([, topic]) => wants(topic.name));
    if (!this.#rescued) {
      const ids = wanted.map(([id]) => id).join(", ");
      const statement = this.#database.prepare(`${ROWS_IN_TIME_ORDER} (${ids})`);
      try {
        yield* statement.iterate([clamp(startNs), clamp(endNs)]);
      } finally {
        statement.finalize();
      }
      return;
    }
    const statement = this.#database.prepare(
      "SELECT topic_id, timestamp, data FROM messages WHERE id = ?",
    );
    try {
      for (const { id, timeNs } of this.#rescued) {
        if (timeNs < startNs || timeNs > endNs) continue;
        try {
          yield statement.get([id]);
        } catch (error) {
          this.#damage.add(`message ${id} is lost: ${(error as Error).message}`);
        }
      }
    } finally {
      statement.finalize();
    }
  }

  #message(row: unknown): RawMessage | undefined {
    const stored = messageRow.safeParse(row);
    const topic = stored.success && this.#topicsById.get(BigInt(stored.data.topic_id));
    if (!topic) {
      this.#damage.add("messages of an undescribed topic, or without meaning, are lost");
      return undefined;
    }
    const logNs = BigInt(stored.data.timestamp);
    return { topic, logNs, publishNs: logNs, data: stored.data.data };
  }
}

/** To what sqlite can compare with. */
function clamp(timeNs: bigint): bigint {
  return timeNs < -(2n ** 63n) ? -(2n ** 63n) : timeNs >= 2n ** 63n ? 2n ** 63n - 1n : timeNs;
}

/** Throws where the tables of a recording are missing: it is another program's database. */
function checkTables(database: Database, path: string): void {
  const found = database.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('topics', 'messages')",
  );
  if (found.length < 2) {
    throw new BagError(
      `${path} is not a rosbag2 recording: it has no tables "topics" and "messages".`,
    );
  }
}

function readTopics(database: Database): Map<bigint, RecordedTopic> {
  const schemas = readSchemas(database);
  return new Map(
    database.all("SELECT * FROM topics").map((row) => {
      const {
        id,
        name,
        type,
        serialization_format: encoding,
        offered_qos_profiles: offered,
      } = topicRow.parse(row);
      const schema = schemas.get(type);
      const qos = topicQosOf(offered ?? "");
      return [
        BigInt(id),
        {
          ...{ name, encoding, ...rosTypeOf(type, encoding) },
          ...(schema && { schema }),
          ...(qos && { qos }),
        },
      ];
    }),
  );
}

/** The table is new in Iron; definitions may be empty in it. */
function readSchemas(database: Database): Map<string, RecordedSchema> {
  const hasTable = database.get("SELECT 1 FROM sqlite_master WHERE name = 'message_definitions'");
  if (!hasTable) return new Map();
  const rows = database.all(
    "SELECT topic_type, encoding, encoded_message_definition FROM message_definitions",
  );
  return new Map(
    rows.map((row) => {
      const {
        topic_type: type,
        encoding,
        encoded_message_definition: text,
      } = definitionRow.parse(row);
      return [type, { type: spelledType(type), encoding, text }];
    }),
  );
}
