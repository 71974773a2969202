import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RosError } from "../../src/ros/index.js";
import { loadBinary } from "../../src/ros/rclnodejs/loadRclnodejs.js";

describe("the native part of rclnodejs", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rclnodejs-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is asked for in words where it is missing", () => {
    const load = () => loadBinary(folder, "humble");
    expect(load).toThrow(RosError);
    expect(load).toThrow(/has no binary for ROS 2 humble .*`npm rebuild rclnodejs`/);
  });

  it("is left as it is where it does not load", () => {
    const binary = join(folder, "build", "Release", "rclnodejs.node");
    mkdirSync(join(folder, "build", "Release"), { recursive: true });
    writeFileSync(binary, "built for another system");
    const load = () => loadBinary(folder, "humble");
    expect(load).toThrow(RosError);
    expect(load).toThrow(/cannot be loaded with ROS 2 humble: .*`npm rebuild rclnodejs`/);
    expect(readFileSync(binary, "utf8")).toBe("built for another system");
  });
});
