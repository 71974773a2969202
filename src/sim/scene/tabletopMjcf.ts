import type { MainModule } from "@mujoco/mujoco";
import { secondsOf } from "../../base/index.js";
import {
  FINGER_HALF_M,
  GANTRY_ZERO_Z_M,
  LABEL,
  MAX_OPENING_M,
  MUG_HALF_HEIGHT_M,
  MUG_RADIUS_M,
  REACH_M,
  TABLE_HALF_M,
  TABLE_TOP_M,
  TRAY_BASE_M,
  TRAY_HALF_M,
  TRAY_RIM_M,
  tfFrameOf,
} from "./constants.js";
import type { Distractor, Rgb } from "./distractors.js";
import type { CameraPlacement, TabletopLayout } from "./TabletopLayout.js";

/** Physics step. */
export const TIMESTEP_NS = 2_000_000n;

/** The scene as MuJoCo XML: metres, radians, kilograms; open it in any MuJoCo viewer. */
export function tabletopMjcf(layout: TabletopLayout): string {
  const { mug, tray, friction } = layout;
  const trayZ = TABLE_TOP_M + TRAY_HALF_M.z;
  return `<mujoco model="tabletop (seed ${layout.seed})">
  <!-- World frame: on the floor under the table's middle; x right, y away from the camera, z up.
       A geom's "user" number is its instance id in label images.
       Geom group 0 never moves, group 1 may move: the renderer casts them apart. -->
  <compiler angle="radian" autolimits="true"/>
  <option timestep="${secondsOf(TIMESTEP_NS)}" integrator="implicitfast" cone="elliptic" impratio="10">
    <flag multiccd="enable"/>
  </option>
  <size nuser_geom="1"/>

  <default>
    <geom solref="0.005 1" friction="${num(friction.objects)} 0.01 0.001"/>
    <default class="fixed"><geom group="0"/></default>
    <default class="object"><geom group="1" condim="6" density="400" friction="${num(friction.objects)} 0.01 0.002"/></default>
    <default class="arm"><geom group="1" user="${LABEL.arm}" contype="0" conaffinity="0" mass="0.3"/></default>
    <default class="finger">
      <geom group="1" user="${LABEL.gripper}" condim="6" mass="0.03" rgba="0.3 0.32 0.35 1"
            friction="${num(friction.fingers)} 0.02 0.001" priority="1"/>
      <joint type="slide" damping="4" armature="0.02" range="0 ${num(MAX_OPENING_M / 2)}"/>
    </default>
    <default class="gantry"><joint type="slide" damping="20"/></default>
  </default>

  <worldbody>
    <light name="lamp" pos="${nums(layout.lamp)}" dir="0 0 -1"/>
${layout.cameras.map(camera).join("\n")}

    <geom name="floor" class="fixed" type="plane" size="0 0 1" rgba="${rgba(layout.floorRgb)}"/>
    <geom name="wall" class="fixed" type="plane" size="0 0 1" pos="0 1.8 0" xyaxes="1 0 0 0 0 1" rgba="${rgba(layout.wallRgb)}"/>

    <body name="table" pos="0 0 ${num(TABLE_TOP_M)}">
      <geom name="table_top" class="fixed" user="${LABEL.table}" type="box" size="${TABLE_HALF_M.x} ${TABLE_HALF_M.y} ${TABLE_HALF_M.z}" pos="0 0 ${-TABLE_HALF_M.z}" rgba="${rgba(layout.tableRgb)}"/>
${tableLegs(layout.tableRgb)}
    </body>

${gantry()}

    <body name="red_mug" pos="${num(mug.x)} ${num(mug.y)} ${num(TABLE_TOP_M + MUG_HALF_HEIGHT_M)}" euler="0 0 ${num(mug.handleYawRad)}">
      <freejoint name="red_mug"/>
      <geom name="red_mug" class="object" user="${LABEL.mug}" type="cylinder" size="${MUG_RADIUS_M} ${MUG_HALF_HEIGHT_M}" mass="0.25" rgba="0.8 0.06 0.07 1"/>
${mugLooks()}
    </body>

    <body name="blue_tray" pos="${num(tray.x)} ${num(tray.y)} ${num(trayZ)}">
      <freejoint name="blue_tray"/>
${trayGeoms()}
    </body>

${layout.distractors.map(distractorBody).join("\n")}
  </worldbody>

  <!-- Both fingers move as one, as a parallel gripper's do. -->
  <tendon>
    <fixed name="fingers"><joint joint="finger_left" coef="0.5"/><joint joint="finger_right" coef="0.5"/></fixed>
  </tendon>
  <equality>
    <joint joint1="finger_left" joint2="finger_right" solref="0.005 1"/>
  </equality>

  <!-- Position servos; the fingers' force is limited to that of a small gripper (N). -->
  <actuator>
    <position name="gantry_x" joint="gantry_x" kp="9000" dampratio="1"/>
    <position name="gantry_y" joint="gantry_y" kp="9000" dampratio="1"/>
    <position name="gantry_z" joint="gantry_z" kp="9000" dampratio="1"/>
    <position name="fingers" tendon="fingers" kp="6000" kv="60" forcerange="-60 60"/>
  </actuator>

  <sensor>
    <touch name="touch_left" site="touch_left"/>
    <touch name="touch_right" site="touch_right"/>
  </sensor>
</mujoco>
`;
}

/** MuJoCo cameras look along -z with y up; the optical frame along +z with y down. */
function camera({ name, pose }: CameraPlacement): string {
  const [x, y, z, w] = pose.rotation;
  return `    <camera name="${name}" pos="${nums(pose.position)}" quat="${nums([-x, w, z, -y])}"/>`;
}

function tableLegs(rgb: Rgb): string {
  const darker = rgb.map((value) => value * 0.75) as [number, number, number];
  const half = TABLE_TOP_M / 2 - TABLE_HALF_M.z;
  return [-1, 1]
    .flatMap((sx) => [-1, 1].map((sy) => [sx * 0.45, sy * 0.3] as const))
    .map(
      ([x, y], i) =>
        `      <geom name="table_leg_${i}" class="fixed" user="${LABEL.table}" type="box" size="0.025 0.025 ${num(half)}" pos="${x} ${y} ${num(-half - 2 * TABLE_HALF_M.z)}" rgba="${rgba(darker)}"/>`,
    )
    .join("\n");
}

/** A Cartesian robot: a fixed rail behind the table, a beam on it, a trolley, a column, a hand. */
function gantry(): string {
  const rail = { y: 0.44, z: TABLE_TOP_M + 0.55 };
  const [minX, minY, minZ] = REACH_M.min;
  const [maxX, maxY, maxZ] = REACH_M.max;
  const light = "0.86 0.87 0.88 1";
  const dark = "0.3 0.32 0.35 1";
  const posts = [-0.62, 0.62]
    .map(
      (x) =>
        `    <geom class="fixed" user="${LABEL.arm}" type="box" size="0.03 0.03 ${num(rail.z / 2)}" pos="${x} ${rail.y} ${num(rail.z / 2)}" rgba="${dark}" contype="0" conaffinity="0"/>`,
    )
    .join("\n");
  const palmZ = FINGER_HALF_M.z + 0.014;
  const finger = (side: "left" | "right", sign: 1 | -1) => {
    const x = num(sign * FINGER_HALF_M.x);
    const half = num(FINGER_HALF_M.z / 2);
    return `            <body name="finger_${side}">
              <joint name="finger_${side}" class="finger" axis="${sign} 0 0"/>
              <geom class="finger" type="box" size="${FINGER_HALF_M.x} ${FINGER_HALF_M.y} ${half}" pos="${x} 0 ${half}"/>
              <geom class="finger" type="box" size="${FINGER_HALF_M.x} ${FINGER_HALF_M.y} ${half}" pos="${x} 0 -${half}"/>
              <site name="touch_${side}" type="box" size="0.014 0.022 0.05" pos="${x} 0 0" group="4"/>
            </body>`;
  };
  return `    <!-- The robot: a gantry with slides along x, y, z and a hand with two fingers. -->
${posts}
    <geom name="rail" class="fixed" user="${LABEL.arm}" type="box" size="0.65 0.025 0.02" pos="0 ${rail.y} ${num(rail.z)}" rgba="${dark}" contype="0" conaffinity="0"/>
    <body name="beam" pos="0 0 ${num(GANTRY_ZERO_Z_M)}" gravcomp="1">
      <joint name="gantry_x" class="gantry" axis="1 0 0" range="${minX} ${maxX}"/>
      <geom class="arm" type="box" size="0.015 0.41 0.022" pos="0 0.09 ${num(rail.z + 0.045 - GANTRY_ZERO_Z_M)}" rgba="${light}"/>
      <body name="trolley" gravcomp="1">
        <joint name="gantry_y" class="gantry" axis="0 1 0" range="${minY} ${maxY}"/>
        <geom class="arm" type="box" size="0.045 0.04 0.04" pos="0 0 ${num(rail.z + 0.045 - GANTRY_ZERO_Z_M)}" rgba="${dark}"/>
        <!-- The origin is the middle of the box around the two fingers: TF frame "gripper". -->
        <body name="gripper" gravcomp="1">
          <joint name="gantry_z" class="gantry" axis="0 0 1" range="${num(minZ - GANTRY_ZERO_Z_M)} ${num(maxZ - GANTRY_ZERO_Z_M)}"/>
          <geom class="arm" type="cylinder" size="0.016 0.3" pos="0 0 ${num(palmZ + 0.33)}" rgba="${light}"/>
          <geom class="arm" type="cylinder" size="0.027 0.025" pos="0 0 ${num(palmZ + 0.035)}" rgba="${dark}"/>
          <geom name="palm" class="arm" type="box" size="0.078 0.02 0.012" pos="0 0 ${num(palmZ)}" rgba="${light}" contype="1" conaffinity="1"/>
${finger("left", -1)}
${finger("right", 1)}
        </body>
      </body>
    </body>`;
}

/** Handle and dark inside: seen, but without contact or mass. */
function mugLooks(): string {
  const looks = `class="object" user="${LABEL.mug}" contype="0" conaffinity="0" mass="0"`;
  const red = "0.8 0.06 0.07 1";
  const bar = (fromTo: readonly number[]) =>
    `      <geom ${looks} type="capsule" size="0.0055" fromto="${nums(fromTo)}" rgba="${red}"/>`;
  const out = MUG_RADIUS_M + 0.02;
  return [
    `      <geom name="mug_inside" ${looks} type="cylinder" size="0.0345 0.001" pos="0 0 ${num(MUG_HALF_HEIGHT_M - 0.0006)}" rgba="0.2 0.03 0.03 1"/>`,
    bar([MUG_RADIUS_M - 0.003, 0, 0.024, out, 0, 0.018]),
    bar([out, 0, 0.018, out, 0, -0.016]),
    bar([out, 0, -0.016, MUG_RADIUS_M - 0.003, 0, -0.024]),
  ].join("\n");
}

function trayGeoms(): string {
  const { x, y, z } = TRAY_HALF_M;
  const rimHalf = TRAY_RIM_M / 2;
  const wall = z - TRAY_BASE_M / 2;
  const geom = (size: readonly number[], pos: readonly number[], mass: number) =>
    `      <geom class="object" user="${LABEL.tray}" type="box" size="${nums(size)}" pos="${nums(pos)}" mass="${mass}" rgba="0.09 0.24 0.72 1"/>`;
  return [
    geom([x, y, TRAY_BASE_M / 2], [0, 0, TRAY_BASE_M / 2 - z], 0.5),
    ...[-1, 1].map((s) => geom([rimHalf, y, wall], [s * (x - rimHalf), 0, z - wall], 0.05)),
    ...[-1, 1].map((s) =>
      geom([x - TRAY_RIM_M, rimHalf, wall], [0, s * (y - rimHalf), z - wall], 0.05),
    ),
  ].join("\n");
}

function distractorBody(distractor: Distractor): string {
  const { shape } = distractor;
  const frame = tfFrameOf(distractor.name);
  const z = TABLE_TOP_M + shape.halfHeightM;
  // MuJoCo's capsule stands along z; a lying one is laid along y.
  const lying = shape.isLying ? ' euler="1.5707963267948966 0 0"' : "";
  return `    <body name="${frame}" pos="${num(distractor.x)} ${num(distractor.y)} ${num(z)}" euler="0 0 ${num(distractor.yawRad)}">
      <freejoint name="${frame}"/>
      <geom class="object" user="${distractor.labelId}" type="${shape.type}" size="${nums(shape.size)}"${lying} rgba="${rgba(distractor.rgb)}"/>
    </body>`;
}

function num(value: number): string {
  return String(Number(value.toFixed(6)));
}

function nums(values: readonly number[]): string {
  return values.map(num).join(" ");
}

function rgba(rgb: Rgb): string {
  return `${nums(rgb)} 1`;
}

let loading: Promise<MainModule> | undefined;

/** The WebAssembly module, loaded once a thread (0.2 s). A load that failed is tried again. */
export function loadMujoco(): Promise<MainModule> {
  loading ??= import("@mujoco/mujoco")
    .then(({ default: instantiate }) => instantiate())
    .catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
  return loading;
}
