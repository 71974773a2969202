import { describe, expect, it } from "vitest";
import { rotate } from "../../src/camera/index.js";
import {
  type SceneDomain,
  type SceneViews,
  sampleSceneLayout,
} from "../../src/sim/scenes/sampleSceneLayout.js";

/** How far aside and how steeply down cameras look, degrees. */
function views(domain: SceneDomain, views?: SceneViews) {
  return Array.from({ length: 400 }, (_, seed) => {
    const { cameras } = sampleSceneLayout(seed, domain, views);
    const [x, y, z] = rotate(cameras[0]!.pose.rotation, [0, 0, 1]);
    return {
      aside: (Math.abs(Math.atan2(x, y)) * 180) / Math.PI,
      down: (Math.asin(-z) * 180) / Math.PI,
    };
  });
}

const spanOf = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];

describe("the cameras of scenes", () => {
  it("look from the front unless told otherwise", () => {
    const [, aside] = spanOf(views("familiar").map((view) => view.aside));
    const [low, high] = spanOf(views("familiar").map(({ down }) => down));
    expect(aside).toBeLessThan(29);
    expect(low).toBeGreaterThan(22.5);
    expect(high).toBeLessThan(49);
    expect(views("familiar", "front")).toEqual(views("familiar"));
  });

  it("look from all around, low and high", () => {
    const around = views("familiar", "around");
    const [, aside] = spanOf(around.map((view) => view.aside));
    const [low, high] = spanOf(around.map(({ down }) => down));
    expect(aside).toBeGreaterThan(65);
    expect(aside).toBeLessThan(69);
    expect(low).toBeGreaterThan(14.5);
    expect(low).toBeLessThan(17);
    expect(high).toBeGreaterThan(58);
    expect(high).toBeLessThan(60.5);
    expect(around.filter((view) => view.aside > 30).length / around.length).toBeGreaterThan(0.3);
  });

  it("of the test split stay what they were", () => {
    expect(views("novel", "around")).toEqual(views("novel"));
  });
});
