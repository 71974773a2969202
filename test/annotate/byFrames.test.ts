import { firstValueFrom, from, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { type AskedFrame, trackRewards } from "../../src/annotate/index.js";
import type { SpatialAnswer } from "../../src/language/index.js";
import { REACH_QUESTION, REACH_TASK } from "../support/annotations.js";
import { frameOf } from "../support/frames.js";
import { answerOf, type Said } from "../support/models.js";

const REFUSAL = { reason: "no_object", detail: "hidden" } as const;
const MUG = { object: "mug", centerPx: [3, 3], centerM: [0.3, 0, 1] } as const;
/** How an answer tells that it was computed from TF frames, or that it was not. */
const OUT_OF_SIGHT: Partial<SpatialAnswer> = { byFrames: true };
const WITHOUT_BOX: Partial<SpatialAnswer> = { evidence: [MUG] };
const SEEN: Partial<SpatialAnswer> = { evidence: [{ ...MUG, boxPx: [1, 1, 5, 5] }] };

interface Step {
  readonly said?: Said;
  readonly by?: Partial<SpatialAnswer>;
  readonly camera?: string;
  readonly episode?: string;
}

async function basesOf(steps: readonly Step[]) {
  const asked = steps.map(({ said, by, camera = "front", episode = "run1" }, i): AskedFrame => {
    const frame = frameOf({ stampNs: BigInt(i + 1) * 100_000_000n, camera, episode });
    if (said === undefined) return { frame, model: "rgbd", fault: "unreadable" };
    const answer = { ...answerOf(REACH_QUESTION, said), ...by } as SpatialAnswer;
    return { frame, model: "rgbd", answers: [answer] };
  });
  const annotations$ = from(asked).pipe(trackRewards(REACH_TASK), toArray());
  const annotations = await firstValueFrom(annotations$);
  return annotations.map(({ measurements: [reach] }) => reach?.basis);
}

describe("a value's basis", () => {
  it.each([OUT_OF_SIGHT, WITHOUT_BOX])(
    "is frames while its last answer is TF's: %j",
    async (by) => {
      const held = await basesOf([
        { said: 0.3, by: SEEN },
        { said: 0.3, by },
        { said: REFUSAL },
        {},
        { said: 0.3, by: SEEN },
        { said: REFUSAL, by },
      ]);
      expect(held).toEqual([undefined, "frames", "frames", "frames", undefined, undefined]);
    },
  );

  it("stays what it was beside an outlier", async () => {
    const steps = [
      { said: 0.3, by: OUT_OF_SIGHT },
      { said: 0.3, by: OUT_OF_SIGHT },
      { said: 0.9, by: SEEN },
    ];
    expect(await basesOf(steps)).toEqual(["frames", "frames", "frames"]);
  });

  it("is not frames where there is no value, nor in another camera or episode", async () => {
    const steps = [
      { said: 0.3, by: OUT_OF_SIGHT },
      { said: REFUSAL, camera: "wrist" },
      { said: 0.3, by: SEEN, camera: "wrist" },
      { said: REFUSAL, episode: "run2" },
    ];
    expect(await basesOf(steps)).toEqual(["frames", undefined, undefined, undefined]);
  });
});
