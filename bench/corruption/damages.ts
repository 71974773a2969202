import { type Random, secondsOf } from "../../src/base/index.js";
import {
  type CameraFrame,
  type CameraInfo,
  composePoses,
  depthImageOf,
  type FramePose,
  interpolatePoses,
  type RawImage,
} from "../../src/camera/index.js";
import { direction, move, withCameraOff, wrongPose } from "../wrongCamera.js";

/** What is done to the frames of an episode, the same kind with a random size. */
type Damage = (frames: readonly CameraFrame[], random: Random) => readonly CameraFrame[];

const between = (random: Random, low: number, high: number) => low + (high - low) * random.next();
const way = (random: Random) => (random.next() < 0.5 ? 1 : -1);

const sound: Damage = (frames) => frames;

function withInfo(change: (info: CameraInfo, random: Random) => CameraInfo): Damage {
  return (frames, random) => {
    const [first] = frames;
    if (!first?.info) return frames;
    const info = change(first.info, random);
    return frames.map((frame) => ({ ...frame, info }));
  };
}

/** By a factor within these bounds, or as much too short. */
function focal(low: number, high: number, onX: boolean, onY: boolean): Damage {
  return withInfo((info, random) => {
    const factor = between(random, low, high) ** way(random);
    return { ...info, fx: info.fx * (onX ? factor : 1), fy: info.fy * (onY ? factor : 1) };
  });
}

/** By a share of the image's width. */
function principalPoint(low: number, high: number): Damage {
  return withInfo((info, random) => {
    const [px, angle] = [between(random, low, high) * info.width, 2 * Math.PI * random.next()];
    return { ...info, cx: info.cx + px * Math.cos(angle), cy: info.cy + px * Math.sin(angle) };
  });
}

function withPoses(
  change: (at: number, name: string, pose: FramePose, frames: readonly CameraFrame[]) => FramePose,
): (frames: readonly CameraFrame[]) => readonly CameraFrame[] {
  return (frames) =>
    frames.map((frame, at) => ({
      ...frame,
      poses: new Map(
        [...(frame.poses ?? [])].map(([name, pose]) => [name, change(at, name, pose, frames)]),
      ),
    }));
}

/** The camera's pose, turned and moved. */
function extrinsic(degrees: number, offM: number): Damage {
  return (frames, random) => {
    const wrong = wrongPose(random, degrees, offM);
    return frames.map((frame) => withCameraOff(frame, wrong));
  };
}

/** The gripper's frame, in its own axes. */
function frameOff(lowM: number, highM: number): Damage {
  return (frames, random) => {
    const [axis, offM] = [direction(random), between(random, lowM, highM)];
    const off = move(axis, offM);
    return withPoses((_, name, pose) =>
      pose.ok && name === "gripper" ? { ok: true, pose: composePoses(pose.pose, off) } : pose,
    )(frames);
  };
}

function rateHzOf(frames: readonly CameraFrame[]): number {
  const durationS = secondsOf((frames.at(-1)?.stampNs ?? 0n) - (frames[0]?.stampNs ?? 0n));
  return (frames.length - 1) / durationS;
}

/** Transforms of another time than the images: 1 for early ones, -1 for late ones, or either. */
function lateTransforms(lowS: number, highS: number, onlyWay?: 1 | -1): Damage {
  return (frames, random) => {
    const shift = between(random, lowS, highS) * (onlyWay ?? way(random)) * rateHzOf(frames);
    return withPoses((at, name, own, all) => {
      const then = Math.min(all.length - 1, Math.max(0, at + shift));
      const [a, b] = [Math.floor(then), Math.ceil(then)].map((i) => all[i]?.poses?.get(name));
      if (!a?.ok || !b?.ok) return own;
      return { ok: true, pose: interpolatePoses(a.pose, b.pose, then % 1) };
    })(frames);
  };
}

type Part = "depth" | "labels" | "image" | "poses";

/** The newest frame up to one that has a part: transforms may come more often than images. */
function lastWith(frames: readonly CameraFrame[], at: number, part: Part) {
  return frames.slice(0, at + 1).findLast((frame) => frame[part]);
}

/** A part of the images that belongs to an earlier one. */
function latePart(part: "depth" | "labels", lowS: number, highS: number): Damage {
  return (frames, random) => {
    const by = Math.round(between(random, lowS, highS) * rateHzOf(frames));
    return frames.map((frame, at) => {
      const its = lastWith(frames, Math.max(0, at - by), part)?.[part];
      return its && frame[part] ? { ...frame, [part]: its } : frame;
    });
  };
}

type DepthOf = (depthM: Float32Array, random: Random, width: number) => Float32Array;

export function withDepth(change: DepthOf): Damage {
  return (frames, random) =>
    frames.map((frame) => {
      const { depth } = frame;
      if (depth?.kind !== "raw") return frame;
      const { width, height, data } = depth;
      const depthM = new Float32Array(
        data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
      );
      const changed = change(depthM, random, width);
      return { ...frame, depth: depthImageOf({ width, height, depthM: changed }) };
    });
}

/** The same error of all depth. */
function biased(lowM: number, highM: number, onlyWay?: number): Damage {
  return (frames, random) => {
    const offM = between(random, lowM, highM) * (onlyWay ?? way(random));
    return withDepth((depthM) => depthM.map((z) => (z > 0 ? z + offM : z)))(frames, random);
  };
}

const noisy = withDepth((depthM, random) =>
  depthM.map((z) => (random.next() < 0.2 ? 0 : z + 0.003 * z * z * random.normal())),
);

/** Ids in the label image, from an image on. */
function withIds(change: (id: number) => number, isLater = false): Damage {
  return (frames, random) => {
    const from = isLater ? Math.floor(between(random, 0.25, 0.75) * frames.length) : 0;
    return frames.map((frame, at) =>
      frame.labels && at >= from
        ? { ...frame, labels: { ...frame.labels, data: frame.labels.data.map(change) } }
        : frame,
    );
  };
}

const exchanged = (a: number, b: number) => (id: number) => (id === a ? b : id === b ? a : id);

/** Masks that lie so many pixels aside. */
function aside(px: number): Damage {
  return (frames, random) => {
    const angle = 2 * Math.PI * random.next();
    const [dx, dy] = [Math.round(px * Math.cos(angle)), Math.round(px * Math.sin(angle))];
    const moved = (image: RawImage): RawImage => ({
      ...image,
      data: image.data.map((_, i) => {
        const [x, y] = [(i % image.width) - dx, Math.floor(i / image.width) - dy];
        const isThere = x >= 0 && x < image.width && y >= 0 && y < image.height;
        return isThere ? (image.data[y * image.width + x] ?? 0) : 0;
      }),
    });
    return frames.map((frame) =>
      frame.labels ? { ...frame, labels: moved(frame.labels) } : frame,
    );
  };
}

/** A thing without its mask for a while, then again. */
const blinking: Damage = (frames, random) => {
  const startS = between(random, 0.2, 0.7);
  const durationS = secondsOf((frames.at(-1)?.stampNs ?? 0n) - (frames[0]?.stampNs ?? 0n));
  return frames.map((frame) => {
    const share = secondsOf(frame.stampNs - (frames[0]?.stampNs ?? 0n)) / durationS;
    const isGone = share > startS && share < startS + 0.15;
    return frame.labels && isGone
      ? {
          ...frame,
          labels: { ...frame.labels, data: frame.labels.data.map((id) => (id === 2 ? 0 : id)) },
        }
      : frame;
  });
};

/** What is farther than a value, to which the first image has such a share, is given as another one. */
function far(share: number, changed: (limitM: number) => number): Damage {
  return (frames, random) => {
    let limitM: number | undefined;
    return withDepth((depthM) => {
      const known = depthM.filter((z) => z > 0).sort();
      limitM ??= known[Math.floor(share * known.length)] ?? 0;
      const most = limitM;
      return depthM.map((z) => (z > most ? changed(most) : z));
    })(frames, random);
  };
}

const clamped: Damage = (frames, random) =>
  far(between(random, 0.15, 0.6), (limitM) => limitM)(frames, random);

/** The same holes in all images. */
const nearOnly = (share: number) => far(share, () => 0);

/** A part that stays what it was at some time. */
function frozen(part: Part): Damage {
  return (frames, random) => {
    const from = Math.floor(between(random, 0, 0.3) * frames.length);
    return frames.map((frame, at) => {
      const its = lastWith(frames, Math.min(at, from), part)?.[part];
      return its && frame[part] ? { ...frame, [part]: its } : frame;
    });
  };
}

/** A camera that has stopped, under stamps that go on. */
const allFrozen: Damage = (frames, random) => {
  const from = Math.floor(between(random, 0, 0.3) * frames.length);
  return frames.map((frame, at) => {
    if (!frame.depth) return frame;
    const { image, depth, labels } = lastWith(frames, Math.min(at, from), "depth") ?? frame;
    return { ...frame, image, ...(depth && { depth }), ...(labels && { labels }) };
  });
};

const mirrored: Damage = (frames) =>
  frames.map((frame) => {
    const { labels } = frame;
    if (labels?.kind !== "raw") return frame;
    const { width, data } = labels;
    const flipped = data.map((_, i) => data[i - (i % width) + width - 1 - (i % width)] ?? 0);
    return { ...frame, labels: { ...labels, data: flipped } };
  });

const depthTimes = (low: number, high: number): Damage => {
  return (frames, random) => {
    const factor = between(random, low, high) ** way(random);
    return withDepth((depthM) => depthM.map((z) => z * factor))(frames, random);
  };
};

const FIRST_DISTRACTOR = 10;

/** A thing that nobody asks for has the mug's id, alone or as well. */
function onOther(isBoth: boolean): Damage {
  return (frames, random) => {
    const there = new Set(frames[0]?.labels?.data.filter((id) => id >= FIRST_DISTRACTOR));
    const others = [...there].sort((a, b) => a - b);
    const other = others[Math.floor(random.next() * others.length)] ?? 0;
    const change = (id: number) => (id === other ? 2 : id === 2 && !isBoth ? 0 : id);
    return withIds(change)(frames, random);
  };
}

/** Masks of all things, or of the mug, larger by some pixels, or smaller. */
function grown(px: number, isMeant: (id: number) => boolean): Damage {
  return (frames) =>
    frames.map((frame) =>
      frame.labels ? { ...frame, labels: grownMasks(frame.labels, px, isMeant) } : frame,
    );
}

/** Of ids that are meant, larger by some pixels, or smaller. */
export function grownMasks(
  image: RawImage,
  px: number,
  isMeant: (id: number) => boolean,
): RawImage {
  const { width, height } = image;
  let { data } = image;
  for (let step = 0; step < Math.abs(px); step++) {
    const next = data.slice();
    for (let i = 0; i < data.length; i++) {
      const [x, y, id = 0] = [i % width, Math.floor(i / width), data[i]];
      const beside = [
        x > 0 ? data[i - 1] : id,
        x < width - 1 ? data[i + 1] : id,
        y > 0 ? data[i - width] : id,
        y < height - 1 ? data[i + width] : id,
      ];
      const thing = beside.find((it = 0) => it !== id && isMeant(it));
      if (px > 0 && thing !== undefined && !isMeant(id)) next[i] = thing;
      if (px < 0 && isMeant(id) && beside.some((it) => it !== id)) next[i] = 0;
    }
    data = next;
  }
  return { ...image, data };
}

const isThing = (id: number) => id > 0 && id !== 4 && id !== 5;
const isMug = (id: number) => id === 2;

/** In some images two ids are exchanged. */
function flickering(isMeant: (at: number, random: Random) => boolean): Damage {
  return (frames, random) =>
    frames.map((frame, at) =>
      frame.labels && isMeant(at, random)
        ? { ...frame, labels: { ...frame.labels, data: frame.labels.data.map(exchanged(2, 3)) } }
        : frame,
    );
}

/** What a stereo camera sees: no depth beside things that are nearer, on one side. */
const shadowed: Damage = (frames, random) => {
  const side = way(random);
  return withDepth((depthM, _, width) =>
    depthM.map((z, i) => {
      const x = i % width;
      for (let by = 1; by <= 6; by++) {
        const at = x + side * by;
        if (at < 0 || at >= width) continue;
        // Of a baseline of 5 cm, in pixels of the image.
        const nearer = depthM[i + side * by] ?? 0;
        if (nearer > 0 && 0.05 * width * (1 / nearer - 1 / z) > by) return 0;
      }
      return z;
    }),
  )(frames, random);
};

/** Depth in whole millimetres. */
const inMillimetres = withDepth((depthM) => depthM.map((z) => Math.round(1000 * z) / 1000));

/** The first ones are sound enough: nobody is to be accused. */
export const DAMAGES: ReadonlyMap<string, Damage> = new Map([
  ["sound", sound],
  ["sound: 3 mm of noise, 20 % holes", noisy],
  ["sound: fx, fy 4 % off", focal(1.04, 1.04, true, true)],
  ["sound: camera's pose 2° and 2 cm off", extrinsic(2, 0.02)],
  ["sound: masks 3 px aside", aside(3)],
  ["sound: TF frame 15 cm off", frameOff(0.15, 0.15)],
  ["sound: depth 1 cm off", biased(0.01, 0.01)],
  ["sound: no mask of the mug for a while", blinking],
  ["sound: masks 3 px larger", grown(3, isThing)],
  ["sound: masks 2 px smaller", grown(-2, isThing)],
  ["sound: no depth beside what is nearer", shadowed],
  ["sound: no depth of the far half", nearOnly(0.5)],
  ["sound: no depth of the far fifth", nearOnly(0.8)],
  ["sound: depth in whole mm", inMillimetres],
  ["fx 1.03 to 1.15 times", focal(1.03, 1.15, true, false)],
  ["fy 1.03 to 1.15 times", focal(1.03, 1.15, false, true)],
  ["fx and fy 1.03 to 1.15 times", focal(1.03, 1.15, true, true)],
  ["fx 1.25 to 2.5 times", focal(1.25, 2.5, true, false)],
  ["cx, cy 10 to 25 % off", principalPoint(0.1, 0.25)],
  ["TF 0.3 to 0.8 s early or late", lateTransforms(0.3, 0.8)],
  ["TF frame 5 to 15 cm off", frameOff(0.05, 0.15)],
  ["depth of 0.2 to 0.5 s before", latePart("depth", 0.2, 0.5)],
  ["labels of 0.2 to 4 s before", latePart("labels", 0.2, 4)],
  ["mug and tray exchanged", withIds(exchanged(2, 3))],
  ["mug and tray exchanged from an image on", withIds(exchanged(2, 3), true)],
  ["gripper and mug exchanged from an image on", withIds(exchanged(1, 2), true)],
  ["depth 8 cm too large", biased(0.08, 0.08, 1)],
  ["depth 5 to 10 cm off", biased(0.05, 0.1)],
  ["far depth all of one value", clamped],
  ["depth that freezes", frozen("depth")],
  ["mug's id on another thing", onOther(false)],
  ["mug's id on another thing as well", onOther(true)],
  ["masks 5 px larger", grown(5, isThing)],
  ["mug's mask 5 px larger", grown(5, isMug)],
  ["mug's mask 8 px larger", grown(8, isMug)],
  ["mug's mask 2 px smaller", grown(-2, isMug)],
  ["mug and tray exchanged in every third image", flickering((at) => at % 3 === 0)],
  ["mug and tray exchanged in every fifth image", flickering((at) => at % 5 === 0)],
  [
    "mug and tray exchanged in a third of the images",
    flickering((_, random) => random.next() < 1 / 3),
  ],
]);

/** What goes wrong with cameras that move; on the others, too. */
export const CAMERA_DAMAGES: ReadonlyMap<string, Damage> = new Map([
  ["sound", sound],
  ["TF 0.3 s early or late", lateTransforms(0.3, 0.3)],
  ["TF 0.2 to 0.4 s late", lateTransforms(0.2, 0.4, -1)],
  ["TF 0.2 to 0.4 s early", lateTransforms(0.2, 0.4, 1)],
  ["camera's pose 5 cm and 10° off", extrinsic(10, 0.05)],
  ["image, depth and masks freeze", allFrozen],
  ["depth freezes", frozen("depth")],
  ["masks freeze", frozen("labels")],
  ["TF freezes", frozen("poses")],
  ["fx and fy 1.25 to 2.5 times", focal(1.25, 2.5, true, true)],
  ["depth 1.2 to 3 times", depthTimes(1.2, 3)],
  ["depth 1000 times", depthTimes(1000, 1000)],
  ["ids of mug and tray exchanged", withIds(exchanged(2, 3))],
  ["ids of gripper and mug exchanged", withIds(exchanged(1, 2))],
  ["mug and tray exchanged from an image on", withIds(exchanged(2, 3), true)],
  ["masks 0.3 to 1 s late", latePart("labels", 0.3, 1)],
  ["depth 0.3 to 1 s late", latePart("depth", 0.3, 1)],
  ["masks mirrored", mirrored],
]);
