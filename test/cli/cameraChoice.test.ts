import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../sources/rosbag/recordings.js";
import { runCli } from "../support/cli.js";
import {
  colorPart,
  depthPart,
  infoPart,
  labelsPart,
  REACH_M,
  SQUARES_TASK,
  writeRgbd,
} from "../support/rgbdRecording.js";

const folder = await temporaryFolder();
const task = join(folder, "task.yaml");
await writeFile(task, SQUARES_TASK);

async function twoCameras(): Promise<string> {
  const of = (name: string) => [
    colorPart(`/${name}/color/image_raw`),
    depthPart(`/${name}/depth/image_raw`),
    infoPart(`/${name}/color/camera_info`),
    labelsPart(`/${name}/labels`),
  ];
  return writeRgbd(join(folder, "two.mcap"), [...of("front"), ...of("side")]);
}

describe("--camera", () => {
  it("chooses among the cameras of a recording, as the error says", async () => {
    const bag = await twoCameras();
    const output = join(folder, "rows.jsonl");
    const run = (...more: string[]) =>
      runCli("annotate", bag, "-t", task, "--vlm", "rgbd", "-o", output, ...more);
    const unclear = await run();
    expect(unclear.code).toBe(1);
    expect(unclear.stderr).toContain("--camera /front/color/image_raw");
    const chosen = await run("--camera", "/side/color/image_raw");
    expect(chosen.stderr).toBe("");
    const rows = (await readFile(output, "utf8")).trim().split("\n");
    const first = JSON.parse(rows[0] ?? "");
    expect(first).toMatchObject({ camera: "/side/color/image_raw", validity: "ok" });
    expect(-first.reward).toBeCloseTo(REACH_M, 1);
  });

  it("is the same for asking, and takes a camera by its name in the task", async () => {
    const bag = await twoCameras();
    const named = join(folder, "named.yaml");
    const cameras =
      "cameras:\n  a: { color: /front/color/image_raw }\n  b: { color: /side/color/image_raw }\n";
    await writeFile(named, SQUARES_TASK + cameras);
    const question = "How far is the left square from the right square?";
    const { stdout } = await runCli(
      ...["ask", bag, question, "--vlm", "rgbd", "-t", named, "--camera", "b", "--json"],
    );
    expect(JSON.parse(stdout)).toMatchObject({ camera: "b", refusal: null });
  });

  it("makes a data set of the chosen camera's images", async () => {
    const bag = await twoCameras();
    const made = await runCli(
      ...["dataset", "synthesize", bag, "-o", join(folder, "set"), "--task", task],
      ...["--camera", "/front/color/image_raw", "--workers", "1", "--rate", "10"],
    );
    expect(made.stderr).toBe("");
    expect(made.stdout).toMatch(/pictures {2}train [1-9]/);
  });
});
