import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../src/base/index.js";
import { evaluateRewardsCommand } from "../../src/cli/evaluateRewards.js";
import { printedBy } from "../support/cli.js";
import { writeAnnotatedBag } from "./annotatedBag.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evaluate-cli-"));
  const bag = (name: string) => join(folder, "bags", name);
  await writeAnnotatedBag(bag("good/good.mcap"), { outcome: "success" });
  await writeAnnotatedBag(bag("bad/bad.mcap"), { outcome: "failure", biasM: 0.3, episode: "run2" });
  await writeAnnotatedBag(bag("bare/bare.mcap"), { withRewards: false });
});
afterAll(() => rm(folder, { recursive: true }));

/** What the command prints; it rejects with its error. */
function evaluate(...args: string[]): Promise<string> {
  return printedBy(evaluateRewardsCommand(), ...args);
}

async function failure(...args: string[]): Promise<UserError> {
  const error = await evaluate(...args).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe("evaluate rewards", () => {
  it("judges the annotated bags of a folder together and passes over the bare ones", async () => {
    const printed = await evaluate(join(folder, "bags"));
    expect(printed).toContain("2 episodes, 60 images; task pick; model rgbd");
    expect(printed).toMatch(/auroc +1\.0000 +2\/2/);
    expect(printed).toContain("vs bowl");
    expect(printed).toMatch(/run2 +front +failure +stated/);
  });

  it("writes the figures as JSON under the keys of the thresholds", async () => {
    const json = join(folder, "metrics.json");
    await evaluate(join(folder, "bags"), "--json", json, "--max", "auroc=1");
    const { figures, episodes } = JSON.parse(await readFile(json, "utf8"));
    expect(figures["to_mug.mae"].value).toBeCloseTo(0.15, 6);
    // Not every figure has a value: the gripper never touches the bowl.
    expect(figures["to_mug.wrong_target.floor_at_contact"]).toEqual({ value: null, n: 0, of: 60 });
    expect(episodes).toHaveLength(2);
  });

  it("fails with exit code 1 and the names of the thresholds that failed", async () => {
    const error = await failure(
      ...[
        join(folder, "bags"),
        "--min",
        "auroc=0.9",
        "--max",
        "mae=0.01",
        "--min",
        "spearman=0.99",
      ],
    );
    expect(error.exitCode).toBe(1);
    expect(error.message).toMatch(/2 of the thresholds failed/);
    expect(error.message).toMatch(/to_mug\.mae is 0\.15\d* \(n = 60\/60\), the max is 0\.01/);
    expect(error.message).toContain("to_mug.spearman");
    expect(error.message).not.toContain("auroc");
  });

  it("lists the keys when one is unknown, with exit code 2", async () => {
    const error = await failure(join(folder, "bags"), "--min", "spaerman=1");
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain("to_mug.spearman");
  });

  it("says what to do about a recording without rewards", async () => {
    const error = await failure(join(folder, "bags/bare"));
    expect(error.message).toContain("annotate it first: spatial-reward annotate");
  });
});
