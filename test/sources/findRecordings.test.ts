import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findRecordings, InputError, recordingName } from "../../src/sources/index.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "inputs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const metadata = (...files: string[]): string =>
  `rosbag2_bagfile_information:\n  relative_file_paths: ${JSON.stringify(files)}\n`;

/** Makes files and finds the recordings below a path among them. */
async function found(path: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const bags = await findRecordings([join(folder, path)]);
  return bags.map((bag) => bag.slice(folder.length + 1));
}

describe("findRecordings", () => {
  it("takes a file as it is", async () => {
    expect(await found("a.mcap", { "a.mcap": "" })).toEqual(["a.mcap"]);
  });

  it("takes a rosbag2 folder as one recording", async () => {
    const files = { "run/run_0.mcap": "", "run/run_1.mcap": "" };
    const yaml = { "run/metadata.yaml": metadata("run_0.mcap", "run_1.mcap") };
    expect(await found("run", { ...files, ...yaml })).toEqual(["run"]);
  });

  it("takes the numbered files of a killed recorder as one recording", async () => {
    expect(await found("run", { "run/run_0.db3": "", "run/run_1.db3": "" })).toEqual(["run"]);
  });

  it("finds every recording below a folder, in the order of their numbers", async () => {
    const files = {
      "night/run10.mcap": "",
      "night/run9.db3.zstd": "",
      "night/notes.txt": "",
      "night/deeper/run11/metadata.yaml": metadata("x.mcap"),
      "night/deeper/run11/x.mcap": "",
    };
    expect(await found("night", files)).toEqual([
      "night/deeper/run11",
      "night/run9.db3.zstd",
      "night/run10.mcap",
    ]);
  });

  it("finds the recordings of a folder that holds pictures of them as well", async () => {
    const files = {
      "annotated/run1/metadata.yaml": metadata("run1.mcap"),
      "annotated/run1/run1.mcap": "",
      "annotated/run1.png": "",
    };
    expect(await found("annotated", files)).toEqual(["annotated/run1"]);
  });

  it("does not overlook recordings that a metadata.yaml does not speak of", async () => {
    const files = { "demo/episode.mcap": "", "demo/rewards.mcap": "" };
    const yaml = { "demo/metadata.yaml": metadata("episode.mcap") };
    expect(await found("demo", { ...files, ...yaml })).toEqual(["demo", "demo/rewards.mcap"]);
  });

  it("says so where there is nothing", async () => {
    await expect(found("no.mcap", {})).rejects.toThrow(InputError);
    await expect(found("empty", { "empty/notes.txt": "" })).rejects.toThrow("no recordings");
  });
});

describe("recordingName", () => {
  it.each([
    ["a/run1.mcap", "run1"],
    ["run2/", "run2"],
    ["run3.db3.zstd", "run3"],
    ["photos/cup.jpg", "cup"],
    ["sim?seed=7", "success_7"],
  ])("of %s is %s", async (path, name) => {
    expect(await recordingName(path)).toBe(name);
  });
});
