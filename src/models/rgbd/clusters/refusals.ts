import { projectPoint } from "../../../camera/index.js";
import type { ObjectRef, Refusal } from "../../../language/index.js";
import type { DepthView } from "../DepthView.js";
import type { Track } from "./Track.js";

export function noTable(): Refusal {
  return {
    reason: "no_plane",
    detail: "there is no extended plane in the depth image that things could stand on",
  };
}

export function nothingAt({ name, phrase, at = [] }: ObjectRef): Refusal {
  return {
    reason: "no_object",
    detail: `nothing stands on the table at [${at.join(", ")}] in the first image, where ${phrase} should be (\`at\` of ${name}); what is lower than 6 mm is not found`,
  };
}

export function outsideImage(
  { name, at = [] }: ObjectRef,
  [width, height]: readonly [number, number],
): Refusal {
  return {
    reason: "no_object",
    detail: `[${at.join(", ")}] (\`at\` of ${name}) is outside of the color image, which has ${width} x ${height} pixels: give a pixel of its first image`,
  };
}

export function betweenTwo({ name, at = [] }: ObjectRef): Refusal {
  return {
    reason: "ambiguous",
    detail: `[${at.join(", ")}] (\`at\` of ${name}) lies between two things: give a pixel that is on one of them`,
  };
}

/** What the robot holds is one thing with it, as far as depth tells. What only hangs in the air may stand on what it hides. */
export function notStanding({ phrase }: ObjectRef, { beganAtRobot }: Track): Refusal {
  const detail = beganAtRobot
    ? `${phrase} touches the robot when it is first seen: begin with an image in which the robot does not touch it`
    : `${phrase} is in the air when it is first seen: the robot holds it, or it hides what it stands on; begin with an image in which it is not held, and is seen down to the table`;
  return { reason: "ambiguous", detail };
}

/** Two names for what depth and colours show as one thing. */
export function oneForTwo({ phrase }: ObjectRef, twin: ObjectRef): Refusal {
  return {
    reason: "ambiguous",
    detail: `${phrase} and ${twin.phrase} touch and are one thing in the depth image: it does not show where one ends`,
  };
}

/** Something nearer by this hides what is behind it, metres. */
const NEARER_M = 0.02;

export function lost(
  { phrase }: ObjectRef,
  track: Track | undefined,
  stampNs: bigint,
  view: DepthView,
): Refusal {
  if (!track) return { reason: "no_object", detail: `${phrase} is lost: not seen for long` };
  const sinceS = Number(stampNs - track.lastSeenNs) / 1e9;
  const since = `${phrase} is lost: last seen ${sinceS.toFixed(1)} s ago`;
  if (track.isMerged) {
    const detail = `${since}; what is at its place is larger: it touches another thing, and nothing shows where it ends`;
    return { reason: "ambiguous", detail };
  }
  const [u, v] = projectPoint(view.info, track.centerM);
  const [column, row] = [u, v].map((it) => Math.round(it / view.colorScale)) as [number, number];
  const z =
    column >= 0 && column < view.width && row >= 0 && row < view.height
      ? (view.depthM[row * view.width + column] ?? 0)
      : 0;
  const why =
    z > 0 && z < track.centerM[2] - NEARER_M
      ? "something nearer hides its place"
      : "it is not at its place, nor seen elsewhere";
  return { reason: "no_object", detail: `${since}; ${why}` };
}
