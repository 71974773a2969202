import { DEFAULT_VLM } from "../../models/index.js";
import type { LifecycleState, ParameterSpec, ParameterValue } from "../RosNode.js";

/** The bridge's parameters; see launch/params/bridge.yaml and `PARAMETERS`. */
export interface BridgeParameters {
  readonly task: string;
  readonly vlm: string;
  readonly llm: string;
  readonly calibration: string;
  readonly fusedRateHz: number;
  readonly corrections: boolean;
  readonly camera: string;
  readonly cameras: readonly string[];
  readonly imageTransport: string;
  readonly depthTopic: string;
  readonly labelsTopic: string;
  readonly detectionsTopic: string;
  readonly cameraInfoTopic: string;
  readonly tfFrames: readonly string[];
  readonly rateHz: number;
  readonly reliability: string;
  readonly queueDepth: number;
  readonly joinToleranceS: number;
  readonly joinWaitS: number;
  readonly imageTimeoutS: number;
  readonly episodeTimeoutS: number;
  readonly record: string;
  readonly publishAnnotatedImage: boolean;
  readonly publishMarkers: boolean;
  readonly targetFrame: string;
  readonly publishTf: boolean;
  readonly diagnosticsPeriodS: number;
  readonly autostart: boolean;
}

export type BridgeParameter = keyof BridgeParameters;

/** In which states of the life cycle a parameter can be set. */
export type Changes = "always" | "unless_active" | "unconfigured" | "never";

type Specs = {
  readonly [K in BridgeParameter]: ParameterSpec<BridgeParameters[K] & ParameterValue> & {
    readonly changes: Changes;
  };
};

export const PARAMETERS: Specs = {
  task: {
    name: "task",
    defaultValue: "",
    description:
      "Task file (YAML): objects, measurements, reward, stages. Setting it starts a new episode",
    changes: "always",
  },
  vlm: {
    name: "vlm",
    defaultValue: DEFAULT_VLM,
    description:
      "The model and its settings: embedded, rgbd?min_pixels=40, http://HOST:PORT/v1#MODEL?max_side=768. Setting it loads it",
    changes: "always",
  },
  llm: {
    name: "llm",
    defaultValue: "",
    description:
      "The language model of the action reason: http://HOST:PORT/v1#MODEL, or planner. Empty: the action is not served",
    changes: "always",
  },
  calibration: {
    name: "calibration",
    defaultValue: "",
    description:
      "Calibration file of the model (YAML, made by spatial-reward calibrate). Empty: none. Setting it starts a new episode",
    changes: "always",
  },
  fusedRateHz: {
    name: "fused_rate",
    defaultValue: 0,
    description:
      "Rewards between the images, predicted at the stamps of the gripper's TF, Hz at most; for tasks that name their gripper (grasp). 0: none",
    range: [0, 1000],
    changes: "always",
  },
  corrections: {
    name: "corrections",
    defaultValue: false,
    description:
      "With fused_rate: publish on ~/reward_corrected the reward of every image, and then the rewards predicted for stamps after it again, by what its answers told",
    changes: "always",
  },
  camera: {
    name: "camera",
    defaultValue: "",
    description:
      "Colour topic or its base name: /camera/color means /camera/color/image_raw. Empty: from cameras or the task",
    changes: "unless_active",
  },
  cameras: {
    name: "cameras",
    defaultValue: [],
    description: "Several cameras, each as in camera. Empty: from camera or the task",
    changes: "unless_active",
  },
  imageTransport: {
    name: "image_transport",
    defaultValue: "raw",
    description:
      "Transport of colour images: raw (sensor_msgs/Image) or compressed (<topic>/compressed)",
    choices: ["raw", "compressed"],
    changes: "unless_active",
  },
  depthTopic: {
    name: "depth_topic",
    defaultValue: "",
    description: "Depth registered to the colour image. Empty: searched beside the colour topic",
    changes: "unless_active",
  },
  labelsTopic: {
    name: "labels_topic",
    defaultValue: "",
    description: "Image of instance ids. Empty: searched beside the colour topic",
    changes: "unless_active",
  },
  detectionsTopic: {
    name: "detections_topic",
    defaultValue: "",
    description:
      "vision_msgs/Detection2DArray or yolo_msgs/DetectionArray. Empty: looked for beside the colour topic",
    changes: "unless_active",
  },
  cameraInfoTopic: {
    name: "camera_info_topic",
    defaultValue: "",
    description: "Intrinsics of the colour camera. Empty: camera_info beside the colour topic",
    changes: "unless_active",
  },
  tfFrames: {
    name: "tf_frames",
    defaultValue: [],
    description: "TF frames to look up at each image's stamp, besides those of the task's objects",
    changes: "unless_active",
  },
  rateHz: {
    name: "rate",
    defaultValue: 0,
    description: "Maximum rate of images of each camera, Hz, by their stamps. 0: all",
    range: [0, 1000],
    changes: "always",
  },
  reliability: {
    name: "reliability",
    defaultValue: "best_effort",
    description:
      "QoS of the camera topics: best_effort (works with every publisher) or reliable (lost images are sent again)",
    choices: ["best_effort", "reliable"],
    changes: "unless_active",
  },
  queueDepth: {
    name: "queue_depth",
    defaultValue: 5,
    description: "QoS of the camera topics: messages queued until the node takes them",
    integer: true,
    range: [1, 1000],
    changes: "unless_active",
  },
  joinToleranceS: {
    name: "join_tolerance",
    defaultValue: 0.02,
    description:
      "Depth, labels and boxes whose stamp is further than this from the image's do not belong to it, s. join_tolerance.CAMERA: of one camera",
    range: [0, 1],
    changes: "unless_active",
  },
  joinWaitS: {
    name: "join_wait",
    defaultValue: 0.5,
    description:
      "How long an image waits for its depth, labels, boxes and TF at most, s by the stamps. join_wait.CAMERA: of one camera",
    range: [0, 10],
    changes: "unless_active",
  },
  imageTimeoutS: {
    name: "image_timeout",
    defaultValue: 2,
    description: "Warn when a camera has sent no image for this long, s of ROS time. 0: never",
    range: [0, 3600],
    changes: "always",
  },
  episodeTimeoutS: {
    name: "episode_timeout",
    defaultValue: 0,
    description: "An episode that lasts longer is a failure, s. 0: from the task",
    range: [0, 86400],
    changes: "unconfigured",
  },
  record: {
    name: "record",
    defaultValue: "",
    description:
      "Write all published messages to this MCAP file (x.mcap) or bag folder. Empty: off",
    changes: "unconfigured",
  },
  publishAnnotatedImage: {
    name: "publish_annotated_image",
    defaultValue: true,
    description: "Publish the image with its measurements, while there are subscribers",
    changes: "always",
  },
  publishMarkers: {
    name: "publish_markers",
    defaultValue: true,
    description: "Publish objects and distances as markers in the camera's optical frame",
    changes: "always",
  },
  targetFrame: {
    name: "target_frame",
    defaultValue: "",
    description:
      "TF frame in which ~/objects, ~/object_poses and publish_tf tell positions (base_link). Empty: the camera's optical frame",
    changes: "unless_active",
  },
  publishTf: {
    name: "publish_tf",
    defaultValue: false,
    description: "Publish each object that was seen as the TF frame <node>/<object> on /tf",
    changes: "always",
  },
  diagnosticsPeriodS: {
    name: "diagnostics_period",
    defaultValue: 1,
    description: "Time between two messages on /diagnostics, s",
    range: [1, 60],
    changes: "always",
  },
  autostart: {
    name: "autostart",
    defaultValue: true,
    description: "Configure and activate at start. false: a lifecycle manager does this",
    changes: "never",
  },
};

/** Why a parameter cannot be set in this state; undefined if it can. */
export function settingFault(key: BridgeParameter, state: LifecycleState): string | undefined {
  const { name, changes } = PARAMETERS[key];
  if (changes === "unless_active" && state === "active") {
    return `parameter ${name} cannot change while the node is active: deactivate it first`;
  }
  if (changes === "unconfigured" && state !== "unconfigured") {
    return `parameter ${name} cannot change while the node is ${state}: clean it up first`;
  }
  return undefined;
}
