import type { Annotation } from "../../annotate/index.js";
import { rosTimeOf, type Vec3 } from "../../base/index.js";
import type { ObjectEvidence } from "../../language/index.js";
import { lengthText } from "../../overlay/index.js";

// visualization_msgs/msg/Marker
const LINE_STRIP = 4;
const SPHERE = 2;
const TEXT = 9;
const ADD = 0;

/** Markers of a camera that has stopped go away by themselves. */
const LIFETIME_S = 2;
const SPHERE_M = 0.03;
const LINE_M = 0.005;
const TEXT_M = 0.03;
/** Text stands above its object: y points down in an optical frame. */
const TEXT_OFFSET_M = -0.04;

const OBJECT_COLOUR = { r: 0.34, g: 0.71, b: 0.91, a: 0.9 };
const LINE_COLOUR = { r: 0.94, g: 0.89, b: 0.26, a: 0.9 };
const TEXT_COLOUR = { r: 1, g: 1, b: 1, a: 1 };

/**
 * The objects that were seen, and the distances between them, in the camera's optical frame:
 * visualization_msgs/msg/MarkerArray. Ids are those of the task's objects and measurements, so
 * that the markers of the next image take the place of these.
 */
export function markersMessage({ frame, facts }: Annotation) {
  const header = { stamp: rosTimeOf(frame.stampNs), frame_id: frame.frameId };
  const marker = (namespace: string, id: number, type: number, fields: object) => ({
    ...{ header, ns: `${frame.camera}/${namespace}`, id, type, action: ADD },
    pose: poseAt([0, 0, 0]),
    lifetime: { sec: LIFETIME_S, nanosec: 0 },
    ...fields,
  });
  const seen = new Map<string, ObjectEvidence>();
  for (const evidence of facts.flatMap(({ answer }) => answer.evidence ?? [])) {
    if (!seen.has(evidence.object)) seen.set(evidence.object, evidence);
  }
  const objects = [...seen.values()].flatMap(({ object, centerM }, id) => [
    marker("objects", id, SPHERE, {
      pose: poseAt(centerM),
      scale: cube(SPHERE_M),
      color: OBJECT_COLOUR,
    }),
    marker("names", id, TEXT, {
      pose: poseAt([centerM[0], centerM[1] + TEXT_OFFSET_M, centerM[2]]),
      scale: cube(TEXT_M),
      color: TEXT_COLOUR,
      text: object,
    }),
  ]);
  const lengths = facts.flatMap(({ subject, object, relation, answer }, id) => {
    const from = seen.get(subject)?.centerM;
    const to = seen.get(object)?.centerM;
    const isLine = relation === "distance" || relation === "gap";
    if (!from || !to || !isLine || answer.value?.shape !== "quantity") return [];
    const middle: Vec3 = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
    return [
      marker("lines", id, LINE_STRIP, {
        scale: { x: LINE_M, y: 0, z: 0 },
        color: LINE_COLOUR,
        points: [point(from), point(to)],
      }),
      marker("lengths", id, TEXT, {
        pose: poseAt(middle),
        scale: cube(TEXT_M),
        color: TEXT_COLOUR,
        text: lengthText(answer.value.valueM),
      }),
    ];
  });
  return { markers: [...objects, ...lengths] };
}

function point([x, y, z]: Vec3) {
  return { x, y, z };
}

function poseAt(position: Vec3) {
  return { position: point(position), orientation: { x: 0, y: 0, z: 0, w: 1 } };
}

function cube(sideM: number) {
  return { x: sideM, y: sideM, z: sideM };
}
