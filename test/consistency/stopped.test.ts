import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, type Vec3 } from "../../src/base/index.js";
import type { CameraFrame, Pose } from "../../src/camera/index.js";
import type { PathPoint } from "../../src/consistency/bearings.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import { isOver } from "../../src/consistency/isOver.js";
import { judge } from "../../src/consistency/judge.js";
import { judgeStopped } from "../../src/consistency/judgeStopped.js";
import type { ObjectRef } from "../../src/language/index.js";
import { castFrame, TABLE_ID } from "../geometry/synthetic/castFrame.js";
import type { Solid } from "../geometry/synthetic/Solid.js";
import { PLAIN_LOOK } from "./plainLook.js";

const IMAGES = 24;
const STOPS = 6;
const CAN = 12;

interface Ride {
  /** How far the main plane is in an image, m. */
  readonly shownM: (image: number) => number;
  /** What TF says of the support's frame. */
  readonly told?: (image: number) => number;
  /** Where a thing is. */
  readonly can?: (image: number) => Vec3;
}

const wave = (image: number) => 0.45 + 0.15 * Math.sin(1.1 * image);
/** TF goes on for some images, and then not at all. */
const stops = (image: number) => wave(Math.min(image, STOPS));

function ride({ shownM, told = stops, can }: Ride) {
  const poseAt = (image: number): Pose => ({
    position: [0.1 * told(image), 0, told(image)],
    rotation: [0, 0, 0, 1],
  });
  const looks = Array.from({ length: IMAGES }, (_, timeS): Look => {
    const middle = can?.(timeS);
    return {
      ...{ timeS, asked: new Set<number>(), tilt: 0, rest: poseAt(timeS) },
      ...PLAIN_LOOK,
      seen: new Map(middle ? [[CAN, { middle, area: 0.01, spanM: 0.1, isCutOff: false }]] : []),
      climb: { axis: 2, shownM: shownM(timeS), toldM: told(timeS) },
    };
  });
  const path = looks.map(({ timeS }): PathPoint => ({ timeS, pose: poseAt(timeS) }));
  return { looks, path };
}

const found = (given: Ride) => {
  const { looks, path } = ride(given);
  return judgeStopped(looks, path);
};

describe("judgeStopped", () => {
  it("finds transforms that stopped, while depth shows the camera go on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = mulberry32(seed);
        const { looks, path } = ride({ shownM: (image) => wave(image) + 0.004 * random() });
        expect(judgeStopped(looks, path)).toMatchObject({ kind: "stopped" });
        expect(judge(looks, [], path).found).toEqual(judgeStopped(looks, path));
      }),
    );
  });

  const still = wave(STOPS);
  const putDown = (image: number) => Math.min(still, 0.1 + 0.04 * Math.abs(image - 14));

  it.each<[string, Ride]>([
    ["a camera that stands still", { shownM: (image) => stops(image) + 0.004 * (image % 2) }],
    ["transforms that differ by a little", { shownM: wave, told: (i) => stops(i) + 1e-12 * i }],
    ["a camera that never moved by TF", { shownM: wave, told: () => still }],
    ["one whose place was corrected", { shownM: wave, told: (i) => still + (i < 2 ? 0.01 : 0) }],
    ["planes in turns", { shownM: (i) => (i > STOPS ? still - 0.1 * (i % 3) : stops(i)) }],
    [
      "a tray that is put down and taken away",
      { shownM: (i) => (i > STOPS ? putDown(i) : stops(i)) },
    ],
    ["a thing that stays where it is", { shownM: wave, can: () => [0, 0.1, 0.6] }],
  ])("says nothing by %s", (_, given) => {
    expect(found(given)).toBeUndefined();
  });

  it("is over when transforms go on, and not while they are the same", () => {
    const what = found({ shownM: wave });
    if (!what) throw new Error("nothing was found");
    const { looks, path } = ride({ shownM: wave });
    expect(isOver(what, looks.slice(STOPS), path)).toBe(false);
    expect(isOver(what, looks.slice(0, STOPS + 1), path)).toBe(true);
  });
});

const THING: ObjectRef = { name: "can", phrase: "the can", labels: [2] };
const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [TABLE_ID], frame: "world" };
const LEVEL_M = 0.6;
const TIN: Solid = {
  ...{ id: 2, shape: "cylinder", radius: 0.033, halfHeight: 0.06, center: [0.1, 0, 0.06] },
};

/** What a camera sees of a can on a table, and where TF says that the camera is. */
function frameOf(second: number, episode: string, heightM: number, toldM: number): CameraFrame {
  const seen = castFrame(
    { solids: [TIN], table: [0.5, 0.4] },
    {
      eye: [0, -0.6, heightM],
      target: [0, 0, heightM - LEVEL_M],
      width: 160,
      height: 120,
      focal: 150,
    },
  );
  const turn = (Math.PI / 2 + Math.PI / 4) / 2;
  const rotation = [Math.sin(turn), 0, 0, Math.cos(turn)] as const;
  // Where the table's frame is: below a camera that looks down by 45°.
  const up = (toldM - LEVEL_M) / Math.SQRT2;
  const position: Vec3 = [0, up, LEVEL_M * Math.SQRT2 + up];
  const poses = new Map([["world", { ok: true, pose: { position, rotation } }] as const]);
  return { ...seen, episode, poses, stampNs: BigInt(second) * 1_000_000_000n };
}

/** What is said by the end of a drive, and of looks at tables of some heights, each in an episode of its own or not. */
async function toldOf(heightsM: readonly number[], isApart: boolean): Promise<readonly string[]> {
  const watch = new ConsistencyWatch({
    objects: new Map([
      ["can", THING],
      ["table", TABLE],
    ]),
    support: TABLE,
  });
  let second = 0;
  for (const up of [0.3, 0.2, 0.1, 0]) {
    await watch.see(frameOf(second++, "drive", LEVEL_M + up, LEVEL_M + up));
  }
  for (const [i, heightM] of heightsM.entries()) {
    for (let image = 0; image < 4; image++) {
      await watch.see(frameOf(second++, isApart ? `${i}` : "drive", heightM, LEVEL_M));
    }
  }
  return watch.findings;
}

describe("a base that does not move by TF", () => {
  const heightsM = [0.6, 0.7, 0.65, 0.75, 0.6];

  it("is parked where each episode has a table of another height", async () => {
    expect(await toldOf(heightsM, true)).toEqual([]);
  });

  it("is said to have transforms that stopped where it rises and sinks in one", async () => {
    expect(await toldOf(heightsM, false)).toEqual([expect.stringContaining("stopped")]);
  });
});
