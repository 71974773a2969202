import { link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputKeptError, keepInputs } from "../../src/base/index.js";

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inputs-"));
  await mkdir(at("rec", "deep"), { recursive: true });
  await mkdir(at("out"));
  for (const file of ["run.mcap", "rec/rec_0.mcap", "rec/deep/frame.png", "elsewhere.mcap"]) {
    await writeFile(at(file), file);
  }
  await symlink(at("run.mcap"), at("latest.mcap"));
  await symlink(at("latest.mcap"), at("newest.mcap"));
  await symlink(at("rec"), at("linked"));
  await symlink(folder, at("out", "up"));
  await link(at("run.mcap"), at("hard.mcap"));
  await symlink(at("elsewhere.mcap"), at("rec", "rec_1.mcap"));
  await symlink(at("rec"), at("rec", "deep", "circle"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("keepInputs", () => {
  it.each([
    ["the input itself", "run.mcap", "run.mcap"],
    ["what the input is a link to", "latest.mcap", "run.mcap"],
    ["what a link to a link leads to", "newest.mcap", "run.mcap"],
    ["a link to the input", "run.mcap", "newest.mcap"],
    ["a hard link to the input", "run.mcap", "hard.mcap"],
    ["the input through a linked folder", "run.mcap", "out/up/run.mcap"],
    ["the input through dots", "run.mcap", "out/../run.mcap"],
    ["a new file in an input folder", "rec", "rec/new.mcap"],
    ["a new file in a linked input folder", "rec", "linked/deep/new.jsonl"],
    ["a new file in a folder that is not there yet", "linked", "rec/a/b/c.csv"],
    ["a part of an input folder", "rec", "linked/rec_0.mcap"],
    ["a file elsewhere that is a part of an input folder", "rec", "elsewhere.mcap"],
    ["the folder of an input as a recording", "rec", "linked"],
  ])("refuses %s", async (_, input, output) => {
    await expect(keepInputs([at(input)], [at(output)])).rejects.toThrow(InputKeptError);
    await expect(keepInputs([at(input)], [at(output)])).rejects.toThrow(at(output));
  });

  it.each([
    ["a new file beside the input", "run.mcap", "new.mcap"],
    ["another file that is there", "run.mcap", "elsewhere.mcap"],
    ["a folder beside a file of the same folder", "rec/rec_0.mcap", "rec/out"],
    ["a name that the input's begins with", "run.mcap", "run.mca"],
    ["anything, where the input is no path", "sim:pick?seed=7", "run.mcap"],
  ])("lets %s be written", async (_, input, output) => {
    await expect(keepInputs([at(input)], [at(output)])).resolves.toBeUndefined();
  });
});
