import {
  bestDetection,
  boxOfDetection,
  type CameraFrame,
  type CameraInfo,
  decodeColor,
  decodeLabels,
  FrameError,
  joinedBox,
  type LabelMap,
  labelBoxes,
  type PixelBox,
  type Pose,
  scaledBox,
} from "../../camera/index.js";
import { type Plane, planeAt } from "../../geometry/index.js";
import {
  type ColorWord,
  colorNamed,
  isRobot,
  labelIdsOf,
  type ObjectRef,
} from "../../language/index.js";
import type { Task } from "../../task/index.js";
import { ColorBoxes } from "./ColorBoxes.js";
import { boxPlacements, placedBox } from "./placements.js";

/** The parts of a task that say what boxes are of, and where TF has them. */
export type BoxTask = Pick<Task, "objects" | "support" | "robot">;

/** Where one image shows things, by boxes, and what else tells where they can be. */
export interface BoxLook {
  readonly episode: string;
  readonly info: CameraInfo;
  /** By the name of the object. */
  readonly boxes: ReadonlyMap<string, PixelBox>;
  /** The gripper's TF frame, in the optical frame. */
  readonly told?: Pose;
  /** The support's surface by its TF frame and `height`, in the optical frame. */
  readonly plane?: Plane;
  readonly colors?: BoxColors;
}

export interface BoxColors {
  /** What is in the box of each object. */
  readonly shares: ReadonlyMap<string, ReadonlyMap<ColorWord, number>>;
  /** How well the boxes fit the picture where they are, and in each other placement: 0 to 1. */
  readonly fits: Float32Array;
  /** Whether that is by colours that the task's phrases name. */
  readonly isNamed: boolean;
}

/**
 * Looks at the boxes of one image; undefined where it has none, and where all detections have masks.
 *
 * @param given boxes by the object's name, if they are not the frame's
 * @throws FrameError if the label image cannot be read
 */
export async function boxLook(
  frame: CameraFrame,
  { objects, support, robot }: BoxTask,
  given?: ReadonlyMap<string, PixelBox>,
): Promise<BoxLook | undefined> {
  const { info, poses, episode } = frame;
  if (!info) return undefined;
  const all = [...objects.values()];
  const boxes = given ?? boxesOf(frame, info, all);
  if (boxes.size === 0) return undefined;
  const pose = poses?.get(robot?.gripperFrame ?? all.find(isFollowed)?.frame ?? "");
  const under = poses?.get(support?.frame ?? "");
  const things = all.filter(({ name }) => name !== support?.name && boxes.has(name));
  const colors = await colorsOf(frame, info, things, boxes);
  return {
    ...{ episode, info, boxes },
    ...(pose?.ok && { told: pose.pose }),
    ...(under?.ok &&
      support?.heightM !== undefined && { plane: planeAt(under.pose, support.heightM) }),
    ...(colors && { colors }),
  };
}

export function isFollowed(object: ObjectRef): boolean {
  return object.frame !== undefined && isRobot(object);
}

/** By labels; else the surest detection of its classes, if that has no mask. */
function boxesOf(
  { labels, labelNames, detections = [] }: CameraFrame,
  info: CameraInfo,
  objects: readonly ObjectRef[],
): ReadonlyMap<string, PixelBox> {
  const around = labels ? boxesAround(decodeLabels(labels), info) : new Map<number, PixelBox>();
  const boxes = new Map<string, PixelBox>();
  for (const object of objects) {
    const ids = labels ? labelIdsOf(object, labelNames) : [];
    const own = ids.map((id) => around.get(id)).filter((box) => box !== undefined);
    const best = bestDetection(detections, object.classIds ?? []);
    if (own.length > 0) boxes.set(object.name, joinedBox(own));
    else if (best && !best.mask) {
      boxes.set(object.name, boxOfDetection(best));
    }
  }
  return boxes;
}

/** In pixels of the colour image: a label image may have another size. */
function boxesAround(labels: LabelMap, full: CameraInfo): ReadonlyMap<number, PixelBox> {
  const [x, y] = [full.width / labels.width, full.height / labels.height];
  return new Map([...labelBoxes(labels)].map(([id, { box }]) => [id, scaledBox(box, x, y)]));
}

/** Longest side of the colour image that is looked at, pixels. */
const MOST_SIDE = 160;
/** Things without a colour word tell less: as many have to agree. */
const LEAST_UNNAMED = 2;

/** Undefined where the colour image cannot be read (that is told where it is used) or tells nothing. */
async function colorsOf(
  { image }: CameraFrame,
  info: CameraInfo,
  things: readonly ObjectRef[],
  boxes: ReadonlyMap<string, PixelBox>,
): Promise<BoxColors | undefined> {
  const named = things.filter(({ phrase }) => colorNamed(phrase) !== undefined);
  const isNamed = named.length > 0;
  const judged = isNamed ? named : things.filter((it) => !isRobot(it));
  if (!isNamed && judged.length < LEAST_UNNAMED) return undefined;
  try {
    const small = await decodeColor(image, { maxSidePx: MOST_SIDE });
    const picture = new ColorBoxes(small);
    const [x, y] = [small.width / info.width, small.height / info.height];
    const seen = (box: PixelBox) => scaledBox(box, x, y);
    const shares = new Map<string, ReadonlyMap<ColorWord, number>>();
    for (const { name } of things) {
      const box = boxes.get(name);
      const own = box && picture.sharesIn(seen(box));
      if (own) shares.set(name, own);
    }
    const placed = judged.flatMap(({ name, phrase }) => {
      const box = boxes.get(name);
      return box ? [{ box, color: colorNamed(phrase) }] : [];
    });
    const fits = Float32Array.from(boxPlacements(info), (placement) => {
      let sum = 0;
      for (const { box, color } of placed)
        sum += picture.fit(seen(placedBox(box, placement, info)), color);
      return sum / placed.length;
    });
    return { shares, fits, isNamed };
  } catch (error) {
    if (error instanceof FrameError) return undefined;
    throw error;
  }
}
