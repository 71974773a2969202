import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { REACH_M, SQUARES_TASK } from "../support/rgbdRecording.js";
import { type DenseReward, REWARD_TYPE } from "./messages.js";
import { endAll, hasRos, isInstalled, launch, RosProcess, ros2 } from "./RosProcess.js";

const YOLO = "yolo_msgs/msg/DetectionArray";
const hasYolo = isInstalled(YOLO);
if (hasRos && !hasYolo) {
  console.warn("labels of yolo_ros on a graph are SKIPPED: the package yolo_msgs is not sourced");
}

describe.skipIf(!hasRos)("a bridge beside a camera's other topics", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "roles-"));
    // A busy machine makes no answer late.
    writeFileSync(join(folder, "squares.yaml"), `${SQUARES_TASK}staleness: 60 s\n`);
  });
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The reaches of the last of 15 rewards, whose validity is ok. */
  async function measured(how: "misnamed" | "boxes" | "masks") {
    const script = join(import.meta.dirname, "../support/squaresTraffic.ts");
    const camera = new RosProcess(process.execPath, [
      ...["--import", "tsx", script, inject("rosApp") ?? "", how],
    ]);
    await camera.says(/ready/);
    const task = `task:=${join(folder, "squares.yaml")}`;
    const bridge = launch("bridge.launch.py", task, "vlm:=rgbd", "camera:=/cam/color");
    await bridge.says(/model rgbd is ready/);
    const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
    await echo.until(() => echo.messageCount > 15, "15 rewards");
    await echo.end();
    const last = (echo.messages as DenseReward[]).slice(-5);
    for (const { validity, reason } of last) expect([validity, reason]).toEqual([0, ""]);
    return { bridge, reachesM: last.map(({ measurement_values: [reach = Number.NaN] }) => reach) };
  }

  it("tells them apart by their messages, not by their names", async () => {
    const { bridge, reachesM } = await measured("misnamed");
    for (const reach of reachesM) expect(reach).toBeCloseTo(REACH_M, 1);
    expect(bridge.output).toMatch(
      /no longer read from \/cam\/depth\/image_raw \(other: rgb8: a picture of depth\)/,
    );
  });

  for (const how of ["boxes", "masks"] as const) {
    it.skipIf(!hasYolo)(`takes the ${how} of yolo_ros for labels`, async () => {
      const { reachesM } = await measured(how);
      for (const reach of reachesM) expect(reach).toBeCloseTo(REACH_M, 1);
    });
  }
});
