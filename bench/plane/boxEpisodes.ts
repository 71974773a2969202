/** Simulated episodes as a camera without depth gives them: JPEG, boxes of a detector, TF. */
import { Random } from "../../src/base/index.js";
import {
  type CameraFrame,
  type Detection,
  decodeLabels,
  encodeJpeg,
} from "../../src/camera/index.js";
import { OUTCOMES, TabletopSim } from "../../src/sim/index.js";
import { keptOnDisk } from "../keptOnDisk.js";

export const SIZE = { width: 320, height: 240 } as const;
/** Class ids of the simulator's labels. */
export const CLASSES: ReadonlyMap<number, string> = new Map([
  [1, "gripper"],
  [2, "mug"],
  [3, "tray"],
]);

/** Boxes around the labels, each edge with normal noise, pixels. */
export function labelBoxes(
  frame: CameraFrame,
  names: ReadonlyMap<number, string>,
  random: Random,
  noisePx: number,
): Detection[] {
  if (!frame.labels) throw new Error("the simulator gives labels");
  const { width, ids } = decodeLabels(frame.labels);
  const around = new Map<number, [number, number, number, number]>();
  ids.forEach((id, pixel) => {
    if (id === 0) return;
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const box = around.get(id);
    if (!box) around.set(id, [x, y, x, y]);
    else {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  });
  return [...around].flatMap(([id, box]): Detection[] => {
    const classId = names.get(id);
    const [left = 0, top = 0, right = 0, bottom = 0] = box.map(
      (edge) => edge + random.normal() * noisePx,
    );
    if (classId === undefined || right - left < 4 || bottom - top < 4) return [];
    const [centerX, centerY] = [(left + right) / 2, (top + bottom) / 2];
    return [{ classId, score: 0.9, centerX, centerY, sizeX: right - left, sizeY: bottom - top }];
  });
}

/** By camera; made once and kept in the folder for temporary files. */
export function boxEpisode(seed: number, rateHz = 2): Promise<Map<string, CameraFrame[]>> {
  return keptOnDisk(`boxes-${seed}-${rateHz}`, () => drawn(seed, rateHz));
}

async function drawn(seed: number, rateHz: number): Promise<Map<string, CameraFrame[]>> {
  const outcome = OUTCOMES[seed % OUTCOMES.length] ?? "success";
  using sim = await TabletopSim.create({ seed, outcome, rateHz, cameras: 2, ...SIZE });
  const random = new Random(seed, "boxes");
  const all = new Map<string, CameraFrame[]>();
  for (let step = sim.current(); ; step = sim.step()) {
    for (const frame of step.frames) {
      const { labels: _, depth: __, kinematics: ___, image, ...rest } = frame;
      const jpeg = await encodeJpeg(image);
      const detections = labelBoxes(frame, CLASSES, random, 1);
      const seen = { kind: "compressed", format: "jpeg", data: jpeg } as const;
      all.set(frame.camera, [
        ...(all.get(frame.camera) ?? []),
        { ...rest, image: seen, detections },
      ]);
    }
    if (step.done) break;
  }
  return all;
}
