import type { CameraTopics } from "../../camera/index.js";
import type { Task } from "../../task/index.js";
import { BridgeError } from "./BridgeError.js";
import type { BridgeParameters } from "./BridgeParameters.js";

/** A camera that is asked for, before its topics are looked for on the graph. */
export interface WantedCamera extends Omit<CameraTopics, "name"> {
  /** The colour topic's where absent. */
  readonly name?: string;
  /** A colour topic, with or without its transport, or the base of one. */
  readonly color: string;
}

/**
 * The cameras that parameters or task ask for: parameters go before.
 *
 * @throws BridgeError if there is none, or it is unclear to which camera a topic belongs
 */
export function wantedCameras(
  parameters: BridgeParameters,
  task: Pick<Task, "cameras">,
): readonly WantedCamera[] {
  const { camera, cameras } = parameters;
  if (camera !== "" && cameras.length > 0) {
    throw new BridgeError("the parameters camera and cameras are both set: set only one of them");
  }
  const named = camera === "" ? cameras : [camera];
  const wanted = named.length === 0 ? task.cameras : named.map((color) => fromTask(task, color));
  const [first, ...others] = wanted;
  if (first === undefined) {
    throw new BridgeError(
      "no camera is configured: set the parameter camera (camera:=/camera/color) or name cameras in the task file",
    );
  }
  const siblings = namedSiblings(parameters);
  if (Object.keys(siblings).length === 0) return wanted;
  if (others.length > 0) {
    throw new BridgeError(
      "depth_topic, labels_topic, detections_topic and camera_info_topic are for one camera, but there are " +
        `${wanted.length}: name the topics in the task file (cameras: … depth: /topic)`,
    );
  }
  return [{ ...first, ...siblings }];
}

/** The task's camera of that topic, or the only one with another topic instead of its own. */
function fromTask({ cameras }: Pick<Task, "cameras">, color: string): WantedCamera {
  const known = cameras.find((camera) => camera.color === color || camera.name === color);
  if (known) return known;
  const [only, ...others] = cameras;
  return only && others.length === 0 ? { name: only.name, color } : { color };
}

function namedSiblings(parameters: BridgeParameters): Partial<WantedCamera> {
  const { depthTopic, labelsTopic, detectionsTopic, cameraInfoTopic } = parameters;
  return {
    ...(depthTopic && { depth: depthTopic }),
    ...(labelsTopic && { labels: labelsTopic }),
    ...(detectionsTopic && { detections: detectionsTopic }),
    ...(cameraInfoTopic && { info: cameraInfoTopic }),
  };
}
