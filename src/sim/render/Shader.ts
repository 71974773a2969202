import type { MainModule, MjModel } from "@mujoco/mujoco";
import type { Vec3 } from "../../base/index.js";
import { TABLE_TOP_M } from "../scene/dimensions.js";
import { linearOfSrgb } from "./srgb.js";

/** Light that comes from everywhere (a little more from above) and from beside the camera. */
const AMBIENT = 0.34;
const SKY = 0.16;
const HEADLIGHT = 0.16;
const LAMP = 0.78;
const SHININESS = 40;

type Pattern = "plain" | "checker" | "wood" | "wall";

/** Lambert and Blinn-Phong shading in linear light, with a few procedural surfaces. */
export class Shader {
  /** Per geom, linear r, g, b. */
  readonly #albedo: Float64Array;
  readonly #gloss: Float64Array;
  readonly #patterns: readonly Pattern[];
  readonly #lamp: Vec3;

  constructor(mujoco: MainModule, model: MjModel, lamp: Vec3) {
    const rgba = model.geom_rgba as Float32Array;
    const groups = model.geom_group as Int32Array;
    const idOf = (name: string) => mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_GEOM.value, name);
    const named = new Map<number, Pattern>([
      [idOf("floor"), "checker"],
      [idOf("table_top"), "wood"],
      [idOf("wall"), "wall"],
    ]);
    this.#albedo = new Float64Array(3 * model.ngeom);
    this.#gloss = new Float64Array(model.ngeom);
    for (let geom = 0; geom < model.ngeom; geom++) {
      for (let c = 0; c < 3; c++) this.#albedo[3 * geom + c] = linearOfSrgb(rgba[4 * geom + c]!);
      this.#gloss[geom] = groups[geom] === 1 ? 0.22 : 0.03;
    }
    this.#patterns = Array.from({ length: model.ngeom }, (_, id) => named.get(id) ?? "plain");
    this.#lamp = lamp;
  }

  /**
   * Light of surface point `k` towards the eye, written to `out` at `at`: three channels without
   * the lamp, then three that the lamp adds where it is not shadowed. Returns whether the surface
   * faces the lamp at all. `points` and `normals` hold x, y, z each.
   */
  shade(
    geom: number,
    points: Float64Array,
    normals: Float64Array,
    k: number,
    eye: Vec3,
    out: Float32Array,
    at: number,
  ): boolean {
    const [x, y, z] = [points[3 * k]!, points[3 * k + 1]!, points[3 * k + 2]!];
    const [nx, ny, nz] = [normals[3 * k]!, normals[3 * k + 1]!, normals[3 * k + 2]!];
    let [lx, ly, lz] = [this.#lamp[0] - x, this.#lamp[1] - y, this.#lamp[2] - z];
    const lampM = Math.sqrt(lx * lx + ly * ly + lz * lz);
    lx /= lampM;
    ly /= lampM;
    lz /= lampM;
    let [ex, ey, ez] = [eye[0] - x, eye[1] - y, eye[2] - z];
    const eyeM = Math.sqrt(ex * ex + ey * ey + ez * ez);
    ex /= eyeM;
    ey /= eyeM;
    ez /= eyeM;
    const facing = nx * lx + ny * ly + nz * lz;
    const frontal = Math.max(0, nx * ex + ny * ey + nz * ez);
    const ambient = AMBIENT + SKY * (0.5 + 0.5 * nz) + HEADLIGHT * frontal;
    let shine = 0;
    if (facing > 0) {
      const [hx, hy, hz] = [lx + ex, ly + ey, lz + ez];
      const halfway = (nx * hx + ny * hy + nz * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz);
      shine = this.#gloss[geom]! * Math.max(0, halfway) ** SHININESS;
    }
    const tint = this.#tint(geom, x, y, z);
    for (let c = 0; c < 3; c++) {
      const albedo = this.#albedo[3 * geom + c]! * tint;
      out[at + c] = albedo * ambient;
      out[at + 3 + c] = albedo * LAMP * Math.max(0, facing) + shine;
    }
    return facing > 0;
  }

  #tint(geom: number, x: number, y: number, z: number): number {
    switch (this.#patterns[geom]) {
      case "checker": {
        const isOdd = (Math.floor(x / 0.35) + Math.floor(y / 0.35)) & 1;
        // Fades with the distance, before the squares get smaller than pixels.
        const contrast = 0.1 / (1 + 0.15 * (x * x + y * y));
        return 1 + (isOdd ? contrast : -contrast);
      }
      case "wood": {
        if (z < TABLE_TOP_M - 1e-4) return 0.85;
        const plank = Math.floor(y / 0.1);
        const shift = Math.sin(plank * 12.9898) * 43.7;
        const grain =
          Math.sin((y + 0.006 * Math.sin(7 * x + shift)) * 520 + shift) *
          (0.5 + 0.5 * Math.sin(3 * x + shift));
        return 1 + 0.015 * grain + 0.035 * Math.sin(shift);
      }
      case "wall":
        return 0.86 + 0.1 * Math.min(1, z / 2);
      default:
        return 1;
    }
  }
}
