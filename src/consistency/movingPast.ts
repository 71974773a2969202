import { mapVec3, minus, type Vec3 } from "../base/index.js";
import { composePoses, invertPose, transformPoint } from "../camera/index.js";
import { CLEAR_MOTION_M } from "./bars.js";
import { cameraMotionM } from "./cameraMotionM.js";
import type { Look } from "./Evidence.js";
import { wholeOnes } from "./judgeTrack.js";
import type { TrackSample } from "./trackFit.js";

export interface PastSample extends TrackSample {
  readonly timeS: number;
}

/** Where a thing is seen whole. */
export interface PastThing {
  readonly id: number;
  readonly samples: readonly PastSample[];
  readonly spanS: number;
}

/** Things but the gripper before a camera that moves; nothing where it does not. */
export function* movingPast(looks: readonly Look[]): Generator<PastThing> {
  const known = looks.filter(({ rest }) => rest);
  const start = known[0]?.rest;
  const goneM = known.map(({ rest }) => (start && rest ? cameraMotionM(start, rest) : 0));
  if (Math.max(0, ...goneM) < CLEAR_MOTION_M) return;
  const ids = known.flatMap(({ seen, gripperId }) =>
    [...seen.keys()].filter((id) => id !== gripperId),
  );
  for (const id of new Set(ids)) {
    yield { id, ...samplesOf(known, id) };
  }
}

function samplesOf(looks: readonly Look[], id: number) {
  const seen = looks.flatMap(({ rest, restBefore, seen, timeS }) => {
    const object = seen.get(id);
    if (!rest || !object || object.isCutOff) return [];
    const velocity = restBefore && velocityAt(object.middle, rest, restBefore);
    return [{ timeS, object, told: rest, ...(velocity && { velocity }) }];
  });
  const times = seen.map(({ timeS }) => timeS);
  return { samples: wholeOnes(seen), spanS: Math.max(...times) - Math.min(...times) };
}

/** Of what rests there, in the optical frame, m/s. */
function velocityAt(
  at: Vec3,
  rest: NonNullable<Look["rest"]>,
  { pose, seconds }: NonNullable<Look["restBefore"]>,
): Vec3 {
  const was = transformPoint(composePoses(pose, invertPose(rest)), at);
  return mapVec3(minus(at, was), (value) => value / seconds);
}
