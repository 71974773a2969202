/** What sensors, segmentations and calibrations do to a table's depth and masks. */
import type { Random } from "../../src/base/index.js";
import { type CameraInfo, transformPoint } from "../../src/camera/index.js";
import type { RgbdOptions } from "../../src/models/index.js";
import { wrongPose } from "../wrongCamera.js";

export interface Images {
  readonly depthM: Float32Array;
  readonly ids: Uint16Array;
  readonly info: CameraInfo;
}
export type Damage = (images: Images, random: Random) => Images;

/** Size of an image and its rows, for what moves masks about. */
interface Size {
  readonly width: number;
  readonly height: number;
}
/** Ids of a table's things; the gripper is known by TF, and its arm and the table are no things. */
export const isThing = (id: number) => id > 1 && id !== 4 && id !== 5;
/** The ids of the things that are seen, ascending. */
export const thingsIn = (ids: Uint16Array): readonly number[] =>
  [...new Set(ids)].filter(isThing).toSorted((a, b) => a - b);

/** Masks of things larger by a pixel on all sides, or smaller, `steps` times. */
function grown(ids: Uint16Array, { width: w, height: h }: Size, steps: number): Uint16Array {
  let now = ids;
  for (let step = 0; step < Math.abs(steps); step++) {
    const next = now.slice();
    for (let y = 1; y < h - 1; y++)
      for (let i = y * w + 1; i < y * w + w - 1; i++) {
        const id = now[i] ?? 0;
        const [left, right, above, below] = [now[i - 1], now[i + 1], now[i - w], now[i + w]];
        if (id === left && id === right && id === above && id === below) continue;
        const thing = [left, right, above, below].find((it = 0) => isThing(it));
        if (steps > 0 && !isThing(id)) next[i] = thing ?? id;
        if (steps < 0 && isThing(id)) next[i] = 0;
      }
    now = next;
  }
  return now;
}

/** The label of each pixel taken from elsewhere. */
function moved(
  ids: Uint16Array,
  { width, height }: Size,
  from: (x: number, y: number) => readonly [x: number, y: number],
): Uint16Array {
  return ids.map((_, i) => {
    const [x, y] = from(i % width, Math.floor(i / width));
    return x >= 0 && x < width && y >= 0 && y < height ? (ids[y * width + x] ?? 0) : 0;
  });
}

/** Masks moved by so many pixels in a random direction. */
const shift =
  (px: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const angle = 2 * Math.PI * random.next();
    const [dx, dy] = [Math.round(px * Math.cos(angle)), Math.round(px * Math.sin(angle))];
    return { depthM, info, ids: moved(ids, info, (x, y) => [x - dx, y - dy]) };
  };

/** Masks of a colour camera that is not quite where its extrinsic says: by a place and a turn. */
const extrinsic =
  (offM: number, turnDeg: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const wrong = wrongPose(random, turnDeg, offM);
    const { fx, fy, cx, cy } = info;
    const from = (x: number, y: number): readonly [number, number] => {
      const z = depthM[y * info.width + x] ?? 0;
      const at = transformPoint(wrong, [((x - cx) / fx) * z, ((y - cy) / fy) * z, z]);
      return [Math.round(cx + (fx * at[0]) / at[2]), Math.round(cy + (fy * at[1]) / at[2])];
    };
    return { depthM, info, ids: moved(ids, info, from) };
  };

/** Depth between both sides of an edge, in a share of the pixels there. */
const flying: Damage = ({ depthM, ...rest }, random) => ({
  ...rest,
  depthM: depthM.map((z, i) => {
    const other = depthM[i + 2] ?? z;
    const isEdge = Math.abs(other - z) > 0.02 && z > 0 && other > 0;
    return isEdge && random.next() < 0.7 ? z + random.next() * (other - z) : z;
  }),
});

/** Of each thing, 30 % on one side are not in its mask. */
const cut: Damage = ({ depthM, ids, info }, random) => {
  const left = ids.slice();
  for (const id of new Set(ids)) {
    if (!isThing(id)) continue;
    const columns: number[] = [];
    ids.forEach((it, i) => {
      if (it === id) columns.push(i % info.width);
    });
    columns.sort((a, b) => a - b);
    const fromLeft = random.next() < 0.5;
    const limit = columns[Math.floor((fromLeft ? 0.3 : 0.7) * columns.length)] ?? 0;
    ids.forEach((it, i) => {
      const column = i % info.width;
      if (it === id && (fromLeft ? column < limit : column > limit)) left[i] = 0;
    });
  }
  return { depthM, info, ids: left };
};

/** Depth whose scale is wrong, or a lens whose focal length is, by a share to either side. */
const scaled =
  (depth: number, focal: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const side = random.next() < 0.5 ? -1 : 1;
    const by = 1 + side * focal;
    return {
      ids,
      depthM: depthM.map((z) => z * (1 + side * depth)),
      info: { ...info, fx: info.fx * by, fy: info.fy * by },
    };
  };

/** A depth camera whose lens or phase leaves a plane bowed: off by a share at the corners, none in the middle. */
export const bowed =
  (share: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const by = random.next() < 0.5 ? -share : share;
    const { width, height } = info;
    return {
      ...{ ids, info },
      depthM: depthM.map((z, i) => {
        const [x, y] = [(2 * (i % width)) / width - 1, (2 * Math.floor(i / width)) / height - 1];
        return z * (1 + (by * (x * x + y * y)) / 2);
      }),
    };
  };

/** Depth of a stereo camera in steps of disparity: `px` at a base of 5 cm. */
const steps =
  (px: number): Damage =>
  ({ depthM, ids, info }) => {
    const perPx = info.fx * 0.05;
    return {
      ...{ ids, info },
      depthM: depthM.map((z) => (z > 0 ? perPx / (px * Math.round(perPx / z / px)) : z)),
    };
  };

/** What is near is too wide in the depth of a stereo camera: beyond an edge, the nearer side's depth goes on. */
export const fattened =
  (px: number): Damage =>
  ({ depthM, ids, info }) => {
    const nearest = (from: Float32Array, step: number) =>
      from.map((z, i) => {
        let best = z;
        for (const side of [-step, step])
          for (let k = 1; k <= px; k++) {
            const [near = 0, far = 0] = [from[i + side * k], from[i + side * (k - 1)]];
            if (near > 0 && near < far - 0.02 && near < best) best = near;
          }
        return best;
      });
    return { ids, info, depthM: nearest(nearest(depthM, 1), info.width) };
  };

/** Noise that neighbours share: patches of `px`, joined linearly. */
const patches =
  (sigmaM: number, px: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const across = Math.ceil(info.width / px) + 2;
    const down = Math.ceil(info.height / px) + 2;
    const knots = Float32Array.from({ length: across * down }, () => random.normal());
    const at = (x: number, y: number) => knots[y * across + x] ?? 0;
    return {
      ...{ ids, info },
      depthM: depthM.map((z, i) => {
        const [x, y] = [(i % info.width) / px, Math.floor(i / info.width) / px];
        const [left, top] = [Math.floor(x), Math.floor(y)];
        const [u, v] = [x - left, y - top];
        const upper = (1 - u) * at(left, top) + u * at(left + 1, top);
        const lower = (1 - u) * at(left, top + 1) + u * at(left + 1, top + 1);
        return z > 0 ? z + sigmaM * z * z * ((1 - v) * upper + v * lower) : z;
      }),
    };
  };

const noise =
  (sigmaM: number): Damage =>
  ({ depthM, ...rest }, random) => ({
    ...rest,
    depthM: depthM.map((z) => (z > 0 ? z + sigmaM * z * z * random.normal() : z)),
  });
const holes =
  (share: number): Damage =>
  ({ depthM, ...rest }, random) => ({
    ...rest,
    depthM: depthM.map((z) => (random.next() < share ? 0 : z)),
  });
const masks =
  (steps: number): Damage =>
  ({ depthM, ids, info }) => ({ depthM, info, ids: grown(ids, info, steps) });
/** What a camera with so much of the view sees, anywhere in the image: things are cut off at any share. */
const window =
  (share: number): Damage =>
  ({ depthM, ids, info }, random) => {
    const [width, height] = [Math.round(share * info.width), Math.round(share * info.height)];
    const left = Math.floor(random.next() * (info.width - width));
    const top = Math.floor(random.next() * (info.height - height));
    const from = (i: number) => (top + Math.floor(i / width)) * info.width + left + (i % width);
    const pixels = Uint32Array.from({ length: width * height }, (_, i) => from(i));
    return {
      depthM: Float32Array.from(pixels, (pixel) => depthM[pixel] ?? 0),
      ids: Uint16Array.from(pixels, (pixel) => ids[pixel] ?? 0),
      info: { ...info, width, height, cx: info.cx - left, cy: info.cy - top },
    };
  };
const all =
  (...damages: readonly Damage[]): Damage =>
  (images, random) =>
    damages.reduce((it, damage) => damage(it, random), images);

export const DAMAGES: ReadonlyMap<string, readonly [Damage, RgbdOptions?]> = new Map([
  ["none", [all()]],
  ["1 mm of noise at 1 m", [noise(0.001)]],
  ["3 mm of noise at 1 m", [noise(0.003)]],
  ["3 mm of noise at 1 m, depth_noise_mm=3", [noise(0.003), { depthNoiseMm: 3 }]],
  ["30 % holes", [holes(0.3)]],
  ["masks 3 px larger", [masks(3)]],
  ["masks 3 px smaller", [masks(-3)]],
  ["masks shifted by 4 px", [shift(4)]],
  ["masks shifted by 8 px", [shift(8)]],
  ["flying pixels", [flying]],
  ["30 % of each mask missing", [cut]],
  ["extrinsic wrong by 1 cm", [extrinsic(0.01, 0)]],
  ["extrinsic wrong by 1 degree", [extrinsic(0, 1)]],
  ["depth scaled wrong by 1 %", [scaled(0.01, 0)]],
  ["focal length wrong by 1 %", [scaled(0, 0.01)]],
  ["depth bowed by 1 % at the corners", [bowed(0.01)]],
  ["stereo: steps of 0.1 px", [steps(0.1)]],
  ["stereo: near things 3 px too wide", [fattened(3)]],
  ["noise of 2 mm in patches of 10 px", [patches(0.002, 10)]],
  ["half as wide and high a view", [window(0.5)]],
  ["1 mm of noise, 30 % holes", [all(noise(0.001), holes(0.3))]],
  ["flying pixels, masks 3 px larger", [all(flying, masks(3))]],
  ["1 mm of noise, flying pixels, masks shifted by 8 px", [all(noise(0.001), flying, shift(8))]],
  ["30 % holes, masks 3 px smaller", [all(holes(0.3), masks(-3))]],
  [
    "2 mm of noise, 10 % holes, flying pixels, masks 3 px larger and shifted by 4 px",
    [all(noise(0.002), flying, holes(0.1), masks(3), shift(4))],
  ],
]);
