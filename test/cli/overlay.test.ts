import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../src/annotate/index.js";
import { jsonLinesSink } from "../../src/sinks/index.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { VideoFile } from "../../src/video/index.js";
import { runCli } from "../support/cli.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { scriptedVlm } from "../support/models.js";

const TASK = parseTask(
  `name: reach
objects: { gripper: { phrase: the robot gripper }, mug: { phrase: the red mug } }
measurements: { reach: { kind: distance, subject: gripper, object: mug, smoothing: none } }
staleness: 0 s
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

interface Annotated {
  readonly folder: string;
  readonly recording: string;
  readonly lines: string;
}

async function annotated(): Promise<Annotated> {
  const folder = mkdtempSync(join(tmpdir(), "overlay-"));
  const recording = writeDataset({ lengths: [4, 3] });
  const lines = join(folder, "said.jsonl");
  const vlm = scriptedVlm(({ row }) =>
    row?.index === 2 ? { reason: "unclear", detail: "<b>&" } : 0.3 - 0.05 * (row?.frame ?? 0),
  );
  await using source = await openSource(recording);
  await annotateRecording(source, TASK, vlm, { sinks: [() => jsonLinesSink(lines, TASK)] });
  return { folder, recording, lines };
}

describe("overlay", () => {
  it("draws no curve of the rewards of two tasks, or two runs, of one recording", async () => {
    const { folder, recording, lines } = await annotated();
    const both = join(folder, "both.jsonl");
    const text = readFileSync(lines, "utf8");
    writeFileSync(both, text + text.replaceAll('"reach"', '"other"'));
    const output = join(folder, "both.mp4");
    const { code, stderr } = await runCli("overlay", recording, both, "-o", output);
    expect(stderr).toMatch(
      /both\.jsonl: 7 of 7 pictures have several rewards, as of several tasks or runs/,
    );
    expect(code).toBe(1);
    expect(existsSync(output)).toBe(false);
  });

  it("shows each picture of the recording for its time, with the rewards below", async () => {
    const { folder, recording, lines } = await annotated();
    const output = join(folder, "run.mp4");
    const { code, stdout, stderr } = await runCli("overlay", recording, lines, "-o", output);
    expect(stderr).not.toContain("error");
    expect(stdout).toContain(`written  ${output}  (7 pictures at 10 Hz)`);
    expect(code).toBe(0);
    const strips: string[] = [];
    let index = 0;
    for await (const picture of new VideoFile(output).pictures()) {
      expect(picture.timeS).toBeCloseTo(index / 10, 3);
      // Enlarged eight times, and the strip.
      const { width, height, data, step } = await picture.image();
      expect([width, height]).toEqual([512, 512 + 150]);
      // The data set's picture N is grey of luma 16 + 7 N.
      const grey = data[256 * step + 3 * 256] ?? 0;
      expect(Math.round((grey * 219) / 255 / 7)).toBe(index);
      strips.push(Buffer.from(data.subarray(512 * step)).toString("base64"));
      picture.close();
      index += 1;
    }
    expect(index).toBe(7);
    // The cursor moves, and the words change.
    expect(new Set(strips).size).toBe(7);
    const left = readdirSync(folder).filter((name) => !name.startsWith("."));
    expect(left.sort()).toEqual(["run.mp4", "said.jsonl"]);
  });

  it.each<[string, (made: Annotated) => readonly string[], RegExp]>([
    ["an output that is no .mp4", ({ folder }) => [join(folder, "x.avi")], /name it \.mp4/],
    [
      "rewards of another recording",
      ({ folder, lines }) => {
        const text = `{"stamp_ns":"77","camera":"front","episode":"e","reward":1,"progress":0,"stage":"","ended":null,"validity":"ok","reason":"","measurements":{}}\n`;
        writeFileSync(lines, text);
        return [join(folder, "x.mp4")];
      },
      /no picture of front has the stamp of a reward/,
    ],
    [
      "lines that are no rewards",
      ({ folder, lines }) => {
        writeFileSync(lines, '{"stamp_ns":"77"}\n');
        return [join(folder, "x.mp4")];
      },
      /said\.jsonl, line 1: camera/,
    ],
  ])("refuses %s, and leaves nothing", async (_what, prepare, message) => {
    const made = await annotated();
    const [output = ""] = prepare(made);
    const { code, stderr } = await runCli("overlay", made.recording, made.lines, "-o", output);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    expect(existsSync(output)).toBe(false);
  });
});
