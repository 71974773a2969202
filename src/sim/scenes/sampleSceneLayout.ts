import { Random, type Vec3 } from "../../base/index.js";
import { opticalPose } from "../scene/cameraPose.js";
import { TABLE_TOP_M } from "../scene/dimensions.js";
import { DISTRACTOR_COLORS, type Distractor, type DistractorShape } from "../scene/distractors.js";
import { LABEL } from "../scene/labels.js";
import {
  type CameraPlacement,
  FOCAL_WIDTHS,
  sampleLayout,
  type TabletopLayout,
} from "../scene/TabletopLayout.js";
import { NOVEL_SHAPES, SCENE_SHAPES } from "./sceneShapes.js";

/**
 * Where scenes come from: `familiar` ones for training, `novel` ones with colours, shapes and
 * points of view that no familiar scene has.
 */
export type SceneDomain = "familiar" | "novel";

const NOVEL_COLORS: ReadonlySet<string> = new Set(["purple", "lime", "brown"]);

/** How words for size come about: the factor by which a shape is larger than usual. */
const SIZES = [
  { word: "small", low: 0.8, high: 0.95 },
  { word: undefined, low: 1, high: 1.2 },
  { word: "large", low: 1.45, high: 1.8 },
] as const;

/** A thing beside mug and tray with the words for it. */
export interface SceneThing extends Distractor {
  readonly color: string;
  readonly size: string | undefined;
}

export interface SceneLayout extends TabletopLayout {
  readonly distractors: readonly SceneThing[];
}

/**
 * A table with things of any colour, shape and size, look-alikes among them, seen by one camera
 * that stands anywhere before it. The positions are for `TabletopStudio` to choose.
 */
export function sampleSceneLayout(seed: number, domain: SceneDomain): SceneLayout {
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
    cameras: [sampleCamera(new Random(seed, "scene camera"), domain)],
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

/** Familiar cameras look from the front, novel ones from aside or from high above. */
function sampleCamera(random: Random, domain: SceneDomain): CameraPlacement {
  const target: Vec3 = [
    random.uniform(-0.06, 0.06),
    random.uniform(-0.05, 0.06),
    TABLE_TOP_M + random.uniform(0.02, 0.1),
  ];
  const isAside = domain === "novel" && random.next() < 0.6;
  const azimuthRad = isAside
    ? random.pick([-1, 1]) * random.uniform(0.65, 1.15)
    : random.uniform(-0.5, 0.5);
  const pitchRad =
    domain === "novel" && !isAside ? random.uniform(0.95, 1.2) : random.uniform(0.4, 0.85);
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
