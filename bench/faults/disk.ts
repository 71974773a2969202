import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { shuffled } from "../../src/base/index.js";
import { cli, type Ended, FAILING_DISK, rows, TASK } from "./kills.js";

export interface DiskFigures {
  /** Writes, syncs and renames of one run. */
  readonly operations: number;
  readonly tried: number;
  readonly defects: readonly string[];
}

/**
 * Lets each write, sync and rename of a run fail in turn: a run either ends with an error that a person
 * can use, or with whole outputs; nothing half is left under a final name, and resuming comes to the
 * same rows.
 *
 * @param most So many at most, drawn at random.
 */
export async function failEach(
  recording: string,
  folder: string,
  code: "EIO" | "ENOSPC",
  most: number,
  seed: number,
): Promise<DiskFigures> {
  const args = (output: string) => [
    ...["annotate", recording, "-t", TASK, "--vlm", "rgbd", "--rate", "2", "-o", output],
    ...["--format", "jsonl", "csv", "html"],
  ];
  const counted = join(folder, `operations-${code}`);
  const whole = join(folder, `whole-${code}`);
  const first = await cli(args(whole), { preload: FAILING_DISK, env: { FAULT_COUNT: counted } });
  if (first.code !== 0)
    return { operations: 0, tried: 0, defects: [`the whole run: ${first.stderr}`] };
  const operations = Number(await readFile(counted, "utf8"));
  const places = Array.from({ length: operations }, (_, i) => i + 1);
  const chosen = shuffled(places, seed).slice(0, most);
  const defects: string[] = [];
  for (const place of chosen) {
    const output = join(folder, `failed-${code}`);
    await rm(output, { recursive: true, force: true });
    const name = `${code} at operation ${place} of ${operations}`;
    const env = {
      FAULT_AT: String(place),
      FAULT_CODE: code,
      ...(code === "ENOSPC" && { FAULT_LASTS: "1" }),
    };
    const failed = await cli(args(output), { preload: FAILING_DISK, env });
    defects.push(...(await judge(name, failed, output, whole)));
    const resumed = await cli([...args(output), "--resume"]);
    if (resumed.code !== 0)
      defects.push(`${name}: resuming ended with ${resumed.code}: ${resumed.stderr}`);
    defects.push(...(await compare(`${name}, resumed`, output, whole, true)));
  }
  return { operations, tried: chosen.length, defects };
}

/** A run on a disk that fills up: a small file system of its own, where one can be mounted. */
export async function fillDisk(recording: string, folder: string): Promise<string[] | undefined> {
  const disk = join(folder, "disk");
  await mkdir(disk);
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=48k", "tmpfs", disk]);
  if (mount.status !== 0) return undefined;
  try {
    const args = ["annotate", recording, "-t", TASK, "--vlm", "rgbd", "-o", join(disk, "out")];
    const full = await cli([...args, "--format", "jsonl", "html"]);
    const defects: string[] = [];
    if (full.code !== 1 || !full.stderr.includes("the disk is full")) {
      defects.push(`a full disk: the run ended with ${full.code}: ${full.stderr}`);
    }
    spawnSync("mount", ["-o", "remount,size=64m", disk]);
    const resumed = await cli([...args, "--format", "jsonl", "html", "--resume"]);
    if (resumed.code !== 0) defects.push(`a disk with room again: ${resumed.stderr}`);
    return defects;
  } finally {
    spawnSync("umount", [disk]);
  }
}

async function judge(name: string, { code, stderr }: Ended, output: string, whole: string) {
  const defects: string[] = [];
  if (code === null) defects.push(`${name}: it was killed`);
  if (/^ {4}at /m.test(stderr)) defects.push(`${name}: a stack: ${stderr}`);
  if (code !== 0 && !/error: /.test(stderr)) defects.push(`${name}: no reason: ${stderr}`);
  return [...defects, ...(await compare(name, output, whole, code === 0))];
}

/** What is there under a final name is whole; with `all`, all is there and nothing else. */
async function compare(name: string, output: string, whole: string, all: boolean) {
  const defects: string[] = [];
  const there = await readdir(output).catch((): string[] => []);
  for (const file of (await readdir(whole)).filter((each) => /\.(jsonl|csv)$/.test(each))) {
    if (!there.includes(file)) {
      if (all) defects.push(`${name}: ${file} is missing`);
    } else if ((await rows(join(output, file))) !== (await rows(join(whole, file)))) {
      defects.push(`${name}: ${file} has other rows`);
    }
  }
  for (const file of there.filter((each) => each.endsWith(".html"))) {
    if (!(await readFile(join(output, file), "utf8")).trimEnd().endsWith("</html>")) {
      defects.push(`${name}: ${file} is cut off`);
    }
  }
  const left = there.filter((each) => /\.(lock|partial)$/.test(each));
  if (all && left.length > 0) defects.push(`${name}: left ${left.join(", ")}`);
  return defects;
}
