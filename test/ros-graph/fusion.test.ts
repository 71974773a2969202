import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { calibrationKey } from "../../src/calibrate/index.js";
import { createVlm } from "../../src/models/index.js";
import { chatServer, say } from "../support/chatServer.js";
import { type DenseReward, REWARD_TYPE, stampNsOf } from "./messages.js";
import { endAll, hasRos, launch, ros2, ros2Output } from "./RosProcess.js";

interface FusedReward extends DenseReward {
  readonly predicted: boolean;
  readonly measurement_bases: readonly string[];
}

/** What a model is worth whose prompt has that fingerprint. */
function calibrationText(fingerprint: string): string {
  return `version: 1
model: test-model
model_sha256: ${calibrationKey({ fingerprint })}
task: pick_and_place
recordings: []
episodes: 5
answers: 500
lengths:
  all:
    curve: { slope: 0.57, offset_m: 0.06, floor_m: 0.11 }
    spread: { relative_sigma: 0.25, absolute_sigma_m: 0.01, wild_share: 0.03 }
    correlation_s: 0
    conformal: { factor_68: 1, factor_95: 2 }
    holds_m: [0.02, 0.6]
    curve_sigma: { relative_slope: 0.05, offset_m: 0.005 }
`;
}

describe.skipIf(!hasRos)("a bridge that fuses what a served model says with the robot", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fused-"));
  });
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The simulated robot, and a bridge on a server that thinks for 0.4 s; echoes a reward topic. */
  async function start(...args: readonly string[]) {
    const server = await chatServer(async (response) => {
      await sleep(400);
      say(response, "About 25 cm.");
    });
    const simulator = ros2("run", "spatial_reward_bridge", "simulator");
    await simulator.says(/episode success_0/);
    const bridge = launch(
      "bridge.launch.py",
      ...["task:=pick_and_place", `vlm:=${server.spec}`, "camera:=/camera/color"],
      ...["image_transport:=compressed", "use_sim_time:=true", ...args],
    );
    return { bridge, server };
  }

  async function echoed(topic: string, isEnough: (rewards: readonly FusedReward[]) => boolean) {
    const echo = ros2("topic", "echo", "--full-length", `/spatial_reward/${topic}`, REWARD_TYPE);
    await echo.until(() => isEnough(echo.messages as FusedReward[]), `rewards on ${topic}`);
    await echo.end();
    return echo.messages as FusedReward[];
  }

  it("publishes rewards between the images, and again once the answers before them have come", async () => {
    const { bridge } = await start("fused_rate:=20", "corrections:=true");
    await bridge.says(/the model .* is ready/);
    const isCorrected = (rewards: readonly FusedReward[]) =>
      rewards.filter(({ predicted }) => predicted).length >= 6 &&
      rewards.filter(({ predicted }) => !predicted).length >= 3;
    const [rewards, corrected] = await Promise.all([
      echoed("reward", isCorrected),
      echoed("reward_corrected", isCorrected),
    ]);
    const predicted = rewards.filter((reward) => reward.predicted);
    for (const { measurement_bases: bases } of predicted) expect(bases).toContain("predicted");
    const stamps = rewards.filter((reward) => reward.predicted).map(stampNsOf);
    expect(new Set(stamps).size).toBe(stamps.length);
    // An image's reward, then what was predicted for stamps after it.
    for (const [i, reward] of corrected.entries()) {
      if (!reward.predicted) continue;
      const image = corrected.slice(0, i).findLast((before) => !before.predicted);
      if (image) expect(stampNsOf(reward)).toBeGreaterThan(stampNsOf(image));
    }
  });

  it("uses the calibration of its model, and warns of one that is another model's", async () => {
    const { server, bridge: first } = await start();
    await first.says(/the model .* is ready/);
    const vlm = await createVlm(server.spec);
    const own = join(folder, "own.yaml");
    writeFileSync(own, calibrationText(vlm.fingerprint));
    await vlm.close();
    const set = (path: string) =>
      ros2Output("param", "set", "/spatial_reward", "calibration", path);
    expect(await set(own)).toMatch(/successful/);
    const other = join(folder, "other.yaml");
    writeFileSync(other, calibrationText("another prompt"));
    expect(await set(other)).toMatch(/not the calibration of this model/);
    const status = await ros2Output("topic", "echo", "--once", "/spatial_reward/status");
    expect(status).not.toMatch(/no calibration is used/);
    const rewards = await echoed("reward", (seen) => seen.length >= 2);
    expect(rewards.at(-1)?.measurement_bases).toContain("fused");
  });
});
