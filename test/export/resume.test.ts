import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  EMPTY_MAP,
  type ExportOptions,
  exportRecordings,
  stagePath,
} from "../../src/export/index.js";
import { parseTask } from "../../src/task/index.js";
import { fillDisk } from "../support/diskFaults.js";
import { contentOf } from "../support/folders.js";
import { scriptedVlm } from "../support/models.js";
import { writeTrainingBag } from "../support/trainingBag.js";

const TASK = parseTask(
  `name: reach
objects: { gripper: { phrase: the gripper }, mug: { phrase: the mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

let root: string;
let recordings: string[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "resume-"));
  recordings = ["a", "b"].map((name) => join(root, `${name}.mcap`));
  for (const path of recordings) await writeTrainingBag(path, { seconds: 0.6 });
});
afterAll(() => rm(root, { recursive: true, force: true }));

function run(
  output: string,
  vlm: ReturnType<typeof scriptedVlm>,
  more: Partial<ExportOptions> = {},
) {
  return exportRecordings(
    { task: TASK, vlm, map: EMPTY_MAP, fps: 10, storage: "h264" },
    {
      ...{ recordings, output, format: "lerobot", resume: false },
      ...{ signal: new AbortController().signal, ...more },
    },
  );
}

describe("an export that is interrupted", () => {
  it("goes on with what is ready, asks nothing twice, and comes to the same data set", async () => {
    const whole = join(root, "whole");
    await run(
      whole,
      scriptedVlm(() => 0.5),
    );
    const output = join(root, "parted");
    const controller = new AbortController();
    const first = scriptedVlm(({ episode }) => {
      if (episode === "b") controller.abort(new Error("killed"));
      return 0.5;
    });
    await expect(run(output, first, { signal: controller.signal })).rejects.toThrow("killed");
    expect((await readdir(root)).includes("parted")).toBe(false);
    const second = scriptedVlm(() => 0.5);
    const kept: boolean[] = [];
    await run(output, second, { resume: true, onRecording: (_, __, isKept) => kept.push(isKept) });
    expect(kept).toEqual([true, false]);
    expect(second.asked.length).toBeLessThanOrEqual(6);
    expect(await contentOf(output)).toEqual(await contentOf(whole));
    expect(await readdir(root)).not.toContain("parted.export.partial");
  });

  it("says that the disk is full, and goes on when it is not", async () => {
    const output = join(root, "full");
    const spy = await fillDisk();
    try {
      await expect(
        run(
          output,
          scriptedVlm(() => 0.5),
        ),
      ).rejects.toThrow("the disk is full");
    } finally {
      spy.mockRestore();
    }
    expect((await readdir(root)).includes("full")).toBe(false);
    await expect(
      run(
        output,
        scriptedVlm(() => 0.5),
        { resume: true },
      ),
    ).resolves.toMatchObject({
      ...{ episodes: 2, rows: 12 },
    });
  });

  it("makes a recording's rows anew where the settings are others, with the answers of before", async () => {
    const output = join(root, "other");
    const stop = new Error("enough");
    const isStopped = (name: string) => {
      if (name === "a") throw stop;
    };
    await expect(
      run(
        output,
        scriptedVlm(() => 0.5),
        { onRecording: isStopped },
      ),
    ).rejects.toBe(stop);
    expect(await readdir(stagePath(output))).toHaveLength(1);
    const vlm = scriptedVlm(() => 0.5);
    await exportRecordings(
      { task: TASK, vlm, map: { ...EMPTY_MAP, action: "next_state" }, fps: 10, storage: "png" },
      {
        ...{ recordings, output, format: "lerobot", resume: true },
        signal: new AbortController().signal,
      },
    );
    // The first recording's pictures are not asked about again.
    expect(vlm.asked).toHaveLength(6);
  });

  const CUT: readonly (readonly [what: string, damaged: (whole: Buffer) => string | Buffer])[] = [
    ["cut in the middle", (whole) => whole.subarray(0, whole.length >> 1)],
    ["empty", () => ""],
    ["zeros, as after a power cut", (whole) => Buffer.alloc(whole.length)],
    ["null", () => "null"],
    ["of another shape", () => '{"episodes":[]}'],
    ["without its episodes' columns", (whole) => whole.toString().replaceAll("columns", "column")],
  ];
  it.each(CUT)("makes a recording anew whose record is %s", async (what, damaged) => {
    const output = join(root, `record ${what}`);
    const stop = new Error("enough");
    const onRecording = () => {
      throw stop;
    };
    const half = () => scriptedVlm(() => 0.5);
    await expect(run(output, half(), { onRecording })).rejects.toBe(stop);
    const [stage = ""] = await readdir(stagePath(output));
    const record = join(stagePath(output), stage, "recording.json");
    await writeFile(record, damaged(await readFile(record)));
    const kept: boolean[] = [];
    await run(output, half(), { resume: true, onRecording: (_, __, isKept) => kept.push(isKept) });
    expect(kept).toEqual([false, false]);
    expect(await contentOf(output)).toEqual(await contentOf(join(root, "whole")));
  });
});
