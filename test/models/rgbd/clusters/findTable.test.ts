import { describe, expect, it } from "vitest";
import { dot, type Vec3 } from "../../../../src/base/index.js";
import { depthGridOf } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import { findTable } from "../../../../src/models/rgbd/clusters/findTable.js";

const [WIDTH, HEIGHT, FOCAL] = [320, 240, 260];
const FLOOR_M = 0.5;

/**
 * Depth of a camera that looks straight down into a box with slanted walls.
 *
 * @param walls normals of the walls, which meet the floor so far from its middle, metres
 * @param things rectangles of the floor, metres, and how high what stands there is
 */
function lookInto(
  walls: readonly { normal: Vec3; awayM: number }[],
  things: readonly { x: number; y: number; half: number; heightM: number }[],
) {
  const depthM = new Float32Array(WIDTH * HEIGHT);
  const rays = new Float32Array(2 * WIDTH * HEIGHT);
  for (let pixel = 0; pixel < depthM.length; pixel++) {
    const column = pixel % WIDTH;
    const ray: Vec3 = [
      (column - WIDTH / 2) / FOCAL,
      ((pixel - column) / WIDTH - HEIGHT / 2) / FOCAL,
      1,
    ];
    rays.set(ray.slice(0, 2), 2 * pixel);
    let z = FLOOR_M;
    for (const { x, y, half, heightM } of things) {
      const topM = FLOOR_M - heightM;
      const isOn = Math.abs(ray[0] * topM - x) < half && Math.abs(ray[1] * topM - y) < half;
      if (isOn) z = topM;
    }
    for (const { normal, awayM } of walls) {
      const [x, y] = normal;
      const foot: Vec3 = [
        (-awayM * x) / Math.hypot(x, y),
        (-awayM * y) / Math.hypot(x, y),
        FLOOR_M,
      ];
      const alongM = dot(normal, foot) / dot(normal, ray);
      if (alongM > 0) z = Math.min(z, alongM);
    }
    depthM[pixel] = z;
  }
  const size = { width: WIDTH, height: HEIGHT };
  const lens = { fx: FOCAL, fy: FOCAL, cx: WIDTH / 2, cy: HEIGHT / 2 };
  const info = { ...size, ...lens, distortion: { model: "", coefficients: [] } };
  return depthGridOf({
    ...{ ...size, depthM, info, rays, colorScale: 1, scratch: new Uint8Array(depthM.length) },
  });
}

describe("findTable", () => {
  const walls: { normal: Vec3; awayM: number }[] = [
    { normal: [0, -0.6, -0.8], awayM: 0.13 },
    { normal: [0, 0.6, -0.8], awayM: 0.13 },
    { normal: [-0.6, 0, -0.8], awayM: 0.2 },
    { normal: [0.6, 0, -0.8], awayM: 0.2 },
  ];

  it("takes the floor of a box that a camera looks into, not the wall that goes up in the image", () => {
    const things = [
      { x: -0.08, y: 0, half: 0.03, heightM: 0.03 },
      { x: 0.07, y: 0.04, half: 0.02, heightM: 0.02 },
    ];
    const table = findTable(lookInto(walls, things), { seed: 1 });
    expect(table?.plane.normal[2]).toBeLessThan(-0.99);
  });
});
