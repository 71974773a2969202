import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { median } from "../../bench/median.js";
import { chatServer, say } from "../support/chatServer.js";
import { graspScene, HELD_S } from "../support/graspScene.js";
import { type DenseReward, REWARD_TYPE, stampNsOf } from "./messages.js";
import { endAll, hasRos, launch, RosProcess, ros2 } from "./RosProcess.js";

const TASK = `name: pick
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: { attached: true } }
  mug: { phrase: the red mug, frame: mug_frame }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
staleness: 5 s
reward: { terms: { near: -reach } }
`;

/** When all moves are over, s. */
const OVER_S = 9.6;

interface FusedReward extends DenseReward {
  readonly measurement_sigmas: readonly number[];
  readonly measurement_bases: readonly string[];
}

/** The reach at a time, by the robot's moves and by the bridge. */
interface Reach {
  readonly timeS: number;
  readonly trueM: number;
  readonly fusedM: number;
  readonly sigmaM: number;
}

describe.skipIf(!hasRos)("a bridge on a robot whose TF tells what it holds", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "attached-"));
    writeFileSync(join(folder, "pick.yaml"), TASK);
  });
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /**
   * A grasp, seen by a model whose lengths are those of the SpatialVLM paper, figure 5: a slope of
   * 0.57 and an offset of 6 cm.
   */
  async function reachesOf(
    how: "hung" | "moved" | "untold",
  ): Promise<{ reaches: readonly Reach[]; bridge: RosProcess }> {
    let beginMs = Number.POSITIVE_INFINITY;
    const server = await chatServer((response) => {
      const { distanceM } = graspScene((Date.now() - beginMs) / 1000);
      say(response, `About ${(57 * distanceM + 6).toFixed(0)} cm.`);
    });
    const bridge = launch(
      ...(["bridge.launch.py", "camera:=/camera/color", `vlm:=${server.spec}`] as const),
      `task:=${join(folder, "pick.yaml")}`,
    );
    await bridge.says(/the model .* is ready/);
    const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
    const script = join(import.meta.dirname, "../support/graspTraffic.ts");
    const robot = new RosProcess(process.execPath, [
      ...["--import", "tsx", script, inject("rosApp") ?? "", how],
    ]);
    await robot.says(/began \d+/);
    beginMs = Number(/began (\d+)/.exec(robot.output)?.[1]);
    const reaches = () =>
      (echo.messages as FusedReward[]).flatMap((reward): Reach[] => {
        if (reward.measurement_bases[0] !== "fused") return [];
        const timeS = Number(stampNsOf(reward) / 1_000_000n - BigInt(beginMs)) / 1000;
        const [fusedM = Number.NaN] = reward.measurement_values;
        const [sigmaM = Number.NaN] = reward.measurement_sigmas;
        return [{ timeS, trueM: graspScene(timeS).distanceM, fusedM, sigmaM }];
      });
    await echo.until(() => (reaches().at(-1)?.timeS ?? 0) > OVER_S, "a reward after all moves");
    return { reaches: reaches(), bridge };
  }

  /** Median distance of the fused reach from the true one at such times, and of its sigma, m. */
  const errorAt = (reaches: readonly Reach[], fromS: number, toS = Number.POSITIVE_INFINITY) => {
    const then = reaches.filter(({ timeS }) => timeS >= fromS && timeS < toS);
    // A busy machine drops most of the images.
    expect(then.length).toBeGreaterThan(3);
    return {
      errorM: median(then.map(({ trueM, fusedM }) => Math.abs(fusedM - trueM))),
      sigmaM: median(then.map(({ sigmaM }) => sigmaM)),
    };
  };
  // The hand stands for 0.4 s, and moves for 0.3 s before what moves with it is seen.
  const SEEN_S = HELD_S[0] + 0.8;

  for (const how of ["hung", "moved"] as const) {
    it(`fuses the grasp: the object's frame has ${how}`, async () => {
      const { reaches } = await reachesOf(how);
      const held = errorAt(reaches, SEEN_S, HELD_S[1]);
      expect(held.errorM).toBeLessThan(0.04);
      expect(held.sigmaM).toBeLessThan(0.02);
      // And knows where it was put.
      expect(errorAt(reaches, HELD_S[1] + 0.6).errorM).toBeLessThan(0.04);
    });
  }

  it("has no grasp where TF does not tell, and says which frame it waits for", async () => {
    const { reaches, bridge } = await reachesOf("untold");
    expect(errorAt(reaches, SEEN_S, HELD_S[1]).errorM).toBeGreaterThan(0.06);
    await bridge.says(/TF frame mug_frame has not been received: .* held by hand/);
  });
});
