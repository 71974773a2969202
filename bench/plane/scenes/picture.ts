/** Pictures of drawn scenes: things on a table with a pattern, a lamp and its shadows, noise of the sensor. */
import { addScaled, dot, minus, type Random, unit, type Vec3 } from "../../../src/base/index.js";
import {
  type CameraInfo,
  encodeJpeg,
  invertPose,
  labelBoxes,
  type PixelBox,
  type Pose,
  pixelRays,
  projectPoint,
  rotate,
  transformPoint,
} from "../../../src/camera/index.js";
import { type Hit, hit, passes, reachOf, type Shape, surfaceOf } from "./Shape.js";

export type Rgb = Vec3;
export type Pattern = "plain" | "wood" | "checker";

export interface Solid {
  readonly shapes: readonly Shape[];
  readonly color: Rgb;
}

/** How all of a scene looks. */
export interface Look {
  readonly pattern: Pattern;
  readonly tableColor: Rgb;
  readonly floorColor: Rgb;
  readonly lamp: Vec3;
  /** Share of the light that comes from everywhere, 0..1. */
  readonly ambient: number;
  /** Noise of a pixel, of 255. */
  readonly noise: number;
}

export interface View {
  /** Of the optical frame in the world. */
  readonly pose: Pose;
  readonly info: CameraInfo;
}

export interface Picture {
  readonly jpeg: Uint8Array;
  /** Around what is seen of each solid. */
  readonly boxes: readonly (PixelBox | undefined)[];
}

const TABLE_HALF_M = [0.65, 0.5] as const;
const FLOOR_M = -0.75;
/** What is seen with fewer columns or rows has no box. */
const LEAST_PX = 4;
/** So many draws of noise are used over and over. */
const NOISES = 4096;
const WALL_COLOR: Rgb = [0.62, 0.62, 0.58];

export async function draw(
  solids: readonly Solid[],
  look: Look,
  { pose, info }: View,
  random: Random,
): Promise<Picture> {
  const { width, height } = info;
  const rays = pixelRays(info, width, height);
  const toCamera = invertPose(pose);
  const parts = solids.flatMap(({ shapes, color }, solid) =>
    shapes.map((shape) => ({
      ...{ shape, color, solid, reachM: reachOf(shape) },
      rect: rectOf(shape, toCamera, info),
    })),
  );
  const data = new Uint8Array(3 * width * height);
  const noise = Array.from({ length: NOISES }, () => look.noise * random.normal());
  const axes = [rotate(pose.rotation, [1, 0, 0]), rotate(pose.rotation, [0, 1, 0])] as const;
  const forward = rotate(pose.rotation, [0, 0, 1]);
  const ids = new Uint16Array(width * height);
  const eye = pose.position;
  for (let v = 0, pixel = 0; v < height; v++)
    for (let u = 0; u < width; u++, pixel++) {
      const x = rays[2 * pixel] ?? Number.NaN;
      const y = rays[2 * pixel + 1] ?? Number.NaN;
      if (Number.isNaN(x + y)) continue;
      const along = addScaled(addScaled(forward, axes[0], x), axes[1], y);
      let nearest: (Hit & { readonly color: Rgb; readonly solid: number }) | undefined;
      for (const { shape, rect, color, solid } of parts) {
        if (u < rect[0] || v < rect[1] || u > rect[2] || v > rect[3]) continue;
        const met = hit(shape, eye, along);
        if (met && (!nearest || met.t < nearest.t)) nearest = { ...met, color, solid };
      }
      const surface = nearest ?? ground(look, eye, along);
      if (nearest) ids[pixel] = nearest.solid + 1;
      const light = surface.t > 0 ? lightOf(surface, look, eye, along, parts) : 1;
      for (let c = 0; c < 3; c++) {
        const linear = Math.min(1, (surface.color[c] ?? 0) * light);
        data[3 * pixel + c] = Math.min(
          255,
          Math.max(
            0,
            Math.round(255 * linear ** (1 / 2.2) + (noise[random.integer(0, NOISES - 1)] ?? 0)),
          ),
        );
      }
    }
  const raw = { width, height, encoding: "rgb8", step: 3 * width, isBigEndian: false, data };
  const jpeg = await encodeJpeg({ kind: "raw", ...raw }, { quality: 90 });
  const labelled = labelBoxes({ width, height, ids });
  return { jpeg, boxes: solids.map((_, solid) => boxIn(labelled, solid + 1)) };
}

/** What is behind all things: the table, the floor, a wall; `t` is 0 for the wall, which has its own light. */
function ground(look: Look, eye: Vec3, along: Vec3): Hit & { readonly color: Rgb } {
  const normal: Vec3 = [0, 0, 1];
  const toTable = -eye[2] / along[2];
  const [x, y] = addScaled(eye, along, toTable);
  if (toTable > 0 && Math.abs(x) < TABLE_HALF_M[0] && Math.abs(y) < TABLE_HALF_M[1])
    return { t: toTable, normal, color: scaled(look.tableColor, tint(look.pattern, x, y)) };
  const toFloor = (FLOOR_M - eye[2]) / along[2];
  if (toFloor > 0 && toFloor < 12) return { t: toFloor, normal, color: look.floorColor };
  return { t: 0, normal, color: WALL_COLOR };
}

function tint(pattern: Pattern, x: number, y: number): number {
  if (pattern === "checker") return (Math.floor(x / 0.04) + Math.floor(y / 0.04)) & 1 ? 1.35 : 0.65;
  if (pattern === "plain") return 1;
  const shift = Math.sin(Math.floor(y / 0.09) * 12.9898) * 43.7;
  const grain = Math.sin((y + 0.006 * Math.sin(9 * x + shift)) * 420 + shift);
  return 1 + 0.12 * grain * (0.5 + 0.5 * Math.sin(5 * x + shift)) + 0.1 * Math.sin(shift);
}

const scaled = ([r, g, b]: Rgb, by: number): Rgb => [r * by, g * by, b * by];

function lightOf(
  { t, normal }: Hit,
  { lamp, ambient }: Look,
  eye: Vec3,
  along: Vec3,
  parts: readonly { readonly shape: Shape; readonly reachM: number }[],
): number {
  const at = addScaled(addScaled(eye, along, t), normal, 1e-4);
  const toLamp = minus(lamp, at);
  const facing = dot(unit(toLamp) ?? [0, 0, 1], normal);
  const isLit =
    facing > 0 &&
    !parts.some(
      ({ shape, reachM }) =>
        passes(shape.center, reachM, at, toLamp) && (hit(shape, at, toLamp)?.t ?? 2) < 1,
    );
  return ambient * (0.8 + 0.2 * normal[2]) + (isLit ? (1 - ambient) * facing : 0);
}

const MARGIN_PX = 3;

function rectOf(shape: Shape, toCamera: Pose, info: CameraInfo): PixelBox {
  const points = surfaceOf(shape).map((point) => transformPoint(toCamera, point));
  if (points.some(([, , z]) => z < 0.05)) return [-1, -1, info.width, info.height];
  const pixels = points.map((point) => projectPoint(info, point));
  const us = pixels.map(([u]) => u);
  const vs = pixels.map(([, v]) => v);
  const [left, top] = [Math.min(...us) - MARGIN_PX, Math.min(...vs) - MARGIN_PX];
  return [left, top, Math.max(...us) + MARGIN_PX, Math.max(...vs) + MARGIN_PX];
}

/** In pixels whose centres have whole coordinates. */
function boxIn(labelled: ReturnType<typeof labelBoxes>, id: number): PixelBox | undefined {
  const [left, top, right, bottom] = labelled.get(id)?.box ?? [0, 0, 0, 0];
  return right - left > LEAST_PX && bottom - top > LEAST_PX
    ? [left - 0.5, top - 0.5, right - 0.5, bottom - 0.5]
    : undefined;
}
