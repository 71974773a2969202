import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import {
  calibrate,
  calibrationKey,
  type Pair,
  writeCalibration,
} from "../../src/calibrate/index.js";
import { annotateCommand } from "../../src/cli/annotate.js";
import { askCommand } from "../../src/cli/ask.js";
import { calibrateCommand } from "../../src/cli/calibrate.js";
import { createVlm } from "../../src/models/index.js";
import { figure5, type SickServer, sickServer } from "../calibrate/sickServer.js";
import { runCli } from "../support/cli.js";
import { GRASP_TASK, writeGraspRecording } from "../support/graspRecording.js";

let folder: string;
let server: SickServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "calibration-cli-"));
  server = await sickServer(figure5);
  await writeGraspRecording(join(folder, "run", "run.mcap"));
  await writeFile(join(folder, "pick.yaml"), GRASP_TASK);
  const vlm = await createVlm(server.spec);
  const pairs = Array.from({ length: 240 }, (_, i): Pair => {
    const trueM = 0.5 * ((i % 60) / 60);
    const saidM = Math.max(0.57 * trueM + 0.06, 0.11) * (1 + 0.15 * Math.sin(7 * i));
    const episode = `run${Math.floor(i / 60)}`;
    const common = { measurement: "reach", kind: "distance", trueSigmaM: 0.01 } as const;
    return { ...common, episode, timeS: (i % 60) / 10, saidM, trueM };
  });
  const about = { fingerprint: calibrationKey(vlm), task: "pick", recordings: [] };
  await writeFile(
    join(folder, "good.yaml"),
    writeCalibration(calibrate(pairs, vlm.id, about), "kinematics"),
  );
  const other = calibrate(pairs, "another@host", { ...about, fingerprint: "0".repeat(64) });
  await writeFile(join(folder, "other.yaml"), writeCalibration(other, "kinematics"));
});
afterAll(() => rm(folder, { recursive: true }));

async function printed(run: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  try {
    await run();
  } finally {
    log.mockRestore();
  }
  return lines.join("\n");
}

const run = () => join(folder, "run");

describe("--calibration", () => {
  it("tells of one answer what it means, how sure, and whether it is in range", async () => {
    const question = "How far is the gripper from the red mug?";
    const args = [
      run(),
      question,
      "--at",
      "1",
      "-t",
      join(folder, "pick.yaml"),
      "--vlm",
      server.spec,
    ];
    const calibration = ["--calibration", join(folder, "good.yaml")];
    const ask = (...more: string[]) =>
      printed(() => askCommand().parseAsync([...args, ...more], { from: "user" }));
    expect(await ask(...calibration)).toMatch(
      /calibrated: \d+ ± \d+ cm \(95 %: [\d.]+ cm to [\d.]+ cm/,
    );
    const json = JSON.parse(await ask("--json", ...calibration));
    expect(json.calibrated).toMatchObject({
      value_m: expect.closeTo(0.29, 0),
      in_range: true,
    });
    expect(await ask()).not.toContain("calibrated");
  }, 60_000);

  it("goes into the measured values of annotate, beside what was said", async () => {
    const output = join(folder, "rewards.jsonl");
    const args = [run(), "-t", join(folder, "pick.yaml"), "--vlm", server.spec, "-o", output];
    args.push("--calibration", join(folder, "good.yaml"));
    await printed(() => annotateCommand().parseAsync(args, { from: "user" }));
    const lines = (await readFile(output, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const late = lines.slice(10).map(({ measurements }) => measurements.reach);
    expect(late.some(({ raw }) => raw !== null)).toBe(true);
    // Said is 0.57 of the truth and more: calibrated is not what was said.
    const values = late.filter(({ value, raw }) => value !== null && raw !== null);
    expect(values.some(({ value, raw }) => Math.abs(value - raw) > 0.02)).toBe(true);
  }, 60_000);

  it("that does not hold any more is told of, in the summary and in the report", async () => {
    await writeGraspRecording(join(folder, "tf", "tf.mcap"), { withThing: true });
    const drifted = await readFile(join(folder, "good.yaml"), "utf8");
    await writeFile(
      join(folder, "drifted.yaml"),
      drifted
        .replace(/offset_m: [\d.]+\n {6}floor/g, "offset_m: 0.3\n      floor")
        .replace(/correlation_s: [\d.]+/g, "correlation_s: 0"),
    );
    const output = join(folder, "drift.html");
    const args = [join(folder, "tf"), "-t", join(folder, "pick.yaml"), "--vlm", server.spec];
    args.push("-o", output, "--calibration", join(folder, "drifted.yaml"));
    const lines = await printed(() => annotateCommand().parseAsync(args, { from: "user" }));
    expect(lines).toMatch(/drift +reach, since \d\.\d s: \d\d of the last 40 answers lie below/);
    const html = await readFile(output, "utf8");
    expect(html).toContain("The calibration does not hold");
    expect(html).toMatch(/<b>reach<\/b>, since \d\.\d s: \d\d of the last 40 answers lie below/);
  }, 60_000);

  it("is refused where it was made for another model", async () => {
    const args = [run(), "-t", join(folder, "pick.yaml"), "--vlm", server.spec];
    args.push("-o", join(folder, "no.jsonl"), "--calibration", join(folder, "other.yaml"));
    await expect(annotateCommand().parseAsync(args, { from: "user" })).rejects.toThrow(
      /it was made for another@host, and this model is test-model@127\.0\.0\.1/,
    );
  }, 60_000);
});

const REACH = fileURLToPath(new URL("../../examples/tasks/reach.yaml", import.meta.url));
const episode = (seed: number) => join(folder, "episodes", `${seed}.mcap`);

interface Measured {
  readonly raw: number;
  readonly value: number;
  readonly sigma: number;
  readonly calibrated: number;
}

describe.each(["embedded", "rgbd"])("--calibration of %s, whose sigma covers its error", (vlm) => {
  beforeAll(async () => {
    const wanted = ["--outcome", "success", "--size", "160x120", "--rate", "1"];
    for (const seed of [71, 72, 74]) {
      if (existsSync(episode(seed))) continue;
      await runCli("sim", "record", "-o", episode(seed), "--seed", `${seed}`, ...wanted);
    }
  });
  const path = (name: string) => join(folder, `${vlm}-${name}`);
  const reachOf = async (output: string, ...more: string[]): Promise<Measured[]> => {
    const args = [episode(74), "-t", REACH, "--vlm", vlm, "-o", output, ...more];
    await printed(() => annotateCommand().parseAsync(args, { from: "user" }));
    return (await readFile(output, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).measurements.reach)
      .filter(({ raw, value }) => raw !== null && value !== null);
  };

  it("changes what annotate, --smooth and ask give", async () => {
    const file = path("own.yaml");
    const runs = [71, 72].map(episode);
    await printed(() =>
      calibrateCommand().parseAsync([...runs, "-t", REACH, "--vlm", vlm, "-o", file], {
        from: "user",
      }),
    );
    const plain = await reachOf(path("plain.jsonl"));
    const learnt = await reachOf(path("learnt.jsonl"), "--calibration", file);
    expect(learnt.map(({ raw }) => raw)).toEqual(plain.map(({ raw }) => raw));
    expect(learnt.every((reach) => reach.calibrated !== null)).toBe(true);
    expect(learnt.map(({ sigma }) => sigma)).not.toEqual(plain.map(({ sigma }) => sigma));

    // As if the model had said half of each length.
    const halved = (await readFile(file, "utf8"))
      .replace(/curve:\n(?: {6}.*\n)+/g, "curve:\n      slope: 0.5\n      offset_m: 0\n")
      .replace(/holds_m:\n *- .*\n *- .*\n/g, "holds_m: [0, 1]\n");
    await writeFile(path("halved.yaml"), halved);
    for (const more of [[], ["--smooth"]]) {
      const changed = await reachOf(
        path(`changed${more.length}.jsonl`),
        ...["--calibration", path("halved.yaml"), ...more],
      );
      const far = changed.filter(({ raw }) => raw > 0.1);
      expect(far.length).toBeGreaterThan(5);
      for (const { raw, value } of far) expect(Math.abs(value / raw - 2)).toBeLessThan(0.4);
    }
    const ask = [episode(74), "How far is the gripper from the red mug?", "--vlm", vlm];
    ask.push("-t", REACH, "--json", "--calibration", path("halved.yaml"));
    const json = JSON.parse(await printed(() => askCommand().parseAsync(ask, { from: "user" })));
    expect(Math.abs(json.calibrated.value_m / json.value.valueM - 2)).toBeLessThan(0.4);
    expect(json.calibrated.sigma_m).toBeGreaterThanOrEqual(json.value.sigmaM);
  }, 120_000);
});
