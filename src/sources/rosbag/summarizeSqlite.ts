import type sqlite from "node-sqlite3-wasm";

export interface SqliteRow {
  readonly id: bigint;
  readonly timeNs: bigint;
}

export interface SqliteSummary {
  /** By topic id. */
  readonly counts: ReadonlyMap<bigint, number>;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly damage: readonly string[];
  /** The rows that can be read, by stamp: present where the file is damaged. */
  readonly rescued?: readonly SqliteRow[];
}

type Database = InstanceType<typeof sqlite.Database>;

/** Counts the messages of a .db3 file; where it is damaged, finds the rows that are readable. */
export function summarizeSqlite(database: Database): SqliteSummary {
  const counts = new Map<bigint, number>();
  try {
    let startNs: bigint | undefined;
    let endNs = 0n;
    const rows = database.all(
      "SELECT topic_id, count(*) AS n, min(timestamp) AS first, max(timestamp) AS last " +
        "FROM messages GROUP BY topic_id",
    );
    for (const row of rows) {
      const first = toBigInt(row.first);
      const last = toBigInt(row.last);
      counts.set(toBigInt(row.topic_id), Number(row.n));
      if (startNs === undefined || first < startNs) startNs = first;
      if (last > endNs) endNs = last;
    }
    return { counts, startNs: startNs ?? 0n, endNs, damage: [] };
  } catch (error) {
    return rescueRows(database, (error as Error).message);
  }
}

function rescueRows(database: Database, reason: string): SqliteSummary {
  const counts = new Map<bigint, number>();
  const rescued: SqliteRow[] = [];
  let endedBy = reason;
  const statement = database.prepare("SELECT id, topic_id, timestamp FROM messages ORDER BY id");
  try {
    for (const row of statement.iterate()) {
      const topicId = toBigInt(row.topic_id);
      counts.set(topicId, (counts.get(topicId) ?? 0) + 1);
      rescued.push({ id: toBigInt(row.id), timeNs: toBigInt(row.timestamp) });
    }
  } catch (error) {
    endedBy = (error as Error).message;
  } finally {
    statement.finalize();
  }
  rescued.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  return {
    counts,
    rescued,
    startNs: rescued[0]?.timeNs ?? 0n,
    endNs: rescued[rescued.length - 1]?.timeNs ?? 0n,
    damage: [`${rescued.length} messages were found before the damage (${endedBy})`],
  };
}

function toBigInt(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  throw new Error("a number is missing in the table of messages");
}
