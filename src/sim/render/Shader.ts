import type { MainModule, MjModel } from "@mujoco/mujoco";
import type { Vec3 } from "../../camera/index.js";
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
   * Light of a surface point towards the eye, written to `out` at `at`: three channels without
   * the lamp, then three that the lamp adds where it is not shadowed.
   */
  shade(geom: number, point: Vec3, normal: Vec3, eye: Vec3, out: Float32Array, at: number): void {
    const toLamp = unit(point, this.#lamp);
    const toEye = unit(point, eye);
    const facing = Math.max(0, dot(normal, toLamp));
    const ambient =
      AMBIENT + SKY * (0.5 + 0.5 * normal[2]) + HEADLIGHT * Math.max(0, dot(normal, toEye));
    const half = unit(
      [0, 0, 0],
      [toLamp[0] + toEye[0], toLamp[1] + toEye[1], toLamp[2] + toEye[2]],
    );
    const shine = facing > 0 ? this.#gloss[geom]! * Math.max(0, dot(normal, half)) ** SHININESS : 0;
    const tint = this.#tint(geom, point);
    for (let c = 0; c < 3; c++) {
      const albedo = this.#albedo[3 * geom + c]! * tint;
      out[at + c] = albedo * ambient;
      out[at + 3 + c] = albedo * LAMP * facing + shine;
    }
  }

  /** Whether the lamp could light a surface at all. */
  facesLamp(point: Vec3, normal: Vec3): boolean {
    return dot(normal, unit(point, this.#lamp)) > 0;
  }

  #tint(geom: number, [x, y, z]: Vec3): number {
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

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function unit(from: Vec3, to: Vec3): Vec3 {
  const [x, y, z] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}
