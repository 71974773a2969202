import { Random, type Vec3 } from "../../base/index.js";
import { opticalPose } from "../scene/cameraPose.js";
import { LABEL, TABLE_TOP_M } from "../scene/constants.js";
import {
  boxShape,
  cylinderShape,
  DISTRACTOR_COLORS,
  DISTRACTOR_SHAPES,
  type Distractor,
  type DistractorShape,
  ellipsoidShape,
  lyingCylinderShape,
} from "../scene/distractors.js";
import {
  type CameraPlacement,
  FOCAL_WIDTHS,
  sampleLayout,
  type TabletopLayout,
} from "../scene/TabletopLayout.js";

/**
 * Where scenes come from: `familiar` ones for training, `novel` ones with colours, shapes and
 * points of view that no familiar scene has.
 */
export type SceneDomain = "familiar" | "novel";

/** From where familiar scenes are seen: from the front, or from aside, low and high as well. */
export type SceneViews = "front" | "around";

const NOVEL_COLORS: ReadonlySet<string> = new Set(["purple", "lime", "brown"]);

/** How words for size come about: the factor by which a shape is larger than usual. */
const SIZES = [
  { word: "small", low: 0.8, high: 0.95 },
  { word: undefined, low: 1, high: 1.2 },
  { word: "large", low: 1.45, high: 1.8 },
] as const;

/** An object besides mug and tray, with the words for it. */
export interface SceneThing extends Distractor {
  readonly color: string;
  readonly size: string | undefined;
}

export interface SceneLayout extends TabletopLayout {
  readonly distractors: readonly SceneThing[];
}

/**
 * A table with objects of any colour, shape and size, look-alikes among them, seen by one camera
 * that stands anywhere before it. The positions are for `TabletopStudio` to choose.
 */
export function sampleSceneLayout(
  seed: number,
  domain: SceneDomain,
  views: SceneViews = "front",
): SceneLayout {
  const layout = sampleLayout(seed);
  const random = new Random(seed, "scene things");
  const colors = DISTRACTOR_COLORS.filter(
    ([name]) => domain === "novel" || !NOVEL_COLORS.has(name),
  );
  const shapes = SCENE_SHAPES.map((shape) => shape(random)).filter(
    ({ noun }) => domain === "novel" || !NOVEL_SHAPES.has(noun),
  );
  const things: SceneThing[] = [];
  const count = random.integer(3, 7);
  for (let index = 0; index < count; index++) {
    const size = random.pick(SIZES);
    // The first of a novel scene is surely of a novel colour, the second of a novel shape.
    const hasNovelColor = domain === "novel" && index === 0;
    const hasNovelShape = domain === "novel" && index === 1;
    const shape = scaled(
      random.pick(hasNovelShape ? shapes.filter(({ noun }) => NOVEL_SHAPES.has(noun)) : shapes),
      random.uniform(size.low, size.high),
    );
    const [color, rgb] = random.pick(
      hasNovelColor ? colors.filter(([name]) => NOVEL_COLORS.has(name)) : colors,
    );
    const name = freeName(`${color} ${shape.noun}`, things);
    const labelId = LABEL.firstDistractor + index;
    things.push({ name, labelId, shape, rgb, color, size: size.word, x: 0, y: 0, yawRad: 0 });
  }
  return {
    ...layout,
    distractors: things,
    cameras: [sampleCamera(new Random(seed, "scene camera"), domain, views)],
  };
}

function scaled(shape: DistractorShape, factor: number): DistractorShape {
  return {
    ...shape,
    size: shape.size.map((half) => half * factor),
    halfHeightM: shape.halfHeightM * factor,
    footprintM: shape.footprintM * factor,
    graspWidthM: shape.graspWidthM * factor,
  };
}

/** Bodies have names of their own: "green box", "green box 2". */
function freeName(name: string, things: readonly SceneThing[]): string {
  const same = things.filter((other) => other.name.replace(/ \d+$/, "") === name).length;
  return same === 0 ? name : `${name} ${same + 1}`;
}

/** Of familiar cameras; radians. */
const FAMILIAR_VIEWS: Record<SceneViews, { readonly azimuth: Range; readonly pitch: Range }> = {
  front: { azimuth: [-0.5, 0.5], pitch: [0.4, 0.85] },
  around: { azimuth: [-1.2, 1.2], pitch: [0.26, 1.05] },
};

/** Novel cameras look from aside or from high above. */
function sampleCamera(random: Random, domain: SceneDomain, views: SceneViews): CameraPlacement {
  const target: Vec3 = [
    random.uniform(-0.06, 0.06),
    random.uniform(-0.05, 0.06),
    TABLE_TOP_M + random.uniform(0.02, 0.1),
  ];
  const isNovel = domain === "novel";
  const isAside = isNovel && random.next() < 0.6;
  const { azimuth, pitch } = FAMILIAR_VIEWS[isNovel ? "front" : views];
  const azimuthRad = isAside
    ? random.pick([-1, 1]) * random.uniform(0.65, 1.15)
    : random.uniform(...azimuth);
  const pitchRad = isNovel && !isAside ? random.uniform(0.95, 1.2) : random.uniform(...pitch);
  // Fields of view from 49° to 69°; a narrow one looks from farther away.
  const focalWidths = random.uniform(0.73, 1.1);
  const distanceM = random.uniform(0.8, 1.3) * (focalWidths / FOCAL_WIDTHS);
  const rollRad = random.uniform(-0.04, 0.04);
  return {
    name: "camera",
    focalWidths,
    pose: opticalPose({ target, distanceM, azimuthRad, pitchRad, rollRad }),
  };
}

/** Of test scenes alone. */
const NOVEL_SHAPES: ReadonlySet<string> = new Set(["egg", "capsule"]);

type Range = readonly [low: number, high: number];

/** @param halfM half its width, metres; length and height are multiples of the width */
function ellipsoid(noun: string, halfM: Range, of: { length: Range; height: Range }) {
  return (random: Random): DistractorShape => {
    const half = random.uniform(...halfM);
    const long = half * random.uniform(...of.length);
    return ellipsoidShape(noun, half, long, half * random.uniform(...of.height));
  };
}

/**
 * What lies on the tables of data sets: the episodes' distractors and more, so that a model learns
 * what a noun says of a shape. No word fits two of them; sizes differ by less than two nouns do.
 */
const SCENE_SHAPES: readonly ((random: Random) => DistractorShape)[] = [
  ...DISTRACTOR_SHAPES,
  (random) => cylinderShape("disc", random.uniform(0.025, 0.032), random.uniform(0.005, 0.008)),
  (random) => cylinderShape("peg", random.uniform(0.009, 0.012), random.uniform(0.04, 0.055)),
  (random) => lyingCylinderShape("rod", random.uniform(0.009, 0.012), random.uniform(0.045, 0.06)),
  (random) => {
    const side = random.uniform(0.025, 0.031);
    return boxShape("tile", side, side * random.uniform(0.9, 1.1), random.uniform(0.005, 0.008));
  },
  (random) => {
    const half = random.uniform(0.01, 0.014);
    return boxShape("bar", half, random.uniform(0.045, 0.06), half * random.uniform(0.9, 1.1));
  },
  (random) => {
    const half = random.uniform(0.012, 0.015);
    return boxShape("post", half, half, random.uniform(0.045, 0.06));
  },
  ellipsoid("pebble", [0.025, 0.031], { length: [0.8, 1.1], height: [0.38, 0.5] }),
  ellipsoid("cigar", [0.014, 0.018], { length: [3.0, 3.4], height: [0.95, 1.05] }),
  (random) => {
    const half = random.uniform(0.018, 0.022);
    return ellipsoidShape("bulb", half, half, half * random.uniform(1.8, 2.1));
  },
  (random) => {
    const radius = random.uniform(0.014, 0.018);
    return cylinderShape("candle", radius, radius * random.uniform(2.4, 2.7));
  },
  (random) => {
    const radius = random.uniform(0.014, 0.018);
    return lyingCylinderShape("log", radius, radius * random.uniform(2.6, 2.9));
  },
  (random) => lyingCylinderShape("roll", random.uniform(0.02, 0.026), random.uniform(0.03, 0.042)),
  (random) => cylinderShape("drum", random.uniform(0.026, 0.032), random.uniform(0.014, 0.018)),
  (random) =>
    boxShape(
      "brick",
      random.uniform(0.017, 0.02),
      random.uniform(0.04, 0.046),
      random.uniform(0.013, 0.016),
    ),
  (random) => {
    const half = random.uniform(0.026, 0.032);
    return boxShape("plaque", half, random.uniform(0.005, 0.007), half * random.uniform(0.9, 1.1));
  },
  ellipsoid("bean", [0.017, 0.021], { length: [1.9, 2.2], height: [0.5, 0.65] }),
];
