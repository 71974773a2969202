import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  endAll,
  hasRos,
  isInstalled,
  launch,
  type RosProcess,
  ros2,
  ros2Output,
} from "./RosProcess.js";

const MANAGE = "nav2_msgs/srv/ManageLifecycleNodes";
const hasNav2 = hasRos && isInstalled(MANAGE) && isInstalled("nav2_lifecycle_manager/");
if (hasRos && !hasNav2) {
  console.warn(
    "nav2's lifecycle_manager is SKIPPED: nav2_lifecycle_manager and nav2_msgs are not sourced",
  );
}

/** Commands of MANAGE. */
const COMMANDS = { pause: 1, resume: 2, shutdown: 4 } as const;
const BRIDGE = ["bridge.launch.py", "task:=reach", "vlm:=rgbd", "camera:=/camera/color"] as const;

describe.skipIf(!hasNav2)("a bridge that nav2's lifecycle_manager drives", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nav2-"));
  });
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The real one, with more lines of parameters. */
  function manager(...parameters: readonly string[]): RosProcess {
    const file = join(folder, "manager.yaml");
    const all = ["node_names: [spatial_reward]", "autostart: true", ...parameters];
    const lines = all.map((line) => `    ${line}\n`).join("");
    writeFileSync(file, `lifecycle_manager:\n  ros__parameters:\n${lines}`);
    return ros2(
      ...["run", "nav2_lifecycle_manager", "lifecycle_manager", "--ros-args"],
      ...["--params-file", file],
    );
  }

  const state = () => ros2Output("lifecycle", "get", "--no-daemon", "/spatial_reward");
  const manage = (command: keyof typeof COMMANDS) =>
    ros2Output(
      ...["service", "call", "/lifecycle_manager/manage_nodes", MANAGE],
      `{command: ${COMMANDS[command]}}`,
    );

  it("comes up with its bond, and again after it was killed", async () => {
    const bridge = launch(...BRIDGE, "autostart:=false", "respawn:=true");
    // Longer than DDS takes a killed process for alive: the manager would ask it and wait for ever.
    const driver = manager("bond_timeout: 15.0", "bond_respawn_max_duration: 120.0");
    await driver.says(/Server spatial_reward connected with bond/);
    await driver.says(/Managed nodes are active/);
    expect(await state()).toContain("active [3]");
    const pid = /process started with pid \[(\d+)\]/.exec(bridge.output)?.[1];
    process.kill(Number(pid), "SIGKILL");
    await driver.says(/SERVER spatial_reward IS DOWN/);
    await driver.says(/re-established connections from server respawns/);
    await driver.until(
      () => driver.output.match(/Managed nodes are active/g)?.length === 2,
      "the second bring-up",
    );
    expect(await state()).toContain("active [3]");
    expect(await manage("shutdown")).toContain("success=True");
    expect(await state()).toContain("finalized [4]");
  });

  it("is paused and resumed by a manager without bonds", async () => {
    launch(...BRIDGE, "autostart:=false");
    const driver = manager("bond_timeout: 0.0");
    await driver.says(/Managed nodes are active/);
    expect(driver.output).not.toMatch(/bond/);
    expect(await manage("pause")).toContain("success=True");
    expect(await state()).toContain("inactive [2]");
    expect(await manage("resume")).toContain("success=True");
    expect(await state()).toContain("active [3]");
  });
});
