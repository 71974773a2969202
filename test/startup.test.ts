import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BagWriter } from "../src/sources/index.js";
import { loadedCode } from "./support/loadedCode.js";

const MAIN = "dist/cli/main.js";

/** Each takes a tenth of a second or more, or is for few programs. */
const HEAVY =
  /^(@huggingface|@mujoco|cacache|cli-progress|cockatiel|d3-s|hyparquet|mathjs|node-sqlite3|onnxruntime|protobufjs|sharp)/;

describe("the command line loads nothing before it is needed", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "startup-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(["--version", "--help", "help sim"])("%s", async (words) => {
    const { packages, rooms } = await loadedCode(MAIN, ...words.split(" "));
    expect(packages).toEqual(["commander"]);
    expect(rooms).toEqual(["base", "cli"]);
  });

  it("bag info", async () => {
    const bag = join(folder, "empty.mcap");
    const writer = await BagWriter.create(bag);
    await writer.addTopic({ name: "/value", type: "std_msgs/msg/Float64" });
    await writer.close();
    const { packages, rooms } = await loadedCode(MAIN, "bag", "info", bag);
    expect(packages.filter((name) => HEAVY.test(name) || name.includes("rosmsg"))).toEqual([]);
    expect(rooms).toEqual(["base", "camera", "cli", "sources"]);
  });

  it("task check", async () => {
    const task = "examples/tasks/pick_and_place.yaml";
    const { packages } = await loadedCode(MAIN, "task", "check", task);
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
  });
});

describe("the library", () => {
  it("is imported without packages that few programs need, and without the rooms of other doors", async () => {
    const { packages, rooms } = await loadedCode(
      "--input-type=module",
      "-e",
      'await import("spatial-reward-bridge")',
    );
    expect(packages.filter((name) => HEAVY.test(name))).toEqual([]);
    const ownDoors = ["cli", "dataset", "evaluate", "reason", "report", "ros", "sim"];
    expect(rooms.filter((room) => ownDoors.includes(room))).toEqual([]);
  });
});
