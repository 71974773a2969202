import { from, lastValueFrom, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { annotateSmoothed, FrameCounters } from "../../src/annotate/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import { REACH_TASK } from "../support/annotations.js";
import { frameOf } from "../support/frames.js";
import { answerOf, scriptedVlm } from "../support/models.js";

const RELIABILITY = { relativeSigma: 0.2, absoluteSigmaM: 0.02, wildShare: 0.05 };
const PERIOD_NS = 100_000_000n;
/** A length that stays, and what a rough model says of it. */
const SAID = [0.34, 0.27, 0.31, 0.26, 0.35, 0.3, 0.29, 0.33];

async function* images(): AsyncGenerator<CameraFrame> {
  for (const [i] of SAID.entries()) yield frameOf({ stampNs: BigInt(i) * PERIOD_NS });
  yield { ...frameOf({ stampNs: 800_000_000n }), fault: "torn" };
}

function roughVlm() {
  const vlm = scriptedVlm(() => 0);
  return {
    ...vlm,
    async ask(frame: CameraFrame, questions: Parameters<typeof vlm.ask>[1]) {
      vlm.asked.push(frame.stampNs);
      const said = SAID[Number(frame.stampNs / PERIOD_NS)] ?? 0;
      return questions.map((question) => ({
        ...answerOf(question, said),
        reliability: RELIABILITY,
      }));
    },
  };
}

describe("annotateSmoothed", () => {
  it("asks about each frame once, and annotates with hindsight, in order", async () => {
    const vlm = roughVlm();
    const counters = new FrameCounters();
    let asked = 0;
    const annotations = await lastValueFrom(
      annotateSmoothed(images, REACH_TASK, vlm, {
        counters,
        onAsked() {
          asked += 1;
        },
      }).pipe(toArray()),
    );
    expect(asked).toBe(9);
    expect(vlm.asked).toHaveLength(8);
    expect(counters).toMatchObject({ in: 9, annotated: 8, failed: 1 });
    expect(annotations.map(({ reward }) => reward.stampNs)).toEqual(
      Array.from({ length: 9 }, (_, i) => BigInt(i) * PERIOD_NS),
    );
    const [first, ...others] = annotations.slice(0, 8).map(({ measurements }) => measurements[0]);
    expect(first?.basis).toBe("smoothed");
    // The first image knows what the later ones said.
    expect(Math.abs((first?.value ?? 0) - 0.306)).toBeLessThan(0.025);
    expect(first?.raw).toBe(0.34);
    expect(others.every((value) => value?.basis === "smoothed")).toBe(true);
    expect(annotations.at(-1)).toMatchObject({ outcome: "failed", reward: { reason: "torn" } });
  });

  it("fails where the source does not give the same frames again", async () => {
    let readings = 0;
    const changing = () => {
      readings += 1;
      return readings === 1
        ? images()
        : (async function* () {
            yield frameOf({ stampNs: 42n });
          })();
    };
    const all$ = from(annotateSmoothed(changing, REACH_TASK, roughVlm()));
    await expect(lastValueFrom(all$)).rejects.toThrow("when it was read again");
  });
});
