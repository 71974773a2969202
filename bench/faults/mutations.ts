import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, UserError } from "../../src/base/index.js";
import { openBag } from "../../src/sources/index.js";

/** A recording takes no longer to be read, however it is damaged. */
const LONGEST_MS = 3000;

export interface MutationFigures {
  readonly bags: number;
  readonly refused: number;
  readonly damaged: number;
  readonly slowestMs: number;
  /** What must not be: anything thrown but a UserError, a hang, a loss that nobody was told of. */
  readonly defects: readonly string[];
}

/**
 * Flips bytes of recordings, cuts them and doubles parts of them, and reads what is left. A reader
 * may refuse, or say what is damaged; it may not crash, hang, or lose messages without a word.
 */
export async function mutate(
  recordings: readonly string[],
  count: number,
  seed: number,
): Promise<MutationFigures> {
  const random = new Random(seed, "faults");
  const folder = await mkdtemp(join(tmpdir(), "faults-"));
  const originals = await Promise.all(
    recordings.map(async (path) => ({ path, bytes: await readFile(path) })),
  );
  const defects: string[] = [];
  let [refused, damaged, slowestMs] = [0, 0, 0];
  try {
    for (let i = 0; i < count; i++) {
      const { path, bytes } = originals[i % originals.length] ?? {
        path: "",
        bytes: Buffer.alloc(0),
      };
      const mutated = join(folder, `m${path.slice(path.indexOf(".", path.lastIndexOf("/")))}`);
      await writeFile(mutated, mutation(bytes, random));
      const startMs = performance.now();
      const name = `seed ${seed}, mutation ${i} of ${path}`;
      try {
        await using bag = await openBag(mutated);
        let read = 0;
        for await (const { data } of bag.messages()) read += data.byteLength >= 0 ? 1 : 0;
        if (bag.info.damage.length > 0) damaged += 1;
        else if (read !== bag.info.messageCount) {
          defects.push(
            `${name}: ${read} of ${bag.info.messageCount} messages, and no damage is told`,
          );
        }
      } catch (error) {
        if (error instanceof UserError) refused += 1;
        else defects.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
      }
      const tookMs = performance.now() - startMs;
      slowestMs = Math.max(slowestMs, tookMs);
      if (tookMs > LONGEST_MS) defects.push(`${name}: took ${Math.round(tookMs)} ms`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return { bags: count, refused, damaged, slowestMs, defects };
}

function mutation(bytes: Buffer, random: Random): Uint8Array {
  const copy = Buffer.from(bytes);
  const place = () => Math.floor(random.next() * copy.length);
  const kind = random.next();
  if (kind < 0.15) return copy.subarray(0, place());
  if (kind < 0.25) return Buffer.concat([copy.subarray(0, place()), copy.subarray(place())]);
  for (let flips = Math.ceil(random.next() * 8); flips > 0; flips--) {
    copy[place()] = Math.floor(random.next() * 256);
  }
  return copy;
}
