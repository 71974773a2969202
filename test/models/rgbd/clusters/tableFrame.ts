import type { CameraFrame } from "../../../../src/camera/index.js";
import { castFrame, type View } from "../../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../../geometry/synthetic/Solid.js";

type Rgb = readonly [number, number, number];

/** A thing and how it looks. */
export type Painted = Solid & { readonly rgb: Rgb };

export const RED: Rgb = [200, 30, 25];
export const BLUE: Rgb = [30, 60, 190];
export const GREEN: Rgb = [40, 150, 60];
export const GREY: Rgb = [110, 110, 112];

const VIEW: View = {
  ...{ eye: [0, -0.8, 0.65], target: [0, 0, 0.03] },
  ...{ width: 320, height: 240, focal: 300 },
};

export interface Scene {
  readonly stampS?: number;
  readonly episode?: string;
  /** Of the TF frame `gripper`. */
  readonly gripper?: readonly [number, number, number];
}

/** A frame of a table with things of given colours: colour and depth, no labels. */
export function tableFrame(things: readonly Painted[], scene: Scene = {}): CameraFrame {
  const { stampS = 1, episode = "one", gripper } = scene;
  const cast = castFrame(
    {
      solids: things,
      table: [0.5, 0.4],
      ...(gripper && { truth: { gripper } }),
    },
    VIEW,
    { seed: Math.round(10 * stampS) },
  );
  const { labels, ...frame } = cast;
  if (!labels) throw new Error("a cast frame has labels");
  const { width, height } = labels;
  const colors = new Map(things.map(({ id, rgb }) => [id, rgb]));
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++)
    data.set(colors.get(labels.data[pixel] ?? 0) ?? [190, 170, 140], 3 * pixel);
  return {
    ...frame,
    ...{ episode, stampNs: BigInt(Math.round(stampS * 1e9)) },
    image: {
      ...{ kind: "raw", encoding: "rgb8", isBigEndian: false },
      ...{ width, height, step: 3 * width, data },
    },
  };
}

/** A can that stands on the table. */
export function can(id: number, x: number, y: number, rgb: Rgb, lift = 0): Painted {
  return {
    ...{ id, rgb, shape: "cylinder", radius: 0.035, halfHeight: 0.05 },
    center: [x, y, 0.05 + lift],
  };
}

export function box(id: number, x: number, y: number, rgb: Rgb): Painted {
  return { id, rgb, shape: "box", half: [0.04, 0.05, 0.03], yaw: 0.4, center: [x, y, 0.03] };
}
