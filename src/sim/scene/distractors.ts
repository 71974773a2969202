import { itemAt, type Random } from "../../base/index.js";
import { LABEL } from "./constants.js";

/** Linear-light colours are derived from these; 0..1 sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A shape in MuJoCo's terms: geom type and half sizes in metres, standing as it is placed. */
export interface DistractorShape {
  readonly noun: string;
  readonly type: "box" | "cylinder" | "sphere" | "capsule" | "ellipsoid";
  /** MJCF `size`. */
  readonly size: readonly number[];
  /** Half height above the table when placed. */
  readonly halfHeightM: number;
  /** Of the circle around its footprint. */
  readonly footprintM: number;
  /** Width between the fingers, which close along the world's x. */
  readonly graspWidthM: number;
  /** Lying capsules and cylinders turn their axis away from the fingers. */
  readonly isLying: boolean;
}

export interface Distractor {
  /** "green box" */
  readonly name: string;
  readonly labelId: number;
  readonly shape: DistractorShape;
  readonly rgb: Rgb;
  readonly x: number;
  readonly y: number;
  readonly yawRad: number;
}

/**
 * Nothing red or blue, so that "the red mug" and "the blue tray" always name exactly one object.
 */
export const DISTRACTOR_COLORS: readonly (readonly [string, Rgb])[] = [
  ["green", [0.18, 0.58, 0.24]],
  ["yellow", [0.95, 0.8, 0.16]],
  ["orange", [0.96, 0.55, 0.1]],
  ["purple", [0.46, 0.22, 0.6]],
  ["white", [0.93, 0.93, 0.91]],
  ["black", [0.09, 0.09, 0.1]],
  ["brown", [0.42, 0.26, 0.15]],
  ["lime", [0.66, 0.87, 0.2]],
  ["pink", [0.96, 0.6, 0.74]],
];

export const DISTRACTOR_SHAPES: readonly ((random: Random) => DistractorShape)[] = [
  (random) => {
    const about = (half: number) => half * random.uniform(0.9, 1.4);
    return boxShape("box", about(0.02), about(0.022), about(0.025));
  },
  (random) => {
    const half = random.uniform(0.02, 0.026);
    return boxShape("cube", half, half, half);
  },
  (random) => {
    const radius = random.uniform(0.024, 0.032);
    return cylinderShape("can", radius, random.uniform(0.035, 0.048));
  },
  (random) => {
    const radius = random.uniform(0.024, 0.034);
    return {
      noun: "ball",
      type: "sphere",
      size: [radius],
      halfHeightM: radius,
      footprintM: radius,
      graspWidthM: 2 * radius,
      isLying: false,
    };
  },
  (random) => {
    const radius = random.uniform(0.018, 0.024);
    const half = random.uniform(0.02, 0.032);
    return {
      noun: "capsule",
      type: "capsule",
      size: [radius, half],
      halfHeightM: radius,
      footprintM: radius + half,
      graspWidthM: 2 * radius,
      isLying: true,
    };
  },
  (random) => {
    const about = (half: number) => half * random.uniform(0.9, 1.15);
    return ellipsoidShape("egg", about(0.027), about(0.036), about(0.024));
  },
];

/** Half sizes in metres; so in the other shapes. */
export function boxShape(noun: string, x: number, y: number, z: number): DistractorShape {
  return {
    noun,
    type: "box",
    size: [x, y, z],
    halfHeightM: z,
    footprintM: Math.hypot(x, y),
    graspWidthM: 2 * x,
    isLying: false,
  };
}

/** A cylinder that stands. */
export function cylinderShape(noun: string, radius: number, half: number): DistractorShape {
  return {
    noun,
    type: "cylinder",
    size: [radius, half],
    halfHeightM: half,
    footprintM: radius,
    graspWidthM: 2 * radius,
    isLying: false,
  };
}

export function lyingCylinderShape(noun: string, radius: number, half: number): DistractorShape {
  return {
    ...cylinderShape(noun, radius, half),
    halfHeightM: radius,
    footprintM: Math.hypot(radius, half),
    isLying: true,
  };
}

export function ellipsoidShape(noun: string, x: number, y: number, z: number): DistractorShape {
  return { ...boxShape(noun, x, y, z), type: "ellipsoid", footprintM: Math.max(x, y) };
}

/** Distractors with distinct colours and as many different shapes as there are; not yet placed. */
export function sampleDistractors(random: Random, count: number): Omit<Distractor, "x" | "y">[] {
  const colors = random.shuffle(DISTRACTOR_COLORS);
  const shapes = random.shuffle(DISTRACTOR_SHAPES);
  return Array.from({ length: count }, (_, index) => {
    const shape = itemAt(shapes, index % shapes.length)(random);
    const [colorName, rgb] = itemAt(colors, index);
    return {
      name: `${colorName} ${shape.noun}`,
      labelId: LABEL.firstDistractor + index,
      shape,
      rgb,
      // Small turns keep the grasp width between the fingers.
      yawRad: random.uniform(-0.35, 0.35),
    };
  });
}
