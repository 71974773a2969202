import { describe, expect, it } from "vitest";
import type { KinematicSample } from "../../src/camera/index.js";
import { GripWatch } from "../../src/estimate/fusion/GripWatch.js";
import { KinematicTruth } from "../../src/kinematics/index.js";
import { imageAt, PICK, recorded, stampAt, taskOf } from "./robot.js";

const task = taskOf("{ attached: true }", ", frame: mug_frame", "", ", frame: box_frame");

/** The same robot without finger joints; what transforms tell of the mug and of the box. */
function told(of: (timeS: number) => Readonly<Record<string, boolean>>): KinematicSample[] {
  return recorded(PICK).map(({ joints: _, ...sample }) => {
    const timeS = Number(sample.stampNs - stampAt(0)) / 1e9;
    return { ...sample, joints: new Map(), attached: new Map(Object.entries(of(timeS))) };
  });
}

const isCarried = (timeS: number) => timeS >= 3.5 && timeS < 7;

function reachAt(samples: readonly KinematicSample[], timesS: readonly number[]) {
  const truth = KinematicTruth.of(task, samples);
  const reach = task.measurements.find(({ name }) => name === "reach");
  if (!truth || !reach) throw new Error("no robot");
  return {
    truth,
    values: timesS.map((timeS) => {
      const found = truth.valueAt(reach, imageAt(samples, timeS));
      return found.known ? Number(found.value.toFixed(2)) : found.reason;
    }),
  };
}

describe("a grasp that transforms tell", () => {
  it("proves where the object was, without any joint", () => {
    const samples = told((timeS) => ({ mug_frame: isCarried(timeS), box_frame: false }));
    const { truth, values } = reachAt(samples, [0, 2, 5, 8.4]);
    expect(values).toEqual([0.42, 0.2, 0, 0.24]);
    expect(truth.grasps).toMatchObject([{ object: "mug", identifiedBy: "frame", end: "placed" }]);
    expect(truth.notes.join()).toMatch(/grasped the red mug, by its frame, which was attached/);
  });

  it("lasts until transforms tell that it is over, where they are silent in between", () => {
    const samples = told(
      (timeS): Readonly<Record<string, boolean>> =>
        timeS >= 3.5 && timeS < 3.6 ? { mug_frame: true } : timeS > 7 ? { mug_frame: false } : {},
    );
    expect(reachAt(samples, [2, 5]).values).toEqual([0.2, 0]);
  });

  it("is of that object alone, and none where transforms tell nothing", () => {
    const box = told((timeS) => ({ box_frame: isCarried(timeS) }));
    expect(reachAt(box, [2]).values).toEqual([expect.stringMatching(/was not grasped/)]);
    const nothing = reachAt(
      told(() => ({})),
      [2],
    );
    expect(nothing.values).toEqual([expect.stringMatching(/was not grasped/)]);
    expect(nothing.truth.notes).toContain("nothing was grasped");
  });

  it("is seen as it begins and ends, sample by sample", () => {
    const { robot } = task;
    if (!robot) throw new Error("no robot");
    const watch = new GripWatch(robot);
    const events = told((timeS) => ({ mug_frame: isCarried(timeS) })).flatMap(
      (sample) => watch.watch(sample) ?? [],
    );
    expect(events.map(({ kind }) => kind)).toEqual(["closed", "opened"]);
    const [closed] = events;
    expect(closed?.kind === "closed" && [closed.suits("mug"), closed.suits("box")]).toEqual([
      true,
      false,
    ]);
  });
});

describe("grasp: attached", () => {
  it("asks the source for the objects' attachment and for no joints", async () => {
    const { kinematicSelection } = await import("../../src/task/index.js");
    expect(kinematicSelection(task)).toMatchObject({
      frames: ["hand"],
      jointTopics: [],
      attachable: ["mug_frame", "box_frame"],
    });
  });

  it("is refused beside joints, and where no object has a frame", () => {
    expect(() => taskOf("{ attached: true, joints: [a] }", ", frame: m")).toThrow(/no effect with/);
    expect(() => taskOf("{ attached: true }", "")).toThrow(/no object has a "frame"/);
  });
});
