import type { Vec3 } from "../base/index.js";
import type { CameraTopics } from "../camera/index.js";
import { labelIdsOf } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { Contradiction, Delay } from "./Contradiction.js";
import type { LengthDoubt } from "./lengthDoubt.js";
import type { Placement } from "./maskEdges.js";

/** How a reader knows what is spoken of. */
export interface Names extends Pick<Task, "objects" | "robot" | "support"> {
  /** The camera's name in the task. */
  readonly camera: string;
  readonly topics?: CameraTopics | undefined;
  readonly labelNames?: ReadonlyMap<number, string> | undefined;
  /** Pixels of the colour image for each pixel that was looked at. */
  readonly scale: number;
  /** Focal lengths of camera_info, pixels. */
  readonly focal: { readonly fx: number; readonly fy: number };
}

/** What is wrong, and what to do: one sentence. */
export function describe(found: Contradiction, names: Names): string {
  const { camera, topics, objects, robot, support, labelNames } = names;
  const masks = topics?.labels ?? topics?.detections ?? `the masks of ${camera}`;
  const depth = topics?.depth ?? `the depth image of ${camera}`;
  const info = topics?.info ?? `the intrinsics of ${camera}`;
  const frame = `TF frame ${robot?.gripperFrame ?? ""}`;
  const gripper = robot?.gripper.phrase ?? "the gripper";
  const by = `by ${found.images} images`;
  switch (found.kind) {
    case "misnamed":
      return (
        `${topics?.labelInfo ?? "LabelInfo"} calls id ${found.id} of ${masks} "${found.told}", but the task ` +
        `gives it to "${found.phrase}": correct \`labels\` in the task, or leave it out where the names are right`
      );
    case "masks":
      return (
        `${masks}: the masks ${liesIn(found.placement, names.scale)} the things in ${depth} (${by}). ` +
        "One of both is of another camera or time, or was turned: publish both as the camera sees, registered"
      );
    case "delay":
      return (
        `${depth} shows ${gripper} where it was ${
          found.delay === undefined ? "at another time" : delayed(found.delay)
        } than ${masks} does (${by}): ` +
        "correct the stamps of one of both (`offset` of the camera in the task)"
      );
    case "moment":
      return (
        `${masks}: the mask of ${idOf(found.id, labelNames)} shows it where ${depth} has it in another image, and not ` +
        `in the same one (${by}): does each message of both hold a new image, and are their stamps right?`
      );
    case "renamed":
      return (
        `${masks}: what was ${idOf(found.was, labelNames)} is ${idOf(found.id, labelNames)}, which was elsewhere, from one image ` +
        `to the next, ${found.afterS.toFixed(1)} s after the first (${by}): the ids are given anew from there on`
      );
    case "jump": {
      const thing = idOf(found.id, labelNames);
      const times = `${found.factor.toFixed(2)} times`;
      return found.of === "lens"
        ? `${info}: fx is ${times} another from one image to another, while ${thing} in ${masks} stays where it is and as ` +
            `large (${by}): use the camera_info of these images throughout`
        : `${depth} shows ${thing} and what is around it ${times} as far in some images as in others, while its mask in ` +
            `${masks} stays where it is and as large (${by}): its unit or scale changes (\`depth_unit\`)`;
    }
    case "late": {
      const what = found.what === "images" ? "the images show" : `${masks} shows`;
      return (
        `${what} ${gripper} where ${frame} is ${delayed(found.delay)} (${by}): the stamps of ` +
        `${found.what === "images" ? "the images or of /tf" : masks} are too ` +
        `${found.delay.seconds > 0 ? "late" : "early"}, or it shows what is past or to come`
      );
    }
    case "swapped": {
      return (
        `${masks}: the mask of ${gripper} does not move as ${frame} does, but that of ` +
        `${idOf(found.id, labelNames)} does (${by}): ` +
        "are the names of the ids, or `labels` in the task, swapped?"
      );
    }
    case "colors": {
      const phrase = objects.get(found.name)?.phrase ?? found.name;
      const other =
        found.by === undefined
          ? undefined
          : [...objects.values()].find((object) =>
              labelIdsOf(object, labelNames).includes(found.by ?? 0),
            );
      if (other) {
        return (
          `${masks}: of the masks of ${phrase} and ${other.phrase}, each has the colour of the other, or none of its own (${by}): ` +
          "are the names of the ids, or `labels` in the task, swapped?"
        );
      }
      const has =
        found.by === undefined ? "" : `, and ${idOf(found.by, labelNames)} has its colour`;
      return (
        `${masks}: the mask of ${phrase} is ${found.instead}${has} (${by}): are the names of the ids, or ` +
        "`labels` in the task, swapped, or red and blue of the image (its encoding)?"
      );
    }
    case "exchanged": {
      const [a, b] = found.ids.map((id) => idOf(id, labelNames));
      return (
        `${masks}: ${a} and ${b} exchange their places from one image to the next, ` +
        `${found.afterS.toFixed(1)} s after the first${found.times > 1 ? ` and ${found.times} times in all` : ""} (${by}): ` +
        `the ids are exchanged ${found.times > 1 ? "in some images" : "from there on"}`
      );
    }
    case "constant":
      return `${depth} has the same value in all its pixels: it shows no scene`;
    case "frozen": {
      const color = topics?.color ?? `the image of ${camera}`;
      const part = found.part === "labels" ? masks : found.part === "image" ? color : depth;
      const moves =
        found.by === "camera"
          ? `the camera moves ${cm(found.movedM)} by TF`
          : `${frame} moves ${cm(found.movedM)} in view`;
      return (
        `${part} is the same to the last bit while ${moves} (${by}): does each message hold a ` +
        "new image?"
      );
    }
    case "split":
      return (
        `${masks}: the mask of ${idOf(found.id, labelNames)} has two parts that are ${cm(found.apartM)} apart with nothing ` +
        `before what is between them (${by}): give each thing an id of its own`
      );
    case "depth":
      return (
        `${depth} is ${cm(Math.abs(found.offM))} too ${found.offM > 0 ? "large" : "small"} throughout, by where it ` +
        `shows ${support?.phrase ?? "the support"} (TF frame ${support?.frame ?? ""}) and how far ${gripper} moves ` +
        `in it (${frame}; ${by}): correct the sensor's offset, or the camera's place in TF`
      );
    case "distance": {
      const [thing, of] =
        found.by === "gripper"
          ? [gripper, frame]
          : [support?.phrase ?? "the support", `TF frame ${support?.frame ?? ""} and \`height\``];
      const way = found.way === "elsewhere" ? "nearer or farther" : found.way;
      return (
        `${depth} shows ${thing} ${cm(found.offM)} ${way} than ${of}, in the right direction (by ${found.images} images), ` +
        "and no lens, pose or delay explains it: is it depth of another kind (disparity, 8 of 16 bits, normalised) " +
        "or unit (`depth_unit`), or the camera's place in TF wrong?"
      );
    }
    case "offset":
      return (
        `${frame} is ${cm(found.offsetM)} from what ${masks} and ${depth} show of ${gripper} (${by}): ` +
        "is it the gripper's frame, is the camera's place in TF right, and the label the gripper's?"
      );
    case "unrelated":
      return (
        `the mask of ${gripper} in ${masks} does not follow ${frame} (${by}): are the stamps right, does ` +
        "each message show a new image, is the camera's pose in TF right, is it the gripper's frame, and the label the gripper's, without the arm?"
      );
    case "tilt":
      return (
        `the main plane in ${depth} is tilted by ${degrees(found.tilt)} against TF frame ` +
        `${support?.frame ?? ""} of ${support?.phrase ?? "the support"} (${by}): the camera's pose in TF or ` +
        `${info} is wrong, or it is depth of another kind (disparity, not in metres)`
      );
    case "track":
      return `${causeOf(found, names, { masks, depth, info, frame, gripper })} (${by})`;
    case "climb":
      return (
        `${depth} shows the camera rise and sink over ${support?.phrase ?? "the support"} ${found.factor.toPrecision(3)} times ` +
        `as far as TF frame ${support?.frame ?? ""} does (${by}): the unit of ${depth} (\`depth_unit\`) or of /tf is another one`
      );
    case "stopped":
      return (
        `TF frame ${support?.frame ?? ""} is the same to the last bit while ${depth} shows the camera rise and sink by ` +
        `${cm(found.movedM)} over ${support?.phrase ?? "the support"} (${by}): have the transforms of /tf stopped, or does each hold the ` +
        "same joint angles?"
      );
    case "world": {
      const rest = `TF frame ${support?.frame ?? ""}`;
      const isPlane = found.ids.length === 0;
      const things = isPlane
        ? (support?.phrase ?? "the support")
        : found.ids.map((id) => idOf(id, labelNames)).join(" and ");
      const words = { masks, depth, info, frame: rest, gripper: things };
      const what = isPlane
        ? `${depth} shows the camera rise and sink at another time than ${rest}`
        : `before a camera that moves, ${things} do not stay where they are in ${rest}`;
      return `${what}: ${causeOf(found, names, words)} (${by})`;
    }
  }
}

/** What may be wrong, and what follows from it. */
export function describeDoubt(
  { factor, share, by, images }: LengthDoubt,
  { camera, topics, robot, support }: Pick<Names, "camera" | "topics" | "robot" | "support">,
): string {
  const info = topics?.info ?? `the intrinsics of ${camera}`;
  const depth = topics?.depth ?? `the depth image of ${camera}`;
  const why =
    by === "gripper"
      ? `${robot?.gripper.phrase ?? "the gripper"} seems to move ${factor.toFixed(2)} times as far as TF frame ${robot?.gripperFrame ?? ""} does`
      : `${support?.phrase ?? "the support"} seems ${factor.toFixed(2)} times as far away as TF frame ${support?.frame ?? ""} and \`height\` say`;
  return (
    `${why} (by ${images} images): ${info} or ${depth} may be off. Sigma of lengths is larger by ` +
    `${(100 * share).toFixed(0)} % of the length`
  );
}

/** Where the gripper's frame is not in the middle of what is seen of it; undefined where it may be. */
export function describeOffset(offsetM: Vec3, { robot }: Pick<Names, "robot">): string | undefined {
  const sizeM = Math.hypot(...offsetM);
  if (!robot || sizeM < MOST_FRAME_OFF_M) return undefined;
  const axes = (["x", "y", "z"] as const).map((name, i) => ({
    name,
    offM: offsetM[i as 0 | 1 | 2],
  }));
  const [most] = axes.sort((a, b) => Math.abs(b.offM) - Math.abs(a.offM));
  const { name, offM } = most ?? { name: "x", offM: 0 };
  return (
    `the middle of what is seen of ${robot.gripper.phrase} is ${cm(sizeM)} from TF frame ${robot.gripperFrame}, ` +
    `${cm(offM)} of it along its ${name} axis: as it should be if that is the frame of a wrist or flange. If it is the ` +
    "fingertips' one, the camera's place in TF is wrong. Where held things are says `at` of the task's `grasp`"
  );
}

/** What a frame may be off from the middle of what is seen: a gripper is so large. */
const MOST_FRAME_OFF_M = 0.08;

function idOf(id: number, names: ReadonlyMap<number, string> | undefined): string {
  const name = names?.get(id);
  return name === undefined ? `id ${id}` : `${name} (id ${id})`;
}

interface Words {
  readonly masks: string;
  readonly depth: string;
  readonly info: string;
  readonly frame: string;
  readonly gripper: string;
}

function causeOf(
  { cause, values, sigmas }: Contradiction & { readonly kind: "track" | "world" },
  { focal }: Names,
  { masks, depth, info, frame, gripper }: Words,
): string {
  const [a = 0, b = 0] = values;
  const [sigma = 0] = sigmas;
  const percent = Math.max(1, Math.ceil(100 * sigma));
  switch (cause) {
    case "fx":
    case "fy":
    case "fx and fy":
      return (
        `${info}: ${cause} is ${Math.exp(-a).toFixed(2)} times (± ${percent} %) what it must be, since ` +
        `${gripper} moves less or more in the images than ${frame} does: use the camera_info of these images`
      );
    case "scale":
      return (
        `${gripper} is seen to move ${Math.exp(a).toPrecision(3)} times (± ${percent} %) as far as ${frame} does: ` +
        `the unit of ${depth} (\`depth_unit\`) or of /tf is another one, or the masks are not of ${gripper} alone`
      );
    case "lag":
      return (
        `the images show ${gripper} ${seconds(-a)} than ${frame} says: the stamps of the images or of /tf ` +
        "are wrong"
      );
    case "mirror":
      return `the images are mirrored against ${frame}: publish them as the camera sees`;
    case "rotation":
      return (
        `the camera's pose in TF is turned by ${degrees(Math.hypot(...values))} against what ${masks} and ` +
        `${depth} show of ${gripper} (${frame}): calibrate it, or use its optical frame`
      );
    case "principal point": {
      const [x, y] = [-a * focal.fx, -b * focal.fy];
      return (
        `${info}: cx, cy are ${x.toFixed(0)}, ${y.toFixed(0)} px off, or the camera's pose in TF is, by where ` +
        `${gripper} is seen (${frame})`
      );
    }
  }
}

function liesIn(placement: Placement, scale: number): string {
  if (placement.kind === "squeezed") {
    const percent = (100 * placement.share).toFixed(0);
    return `are squeezed to ${percent} % of the ${placement.axis} against`;
  }
  if (placement.kind !== "shifted") return `are ${placement.kind} against`;
  return `lie ${asidePx(-placement.x * scale, -placement.y * scale)} of`;
}

/** Which way something is off in an image, and by how many pixels. */
export function asidePx(x: number, y: number): string {
  const ways = [
    x !== 0 && `${Math.abs(x)} px ${x > 0 ? "right" : "left"}`,
    y !== 0 && `${Math.abs(y)} px ${y > 0 ? "below" : "above"}`,
  ].filter((way) => way !== false);
  return ways.join(" and ");
}

function delayed({ seconds: later, toleranceS, isLeast }: Delay): string {
  return `${isLeast ? "at least " : ""}${seconds(later).replace(" s ", ` s (± ${toleranceS.toFixed(2)} s) `)}`;
}

function seconds(later: number): string {
  return `${Math.abs(later).toFixed(2)} s ${later > 0 ? "earlier" : "later"}`;
}

function cm(metres: number): string {
  return metres < 10 ? `${(100 * metres).toFixed(0)} cm` : `${metres.toFixed(0)} m`;
}

function degrees(radians: number): string {
  return `${((radians * 180) / Math.PI).toFixed(0)}°`;
}
