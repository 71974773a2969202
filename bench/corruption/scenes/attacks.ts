/** More ways to see drawn scenes, to find what the usual settings do not. */
import { type Damage, thingsIn } from "../tableDamages.js";
import { damage, type Setting } from "./settings.js";
import { LONG, ODD } from "./things.js";

/** Of glass in a part: there the camera sees what lies behind. Of a plane, 1 / depth is linear along a row. */
const glass: Damage = ({ depthM, ids, info }, random) => {
  const { width } = info;
  const seen = depthM.slice();
  for (const id of thingsIn(ids)) {
    if (random.next() < 0.4) continue;
    const pixels = [...ids.keys()].filter((i) => ids[i] === id);
    const middle = random.pick(pixels);
    const radius = Math.sqrt(pixels.length) * random.uniform(0.15, 0.4);
    for (const i of pixels) {
      const [du, dv] = [
        (i % width) - (middle % width),
        Math.floor(i / width) - Math.floor(middle / width),
      ];
      if (Math.hypot(du, dv) > radius) continue;
      let [from, to] = [i, i];
      while (from % width > 0 && ids[from] === id) from--;
      while (to % width < width - 1 && ids[to] === id) to++;
      const [a, b] = [1 / (depthM[from] || 1), 1 / (depthM[to] || 1)];
      seen[i] = 1 / (a + ((b - a) * (i - from)) / Math.max(1, to - from));
    }
  }
  return { depthM: seen, ids, info };
};

/** No depth beside what is nearer, on the side that the second camera does not see: stereo at a base of 5 cm. */
const shadow: Damage = ({ depthM, ids, info }) => ({
  ...{ ids, info },
  depthM: depthM.map((z, i) => {
    const column = i % info.width;
    for (let by = 1; by <= 60 && column + by < info.width; by++) {
      const near = depthM[i + by] ?? 0;
      if (near > 0 && near < z && info.fx * 0.05 * (1 / near - 1 / z) >= by) return 0;
    }
    return z;
  }),
});

/** Masks with a spot of what lies elsewhere, as an instance segmentation has them. */
const spots: Damage = ({ depthM, ids, info }, random) => {
  const { width, height } = info;
  const spotted = ids.slice();
  for (const id of thingsIn(ids)) {
    const pixels = [...ids.keys()].filter((i) => ids[i] === id);
    const radius = Math.sqrt(pixels.length) * random.uniform(0.05, 0.2);
    const [u, v] = [random.integer(0, width - 1), random.integer(0, height - 1)];
    for (let i = 0; i < ids.length; i++)
      if (Math.hypot((i % width) - u, Math.floor(i / width) - v) < radius) spotted[i] = id;
  }
  return { depthM, ids: spotted, info };
};

/** Depth in whole steps of so many millimetres. */
const coarseDepth: Damage = ({ depthM, ids, info }, random) => {
  const stepM = random.integer(1, 4) / 1000;
  return { ids, info, depthM: depthM.map((z) => stepM * Math.round(z / stepM)) };
};

export const ATTACKS: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  ["odd forms", { forms: ODD }],
  ["odd forms, noise", { forms: ODD, damage: damage("1 mm of noise at 1 m") }],
  ["through fingers", { hides: "fingers" }],
  ["long things hidden", { forms: LONG, hides: true, tiltDeg: [15, 45] }],
  ["piles", { isPile: true, tiltDeg: [35, 75] }],
  ["upside down", { rollDeg: [60, 180] }],
  ["straight down", { tiltDeg: [78, 90] }],
  ["grazing", { tiltDeg: [3, 9] }],
  ["very near", { distanceM: [0.22, 0.3], asideM: 0.04 }],
  ["very far", { distanceM: [2.4, 3] }],
  ["far in steps of mm", { distanceM: [1.2, 2.4], damage: coarseDepth }],
  ["tiny images", { sizes: [[160, 120]] }],
  ["stereo shadow", { damage: shadow }],
  ["glass", { damage: glass }],
  ["spots", { damage: spots }],
]);
