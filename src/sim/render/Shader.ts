import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import type { Vec3 } from "../../base/index.js";
import { opticalPose } from "../scene/cameraPose.js";
import { TABLE_TOP_M } from "../scene/constants.js";
import { Frustum, type MovingGeoms, markMovingGeoms } from "./Frustum.js";

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

const CELLS = 512;
/** Cells of 7 mm at the table; what lies outside the view falls into the cells at its border. */
const FOCAL_CELLS = 220;

/** The scene as the lamp sees it, coarsely: which directions a moving geom may darken. */
export class LampView {
  /** 1 in the cells that a moving geom may cover. */
  readonly mask = new Uint8Array(CELLS * CELLS);
  readonly position: Vec3;
  readonly #frustum: Frustum;

  constructor(position: Vec3) {
    this.position = position;
    const [x, y, z] = position;
    const levelM = Math.hypot(x, y);
    const pose = opticalPose({
      target: [0, 0, TABLE_TOP_M],
      distanceM: Math.hypot(levelM, z - TABLE_TOP_M),
      azimuthRad: Math.atan2(x, -y),
      pitchRad: Math.atan2(z - TABLE_TOP_M, levelM),
      rollRad: 0,
    });
    this.#frustum = new Frustum(pose, {
      width: CELLS,
      height: CELLS,
      fx: FOCAL_CELLS,
      fy: FOCAL_CELLS,
      cx: CELLS / 2,
      cy: CELLS / 2,
      distortion: { model: "", coefficients: [] },
    });
  }

  /** -1 if nothing that moves can come between. */
  cellOf(x: number, y: number, z: number): number {
    return this.#frustum.pixelOf(x, y, z);
  }

  update(moving: MovingGeoms, data: MjData): void {
    markMovingGeoms(this.#frustum, moving, data, this.mask);
  }
}

/** sRGB to linear light (IEC 61966-2-1); 0..1. */
function linearOfSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Light up to the knee is shown unchanged; from there to MAX_LIGHT it is compressed, not cut. */
const KNEE = 0.6;
const MAX_LIGHT = 1.6;
const STEPS = 4096;

const BYTES = Uint8Array.from({ length: STEPS + 1 }, (_, i) =>
  Math.round(255 * srgbOfLinear(softClip((i / STEPS) * MAX_LIGHT))),
);

/** Linear light to an sRGB byte. */
export function srgbByte(linear: number): number {
  return BYTES[Math.min(STEPS, (Math.max(0, linear) / MAX_LIGHT) * STEPS) | 0]!;
}

function srgbOfLinear(value: number): number {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** A shoulder with slope 1 at the knee that reaches 1, level, at MAX_LIGHT. */
function softClip(light: number): number {
  if (light <= KNEE) return light;
  const rest = 1 - (light - KNEE) / (MAX_LIGHT - KNEE);
  const power = (MAX_LIGHT - KNEE) / (1 - KNEE);
  return 1 - (1 - KNEE) * rest ** power;
}
