import type { SpatialVlm } from "../../models/index.js";
import { qosMismatch } from "../qos.js";
import type { RosNode, RosQos } from "../RosNode.js";
import type { LiveCamera } from "./LiveCamera.js";
import { isLatched, type PartTopic } from "./locateCamera.js";
import { isOtherClock } from "./rosClock.js";

/** Something about a camera that a user should look at. */
export interface CameraFault {
  /** The same for the same fault, regardless of its numbers. */
  readonly key: string;
  readonly text: string;
}

export interface FaultOptions {
  /** 0: images may stop. */
  readonly imageTimeoutS: number;
  /** Time by ROS stands still for good: silence is measured by the wall clock. */
  readonly isClockDead: boolean;
}

/**
 * What is wrong with a camera at present, the worst first: nobody publishes, another type or QoS is
 * published, images have stopped, its images are of depth or of labels, intrinsics are of no use, images are lost on their way, stand still or have no stamp, the model misses a part.
 */
export function cameraFaults(
  node: Pick<RosNode, "publishersOf" | "topics" | "fullName">,
  camera: LiveCamera,
  { imageTimeoutS, isClockDead }: FaultOptions,
  vlm: Pick<SpatialVlm, "id" | "needs"> | undefined,
): CameraFault[] {
  const mismatches = camera.parts.flatMap((part) => mismatchesOf(node, part, camera.qosOf(part)));
  const silenceS = isClockDead ? camera.arrivals.wallSilenceS : camera.arrivals.rosSilenceS;
  const isSilent = mismatches.length === 0 && imageTimeoutS > 0 && silenceS >= imageTimeoutS;
  const silence = isSilent ? [silenceOf(node, camera, silenceS)] : [];
  return [
    ...mismatches,
    ...silence,
    ...roleFault(camera),
    ...flowFaults(camera, imageTimeoutS),
    ...infoFault(camera),
    ...silentParts(node, camera, imageTimeoutS),
    ...missing(camera, vlm),
  ];
}

function mismatchesOf(
  node: Pick<RosNode, "publishersOf" | "fullName">,
  { topic, type, part }: PartTopic,
  wanted: RosQos,
): CameraFault[] {
  return node.publishersOf(topic).flatMap((publisher): CameraFault[] => {
    if (publisher.type !== type) {
      return [
        {
          key: `${topic} type`,
          text:
            `${publisher.node} publishes ${publisher.type} on ${topic}, and ${node.fullName} reads ` +
            `${type} there as ${part}: name another topic` +
            (part === "color" ? " (camera, image_transport)" : ""),
        },
      ];
    }
    const mismatch = part === "labelInfo" ? undefined : qosMismatch(publisher.qos, wanted);
    if (mismatch === undefined) return [];
    const isUnreliable =
      publisher.qos.reliability === "best_effort" && wanted.reliability === "reliable";
    const advice = !isUnreliable
      ? `Publish it as ${wanted.durability.replace("_", " ")}`
      : `Set the parameter reliability (qos_overrides.${topic}.subscription.reliability where that is set) ` +
        `to ${publisher.qos.reliability}, or change the publisher`;
    return [
      {
        key: `${topic} qos`,
        text: `no messages from ${publisher.node} to ${node.fullName} on ${topic}: ${mismatch}. ${advice}`,
      },
    ];
  });
}

function silenceOf(
  node: Pick<RosNode, "publishersOf" | "topics">,
  camera: LiveCamera,
  silenceS: number,
): CameraFault {
  const { color } = camera.topics;
  const count = node.publishersOf(color).length;
  const others = node
    .topics()
    .map(({ name }) => name)
    .filter((name) => name !== color && related(name, color));
  const why =
    count > 0
      ? `it has ${count === 1 ? "a publisher" : `${count} publishers`}, which may be stopped or overloaded`
      : others.length > 0
        ? `it has no publisher, but these topics exist: ${others.slice(0, 3).join(", ")}: set camera or image_transport`
        : "it has no publisher: check that the camera is running, and its namespace";
  const text = `no image on ${color} for ${silenceS.toFixed(1)} s: ${why}`;
  return { key: `${color} silent`, text };
}

/** A picture of depth looks like one of a scene. */
function roleFault({ topics, colorVerdict }: LiveCamera): CameraFault[] {
  const { role, why } = colorVerdict ?? {};
  if (role !== "depth" && role !== "labels") return [];
  const text = `${topics.color} is no colour camera: its images are ${role} (${why}): name another topic (camera)`;
  return [{ key: `${topics.color} role`, text }];
}

/** One is a transport of the other. */
function related(a: string, b: string): boolean {
  return a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** A picture that is the same for this long is reported. */
const SAME_PICTURE_S = 5;

/** Of images that are lost before this node, told from here on. */
const MANY_LOST = 0.1;

function flowFaults(
  { flow, topics, arrivals, wayS }: LiveCamera,
  imageTimeoutS: number,
): CameraFault[] {
  const { color } = topics;
  const faults: CameraFault[] = [];
  const patienceS = Math.max(2, imageTimeoutS);
  // One that has stopped is silent, not frozen.
  const { silenceS } = arrivals;
  if (silenceS < 0 || silenceS > patienceS) return [];
  if (flow.isUnstamped) {
    const text =
      `images on ${color} are stamped 0: they count as of the time at which they arrive, which matches ` +
      "depth and TF of other moments to them, and makes none late. The driver must stamp them";
    faults.push({ key: `${color} unstamped`, text });
  } else if (flow.sameStampForS > patienceS) {
    const text = `images on ${color} have had the same stamp for ${flow.sameStampForS.toFixed(1)} s: the camera is frozen`;
    faults.push({ key: `${color} frozen`, text });
  } else if (flow.sameForS >= SAME_PICTURE_S) {
    const text =
      `images on ${color} have shown the same picture for ${flow.sameForS.toFixed(1)} s: ` +
      "the camera is frozen, or nothing moves in a simulator";
    faults.push({ key: `${color} frozen`, text });
  }
  if (!flow.isUnstamped && isOtherClock(wayS) && Math.abs(wayS) < RECORDED_S) {
    const where = `${Math.abs(wayS).toFixed(1)} s ${wayS > 0 ? "before" : "after"}`;
    const text =
      `images on ${color} are stamped ${where} this node's time, as by another clock: how old they are is ` +
      "not known, and none is late. Set the clocks of both computers alike";
    faults.push({ key: `${color} clock`, text });
  }
  if (flow.lostShare > MANY_LOST) {
    const text =
      `about ${(flow.lostShare * 100).toFixed(0)} % of the images on ${color} are lost before this node, ` +
      "by the gaps between their stamps: try a larger receive buffer, reliability, or compressed images";
    faults.push({ key: `${color} lossy`, text });
  }
  return faults;
}

/** Stamps so far off are not of a clock that is set wrong: a recording is played, or a simulation runs. */
const RECORDED_S = 86_400;

function infoFault({ infoFault, topics }: LiveCamera): CameraFault[] {
  if (infoFault === undefined) return [];
  const text = infoFault.startsWith(`${topics.info}:`) ? infoFault : `${topics.info}: ${infoFault}`;
  return [{ key: `${topics.color} uncalibrated`, text }];
}

const WITHOUT = {
  depth: "images are processed without depth",
  labels: "images are processed without labels",
  detections: "images are processed without detections",
  info: "lengths cannot be measured",
} as const;

const NOUN = {
  depth: "depth",
  labels: "labels",
  detections: "detections",
  info: "camera_info",
} as const;

/** Parts that have a publisher and do not come while images do. */
function silentParts(
  node: Pick<RosNode, "publishersOf">,
  camera: LiveCamera,
  imageTimeoutS: number,
): CameraFault[] {
  const patienceS = Math.max(1, imageTimeoutS);
  if (camera.arrivals.silenceS < 0) return [];
  return camera.parts.flatMap((part): CameraFault[] => {
    if (part.part === "color" || isLatched(part.part)) return [];
    const silenceS = camera.arrivals.silenceOfS(part.part);
    if (silenceS <= patienceS) return [];
    const isOffered = node.publishersOf(part.topic).length > 0;
    // Intrinsics are latched by some drivers.
    if (!isOffered || (part.part === "info" && camera.hasInfo)) return [];
    const text =
      `images arrive on ${camera.topics.color}, but for ${silenceS.toFixed(1)} s no ${NOUN[part.part]}: ` +
      `${part.topic} has a publisher, but nothing arrives: ${WITHOUT[part.part]}`;
    return [{ key: `${part.topic} silent`, text }];
  });
}

const PARAMETER_OF = {
  depth: "depth_topic",
  labels: "labels_topic",
  detections: "detections_topic",
  info: "camera_info_topic",
} as const;

function missing(
  camera: LiveCamera,
  vlm: Pick<SpatialVlm, "id" | "needs"> | undefined,
): CameraFault[] {
  const { topics } = camera;
  if (vlm === undefined || camera.arrivals.silenceS < 0) return [];
  return vlm.needs.flatMap((need): CameraFault[] => {
    if (need === "poses" || topics[need] !== undefined) return [];
    const text =
      `the model ${vlm.id} needs ${need}, but none is published beside ${topics.color}: ` +
      `set the parameter ${PARAMETER_OF[need]}, or name it in the task file`;
    return [{ key: `${topics.color} no ${need}`, text }];
  });
}
