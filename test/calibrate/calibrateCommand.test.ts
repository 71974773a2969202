import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { UserError } from "../../src/base/index.js";
import { readCalibration } from "../../src/calibrate/index.js";
import { calibrateCommand } from "../../src/cli/calibrate.js";
import { createVlm } from "../../src/models/index.js";
import { GRASP_TASK, writeGraspRecording } from "../support/graspRecording.js";
import { figure5, sickServer } from "./sickServer.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "calibrate-"));
  for (let i = 0; i < 5; i++) {
    const path = join(folder, "runs", `run${i}`, `run${i}.mcap`);
    await writeGraspRecording(path, { start: [0.3 - 0.1 * i, 0.1 * i - 0.2, 0.32] });
  }
  await writeGraspRecording(join(folder, "tf", "tf0.mcap"), { withThing: true });
  await writeFile(join(folder, "pick.yaml"), GRASP_TASK);
  await writeFile(
    join(folder, "bare.yaml"),
    GRASP_TASK.replace(", grasp: {}", "").replace(", held_at: [5 cm, 7 cm]", ""),
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** What the command prints; it rejects with its error. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  const error = vi
    .spyOn(console, "error")
    .mockImplementation((line) => void lines.push(String(line)));
  try {
    await calibrateCommand().exitOverride().parseAsync(args, { from: "user" });
  } finally {
    log.mockRestore();
    error.mockRestore();
  }
  return lines.join("\n");
}

async function failure(...args: string[]): Promise<UserError> {
  const error = await run(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("calibrate", () => {
  it("learns from the robot's grasps what a model's lengths mean, and writes file and report", async () => {
    const { spec } = await sickServer(figure5);
    const output = join(folder, "my.calibration.yaml");
    const report = join(folder, "my.html");
    const printed = await run(
      ...[join(folder, "runs"), "-t", join(folder, "pick.yaml"), "--vlm", spec],
      ...["-o", output, "--report", report],
    );
    expect(printed).toMatch(/run0: \d+ of 94 answers have a length and a truth \(kinematics\)/);
    expect(printed).toContain("the gripper grasped the red mug, by the opening of its fingers");
    expect(printed).toMatch(/without a length: \d+× refused/);
    expect(printed).toMatch(/distance +error \d+\.\d cm .* raw, \d+\.\d cm .* calibrated/);
    const vlm = await createVlm(spec);
    const calibration = readCalibration(await readFile(output, "utf8"), output, vlm);
    const { curve, spread } = calibration.kinds.get("distance") ?? {};
    expect(curve?.slope).toBeCloseTo(0.57, 1);
    expect(curve?.offsetM).toBeCloseTo(0.06, 1);
    expect(curve?.floorM).toBeCloseTo(0.11, 1);
    expect(spread?.relativeSigma).toBeGreaterThan(0.1);
    expect(spread?.relativeSigma).toBeLessThan(0.2);
    expect(calibration.provenance).toMatchObject({ task: "pick", episodes: 5 });
    const html = await readFile(report, "utf8");
    expect(html).toContain("Answer against true length");
    expect(html).toContain("truth from <b>kinematics</b>");
    const left = await readdir(folder);
    expect(left.filter((name) => name.includes("partial"))).toEqual([]);
  }, 120_000);

  it("keeps what was said until the calibration is written, and goes on with it", async () => {
    const { spec } = await sickServer(figure5);
    const output = join(folder, "again", "again.yaml");
    const args = [join(folder, "runs", "run0"), join(folder, "runs", "run1")];
    args.push("-t", join(folder, "pick.yaml"), "--vlm", spec, "-o", output);
    // The report cannot be written: its folder is a file.
    await expect(run(...args, "--report", "/dev/null/page.html")).rejects.toThrow();
    const journals = async () =>
      (await readdir(join(folder, "again"))).filter((name) => name.endsWith(".answers.partial"));
    expect(await journals()).toEqual([
      "again.yaml.1-run0.answers.partial",
      "again.yaml.2-run1.answers.partial",
    ]);
    expect(await run(...args, "--resume")).toContain("0 requests");
    expect(await journals()).toEqual([]);
  }, 120_000);

  it("takes TF where the thing's frame was recorded, and warns of a single episode", async () => {
    const { spec } = await sickServer(figure5);
    const output = join(folder, "tf.yaml");
    const printed = await run(
      join(folder, "tf"),
      "-t",
      join(folder, "bare.yaml"),
      "--vlm",
      spec,
      "-o",
      output,
    );
    expect(printed).toMatch(/answers have a length and a truth \(tf\)/);
    expect(printed).toMatch(/warning: only one episode.*widens sigma/);
    expect(await readFile(output, "utf8")).toContain("only one episode");
  }, 120_000);

  it("has nothing to calibrate with where all is refused, or nothing was grasped", async () => {
    const { spec } = await sickServer(() => "I am sorry, I cannot tell.");
    const output = join(folder, "none.yaml");
    const refused = await failure(
      join(folder, "runs", "run0"),
      "-t",
      join(folder, "pick.yaml"),
      "--vlm",
      spec,
      "-o",
      output,
    );
    expect(refused.code).toBe("calibration.data");
    const robotless = await failure(
      ...[join(folder, "runs", "run0"), "-t", join(folder, "bare.yaml"), "--vlm", spec],
      ...["-o", output, "--truth", "kinematics"],
    );
    expect(robotless.code).toBe("calibration.task");
    expect(robotless.message).toContain("`grasp`");
    expect((await readdir(folder)).includes("none.yaml")).toBe(false);
  }, 120_000);

  it("asks nothing where report and calibration, or an output and an input, are one file", async () => {
    const { spec } = await sickServer(figure5);
    const journals = async () =>
      (await readdir(folder)).filter((name) => /^(?:eq|linked)\..*partial$/.test(name));
    const args = [join(folder, "runs", "run0"), "-t", join(folder, "pick.yaml"), "--vlm", spec];
    const output = join(folder, "eq.yaml");
    const spelled = `${join(folder, "runs")}/../eq.yaml`;
    for (const report of [output, spelled]) {
      expect((await failure(...args, "-o", output, "--report", report)).code).toBe("output.same");
    }
    await symlink(join(folder, "pick.yaml"), join(folder, "linked.html"));
    const linked = ["-o", output, "--report", join(folder, "linked.html"), "--overwrite"];
    expect((await failure(...args, ...linked)).code).toBe("output.input");
    expect(await journals()).toEqual([]);
    expect((await readdir(folder)).includes("eq.yaml")).toBe(false);
  }, 60_000);
});
