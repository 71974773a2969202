import { castScene } from "../../../bench/corruption/scenes/cast.js";
import type { Thing } from "../../../bench/corruption/scenes/things.js";
import { solidOf, tableOf, truthOf } from "../../../bench/corruption/scenes/truth.js";
import { framed } from "../../../bench/corruption/tables.js";
import { type CameraInfo, NO_IMAGE, type Pose } from "../../../src/camera/index.js";
import { kindInfo, type ObjectRef, type QuantityKind } from "../../../src/language/index.js";
import { lengthIn } from "./scenes.js";

const refOf = (i: number): ObjectRef => ({ ...{ name: `${i}`, phrase: `${i}` }, labels: [10 + i] });

/** What is said of the first thing, or of it and the second; and what is true. */
export async function errorInScene(
  kind: QuantityKind,
  things: readonly Thing[],
  pose: Pose,
  info: CameraInfo,
) {
  const images = castScene(things, pose, info);
  const frame = { camera: "c", stampNs: 0n, frameId: "c", episode: "e", image: NO_IMAGE };
  const table = tableOf(pose);
  const [a, b] = things.slice(0, 2).map((thing, i) => solidOf(thing, 10 + i, pose, table));
  if (!a || !b) throw new Error("two things are drawn");
  const isAlone = kindInfo(kind).arity === 1;
  const truthM = truthOf(kind, table, a, isAlone ? undefined : b);
  const other = isAlone ? undefined : refOf(1);
  const { valueM, sigmaM } = await lengthIn(framed(frame, images), kind, refOf(0), other);
  return { errorM: Math.abs(valueM - truthM), sigmaM };
}
