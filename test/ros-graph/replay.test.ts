import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { damagedRecording } from "../support/damagedRecording.js";
import { type DenseReward, REWARD_TYPE, stampNsOf } from "./messages.js";
import { endAll, hasRos, launch, RosProcess, ros2, ros2Output } from "./RosProcess.js";

/** VALIDITY_INVALID of a reward. */
const INVALID = 2;

interface JsonReward {
  readonly stamp_ns: string;
  readonly reward: number | null;
  readonly stage: string;
  readonly measurements: Readonly<Record<string, { readonly value: number | null }>>;
}

describe.skipIf(!hasRos)("replay.launch.py", () => {
  let folder: string;
  let bag: string;
  let temporary: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "replay-"));
    bag = join(folder, "success_3");
    temporary = join(folder, "tmp");
    await mkdir(temporary);
    const size = ["--size", "320x240", "--rate", "5", "--seed", "3"];
    const cli = ["run", "spatial_reward_bridge", "spatial_reward"];
    await ros2Output(...cli, "sim", "record", ...size, "-o", folder);
  });
  const replayQuickly = (...args: string[]) =>
    new RosProcess("env", [
      ...[`TMPDIR=${temporary}`, "ros2", "launch", "spatial_reward_bridge", "replay.launch.py"],
      ...[`bag:=${bag}`, "task:=reach", "vlm:=rgbd", "linger:=1.0", "rate:=4.0", ...args],
    ]);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  afterEach(endAll);

  it("gives the rewards of `spatial-reward annotate`, stamp by stamp", async () => {
    const file = join(folder, "rewards.jsonl");
    const cli = ["run", "spatial_reward_bridge", "spatial_reward"];
    const task = join(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml");
    await ros2Output(...cli, "annotate", bag, "--vlm", "rgbd", "--task", task, "-o", file);
    const text = await readFile(file, "utf8");
    const offline = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as JsonReward);

    const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
    // Slowly: the whole is to be compared, however busy the machine is.
    const replay = launch(
      ...(["replay.launch.py", "task:=pick_and_place", "vlm:=rgbd", "rate:=0.3"] as const),
      `bag:=${bag}`,
    );
    expect(await replay.exit()).toBe(0);
    const [playing] = replay.output.split("/clock is no longer published");
    expect(playing).not.toMatch(/no image on|jumped back/);

    const live = echo.messages as DenseReward[];
    expect(live.map(stampNsOf)).toEqual(offline.map(({ stamp_ns }) => BigInt(stamp_ns)));
    expect(live.map(summaryOf)).toEqual(
      offline.map(({ reward, stage, measurements }) => ({
        reward: reward ?? Number.NaN,
        stage,
        values: Object.values(measurements).map(({ value }) => value ?? Number.NaN),
      })),
    );
    expect(live.length).toBeGreaterThan(40);
  });

  it("refuses images whose lens contradicts the robot's transforms, and says so", async () => {
    const doubled = join(folder, "doubled");
    await damagedRecording(bag, doubled, {
      info: ({ k: [fx = 0, ...others] }) => ({ k: [2 * fx, ...others] }),
    });
    const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
    const replay = launch(
      ...(["replay.launch.py", "task:=pick_and_place", "vlm:=rgbd", "rate:=1.0"] as const),
      `bag:=${doubled}`,
    );
    await replay.exit();
    const { validity, reason } = (echo.messages as DenseReward[]).at(-1) ?? {};
    expect(reason).toMatch(/camera_info: fx is (1\.9|2\.0|2\.1)\d* times/);
    expect(validity).toBe(INVALID);
  });

  it("fails where the bag does not have the camera that is asked for", async () => {
    const replay = replayQuickly("camera:=/camera/colour", "patience:=20.0");
    expect(await replay.exit()).not.toBe(0);
    expect(replay.output).toMatch(/the bridge was not ready within patience/);
  });

  it("fails where the camera is there and no image comes, and leaves no file behind", async () => {
    // Another node speaks on the topic, of something else.
    ros2("topic", "pub", "-r", "1", "/other/image_raw", "std_msgs/msg/String");
    const replay = replayQuickly("camera:=/other", "image_transport:=raw");
    expect(await replay.exit()).not.toBe(0);
    expect(replay.output).toMatch(/no image came to the bridge.*\/camera\/color\/image_raw/);
    // The launch system leaves files of its own.
    const left = await readdir(temporary);
    expect(left.filter((name) => !name.startsWith("launch_params_"))).toEqual([]);
  });

  it("says which recording is missing", async () => {
    const replay = launch("replay.launch.py", "bag:=/nowhere/run1", "task:=pick");
    expect(await replay.exit()).not.toBe(0);
    expect(replay.output).toContain("/nowhere/run1");
  });
});

function summaryOf({ reward, stage, measurement_values }: DenseReward) {
  return { reward, stage, values: measurement_values };
}
