/** Things of households and workshops, of drawn sizes. World frame, metres, z up. */
import { addScaled, minus, type Random, type Vec3 } from "../../../src/base/index.js";
import {
  ball,
  box,
  cone,
  cylinder,
  egg,
  lying,
  moved,
  type Shape,
  wall,
  wedge,
} from "../../plane/scenes/Shape.js";

export interface Thing {
  readonly form: string;
  readonly shapes: readonly Shape[];
  /** Its middle is that of these: a handle does not count. Default: all. */
  readonly body?: readonly Shape[];
}
type Form = (random: Random, at: Vec3) => Omit<Thing, "form">;

const up = (at: Vec3, by: number): Vec3 => addScaled(at, [0, 0, 1], by);
const turn = (random: Random) => random.uniform(0, 2 * Math.PI);
const along = (at: Vec3, yawRad: number, by: number): Vec3 =>
  addScaled(at, [Math.cos(yawRad), Math.sin(yawRad), 0], by);

const bottle: Form = (random, at) => {
  const [radius, high] = [random.uniform(0.028, 0.045), random.uniform(0.09, 0.16)];
  const [shoulder, neck] = [random.uniform(0.02, 0.05), random.uniform(0.03, 0.07)];
  const narrow = random.uniform(0.011, 0.017);
  return {
    shapes: [
      cylinder(at, radius, high),
      cone(up(at, high), radius, narrow, shoulder),
      cylinder(up(at, high + shoulder), narrow, neck),
    ],
  };
};

const cup = (random: Random, at: Vec3) => {
  const [lower, upper] = [random.uniform(0.025, 0.04), random.uniform(0.032, 0.048)];
  return [cylinder(at, lower, 0.005), wall(at, lower, upper, random.uniform(0.06, 0.11))];
};

const mug: Form = (random, at) => {
  const [radius, high, yaw] = [
    random.uniform(0.035, 0.045),
    random.uniform(0.08, 0.11),
    turn(random),
  ];
  const body = [cylinder(at, radius, 0.005), wall(at, radius, radius, high)];
  const beside = along(at, yaw, radius + 0.012);
  return { body, shapes: [...body, box(up(beside, 0.2 * high), [0.024, 0.012, 0.6 * high], yaw)] };
};

/** A head across the end of a handle. */
const hammer: Form = (random, at) => {
  const [yaw, long, thick] = [
    turn(random),
    random.uniform(0.18, 0.28),
    random.uniform(0.01, 0.014),
  ];
  const head = random.uniform(0.015, 0.022);
  const end = along(at, yaw, long / 2);
  return {
    shapes: [
      lying(up(at, head - thick), thick, long, yaw),
      box(end, [2 * head, random.uniform(0.07, 0.11), 2 * head], yaw),
    ],
  };
};

const screwdriver: Form = (random, at) => {
  const [yaw, thick] = [turn(random), random.uniform(0.011, 0.017)];
  const [grip, shaft] = [random.uniform(0.08, 0.11), random.uniform(0.07, 0.13)];
  return {
    shapes: [
      lying(along(at, yaw, -shaft / 2), thick, grip, yaw),
      lying(up(along(at, yaw, grip / 2), thick - 0.0035), 0.0035, shaft, yaw),
    ],
  };
};

const dish = (
  random: Random,
  at: Vec3,
  low: readonly [number, number],
  high: readonly [number, number],
) => {
  const lower = random.uniform(...low);
  return {
    shapes: [
      cylinder(at, lower, 0.004),
      wall(at, lower, lower * random.uniform(1.4, 1.9), random.uniform(...high)),
    ],
  };
};

export const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    "box",
    (random, at) => {
      const size = [0.03, 0.03, 0.02].map((least) => least + random.uniform(0, 0.11));
      return { shapes: [box(at, size as unknown as Vec3, turn(random))] };
    },
  ],
  [
    "cylinder",
    (random, at) => ({
      shapes: [cylinder(at, random.uniform(0.015, 0.05), random.uniform(0.02, 0.15))],
    }),
  ],
  [
    "roll",
    (random, at) => ({
      shapes: [lying(at, random.uniform(0.015, 0.04), random.uniform(0.06, 0.16), turn(random))],
    }),
  ],
  [
    "capsule",
    (random, at) => {
      const [radius, yaw] = [random.uniform(0.015, 0.03), turn(random)];
      const long = radius * random.uniform(1, 4);
      const ends = [-long / 2, long / 2].map((by) => ball(along(at, yaw, by), radius));
      return { shapes: [lying(at, radius, long, yaw), ...ends] };
    },
  ],
  [
    "egg",
    (random, at) => {
      const thick = random.uniform(0.035, 0.07);
      return { shapes: [egg(at, [thick * random.uniform(1.15, 1.6), thick, thick], turn(random))] };
    },
  ],
  ["ball", (random, at) => ({ shapes: [ball(at, random.uniform(0.02, 0.055))] })],
  ["can", (_, at) => ({ shapes: [cylinder(at, 0.033, 0.115)] })],
  ["cup", (random, at) => ({ shapes: cup(random, at) })],
  ["mug", mug],
  ["bottle", bottle],
  ["hammer", hammer],
  ["screwdriver", screwdriver],
  ["bowl", (random, at) => dish(random, at, [0.025, 0.045], [0.035, 0.07])],
  ["plate", (random, at) => dish(random, at, [0.055, 0.075], [0.012, 0.025])],
  [
    "book",
    (random, at) => {
      const [wide, thick] = [random.uniform(0.1, 0.16), random.uniform(0.012, 0.045)];
      return { shapes: [box(at, [wide, wide * 1.4, thick], turn(random))] };
    },
  ],
  [
    "wedge",
    (random, at) => {
      const size = [0.05, 0.04, 0.03].map((least) => least + random.uniform(0, 0.07));
      const low = random.pick([0, 0.2, 0.5]);
      return { shapes: [wedge(at, size as unknown as Vec3, low, turn(random))] };
    },
  ],
]);

/** What no box, can or ball is like: corners that are empty, faces without depth, legs. */
const ODD_FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["angle", (random, at) => ({ shapes: crossed(random, at, 0.5) })],
  ["tee", (random, at) => ({ shapes: crossed(random, at, 0) })],
  [
    "panel",
    (random, at) => {
      const thick = random.uniform(0.003, 0.008);
      const size: Vec3 = [random.uniform(0.06, 0.16), thick, random.uniform(0.06, 0.16)];
      return { shapes: [box(at, size, turn(random))] };
    },
  ],
  [
    "stool",
    (random, at) => {
      const [side, high, yaw] = [
        random.uniform(0.07, 0.12),
        random.uniform(0.05, 0.1),
        turn(random),
      ];
      const legs = [0, 1, 2, 3].map((i) =>
        box(along(at, yaw + (i + 0.5) * (Math.PI / 2), 0.6 * side), [0.012, 0.012, high], yaw),
      );
      return { shapes: [...legs, box(up(at, high), [side, side, 0.012], yaw)] };
    },
  ],
]);

/** Two bars across each other: the second one at the first one's end, by this share of its length off the middle. */
function crossed(random: Random, at: Vec3, asideShare: number): readonly Shape[] {
  const [yaw, wide, high] = [turn(random), random.uniform(0.02, 0.035), random.uniform(0.02, 0.06)];
  const [long, other] = [random.uniform(0.08, 0.16), random.uniform(0.07, 0.12)];
  const end = along(at, yaw, (long - wide) / 2);
  const beside = along(end, yaw + Math.PI / 2, asideShare * (other - wide));
  return [box(at, [long, wide, high], yaw), box(beside, [wide, other, high], yaw)];
}
export const ODD = [...ODD_FORMS.keys()];

/** What is longer than what stands before it. */
export const LONG = [
  "hammer",
  "screwdriver",
  "roll",
  "capsule",
  "book",
  "bottle",
  "wedge",
  "box",
] as const;

/** What a gripper can hold. */
export const HANDY = ["box", "cylinder", "capsule", "egg", "ball", "can", "wedge"] as const;
/** What other things can stand on, and how high their floor is, as a share of their height. */
export const CARRIERS: ReadonlyMap<string, (thing: Thing) => number> = new Map([
  ["book", topOf],
  ["box", topOf],
  ["plate", () => 0.004],
]);

export function thing(form: string, random: Random, at: Vec3): Thing {
  const make = FORMS.get(form) ?? ODD_FORMS.get(form);
  if (!make) throw new Error(`no form ${form}: there are ${[...FORMS.keys(), ...ODD].join(", ")}`);
  return { form, ...make(random, at) };
}

export function raised({ form, shapes, body }: Thing, by: number): Thing {
  const lift = (some: readonly Shape[]) => some.map((shape) => moved(shape, [0, 0, by]));
  return { form, shapes: lift(shapes), ...(body && { body: lift(body) }) };
}

/** Of things whose axes are along the world's, or upright. */
function topOf({ shapes: [shape] }: Thing): number {
  return shape?.form === "box" ? shape.center[2] + shape.half[2] : 0;
}

/** Two fingers at both sides of what they hold, and a palm over it. */
export function gripperAround(center: Vec3, wideM: number, highM: number, yawRad: number): Thing {
  const fingers = [-1, 1].map((side) => {
    const at = along(center, yawRad, side * (wideM / 2 + 0.007));
    return box(minus(at, [0, 0, 0.02]), [0.012, 0.02, 0.06 + highM / 2], yawRad);
  });
  const palm = box(up(center, 0.04 + highM / 2), [wideM + 0.05, 0.05, 0.06], yawRad);
  return { form: "gripper", shapes: [...fingers, palm] };
}

/** An open gripper with fingers that hang into the view before a thing. */
export function fingersBefore(at: Vec3, yawRad: number, openM: number): Thing {
  const fingers = [-1, 1].map((side) =>
    box(along(at, yawRad, (side * openM) / 2), [0.012, 0.02, 0.14], yawRad),
  );
  return {
    form: "gripper",
    shapes: [...fingers, box(up(at, 0.12), [openM + 0.05, 0.05, 0.06], yawRad)],
  };
}
