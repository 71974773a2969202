import { spawnSync } from "node:child_process";
import { link, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryName } from "../../src/base/index.js";
import {
  findRecordings,
  InputError,
  InputTwiceError,
  onlyRecording,
  recordingName,
} from "../../src/sources/index.js";

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

  it("finds recordings whose extension is in capitals, as cards of cameras write it", async () => {
    expect(await found(".", { "A.MCAP": "", "b.Bag": "" })).toEqual(["A.MCAP", "b.Bag"]);
    expect(await recordingName(join(folder, "A.MCAP"))).toBe("A");
  });

  it("takes a rosbag2 folder as one recording", async () => {
    const files = { "run/run_0.mcap": "", "run/run_1.mcap": "" };
    const yaml = { "run/metadata.yaml": metadata("run_0.mcap", "run_1.mcap") };
    expect(await found("run", { ...files, ...yaml })).toEqual(["run"]);
  });

  it("takes the numbered files of a killed recorder as one recording", async () => {
    expect(await found("run", { "run/run_0.db3": "", "run/run_1.db3": "" })).toEqual(["run"]);
  });

  it("takes numbered bags of ROS 1 one by one, in capitals as well", async () => {
    for (const ending of ["bag", "BAG"]) {
      const names = [`run/run_0.${ending}`, `run/run_1.${ending}`];
      const files = Object.fromEntries(names.map((name) => [name, ""]));
      expect(await found("run", files)).toEqual(expect.arrayContaining(names));
    }
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

describe("what is still being written", () => {
  /** A recorder's name for `path` until it is complete, of a process. */
  const unfinished = (path: string, pid: number) =>
    temporaryName(path).replace(`.${process.pid}-`, `.${pid}-`);
  const dead = () => spawnSync(process.execPath, ["-e", ""]).pid;

  const finding = async (...names: readonly string[]) => {
    const skipped: string[] = [];
    const paths = names.map((name) => join(folder, name));
    const bags = await findRecordings(paths, (line) => skipped.push(line));
    return { bags: bags.map((bag) => bag.slice(folder.length + 1)), skipped };
  };

  it("is passed over in a folder, and said with its process", async () => {
    const name = unfinished("b", process.ppid);
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "b.mcap"), "");
    await writeFile(join(folder, "a.mcap"), "");
    const { bags, skipped } = await finding("");
    expect(bags).toEqual(["a.mcap"]);
    expect(skipped).toEqual([
      `${join(folder, name)} is still being written by process ${process.ppid}, and was passed over`,
    ]);
  });

  it("is passed over among the names that a shell gives", async () => {
    const name = unfinished("b.mcap", process.ppid);
    for (const each of ["a.mcap", name]) await writeFile(join(folder, each), "");
    expect((await finding("a.mcap", name)).bags).toEqual(["a.mcap"]);
    await expect(finding(name)).rejects.toThrow(/nothing to read yet.*still being written/);
  });

  it("is of another machine while the lock of its output is there", async () => {
    const name = temporaryName("b").replace(/-[0-9a-f]{8}-/, "-00000000-");
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "b.mcap"), "");
    expect((await finding("")).bags).toEqual([`${name}/b.mcap`]);
    await writeFile(join(folder, "b.lock"), "");
    await expect(finding("")).rejects.toThrow("of another machine");
  });

  it("is read where its recorder was killed: its damage is said then", async () => {
    const name = unfinished("b", dead());
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "b.mcap"), "");
    expect(await finding("")).toEqual({ bags: [`${name}/b.mcap`], skipped: [] });
    await rename(join(folder, name), join(folder, "b"));
    expect((await finding("")).bags).toEqual(["b/b.mcap"]);
  });
});

describe("a recording that is named twice", () => {
  it.each([
    ["by its own name", ["run", "run/a.mcap"]],
    ["by a way round", ["run/a.mcap", "run/../run/a.mcap"]],
    ["by a link", ["run/a.mcap", "link.mcap"]],
    ["by a linked folder", ["run", "linked"]],
    ["by a hard link", ["run/a.mcap", "hard.mcap"]],
    ["by the folder that it is the file of", ["killed", "killed/killed_0.mcap"]],
  ])("is refused, %s", async (_, names) => {
    await mkdir(join(folder, "run"));
    await writeFile(join(folder, "run", "a.mcap"), "");
    await symlink(join(folder, "run", "a.mcap"), join(folder, "link.mcap"));
    await symlink(join(folder, "run"), join(folder, "linked"));
    await link(join(folder, "run", "a.mcap"), join(folder, "hard.mcap"));
    await mkdir(join(folder, "killed"));
    await writeFile(join(folder, "killed", "killed_0.mcap"), "");
    const finding = findRecordings(names.map((name) => join(folder, name)));
    await expect(finding).rejects.toThrow(InputTwiceError);
    await expect(finding).rejects.toThrow("name each recording once");
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

describe("onlyRecording", () => {
  const only = async (...names: readonly string[]): Promise<string> => {
    await mkdir(join(folder, "in"));
    await found(".", Object.fromEntries(names.map((name) => [`in/${name}`, ""])));
    const path = await onlyRecording(join(folder, "in"));
    return path.slice(folder.length + 1);
  };

  it.each(["a.mcap", "A.MCAP", "ros1.bag", "day1/run1.mcap"])(
    "takes %s in a folder",
    async (name) => {
      expect(await only(name)).toBe(`in/${name}`);
    },
  );

  it.each([
    ["A.MCAP", "b.mcap"],
    ["a.bag", "b.mcap"],
    ["day1/a.mcap", "day2/a.mcap"],
  ])("says that there are %s and %s, of which one is to be named", async (...names) => {
    const message = await only(...names).catch((error: InputError) => error.message);
    expect(message).toMatch(/in holds 2 recordings; name one of them:/);
    for (const name of names) expect(message).toContain(join(folder, "in", name));
  });

  it("lists ten of many", async () => {
    const names = Array.from({ length: 14 }, (_, i) => `run${i}x.mcap`);
    await expect(only(...names)).rejects.toThrow(/run9x\.mcap\n {2}and 4 more$/);
  });

  it("takes numbered files as one recording, as they are opened", async () => {
    expect(await only("old_0.mcap", "old_1.mcap")).toBe("in");
  });

  it("leaves what is no folder to who opens it", async () => {
    expect(await onlyRecording("nowhere.mcap")).toBe("nowhere.mcap");
    expect(await onlyRecording("sim?seed=7")).toBe("sim?seed=7");
    await expect(only()).rejects.toThrow(InputError);
  });
});
