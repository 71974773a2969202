/** Bayes bound by brute force: disease known, target at rest, until the grasp. */
import { Random } from "../../src/base/index.js";
import { loadTaskSync, taskQuestions } from "../../src/task/index.js";
import { join } from "node:path";
import { answersOf, DISEASES } from "./diseases.js";
import { loadEpisodes, type Truths } from "./episodes.js";
const plain = loadTaskSync(join(import.meta.dirname, "../../examples/tasks/pick_and_place.yaml"));
const questions = taskQuestions(plain);
const byName = new Map(plain.measurements.map(({ name }, i) => [name as keyof Truths, questions[i]!]));
const episodes = await loadEpisodes(1000, 30);
for (const name of ["figure5","steep","low"] as const) {
  const disease = DISEASES[name];
  let [raw, val, lraw, lval, within1, within2, n, third, eps] = [0,0,0,0,0,0,0,0,0];
  for (const ep of episodes) {
    const said = answersOf(ep, disease, byName, 3);
    const random = new Random(5, ep.name);
    const N = 40000;
    const first = ep.frames[0]!.kinematics!.at(-1)!.poses.get("gripper")!.position;
    const px = new Float64Array(N), py = new Float64Array(N), pz = new Float64Array(N), lw = new Float64Array(N);
    for (let k = 0; k < N; k++) {
      const z = 0.72 + 0.045 + 0.03 * random.normal();
      // horizontally: uniform disc radius 0.8 around gripper weighted by lognormal distance
      const r = 0.9 * Math.sqrt(random.next()), a = 2 * Math.PI * random.next();
      px[k] = first[0] + r * Math.cos(a); py[k] = first[1] + r * Math.sin(a); pz[k] = z;
      const d = Math.hypot(r, z - first[2]);
      lw[k] = -0.5 * ((Math.log(d) - Math.log(0.35)) / 0.6) ** 2 - Math.log(d*d);
    }
    let [eraw, eval_, m] = [0,0,0];
    const end = Math.min(ep.graspAt, ep.frames.length);
    for (let i = 0; i < end; i++) {
      const g = ep.frames[i]!.kinematics!.at(-1)!.poses.get("gripper")!.position;
      const v = said[i]?.[0]?.value;
      const saidM = v?.shape === "quantity" ? v.valueM : undefined;
      let top = -1e300;
      for (let k = 0; k < N; k++) {
        if (saidM !== undefined) {
          const d = Math.hypot(px[k]! - g[0], py[k]! - g[1], pz[k]! - g[2]);
          const e = Math.max(disease.slope * d + disease.offsetM, disease.floorM);
          const z = Math.log(saidM / e) / disease.noise;
          lw[k]! += Math.log(0.96 * Math.exp(-0.5 * z * z) / (disease.noise * saidM * 2.5066) + 0.04 * 2);
        }
        if (lw[k]! > top) top = lw[k]!;
      }
      let [s, s1, s2] = [0,0,0];
      for (let k = 0; k < N; k++) {
        const w = Math.exp(lw[k]! - top);
        const d = Math.hypot(px[k]! - g[0], py[k]! - g[1], pz[k]! - g[2]);
        s += w; s1 += w * d; s2 += w * d * d;
      }
      if (saidM === undefined) continue;
      const mean = s1 / s, sd = Math.sqrt(s2 / s - mean * mean);
      const truth = ep.truths[i]!.reach;
      const er = Math.abs(saidM - truth), ev = Math.abs(mean - truth);
      eraw += er; eval_ += ev; m++;
      if (ep.graspAt < ep.frames.length && i >= ep.graspAt / 2) { lraw += er; lval += ev; }
      n++; if (ev < sd) within1++; if (ev < 2 * sd) within2++;
    }
    raw += eraw; val += eval_; eps++; if (eval_ <= eraw / 3) third++;
  }
  console.log(name, "pre-grasp ideal/raw", (val/raw).toFixed(3), "late", (lval/lraw).toFixed(3), "third", third/eps, "cover", within1/n, within2/n, "raw cm", 100*raw/n);
}
