import { describe, expect, it, onTestFinished } from "vitest";
import { distanceBetween, type Vec3 } from "../../../src/base/index.js";
import type { CameraFrame } from "../../../src/camera/index.js";
import { type ObjectRef, onSupport } from "../../../src/language/index.js";
import { createVlm, type SpatialVlm } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { modelFolder } from "../local/folders.js";
import { question, SIGNAL, unsupported } from "../rgbd/scenes.js";
import { paintedFrame } from "../rgbd/sources/paintedFrame.js";

const RED: ObjectRef = { name: "a", phrase: "the red thing" };
const BLUE: ObjectRef = { name: "b", phrase: "the blue thing" };
const EYE: Vec3 = [0, -0.8, 0.65];
const TILT_DEG = (Math.atan2(EYE[2], -EYE[1]) * 180) / Math.PI;

/** Two things that stand on a table, red and blue, in colour alone. */
function picture(a: Vec3, b: Vec3): CameraFrame {
  const solids: Solid[] = [
    { id: 1, shape: "box", half: [0.04, 0.04, 0.05], yaw: 0.3, center: a },
    { id: 2, shape: "cylinder", radius: 0.045, halfHeight: 0.05, center: b },
  ];
  return paintedFrame(castFrame({ solids, table: [0.5, 0.4] }, { eye: EYE, target: [0, 0, 0] }));
}

async function opened(settings = ""): Promise<SpatialVlm> {
  const camera = `camera_height=${EYE[2]}&tilt=${TILT_DEG}`;
  const vlm = await createVlm(`plane?boxes=${modelFolder("owlvit")}&${camera}${settings}`);
  onTestFinished(() => vlm.close());
  return vlm;
}

async function distance(vlm: SpatialVlm, frame: CameraFrame, [a, b] = [RED, BLUE]) {
  const asked = onSupport([unsupported(question("distance", a, b))], {
    ...{ name: "table", phrase: "the table" },
  });
  const [answer] = await vlm.ask(frame, asked, SIGNAL);
  if (!answer) throw new Error("no answer");
  return answer;
}

describe("plane with a detector's folder", () => {
  it("measures by the boxes of a detector that runs in a thread of its own", async () => {
    // The tiny net's boxes are tens of pixels off: that is what box_error_px is told.
    const vlm = await opened("&box_error_px=20");
    expect(vlm).toMatchObject({ id: "plane+owlvit", concurrency: 1, remembers: true });
    for (const [a, b] of [
      [[-0.18, 0.05, 0.05] as Vec3, [0.15, 0, 0.05] as Vec3],
      [[-0.1, -0.1, 0.05] as Vec3, [0.2, 0.1, 0.05] as Vec3],
    ] as const) {
      const { value, text } = await distance(vlm, { ...picture(a, b), stampNs: 1n });
      if (value?.shape !== "quantity") throw new Error(text);
      expect(Math.abs(value.valueM - distanceBetween(a, b))).toBeLessThan(0.1);
      expect(Math.abs(value.valueM - distanceBetween(a, b))).toBeLessThan(3 * value.sigmaM);
    }
  });

  it("says which detector did not find an object", async () => {
    const vlm = await opened("&min_score=0.999");
    const { refusal } = await distance(vlm, picture([-0.2, 0, 0.05], [0.2, 0, 0.05]));
    expect(refusal).toMatchObject({ reason: "no_object", detail: /owlvit found no box.*0\.999/ });
  });

  it("refuses a folder that holds no detector", async () => {
    await expect(createVlm(`plane?boxes=${modelFolder("smolvlm")}`)).rejects.toThrow(
      "is not an open-vocabulary detector",
    );
  });
});
