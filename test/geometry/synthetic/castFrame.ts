import { cross, dot, minus, mulberry32, normal, unit, type Vec3 } from "../../../src/base/index.js";
import type { CameraFrame, CameraInfo, FramePose } from "../../../src/camera/index.js";
import { boundingRadius, hit, type Solid } from "./Solid.js";

/** A camera that looks from `eye` at `target`, upright. */
export interface View {
  readonly eye: Vec3;
  readonly target: Vec3;
  readonly width?: number;
  readonly height?: number;
  /** Pixels. */
  readonly focal?: number;
}

export interface Sensor {
  /** Standard deviation of depth noise at 1 m (grows with z²), metres. */
  readonly noiseM?: number;
  /** Probability that a pixel on a surface seen at a grazing angle has no depth. */
  readonly dropout?: number;
  readonly seed?: number;
  /** Default true. Most of the time that a frame takes goes into the noise of its depth. */
  readonly hasDepth?: boolean;
}

export const TABLE_ID = 4;

export interface World {
  readonly solids: readonly Solid[];
  /** Half sizes of the table top; none: only background behind the solids. */
  readonly table?: readonly [x: number, y: number];
  /** Points whose poses the frame carries, by TF frame. */
  readonly truth?: Readonly<Record<string, Vec3>>;
}

/** Analytic ray casting: a frame with 16UC1 depth in mm, mono8 labels and the truth as poses. */
export function castFrame(world: World, view: View, sensor: Sensor = {}): CameraFrame {
  const { width = 640, height = 480, focal = 600 } = view;
  const info: CameraInfo = {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: (width - 1) / 2,
    cy: (height - 1) / 2,
    distortion: { model: "", coefficients: [] },
  };
  const { right, down, forward } = axesOf(view);
  const toOptical = (p: Vec3): Vec3 => {
    const moved: Vec3 = [p[0] - view.eye[0], p[1] - view.eye[1], p[2] - view.eye[2]];
    return [dot(moved, right), dot(moved, down), dot(moved, forward)];
  };
  // The ray's component along the optical axis is 1, so that t is the depth.
  const rayOf = (u: number, v: number): Vec3 => {
    const [x, y] = [(u - info.cx) / focal, (v - info.cy) / focal];
    return [
      right[0] * x + down[0] * y + forward[0],
      right[1] * x + down[1] * y + forward[1],
      right[2] * x + down[2] * y + forward[2],
    ];
  };
  const { depth, labels } = emptyTable(world.table, view, rayOf);
  for (const solid of world.solids) {
    const [x, y, z] = toOptical(solid.center);
    const reach = (1.3 * focal * boundingRadius(solid)) / (z - boundingRadius(solid)) + 2;
    const [u, v] = [(focal * x) / z + info.cx, (focal * y) / z + info.cy];
    for (let row = Math.max(0, Math.floor(v - reach)); row < Math.min(height, v + reach); row++)
      for (let col = Math.max(0, Math.floor(u - reach)); col < Math.min(width, u + reach); col++) {
        const t = hit(solid, view.eye, rayOf(col, row));
        if (t <= 0 || t >= depth[row * width + col]!) continue;
        depth[row * width + col] = t;
        labels[row * width + col] = solid.id;
      }
  }
  const poses = new Map<string, FramePose>(
    Object.entries(world.truth ?? {}).map(([name, p]) => [
      name,
      { ok: true, pose: { position: toOptical(p), rotation: [0, 0, 0, 1] } },
    ]),
  );
  return {
    camera: "camera",
    stampNs: 1_000_000_000n,
    frameId: "camera_optical",
    episode: "synthetic",
    image: raw(width, height, "mono8", 1, labels),
    ...(sensor.hasDepth !== false && {
      depth: raw(width, height, "16UC1", 2, sensed(depth, width, sensor)),
    }),
    labels: raw(width, height, "mono8", 1, labels),
    info,
    poses,
  };
}

interface Layers {
  readonly depth: Float64Array;
  readonly labels: Uint8Array;
}

/** The last empty table: that of an episode, whose camera stands still. */
let last: (Layers & { readonly key: string }) | undefined;

/** What the camera sees where nothing stands on the table; a copy of one's own. */
function emptyTable(
  table: World["table"],
  view: View,
  rayOf: (u: number, v: number) => Vec3,
): Layers {
  const key = JSON.stringify([table, view]);
  if (last?.key !== key) last = { key, ...castTable(table, view, rayOf) };
  return { depth: last.depth.slice(), labels: last.labels.slice() };
}

function castTable(
  table: World["table"],
  { eye, width = 640, height = 480 }: View,
  rayOf: (u: number, v: number) => Vec3,
): Layers {
  const depth = new Float64Array(width * height).fill(table ? 2.5 : Infinity);
  const labels = new Uint8Array(width * height);
  if (!table) return { depth, labels };
  const [halfX, halfY] = table;
  for (let v = 0; v < height; v++)
    for (let u = 0; u < width; u++) {
      const ray = rayOf(u, v);
      const t = -eye[2] / ray[2];
      const x = eye[0] + t * ray[0];
      const y = eye[1] + t * ray[1];
      if (t <= 0 || Math.abs(x) > halfX || Math.abs(y) > halfY) continue;
      depth[v * width + u] = t;
      labels[v * width + u] = TABLE_ID;
    }
  return { depth, labels };
}

/** Noise, dropouts at depth edges, and whole millimetres. */
function sensed(depth: Float64Array, width: number, sensor: Sensor): Uint8Array {
  const { noiseM = 0.0015, dropout = 0.3, seed = 1 } = sensor;
  const random = mulberry32(seed);
  const millimetres = new Uint16Array(depth.length);
  for (let i = 0; i < depth.length; i++) {
    const z = depth[i]!;
    if (!Number.isFinite(z)) continue;
    const isGrazing =
      Math.abs((depth[i + 1] ?? z) - z) + Math.abs((depth[i + width] ?? z) - z) > 0.02;
    if (isGrazing && random() < dropout) continue;
    millimetres[i] = Math.round(1000 * (z + noiseM * z * z * normal(random)));
  }
  return new Uint8Array(millimetres.buffer);
}

function raw(width: number, height: number, encoding: string, bytes: number, data: Uint8Array) {
  return {
    kind: "raw",
    width,
    height,
    encoding,
    step: width * bytes,
    isBigEndian: false,
    data,
  } as const;
}

function axesOf({ eye, target }: View): { right: Vec3; down: Vec3; forward: Vec3 } {
  const forward = unit(minus(target, eye));
  const right = forward && unit([forward[1], -forward[0], 0]);
  if (!right) throw new Error("the camera looks straight down");
  return { right, down: cross(forward, right), forward };
}
