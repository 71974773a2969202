import { Random, type Vec3 } from "../../base/index.js";
import type { Pose } from "../../camera/index.js";
import { opticalPose, type ViewPoint } from "./cameraPose.js";
import { TABLE_TOP_M, TRAY_HALF_M } from "./constants.js";
import { type Distractor, type Rgb, sampleDistractors } from "./distractors.js";

/** A camera fixed to the world. */
export interface CameraPlacement {
  /** `camera`, `side_camera` */
  readonly name: string;
  /** Of the optical frame (z forward, x right, y down; REP-103) in the world. */
  readonly pose: Pose;
  /** Focal length in image widths. */
  readonly focalWidths: number;
}

/** A horizontal field of view of 58°, as a common RGB-D camera's. */
export const FOCAL_WIDTHS = 0.9;

/** Everything that a seed decides about the scene; plain data, metres and radians, world frame. */
export interface TabletopLayout {
  readonly seed: number;
  readonly mug: { readonly x: number; readonly y: number; readonly handleYawRad: number };
  readonly tray: { readonly x: number; readonly y: number };
  readonly distractors: readonly Distractor[];
  /** Where the gripper's centre starts. */
  readonly start: Vec3;
  readonly cameras: readonly CameraPlacement[];
  /** A lamp: light and shadows come from this point. */
  readonly lamp: Vec3;
  readonly tableRgb: Rgb;
  readonly floorRgb: Rgb;
  readonly wallRgb: Rgb;
  /** Sliding friction of the objects and of the fingers. */
  readonly friction: { readonly objects: number; readonly fingers: number };
}

const TABLE_COLORS: readonly Rgb[] = [
  [0.8, 0.64, 0.45],
  [0.86, 0.76, 0.6],
  [0.66, 0.48, 0.32],
  [0.78, 0.78, 0.76],
  [0.58, 0.61, 0.6],
  [0.76, 0.72, 0.64],
];

const FLOOR_COLORS: readonly Rgb[] = [
  [0.42, 0.44, 0.46],
  [0.5, 0.47, 0.42],
  [0.36, 0.4, 0.38],
];

const WALL_COLORS: readonly Rgb[] = [
  [0.8, 0.83, 0.86],
  [0.86, 0.84, 0.79],
  [0.76, 0.8, 0.77],
];

/** Objects stand within this distance of the table's middle. */
const WORKSPACE_HALF = { x: 0.31, y: 0.21 } as const;
/** Room that the open fingers need around what they grasp. */
const GRASP_CLEARANCE_M = 0.085;
const GAP_M = 0.015;
/** So that a mug that is dropped beside its place is never in the tray by chance. */
const MIN_MUG_TO_TRAY_M = 0.24;

/** The scene of a seed. The same seed gives the same layout for any outcome. */
export function sampleLayout(seed: number): TabletopLayout {
  const random = new Random(seed, "objects");
  const objects = placeObjects(random);
  const look = new Random(seed, "look");
  const physics = new Random(seed, "physics");
  return {
    seed,
    ...objects,
    start: sampleStart(new Random(seed, "start"), objects.mug),
    cameras: sampleCameras(new Random(seed, "cameras")),
    lamp: [look.uniform(-0.9, 0.9), look.uniform(-1.1, -0.1), TABLE_TOP_M + look.uniform(1.3, 1.8)],
    tableRgb: look.pick(TABLE_COLORS),
    floorRgb: look.pick(FLOOR_COLORS),
    wallRgb: look.pick(WALL_COLORS),
    friction: { objects: physics.uniform(0.5, 0.9), fingers: physics.uniform(1.0, 1.6) },
  };
}

type Placed = Pick<TabletopLayout, "mug" | "tray" | "distractors">;

/** Dart throwing: a layout that does not work out is thrown again from the start. */
function placeObjects(random: Random): Placed {
  const unplaced = sampleDistractors(random, random.integer(2, 6));
  for (;;) {
    const placed = tryToPlace(random, unplaced);
    if (placed !== undefined) return placed;
  }
}

function tryToPlace(
  random: Random,
  unplaced: readonly Omit<Distractor, "x" | "y">[],
): Placed | undefined {
  const taken: { x: number; y: number; radius: number }[] = [];
  const place = (radius: number, margin: number): { x: number; y: number } | undefined => {
    for (let attempt = 0; attempt < 60; attempt++) {
      const x = random.uniform(margin - WORKSPACE_HALF.x, WORKSPACE_HALF.x - margin);
      const y = random.uniform(margin - WORKSPACE_HALF.y, WORKSPACE_HALF.y - margin);
      const isFree = taken.every(
        (other) => Math.hypot(x - other.x, y - other.y) > radius + other.radius + GAP_M,
      );
      if (isFree) {
        taken.push({ x, y, radius });
        return { x, y };
      }
    }
    return undefined;
  };
  const tray = place(Math.hypot(TRAY_HALF_M.x, TRAY_HALF_M.y), 0.09);
  const mug = place(GRASP_CLEARANCE_M, 0.04);
  if (tray === undefined || mug === undefined) return undefined;
  if (Math.hypot(tray.x - mug.x, tray.y - mug.y) < MIN_MUG_TO_TRAY_M) return undefined;
  const distractors: Distractor[] = [];
  for (const distractor of unplaced) {
    // The first one is the one that a distracted robot picks.
    const radius = distractors.length === 0 ? GRASP_CLEARANCE_M : distractor.shape.footprintM;
    const position = place(radius, 0.03);
    if (position === undefined) return undefined;
    distractors.push({ ...distractor, ...position });
  }
  // The handle stays clear of the fingers, which come from the left and the right.
  const side = random.pick([-1, 1]);
  const handleYawRad = side * (Math.PI / 2) + random.uniform(-0.75, 0.75);
  return { mug: { ...mug, handleYawRad }, tray, distractors };
}

/** Up in the air and a good way from the mug, so that there is an approach to see. */
function sampleStart(random: Random, mug: { x: number; y: number }): Vec3 {
  for (;;) {
    const x = random.uniform(-0.34, 0.34);
    const y = random.uniform(-0.16, 0.22);
    const z = TABLE_TOP_M + random.uniform(0.24, 0.33);
    if (Math.hypot(x - mug.x, y - mug.y) > 0.24) return [x, y, z];
  }
}

function sampleCameras(random: Random): CameraPlacement[] {
  const jitter = (viewPoint: ViewPoint): ViewPoint => ({
    target: [
      viewPoint.target[0] + random.uniform(-0.02, 0.02),
      viewPoint.target[1] + random.uniform(-0.02, 0.02),
      viewPoint.target[2] + random.uniform(-0.01, 0.02),
    ],
    distanceM: viewPoint.distanceM * random.uniform(0.95, 1.07),
    azimuthRad: viewPoint.azimuthRad + random.uniform(-0.2, 0.2),
    pitchRad: viewPoint.pitchRad + random.uniform(-0.1, 0.1),
    rollRad: random.uniform(-0.02, 0.02),
  });
  const target: Vec3 = [0, 0.01, TABLE_TOP_M + 0.07];
  return [
    {
      name: "camera",
      pose: opticalPose(
        jitter({ target, distanceM: 0.98, azimuthRad: 0, pitchRad: 0.68, rollRad: 0 }),
      ),
      focalWidths: FOCAL_WIDTHS,
    },
    {
      name: "side_camera",
      pose: opticalPose(
        jitter({ target, distanceM: 1.02, azimuthRad: 0.95, pitchRad: 0.66, rollRad: 0 }),
      ),
      focalWidths: FOCAL_WIDTHS,
    },
  ];
}
