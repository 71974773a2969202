import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { requireRos } from "../../src/ros/detectRos.js";
import { RosError } from "../../src/ros/index.js";

describe("requireRos", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "opt-ros-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function install(distro: string): void {
    mkdirSync(join(root, distro));
    writeFileSync(join(root, distro, "setup.bash"), "");
  }

  it("is content where a ROS 2 is sourced", () => {
    const env = { ROS_DISTRO: "humble", AMENT_PREFIX_PATH: "/opt/ros/humble" };
    expect(requireRos(env, root)).toBe("humble");
  });

  it("says in one line what to source", () => {
    install("jazzy");
    install("humble");
    mkdirSync(join(root, "empty"));
    writeFileSync(join(root, "env.sh"), "");
    expect(() => requireRos({ ROS_DISTRO: "humble" }, root)).toThrow(
      new RosError(
        `ROS 2 is not sourced; first run: source ${root}/humble/setup.bash or source ${root}/jazzy/setup.bash`,
      ),
    );
  });

  it("says that there is no ROS 2 where none is installed", () => {
    expect(() => requireRos({}, join(root, "none"))).toThrow(/^ROS 2 not found/);
  });
});
