import { describe, expect, it } from "vitest";
import { decodeColor } from "../../../src/camera/index.js";
import { asideConfig, turnAside } from "../../../src/models/embedded/Aside.js";
import { fitPicture } from "../../../src/models/embedded/fitPicture.js";
import { Graphs } from "../../../src/models/embedded/Graphs.js";
import { OWN_WEIGHTS, readWeights } from "../../../src/models/embedded/Weights.js";
import { TabletopSim } from "../../../src/sim/index.js";

const ramp = asideConfig.parse({ from: 0.5, to: 1 });
const turned = (score: number): number[] => {
  const geometry = Float32Array.of(0.1, -2);
  turnAside(geometry, Float32Array.of(0.3, 2), score, ramp);
  return [...geometry];
};

describe("turnAside", () => {
  it("leaves the geometry bit for bit as it is below the ramp", () => {
    for (const score of [0, 0.3, 0.5]) expect(turned(score)).toEqual([...Float32Array.of(0.1, -2)]);
  });

  it("takes the second one above it", () => {
    for (const score of [1, 1.7]) expect(turned(score)).toEqual([...Float32Array.of(0.3, 2)]);
  });

  it("mixes both on it", () => {
    const [first, second] = turned(0.75);
    expect(first).toBeCloseTo(0.2, 6);
    expect(second).toBeCloseTo(0, 6);
  });

  it("is refused a ramp that does not rise", () => {
    expect(asideConfig.safeParse({ from: 0.7, to: 0.7 }).success).toBe(false);
  });
});

describe("the package's own weights", () => {
  it("use it on a camera from aside, and change nothing of one from the front", async () => {
    const weights = await readWeights(OWN_WEIGHTS);
    const { aside: _, ...config } = weights.config;
    const load = (it: typeof weights) => Graphs.load(it, { cores: 1, provider: "cpu" }, () => {});
    const [graphs, plain] = [await load(weights), await load({ ...weights, config })];
    const sim = await TabletopSim.create({ seed: 7, cameras: 2, width: 320, height: 240 });
    const { frames } = sim.current();
    const isSame: Record<string, boolean> = {};
    for (const { camera, image, info } of frames) {
      const picture = fitPicture(await decodeColor(image), info, config);
      const [one, other] = [await graphs.encode(picture), await plain.encode(picture)];
      expect(one.score).toBe(other.score);
      expect(one.keys.data).toEqual(other.keys.data);
      isSame[camera] = Buffer.from((one.geometry.data as Float32Array).buffer).equals(
        Buffer.from((other.geometry.data as Float32Array).buffer),
      );
    }
    sim.close();
    await Promise.all([graphs.close(), plain.close()]);
    expect(isSame).toEqual({ camera: true, side_camera: false });
  });
});
