import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../support/cli.js";

const TASK = "examples/tasks/pick_and_place.yaml";
const SIM = "sim?seed=7&width=160&height=120&rate=1";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("doctor", () => {
  it("names the parts that are there and the model that answers, and misses nothing", async () => {
    const { stdout, code } = await runCli("doctor", SIM, "-t", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/depth +in every image/);
    expect(stdout).toMatch(/masks +in every image/);
    expect(stdout).toMatch(/rgbd +works: \d+ of \d+ answered, median sigma \d/);
    expect(stdout).toMatch(/embedded +works/);
    expect(stdout).toMatch(/plane +(works|does not work): \d+ of \d+ answered/);
    expect(stdout).toMatch(/rgbd\?masks=clusters +(works|does not work): \d+ of \d+ answered/);
    expect(stdout).toContain("Use --vlm rgbd. Nothing is missing.");
  });

  it("says what would help where there is color only", async () => {
    const picture = join(folder, "grey.png");
    await sharp({ create: { width: 160, height: 120, channels: 3, background: "#777" } })
      .png()
      .toFile(picture);
    const { stdout, code } = await runCli("doctor", picture, "-t", TASK);
    expect(code).toBe(0);
    expect(stdout).toMatch(/depth +in 0 of 1 images/);
    expect(stdout).toMatch(/rgbd +does not work: 0 of/);
    expect(stdout).toContain("record camera_info");
    expect(stdout).toMatch(/plane +does not work: 0 of/);
  });
});

describe("annotate without --vlm", () => {
  it("takes rgbd where that answers, and says why", async () => {
    const out = join(folder, "r.jsonl");
    const { stderr, code } = await runCli("annotate", SIM, "-t", TASK, "-o", out);
    expect(code).toBe(0);
    expect(stderr).toMatch(/model {4}rgbd \(it answers \d+ of \d+ questions about \d+ images\)/);
  });

  it("takes embedded where there is no depth", async () => {
    const picture = join(folder, "one.png");
    await sharp({ create: { width: 160, height: 120, channels: 3, background: "#777" } })
      .png()
      .toFile(picture);
    const out = join(folder, "e.jsonl");
    const { stderr } = await runCli("annotate", picture, "-t", TASK, "-o", out);
    expect(stderr).toMatch(/model {4}embedded \(rgbd does not: .*depth/);
  });
});
