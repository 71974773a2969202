import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Random } from "../../src/base/index.js";
import { openBag } from "../../src/sources/index.js";
import { Trials } from "./Trials.js";

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
 *
 * @param recordings files, and folders of which one file at a time is damaged (a database and its
 *   journal, a bag and its metadata)
 */
export async function mutate(
  recordings: readonly string[],
  count: number,
  seed: number,
  ending: AbortSignal,
): Promise<MutationFigures> {
  const random = new Random(seed, "faults");
  const folder = await mkdtemp(join(tmpdir(), "faults-"));
  const trials = new Trials();
  let damaged = 0;
  try {
    for (let i = 0; i < count && !ending.aborted; i++) {
      const path = recordings[i % recordings.length] ?? "";
      const mutated = await mutatedCopy(path, folder, random);
      const name = `seed ${seed}, mutation ${i} of ${path}`;
      await trials.read(name, async () => {
        const { read, announced, isDamaged } = await readThrough(mutated);
        if (isDamaged) damaged += 1;
        else if (read !== announced) {
          trials.defects.push(`${name}: ${read} of ${announced} messages, and no damage is told`);
        }
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const { count: bags, refused, slowestMs, defects } = trials;
  return { bags, refused, damaged, slowestMs, defects };
}

/** By itself: where `await using` stands in a loop, esbuild throws a caught error once more. */
async function readThrough(path: string) {
  await using bag = await openBag(path);
  let read = 0;
  for await (const { data } of bag.messages()) read += data.byteLength >= 0 ? 1 : 0;
  const { damage, messageCount: announced } = bag.info;
  return { read, announced, isDamaged: damage.length > 0 };
}

/** What is to be opened: a file, or a folder with one damaged file. */
async function mutatedCopy(path: string, folder: string, random: Random): Promise<string> {
  const copy = join(folder, basename(path));
  await rm(copy, { recursive: true, force: true });
  await cp(path, copy, { recursive: true });
  const isFolder = (await stat(copy)).isDirectory();
  const files = isFolder ? (await readdir(copy)).map((name) => join(copy, name)) : [copy];
  const damaged = files[Math.floor(random.next() * files.length)] ?? copy;
  await writeFile(damaged, mutation(await readFile(damaged), random));
  return copy;
}

export function mutation(bytes: Buffer, random: Random): Uint8Array {
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
