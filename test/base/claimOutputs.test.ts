import { link, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  claimOutputs,
  OutputFile,
  OutputKeptError,
  OutputPlace,
  SameOutputError,
  writeWhole,
} from "../../src/base/index.js";

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claims-"));
});
afterEach(() => rm(folder, { recursive: true }));

const MINE = { by: "annotate", overwrite: false };
const OVERWRITE = { by: "annotate", overwrite: true };

async function make(path: string, by = "annotate"): Promise<void> {
  await claimOutputs([path], { by, overwrite: false });
  await writeWhole(path, "made");
}

describe("claimOutputs", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["a file of somebody", () => writeFile(at("r.csv"), "his")],
    ["an empty file", () => writeFile(at("r.csv"), "")],
    [
      "an output of ours that was changed since",
      async () => {
        await make(at("r.csv"));
        await writeFile(at("r.csv"), "made and changed");
      },
    ],
    ["what another command made", () => make(at("r.csv"), "sim record")],
    [
      "a stranger's file under a name that we wrote elsewhere",
      async () => {
        await make(at("other.csv"));
        await writeFile(at("r.csv"), "made");
      },
    ],
    [
      "a link to a file of somebody",
      async () => {
        await writeFile(at("his.csv"), "his");
        await symlink(at("his.csv"), at("r.csv"));
      },
    ],
    [
      "a hard link to a file of somebody",
      async () => {
        await writeFile(at("his.csv"), "his");
        await link(at("his.csv"), at("r.csv"));
      },
    ],
    ["a link that leads nowhere", () => symlink(at("unmounted.csv"), at("r.csv"))],
    [
      "a file under a record that is garbage",
      async () => {
        await writeFile(at("r.csv"), "his");
        await mkdir(at(".spatial-reward"));
        await writeFile(at(".spatial-reward", "r.csv.made"), '{"by":"annotate","digests":[null]}');
      },
    ],
  ])("refuses to replace %s, and says what to do", async (_, prepare) => {
    await prepare();
    const claimed = claimOutputs([at("r.csv")], MINE);
    await expect(claimed).rejects.toThrow(OutputKeptError);
    await expect(claimed).rejects.toThrow(/r\.csv is there already.*--overwrite/);
    await expect(claimOutputs([at("r.csv")], OVERWRITE)).resolves.toBeUndefined();
  });

  it("refuses what is there through a linked folder too", async () => {
    await mkdir(at("real"));
    await writeFile(at("real", "r.csv"), "his");
    await symlink(at("real"), at("linked"));
    await expect(claimOutputs([at("linked", "r.csv")], MINE)).rejects.toThrow(OutputKeptError);
  });

  it("lets a command replace what it made, also through a linked folder", async () => {
    await mkdir(at("real"));
    await symlink(at("real"), at("linked"));
    await make(at("real", "r.csv"));
    await make(at("linked", "r.csv"));
    await make(at("real", "r.csv"));
    expect(await readFile(at("real", "r.csv"), "utf8")).toBe("made");
  });

  it("does not touch the target of a link that is overwritten", async () => {
    await writeFile(at("his.csv"), "his");
    await symlink(at("his.csv"), at("r.csv"));
    await claimOutputs([at("r.csv")], OVERWRITE);
    await writeWhole(at("r.csv"), "new");
    expect(await readFile(at("his.csv"), "utf8")).toBe("his");
    expect(await readFile(at("r.csv"), "utf8")).toBe("new");
  });

  it("refuses a file that came while the output was written", async () => {
    await claimOutputs([at("r.jsonl")], MINE);
    const file = await OutputFile.create(at("r.jsonl"));
    await file.write(Buffer.from("rows"));
    await writeFile(at("r.jsonl"), "his");
    await expect(file.finish()).rejects.toThrow(OutputKeptError);
    await file.discard();
    expect(await readFile(at("r.jsonl"), "utf8")).toBe("his");
  });

  it("still knows the file of before where a run was killed between the record and the name", async () => {
    await make(at("r.csv"));
    const before = await readFile(at("r.csv"));
    await claimOutputs([at("r.csv")], MINE);
    await writeWhole(at("r.csv"), "newer");
    await writeFile(at("r.csv"), before);
    await expect(claimOutputs([at("r.csv")], MINE)).resolves.toBeUndefined();
  });

  describe("where it may overwrite", () => {
    const MCAP = Buffer.from("\x89MCAP0\r\n", "latin1");
    it.each<[string, string, () => Promise<unknown>]>([
      ["a bag", "r.mcap", () => writeFile(at("r.mcap"), MCAP)],
      ["a bag whose beginning is damaged", "r.mcap", () => writeFile(at("r.mcap"), "his")],
      ["a bag under the name of a table", "r.csv", () => writeFile(at("r.csv"), MCAP)],
      ["SQLite", "r.csv", () => writeFile(at("r.csv"), "SQLite format 3\0")],
      ["a bag of ROS 1", "r.csv", () => writeFile(at("r.csv"), "#ROSBAG V2.0\n")],
      ["a video", "r.csv", () => writeFile(at("r.csv"), "\0\0\0\x20ftypisom")],
      ["a picture", "r.png", () => writeFile(at("r.png"), Buffer.from("\x89PNG\r\n", "latin1"))],
      [
        "a link to a bag",
        "r.csv",
        async () => {
          await writeFile(at("his.mcap"), MCAP);
          await symlink(at("his.mcap"), at("r.csv"));
        },
      ],
      [
        "a hard link to a bag",
        "r.csv",
        async () => {
          await writeFile(at("his.mcap"), MCAP);
          await link(at("his.mcap"), at("r.csv"));
        },
      ],
      ["a bag that another command made", "r.mcap", () => make(at("r.mcap"), "sim record")],
      [
        "a bag that came in the place of our own",
        "r.mcap",
        async () => {
          await make(at("r.mcap"));
          await writeFile(at("r.mcap"), MCAP);
        },
      ],
      [
        "the folder of a bag",
        "run",
        async () => {
          await mkdir(at("run"));
          for (const name of ["metadata.yaml", "run_0.mcap"])
            await writeFile(at("run", name), "his");
        },
      ],
    ])("never replaces %s that somebody made", async (_, name, prepare) => {
      await prepare();
      const claimed = claimOutputs([at(name)], OVERWRITE);
      await expect(claimed).rejects.toThrow(OutputKeptError);
      await expect(claimed).rejects.toThrow(/--overwrite does not replace it.*remove it yourself/);
    });

    it("replaces a bag that it made itself, and an empty file", async () => {
      await make(at("r.mcap"));
      await claimOutputs([at("r.mcap")], OVERWRITE);
      await writeFile(at("empty.mcap"), "");
      await claimOutputs([at("empty.mcap")], OVERWRITE);
    });

    it.each([
      ["a plain run", MINE],
      ["--overwrite", OVERWRITE],
    ])(
      "%s replaces the folder of a bag that it made, and none with more in it",
      async (_, again) => {
        await claimOutputs([at("run")], MINE);
        const write = async (name: string) => {
          const place = await OutputPlace.take(at("run"));
          await place.createFolder();
          await writeFile(join(place.temporary, "metadata.yaml"), "made");
          await writeFile(join(place.temporary, name), "made");
          await place.publish();
        };
        await write("run_0.mcap");
        await claimOutputs([at("run")], again);
        await write("new.mcap");
        expect(await readFile(at("run", "new.mcap"), "utf8")).toBe("made");
        await writeFile(at("run", "notes.txt"), "his");
        await expect(claimOutputs([at("run")], again)).rejects.toThrow(OutputKeptError);
      },
    );

    it("never replaces a folder of a bag that was changed while the new one was written", async () => {
      await claimOutputs([at("run")], MINE);
      const place = await OutputPlace.take(at("run"));
      await place.createFolder();
      await mkdir(at("run"));
      await writeFile(at("run", "metadata.yaml"), "his");
      await expect(place.publish()).rejects.toThrow(OutputKeptError);
      expect(await readFile(at("run", "metadata.yaml"), "utf8")).toBe("his");
      await place.discard();
    });
  });

  it("never takes a folder for a file", async () => {
    await mkdir(at("r.jsonl"));
    await expect(claimOutputs([at("r.jsonl")], OVERWRITE)).rejects.toThrow("folder with that name");
  });
});

describe("outputs of one command", () => {
  it.each<[string, () => Promise<readonly [string, string]>]>([
    ["the same path twice", async () => [at("r.yaml"), at("r.yaml")]],
    ["two spellings", async () => [at("r.yaml"), `${folder}/./sub/../r.yaml`]],
    [
      "a folder and a link to it",
      async () => {
        await mkdir(at("sub"));
        await symlink(at("sub"), at("other"));
        return [at("sub", "r.yaml"), at("other", "r.yaml")];
      },
    ],
    [
      "a file and a link to it",
      async () => {
        await writeFile(at("r.yaml"), "");
        await symlink(at("r.yaml"), at("link.html"));
        return [at("r.yaml"), at("link.html")];
      },
    ],
    [
      "two hard links",
      async () => {
        await writeFile(at("r.yaml"), "");
        await link(at("r.yaml"), at("link.html"));
        return [at("link.html"), at("r.yaml")];
      },
    ],
  ])("are refused where they are one file: %s", async (_, paths) => {
    const claimed = claimOutputs(await paths(), OVERWRITE);
    await expect(claimed).rejects.toThrow(SameOutputError);
    await expect(claimed).rejects.toThrow(/give each output a name of its own/);
  });

  it("may lie side by side", async () => {
    await expect(claimOutputs([at("a.yaml"), at("a.html")], MINE)).resolves.toBeUndefined();
  });
});
