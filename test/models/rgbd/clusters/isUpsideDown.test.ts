import { expect, it } from "vitest";
import type { CameraFrame } from "../../../../src/camera/index.js";
import { isUpsideDown } from "../../../../src/models/rgbd/clusters/isUpsideDown.js";

it.each([
  ["goes up in the image", [0, -0.8, -0.6], false],
  ["goes down in it", [0, 0.8, -0.6], true],
  ["goes towards a camera that looks straight down", [0, 0.1, -0.995], undefined],
] as const)("knows by the normal of a told support that %s", (_, normal, expected) => {
  const image = { kind: "compressed", format: "png", data: new Uint8Array() } as const;
  const frame: CameraFrame = { camera: "c", stampNs: 0n, frameId: "f", episode: "e", image };
  const support = { normal, offsetM: 0.6, residualM: 0, inliers: 0 };
  expect(isUpsideDown(frame, support)).toBe(expected);
  expect(isUpsideDown(frame)).toBeUndefined();
});
