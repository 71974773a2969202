import type { Annotation } from "../../annotate/index.js";
import { rosTimeOf, type Vec3 } from "../../base/index.js";
import { invertPose, type Pose, transformPoint } from "../../camera/index.js";
import { withWholeSigma } from "../../language/index.js";

/** Where an object's centre was seen, at the image's stamp. */
interface SeenObject {
  readonly name: string;
  readonly position: Vec3;
  /** Standard deviation along each axis, metres; undefined if no length tells it. */
  readonly sigmaM: number | undefined;
}

/** All objects of one image, in one frame. */
export interface SeenObjects {
  readonly header: {
    readonly stamp: { readonly sec: number; readonly nanosec: number };
    readonly frame_id: string;
  };
  readonly objects: readonly SeenObject[];
}

/** An orientation that is not known: variance of an angle that may be any, rad². */
const ANY_ANGLE = Math.PI ** 2 / 3;
const NO_TURN = { x: 0, y: 0, z: 0, w: 1 };

/**
 * The objects that were seen in an image.
 *
 * @param targetFrame TF frame that they are told in; the camera's optical frame where empty
 * @returns undefined if the frame is not known for this image
 */
export function seenObjects(annotation: Annotation, targetFrame: string): SeenObjects | undefined {
  const { frame, facts } = annotation;
  const toTarget = targetFrame === "" ? undefined : poseOf(annotation, targetFrame);
  if (targetFrame !== "" && toTarget === undefined) return undefined;
  const objects = new Map<string, SeenObject>();
  for (const { object, centerM } of facts.flatMap(({ answer }) => answer.evidence ?? [])) {
    if (objects.has(object)) continue;
    const position = toTarget === undefined ? centerM : transformPoint(toTarget, centerM);
    objects.set(object, { name: object, position, sigmaM: sigmaOf(annotation, object) });
  }
  const header = { stamp: rosTimeOf(frame.stampNs), frame_id: targetFrame || frame.frameId };
  return { header, objects: [...objects.values()] };
}

/** vision_msgs/msg/Detection3DArray: class_id and id are the object's name in the task. */
export function detectionsMessage({ header, objects }: SeenObjects) {
  return {
    header,
    detections: objects.map(({ name, position, sigmaM }) => {
      const pose = { position: point(position), orientation: NO_TURN };
      return {
        header,
        results: [
          {
            hypothesis: { class_id: name, score: 1 },
            pose: { pose, covariance: covariance(sigmaM) },
          },
        ],
        // Nobody has measured how large it is.
        bbox: { center: pose, size: { x: 0, y: 0, z: 0 } },
        id: name,
      };
    }),
  };
}

/** geometry_msgs/msg/PoseArray, in the order of the detections. */
export function posesMessage({ header, objects }: SeenObjects) {
  const poses = objects.map(({ position }) => ({
    position: point(position),
    orientation: NO_TURN,
  }));
  return { header, poses };
}

/** tf2_msgs/msg/TFMessage with a frame `<prefix>/<object>` for each. */
export function objectTransforms({ header, objects }: SeenObjects, prefix: string) {
  return {
    transforms: objects.map(({ name, position: [x, y, z] }) => ({
      header,
      child_frame_id: `${prefix}/${name}`,
      transform: { translation: { x, y, z }, rotation: NO_TURN },
    })),
  };
}

function poseOf({ frame }: Annotation, targetFrame: string): Pose | undefined {
  const found = frame.poses?.get(targetFrame);
  // It is the target's pose in the optical frame.
  return found?.ok ? invertPose(found.pose) : undefined;
}

/**
 * Half of the variance of the surest length that the object is an end of: the other half is the
 * other end's. The same along each axis, as a length tells of one only.
 */
function sigmaOf({ facts }: Annotation, name: string): number | undefined {
  const sigmas = facts.flatMap(({ subject, object, answer }) => {
    const { value } = withWholeSigma(answer);
    const isEnd = subject === name || object === name;
    return isEnd && value?.shape === "quantity" ? value.sigmaM : [];
  });
  return sigmas.length === 0 ? undefined : Math.min(...sigmas) / Math.SQRT2;
}

/** Rows of x, y, z and three angles; all 0 if it is not known, as ROS has it. */
function covariance(sigmaM: number | undefined): Float64Array {
  const matrix = new Float64Array(36);
  if (sigmaM === undefined) return matrix;
  for (const axis of [0, 1, 2]) {
    matrix[axis * 7] = sigmaM ** 2;
    matrix[(axis + 3) * 7] = ANY_ANGLE;
  }
  return matrix;
}

function point([x, y, z]: Vec3) {
  return { x, y, z };
}
