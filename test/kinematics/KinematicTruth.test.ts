import { describe, expect, it } from "vitest";
import type { KinematicSample } from "../../src/camera/index.js";
import { KinematicTruth, type Said } from "../../src/kinematics/index.js";
import type { Task } from "../../src/task/index.js";
import { ANYHOW, imageAt, type Move, PICK, recorded, stampAt, taskOf } from "./robot.js";

function truthOf(
  samples: readonly KinematicSample[],
  task: Task = taskOf(),
  says: readonly Said[] = [],
): KinematicTruth {
  const truth = KinematicTruth.of(task, samples, says);
  if (!truth) throw new Error("the task has no robot");
  return truth;
}

/** Values of a measurement at some times; the reason where there is none. */
function values(
  truth: KinematicTruth,
  samples: readonly KinematicSample[],
  name: string,
  timesS: readonly number[],
  task: Task = taskOf(),
): (number | string)[] {
  const measurement = task.measurements.find((each) => each.name === name);
  if (!measurement) throw new Error(`no measurement ${name}`);
  return timesS.map((timeS) => {
    const found = truth.valueAt(measurement, imageAt(samples, timeS));
    return found.known ? Number(found.value.toFixed(3)) : found.reason;
  });
}

const picked = recorded(PICK);

describe("the truth of a grasp", () => {
  const truth = truthOf(picked);

  it("is where the thing was grasped, at the grasp point, and where it was let go", () => {
    expect(values(truth, picked, "reach", [0, 2, 3])).toEqual([0.424, 0.2, 0]);
    expect(values(truth, picked, "reach", [4.2, 5.5, 6.5])).toEqual([0, 0, 0]);
    expect(values(truth, picked, "reach", [7.8, 8.4])).toEqual([0.098, 0.245]);
  });

  it("is known for the kinds that speak of centres, and for the elevation of what is held", () => {
    expect(values(truth, picked, "level", [0, 1])).toEqual([0.3, 0.15]);
    expect(values(truth, picked, "below", [0, 2.5])).toEqual([0.3, 0.1]);
    // The thing is 30 cm to the left of the gripper, so the gripper is that much to the right of it.
    expect(values(truth, picked, "left", [0])).toEqual([-0.3]);
    expect(values(truth, picked, "is_left", [0])).toEqual([0]);
    expect(values(truth, picked, "lift", [1, 5, 8])).toEqual([0, 0.1, 0.005]);
    expect(values(truth, picked, "gap", [1])).toEqual([expect.stringMatching(/shapes/)]);
  });

  it("has a sigma: for where between the fingers the thing stood, more before the grasp", () => {
    const [reach] = taskOf().measurements;
    if (!reach) throw new Error("no measurement");
    const sigmaAt = (timeS: number) => {
      const found = truth.valueAt(reach, imageAt(picked, timeS));
      return found.known ? found.sigma : undefined;
    };
    expect(sigmaAt(1)).toBeCloseTo(Math.hypot(0.01, 0.02 / Math.sqrt(3)), 3);
    expect(sigmaAt(5)).toBe(0.01);
  });

  it("takes the grasp point from the task", () => {
    const task = taskOf("{ at: [0, 0, -3 cm] }");
    const low = truthOf(picked, task);
    expect(values(low, picked, "reach", [5], task)).toEqual([0.03]);
    expect(values(low, picked, "below", [2], task)).toEqual([0.23]);
  });

  it("tells when and what was grasped, and what that rests on", () => {
    expect(truth.grasps).toMatchObject([{ object: "mug", identifiedBy: "opening", end: "placed" }]);
    expect(truth.notes).toEqual([
      expect.stringMatching(
        /^at 3\.4 s the gripper grasped the red mug, by the opening of its fingers$/,
      ),
    ]);
    const isHeldAt = (timeS: number) =>
      truth.grasps.some(({ fromNs, toNs }) => stampAt(timeS) >= fromNs && stampAt(timeS) <= toNs);
    expect([2, 5, 8].map(isHeldAt)).toEqual([false, true, false]);
  });

  it("says nothing of left and right where the camera's TF is missing", () => {
    const blind = picked.map((sample) => ({
      ...sample,
      poses: new Map([...sample.poses].filter(([name]) => name !== "optical")),
    }));
    const unseen = truthOf(blind);
    expect(values(unseen, blind, "left", [1])).toEqual([expect.stringMatching(/needs TF of opt/)]);
    expect(values(unseen, blind, "reach", [2])).toEqual([0.2]);
  });

  it("is not to be had without a robot in the task", () => {
    const { robot: _, ...rest } = taskOf();
    expect(KinematicTruth.of(rest, picked)).toBeUndefined();
  });
});

describe("which thing was grasped", () => {
  it("is told by the opening of the fingers, where the task says how it is held", () => {
    const fits = taskOf("{}", ", held_at: [5 cm, 7 cm]");
    expect(truthOf(picked, fits).grasps).toMatchObject([
      { object: "mug", identifiedBy: "opening" },
    ]);
    const other = taskOf("{}", ", held_at: [8 cm, 9 cm]");
    const truth = truthOf(picked, other);
    expect(truth.grasps[0]?.object).toBeUndefined();
    expect(values(truth, picked, "reach", [1], other)).toEqual([
      "something else was grasped: the fingers stopped at 6.0 cm, and the red mug is held at 8.0 cm to 9.0 cm",
    ]);
  });

  const says = (heldM: number): Said[] =>
    [0, 0.3, 0.6, 0.9, 1.2, 1.5, 4, 4.5, 5, 5.5, 6].map((timeS, i) => ({
      stampNs: imageAt(picked, timeS).stampNs,
      measurement: "reach",
      valueM: timeS >= 4 ? heldM + 0.01 * (i % 2) : 0.35 - 0.08 * timeS,
    }));

  it("is not known without held_at: answers of a model fit a thing beside it as well", () => {
    const bare = taskOf("{}", "");
    for (const told of [[], says(0.12)]) {
      const truth = truthOf(picked, bare, told);
      expect(truth.grasps[0]?.object).toBeUndefined();
      expect(values(truth, picked, "reach", [1, 5, 8], bare)).toEqual(
        Array(3).fill(
          expect.stringMatching(/nothing proves that it was the red mug: give held_at/),
        ),
      );
    }
  });

  it("is denied by what the model said of the distance", () => {
    const denied = truthOf(picked, taskOf(), says(0.4));
    expect(denied.grasps[0]?.object).toBeUndefined();
    expect(denied.notes.join()).toMatch(/the model said that the red mug is 0\.40 m from the/);
  });

  it("is left open with several candidates, unless the answers decide", () => {
    const other = "  other: { kind: distance, subject: gripper, object: box }";
    const two = taskOf("{}", ANYHOW, other, ANYHOW);
    const open = truthOf(picked, two);
    expect(open.grasps[0]?.object).toBeUndefined();
    expect(open.notes.join()).toMatch(/may have been the red mug, the box/);
    expect(truthOf(picked, two, says(0.12)).grasps).toMatchObject([
      { object: "mug", identifiedBy: "answers" },
    ]);
  });

  it("follows the stages where there is one grasp for each thing", () => {
    const two = taskOf(
      "{}",
      ANYHOW,
      `  other: { kind: distance, subject: gripper, object: box }
stages:
  - { name: mug, progress: 0.5, until: reach < 3 cm }
  - { name: box, progress: 0.5, until: other < 3 cm }`,
      ANYHOW,
    );
    const again: Move[] = [
      ...PICK,
      { untilS: 10.4, to: [-0.3, 0, 0.2] },
      { untilS: 11.4, to: [-0.3, 0, 0] },
      { untilS: 11.8, opening: 0.04 },
      { untilS: 12.2 },
      { untilS: 13, to: [-0.3, 0, 0.1] },
    ];
    const samples = recorded(again);
    expect(truthOf(samples, two).grasps).toMatchObject([
      { object: "mug", identifiedBy: "order" },
      { object: "box", identifiedBy: "order" },
    ]);
  });

  it("is nothing where no measurement is about the gripper and a thing", () => {
    const task = taskOf("{}", "");
    const lone = { ...task, measurements: task.measurements.filter(({ name }) => name === "lift") };
    expect(truthOf(picked, lone).notes.join()).toMatch(/no measurement is about the gripper/);
  });
});

describe("what the fingers tell", () => {
  const closing = (opening: number): Move[] =>
    PICK.map((move) => (move.opening === 0.06 ? { ...move, opening } : move));

  it("is nothing where they close fully: a grasp on nothing", () => {
    for (const grasp of ["{}", "{ closed_below: 1 cm }"]) {
      const samples = recorded(closing(0.005));
      const truth = truthOf(samples, taskOf(grasp));
      expect(truth.grasps).toEqual([]);
      expect(truth.notes).toContain("at 3.4 s the gripper closed on nothing");
      expect(values(truth, samples, "reach", [1])).toEqual([
        "the red mug was not grasped in this recording",
      ]);
    }
  });

  it("is nothing where they never move", () => {
    const samples = recorded(PICK.map(({ opening: _, ...move }) => move));
    expect(truthOf(samples).notes).toEqual([
      "the gripper's fingers never move in this recording",
      "nothing was grasped",
    ]);
  });

  it("is nothing where the joint is missing, and the joints that are there are named", () => {
    const samples = recorded(PICK, (opening) => ({ arm_1: opening }));
    expect(truthOf(samples).notes[0]).toBe(
      "no joint has a finger-like name on /joint_states; joints there: arm_1",
    );
    expect(truthOf(picked, taskOf("{ joints: [claw] }")).notes[0]).toBe(
      "the gripper's joint claw was never published on /joint_states; joints there: finger_left, finger_right",
    );
    const silent = picked.map((sample) => ({ ...sample, joints: new Map() }));
    expect(truthOf(silent).notes[0]).toMatch(/joints there: none/);
  });

  it("ends where the joints stop: what became of the thing is not known", () => {
    const samples = recorded(
      PICK.map((move) => (move.untilS > 4.8 ? { ...move, without: "joints" as const } : move)),
    );
    const truth = truthOf(samples);
    expect(values(truth, samples, "reach", [2, 4.5])).toEqual([0.2, 0]);
    expect(values(truth, samples, "reach", [8])).toEqual([
      expect.stringMatching(/the gripper's fingers are unknown after that/),
    ]);
  });

  it("is read from a single driver joint in rad that grows as it closes", () => {
    const robotiq = (opening: number) => ({
      finger_joint: 0.8 - 8 * opening,
      right_inner_finger_joint: 8 * opening - 0.8,
    });
    const samples = recorded(PICK, robotiq);
    const told = taskOf("{ joints: finger_joint, closed_above: 0.75 rad }");
    expect(truthOf(samples, told).grasps).toMatchObject([{ object: "mug", end: "placed" }]);
    // Unsaid, the most that it closed can be all that it closes.
    const unsaid = truthOf(samples);
    expect(unsaid.grasps).toEqual([]);
    expect(unsaid.notes.join()).toMatch(/the task must say whether that is fully closed/);
    const learnt: Move[] = [
      { untilS: 0.5, opening: 0 },
      { untilS: 1, opening: 0.1 },
      ...PICK.map((move) => ({ ...move, untilS: move.untilS + 1 })),
    ];
    expect(truthOf(recorded(learnt, robotiq)).grasps).toMatchObject([{ object: "mug" }]);
  });

  it("is no grasp where they were set half open before the approach and closed further later", () => {
    const preshaped: Move[] = [
      { untilS: 0.4, opening: 0.08 },
      { untilS: 0.8 },
      ...PICK.map((move) => ({ ...move, untilS: move.untilS + 0.8 })),
    ];
    const samples = recorded(preshaped);
    const truth = truthOf(samples);
    expect(truth.grasps).toHaveLength(1);
    expect(values(truth, samples, "reach", [2.8])).toEqual([0.2]);
  });

  it("is no grasp where they stopped, carried nothing, and nothing else tells", () => {
    const samples = recorded([
      { untilS: 2, to: [0, 0, 0] },
      { untilS: 2.4, opening: 0.06 },
      { untilS: 3.4 },
      { untilS: 3.8, opening: 0.1 },
      { untilS: 5, to: [0.3, 0, 0.3] },
    ]);
    expect(truthOf(samples).notes.join()).toMatch(
      /carried nothing: it is unknown whether they held it/,
    );
  });
});

describe("what is not known after a grasp", () => {
  const after = (from: number, moves: readonly Move[]) =>
    recorded([...PICK.filter(({ untilS }) => untilS <= from), ...moves]);

  it("is where a thing fell that slipped out of the closing fingers", () => {
    const samples = after(4.8, [
      { untilS: 5, opening: 0 },
      { untilS: 7, to: [0.3, 0, 0.3] },
    ]);
    const task = taskOf("{}", ", held_at: [5 cm, 7 cm]");
    const truth = truthOf(samples, task);
    expect(values(truth, samples, "reach", [2, 4.6, 6], task)).toEqual([
      0.2,
      0,
      "the red mug: it slipped out of the fingers, which closed fully",
    ]);
    // Without held_at, the fingers may have stopped on nothing in the first place.
    expect(truthOf(samples).notes.join()).toMatch(/it was dropped, or never held/);
  });

  it("is where a thing is that was let go in the air, or handed over", () => {
    const samples = after(4.8, [
      { untilS: 5.2, opening: 0.1 },
      { untilS: 7, to: [0.3, 0, 0.3] },
    ]);
    const truth = truthOf(samples);
    expect(values(truth, samples, "reach", [2, 4.6, 6])).toEqual([
      0.2,
      0,
      "the red mug: it was released 10 cm higher than it was picked up: its resting place, or who took it, is unknown",
    ]);
  });

  it("is where a thing rolled that was let go tilted, or while the gripper moved", () => {
    const tilted = after(6.8, [
      { untilS: 7, rotation: [Math.sin(0.4), 0, 0, Math.cos(0.4)] },
      { untilS: 7.4, rotation: [Math.sin(0.4), 0, 0, Math.cos(0.4)], opening: 0.1 },
      { untilS: 8.4, to: [0, 0.2, 0.25] },
    ]);
    expect(values(truthOf(tilted), tilted, "reach", [8])).toEqual([
      "the red mug: it was released tilted",
    ]);
    const moving = after(4.8, [
      { untilS: 5.8, to: [0, 0, 0.01] },
      { untilS: 6.8, to: [0.3, 0, 0.01] },
      { untilS: 7.2, to: [0.42, 0, 0.01], opening: 0.1 },
      { untilS: 8.4, to: [0.42, 0.2, 0.25] },
    ]);
    expect(values(truthOf(moving), moving, "reach", [8])).toEqual([
      "the red mug: it was released while the gripper moved",
    ]);
  });

  it("is where a thing is to which the gripper came back", () => {
    const samples = after(9.4, [
      { untilS: 10.4, to: [0.04, 0.2, 0.03] },
      { untilS: 11.4, to: [-0.3, 0.2, 0.03] },
    ]);
    const truth = truthOf(samples);
    expect(values(truth, samples, "reach", [9.3])).toEqual([0.396]);
    expect(values(truth, samples, "reach", [11])).toEqual([
      expect.stringMatching(/the gripper came back to \d+ cm from it at 10\.\d s/),
    ]);
  });

  it("is where a thing is that the gripper left sideways", () => {
    const samples = after(7.4, [
      { untilS: 8.4, to: [0.3, 0.2, 0.005] },
      { untilS: 9, to: [0.3, 0.2, 0.3] },
    ]);
    expect(values(truthOf(samples), samples, "reach", [8.8])).toEqual([
      expect.stringMatching(/moved back on a different path than it came/),
    ]);
  });
});

describe("what is not known before a grasp", () => {
  it("is where a thing was that the gripper passed by before", () => {
    const samples = recorded([
      { untilS: 1, to: [0.05, 0, 0.05] },
      { untilS: 2, to: [0.3, 0, 0.3] },
      ...PICK.map((move) => ({ ...move, untilS: move.untilS + 2 })),
    ]);
    const truth = truthOf(samples);
    expect(values(truth, samples, "reach", [0.5])).toEqual([
      expect.stringMatching(/the gripper passed \d+ cm from it at 1\.\d s and may have moved it/),
    ]);
    expect(values(truth, samples, "reach", [4])).toEqual([0.2]);
  });

  it("is where a thing was that closed fingers pushed to where it was grasped", () => {
    const samples = recorded(
      [
        { untilS: 1, to: [0.02, 0, 0] },
        { untilS: 1.5, opening: 0.1 },
        { untilS: 2, to: [0, 0, 0] },
        { untilS: 2.4, opening: 0.06 },
        { untilS: 2.8 },
        { untilS: 4, to: [0, 0, 0.1] },
      ],
      undefined,
      { at: [0.3, 0, 0.1], opening: 0.02 },
    );
    expect(values(truthOf(samples), samples, "reach", [0.2])).toEqual([
      expect.stringMatching(/an opening smaller than its width: it was pushed/),
    ]);
  });

  it("is where a thing was that the gripper moved about for long", () => {
    const wiggle = Array.from(
      { length: 12 },
      (_, i): Move => ({ untilS: 1.2 + 0.2 * i, to: [i % 2 === 0 ? 0.06 : 0, 0, 0.01] }),
    );
    const samples = recorded([
      { untilS: 1, to: [0, 0, 0.01] },
      ...wiggle,
      { untilS: 4, to: [0, 0, 0] },
      { untilS: 4.4, opening: 0.06 },
      { untilS: 4.8 },
      { untilS: 6, to: [0, 0, 0.1] },
    ]);
    expect(values(truthOf(samples), samples, "reach", [0.2])).toEqual([
      expect.stringMatching(/moved near it before grasping it/),
    ]);
  });
});

describe("two grasps of one thing", () => {
  const second = (place: readonly [number, number, number]): Move[] => [
    ...PICK,
    { untilS: 10.4, to: [place[0], place[1], 0.25] },
    { untilS: 11.4, to: [place[0], place[1], place[2]] },
    { untilS: 11.8, opening: 0.06 },
    { untilS: 12.2 },
    { untilS: 13.2, to: [place[0], place[1], 0.15] },
  ];

  it("leave it where it was let go in between", () => {
    const samples = recorded(second([0, 0.2, 0.005]));
    const truth = truthOf(samples);
    expect(truth.grasps.map(({ object }) => object)).toEqual(["mug", "mug"]);
    expect(values(truth, samples, "reach", [2, 5, 8.4, 9.4, 10.4, 12.6])).toEqual([
      0.2, 0, 0.245, 0.421, 0.245, 0,
    ]);
  });

  it("do not tell where it was in between if the places differ", () => {
    const samples = recorded(second([0, 0.35, 0.005]));
    const truth = truthOf(samples);
    expect(values(truth, samples, "reach", [9])).toEqual([
      expect.stringMatching(/grasped 15 cm from where it had been released: it was moved/),
    ]);
    expect(values(truth, samples, "reach", [2, 12.6])).toEqual([0.2, 0]);
  });
});

describe("TF that is wrong", () => {
  const moved = (fromS: number, untilS: number, byM: number) =>
    picked.map((sample) => {
      const timeS = Number(sample.stampNs - stampAt(0)) / 1e9;
      const hand = sample.poses.get("hand");
      if (!hand || timeS < fromS || timeS >= untilS) return sample;
      const [x, y, z] = hand.position;
      const pose = { ...hand, position: [x + byM, y, z] as const };
      return { ...sample, poses: new Map([...sample.poses, ["hand", pose]]) };
    });

  it("jumps: what was before the jump is not known, and it is said", () => {
    const samples = moved(0, 1, 2);
    const truth = truthOf(samples);
    expect(truth.notes[0]).toMatch(/^hand: TF jumped by 2\.\d+ m at 1\.0 s/);
    expect(values(truth, samples, "reach", [0.5])).toEqual([
      expect.stringMatching(/TF jumped or stopped/),
    ]);
    expect(values(truth, samples, "reach", [2])).toEqual([0.2]);
  });

  it("jumps away for a moment: that moment is left out", () => {
    const samples = moved(1, 1.1, 2);
    const truth = truthOf(samples);
    expect(truth.notes[0]).toMatch(/TF jumped away for \d samples at 1\.0 s/);
    expect(values(truth, samples, "reach", [0, 2])).toEqual([0.424, 0.2]);
  });

  it("stops for a while: what happened before is not known", () => {
    const samples = recorded(
      PICK.flatMap((move, i): Move[] =>
        i === 0
          ? [
              { untilS: 0.5, to: [0.25, 0, 0.28] },
              { untilS: 1.5, to: [0.1, 0, 0.25], without: "tf" },
              move,
            ]
          : [move],
      ),
    );
    const truth = truthOf(samples);
    expect(truth.notes[0]).toMatch(/^hand: no TF for 1\.0 s from 0\.5 s/);
    expect(values(truth, samples, "reach", [0.2, 1, 2])).toEqual([
      expect.stringMatching(/TF jumped or stopped/),
      expect.stringMatching(/TF/),
      0.2,
    ]);
  });

  it("lacks the gripper's frame: the reason is TF's own", () => {
    const samples = recorded(PICK.map((move) => ({ ...move, without: "tf" as const })));
    expect(truthOf(samples).notes).toEqual([
      'the gripper\'s frame "hand" is unknown: the newest transform is old',
    ]);
    expect(truthOf([]).notes.join()).toMatch(/no transforms were recorded/);
  });
});
