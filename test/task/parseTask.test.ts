import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../src/expression/index.js";
import {
  kinematicSelection,
  parseTask,
  type Task,
  TaskError,
  type TaskProblem,
  taskQuestions,
  taskVariables,
} from "../../src/task/index.js";

const GOOD = `
name: pick_and_place
description: Put the red mug on the blue tray.
objects:
  gripper: { phrase: the robot gripper, labels: [1], frame: gripper }
  mug: { phrase: the red mug, labels: [2, 12], class_ids: [cup, 41] }
  tray: { phrase: the blue tray, labels: [3] }
  table: { phrase: the table, labels: [4] }
support: table
cameras:
  front:
    color: /camera/color/image_raw
    depth: /camera/depth/image_rect_raw
    label_info: /camera/label_info
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  lift: { kind: elevation, subject: mug, smoothing: { median: 3 } }
  place:
    kind: horizontal_distance
    subject: mug
    object: tray
    question: How far is the mug from the middle of the tray, seen from above?
    smoothing: none
  higher: { kind: above_predicate, subject: mug, object: tray }
smoothing: { gate: 4, acceleration: 50 cm/s^2 }
staleness: 300 ms
stages:
  - { name: reach, progress: 1 - reach / 0.5, until: reach < 2.5 cm, lost: reach > 10 cm }
  - { name: carry, progress: "1 - place / 40 cm", until: "place < 3 cm and not higher" }
reward:
  terms: { effort: -0.01, near: exp(-place) * stage }
  shaping: { gamma: 0.99, scale: 2 }
  success: 1.0
  failure: -1
success: progress > 0.99 and lift < 2 cm
failure: lift > 0.5
timeout: 0.5 min
`;

function problemsOf(text: string): readonly TaskProblem[] {
  try {
    parseTask(text, "task.yaml");
  } catch (error) {
    if (error instanceof TaskError) return error.problems;
    throw error;
  }
  return [];
}

/** The good task with one text replaced. */
function changed(from: string, to: string): string {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
}

describe("a task file", () => {
  const task: Task = parseTask(GOOD, "task.yaml");

  it.each(["x: &a [*a]", "objects: &a { b: { c: *a } }"])("may not hold itself: %s", (text) => {
    expect(() => parseTask(text, "t.yaml")).toThrow(/an alias stands in the value that it names/);
  });

  it("gives the objects and how each is found", () => {
    expect([...task.objects.keys()]).toEqual(["gripper", "mug", "tray", "table"]);
    expect(task.objects.get("mug")).toEqual({
      name: "mug",
      phrase: "the red mug",
      labels: [2, 12],
      classIds: ["cup", "41"],
    });
    expect(task.support).toBe(task.objects.get("table"));
  });

  it("gives the cameras' topics", () => {
    expect(task.cameras).toEqual([
      {
        name: "front",
        color: "/camera/color/image_raw",
        depth: "/camera/depth/image_rect_raw",
        labelInfo: "/camera/label_info",
      },
    ]);
    expect(parseTask(GOOD.replace(/cameras:[\s\S]*?(?=measurements)/, ""), "t").cameras).toEqual(
      [],
    );
  });

  it.each([
    ["mm", 0.001],
    ["0.1 mm", 0.0001],
    ["m", 1],
    ["0.00025", 0.00025],
  ])("reads the unit of depth %s", (unit, metres) => {
    const text = GOOD.replace("    label_info:", `    depth_unit: ${unit}\n    label_info:`);
    expect(parseTask(text, "t").cameras[0]?.depthUnitM).toBeCloseTo(metres, 9);
  });

  it("gives measurements with their smoothing over the task's over the default", () => {
    const filters = Object.fromEntries(task.measurements.map((m) => [m.name, m.filter]));
    expect(filters.reach).toEqual({ medianWindow: 5, gateSigma: 4, accelerationSigma: 0.5 });
    expect(filters.lift).toEqual({ medianWindow: 3, gateSigma: 4, accelerationSigma: 0.5 });
    expect(filters.place!.accelerationSigma).toBe(Number.POSITIVE_INFINITY);
  });

  it("gives the height of a support's surface over its frame", () => {
    const told = parseTask(changed("labels: [3]", "frame: base_link, height: -3 cm"), "t");
    expect(told.objects.get("tray")).toMatchObject({ frame: "base_link", heightM: -0.03 });
  });

  it("knows no robot where no object has `grasp`", () => {
    expect(task.robot).toBeUndefined();
    expect(kinematicSelection(task)).toBeUndefined();
  });

  it("gives the robot: its gripper, its joints, the fixed frame, what is held how", () => {
    const grasp =
      "frame: gripper, grasp: { joints: [left, right], closed_below: 1 cm, open_above: 9 cm, at: [0, 0, -2 cm] }";
    const text = changed("frame: gripper", grasp)
      .replace("class_ids: [cup, 41] }", "held_at: [7 cm, 0.09] }")
      .replace("labels: [3] }", "labels: [3], frame: marker, tracked: true, top: 1 cm }")
      .replace("support: table", "support: table\nfixed_frame: world");
    const robotic = parseTask(text, "t");
    expect(robotic.robot).toEqual({
      gripper: robotic.objects.get("gripper"),
      gripperFrame: "gripper",
      fixedFrame: "world",
      graspPointM: [0, 0, -0.02],
      grip: {
        topics: ["/joint_states"],
        joints: ["left", "right"],
        closesUpwards: false,
        closedBelow: 0.01,
        openAbove: 0.09,
      },
      tracked: ["tray"],
      heldAt: new Map([["mug", [0.07, 0.09]]]),
      topM: new Map([["tray", 0.01]]),
    });
    expect(kinematicSelection(robotic)).toEqual({
      fixedFrame: "world",
      frames: ["gripper", "marker"],
      jointTopics: ["/joint_states"],
    });
  });

  it("says how far apart the stamps of a camera's images may be", () => {
    const pairing = (fields: string) =>
      parseTask(changed("    color: /camera", `${fields}    color: /camera`), "t").cameras[0]
        ?.pairing;
    expect(pairing("    tolerance: 40 ms\n    offset: -0.25\n")).toEqual({
      toleranceS: 0.04,
      offsetS: -0.25,
    });
    expect(pairing("    offset: -12 ms\n")).toEqual({ offsetS: -0.012 });
    expect(pairing("")).toBeUndefined();
    expect(() => pairing("    tolerance: -1 ms\n")).toThrow(/tolerance.*more than 0/s);
  });

  it("turns a joint that grows as the gripper closes into an opening", () => {
    const grasp =
      "frame: gripper, grasp: { topic: /hand/joints, joints: finger_joint, closed_above: 0.75 rad, open_below: 10 deg }";
    const { robot } = parseTask(changed("frame: gripper", grasp), "t");
    expect(robot?.grip).toEqual({
      topics: ["/hand/joints"],
      joints: ["finger_joint"],
      closesUpwards: true,
      closedBelow: -0.75,
      openAbove: -Math.PI / 18,
    });
  });

  it("learns what it is not told of the gripper", () => {
    const { robot } = parseTask(changed("frame: gripper", "frame: gripper, grasp: {}"), "t");
    expect(robot?.grip).toEqual({ topics: ["/joint_states"], joints: [] });
    expect(robot?.fixedFrame).toBeUndefined();
  });

  it("converts durations to seconds", () => {
    expect([task.stalenessS, task.timeoutS]).toEqual([0.3, 30]);
  });

  it("keeps expressions as they are written", () => {
    expect(task.stages[0]).toMatchObject({
      name: "reach",
      progress: { text: "1 - reach / 0.5" },
      until: { text: "reach < 2.5 cm" },
      lost: { text: "reach > 10 cm" },
    });
    expect([...task.reward.terms].map(([name, { text }]) => [name, text])).toEqual([
      ["effort", "-0.01"],
      ["near", "exp(-place) * stage"],
    ]);
    expect(task.reward).toMatchObject({
      shaping: { gamma: 0.99, scale: 2, potential: { text: "progress" } },
      successBonus: 1,
      failurePenalty: -1,
    });
  });

  it("keeps its text", () => {
    expect(task.source).toBe(GOOD);
  });

  it("asks one question for each measurement, in its own words where it has some", () => {
    expect(taskQuestions(task).map(({ kind, text }) => [kind, text])).toEqual([
      ["distance", "What is the distance between the robot gripper and the red mug?"],
      ["elevation", expect.stringContaining("the red mug")],
      ["horizontal_distance", "How far is the mug from the middle of the tray, seen from above?"],
      ["above_predicate", expect.stringContaining("the blue tray")],
    ]);
  });

  it("has its measurements, progress, stage and time for variables", () => {
    const variables = taskVariables(task);
    expect([...variables.keys()]).toEqual("reach lift place higher progress stage time".split(" "));
    expect(() => compileExpression("higher ? reach : time", variables)).not.toThrow();
  });

  it("needs little", () => {
    const least = parseTask(
      `
name: reach
objects: { hand: { phrase: the hand }, cup: { phrase: the cup } }
measurements: { reach: { kind: gap, subject: hand, object: cup } }
reward: { terms: { near: -reach } }
`,
      "least.yaml",
    );
    expect(least).toMatchObject({ stages: [], cameras: [], stalenessS: 0.5 });
    expect(least.support).toBeUndefined();
  });
});

describe("a mistake in a task file", () => {
  it.each([
    ["    label_info:", "    depth_unit: s\n    label_info:", "cameras.front.depth_unit", /s/],
    [
      "    label_info:",
      "    depth_unit: 0 mm\n    label_info:",
      "cameras.front.depth_unit",
      /more than 0/,
    ],
    ["kind: distance,", "kind: distanc,", "measurements.reach.kind", /did you mean "distance"/],
    ["kind: distance,", "kind: xyz,", "measurements.reach.kind", /the kinds are distance, gap/],
    ["object: mug }", "object: mugg }", "measurements.reach.object", /did you mean "mug"/],
    [
      "object: mug }",
      "object: gripper }",
      "measurements.reach.object",
      /is the same as the subject/,
    ],
    [
      "phrase: the red mug",
      "phrase: The robot  gripper",
      "measurements.reach.object",
      /"gripper" too/,
    ],
    [
      "labels: [2, 12]",
      "frame: gripper",
      "measurements.reach.object",
      /TF frame "gripper" of "gripper"/,
    ],
    ["subject: gripper, object: mug", "subject: gripper", "measurements.reach", /two objects/],
    [
      "subject: mug, smoothing",
      "subject: mug, object: tray, smoothing",
      "measurements.lift.object",
      /one object: remove "object"/,
    ],
    ["support: table", "", "measurements.lift.kind", /needs to know which way is up.*"support"/],
    ["support: table", "support: tabel", "support", /did you mean "table"/],
    ["labels: [3]", "labels: [2]", "objects.tray.labels[0]", /label 2 already belongs to "mug"/],
    ["labels: [3]", "labels: [0]", "objects.tray.labels[0]", /label 0 is the background/],
    [
      "labels: [3]",
      "label: [3]",
      "objects.tray.label",
      /unknown field "label"; did you mean "labels"/,
    ],
    ["labels: [3]", "labels: 3", "objects.tray.labels", /must be a list of label ids/],
    [
      "{ phrase: the blue tray,",
      "{",
      "objects.tray.phrase",
      /"phrase" is missing: it must be text/,
    ],
    ["frame: gripper", "grasp: {}", "objects.gripper.grasp", /found by its TF frame: add "frame"/],
    [
      "frame: gripper",
      "frame: gripper, grasp: yes",
      "objects.gripper.grasp",
      /must be a mapping with fields/,
    ],
    [
      "frame: gripper",
      "frame: gripper, grasp: { joint: x }",
      "objects.gripper.grasp.joint",
      /did you mean "joints"/,
    ],
    [
      "frame: gripper",
      "frame: gripper, grasp: { closed_below: 2 kg }",
      "objects.gripper.grasp.closed_below",
      /"kg" measures a mass.*or an angle/,
    ],
    [
      "frame: gripper",
      "frame: gripper, grasp: { closed_below: 2 cm, open_above: 1 cm }",
      "objects.gripper.grasp.open_above",
      /more than "closed_below"/,
    ],
    [
      "frame: gripper",
      "frame: gripper, grasp: { closed_below: 2 cm, open_below: 1 cm }",
      "objects.gripper.grasp",
      /either by an opening/,
    ],
    [
      "frame: gripper",
      "frame: gripper, grasp: { at: 3 cm }",
      "objects.gripper.grasp.at",
      /must be a point in the gripper's frame/,
    ],
    ["labels: [3]", "tracked: true", "objects.tray.tracked", /add "frame"/],
    ["labels: [3]", "height: 72 cm", "objects.tray.height", /needs a `frame`/],
    ["labels: [3]", "held_at: 7 cm", "objects.tray.held_at", /two openings of the gripper/],
    ["labels: [3]", "held_at: [7 cm, 9 cm]", "objects.tray.held_at", /no effect without a gripper/],
    ["labels: [3]", "top: 1 cm", "objects.tray.top", /no effect without a gripper/],
    [
      "support: table",
      "support: table\nfixed_frame: world",
      "fixed_frame",
      /no effect without a gripper/,
    ],
    ["description:", "descripton:", "descripton", /did you mean "description"/],
    ["  lift: {", "  max: {", "measurements.max", /"max" is a function/],
    ["  lift: {", "  time: {", "measurements.time", /"time" is a built-in variable/],
    ["  lift: {", "  1st: {", "measurements.1st", /is not a valid name/],
    [
      "reach < 2.5 cm",
      "raech < 2.5 cm",
      "stages[0].until",
      /unknown name "raech"; did you mean "reach"/,
    ],
    ["reach < 2.5 cm", "reach < 2.5 kg", "stages[0].until", /"kg" measures a mass/],
    ["reach < 2.5 cm", "reach", "stages[0].until", /a condition compares/],
    ["1 - reach / 0.5", "progress", "stages[0].progress", /computed from the stages/],
    ["name: carry", "name: reach", "stages[1].name", /another stage is named "reach"/],
    ["exp(-place)", "import(place)", "reward.terms.near", /unknown function "import"/],
    ["effort: -0.01", "shaping: -0.01", "reward.terms.shaping", /choose another name/],
    ["gamma: 0.99", "gamma: 1.5", "reward.shaping.gamma", /more than 0 and at most 1/],
    ["gamma: 0.99, ", "", "reward.shaping.gamma", /"gamma" is missing/],
    ["success: 1.0", "success: yes", "reward.success", /must be a number/],
    ["staleness: 300 ms", "staleness: 300 kg", "staleness", /"kg" measures a mass, but a duration/],
    ["staleness: 300 ms", "staleness: -1", "staleness", /must be at least 0/],
    ["timeout: 0.5 min", "timeout: soon", "timeout", /"soon" is not a duration/],
    ["gate: 4", "gate: 0", "smoothing.gate", /more than 0/],
    ["median: 3", "median: 2.5", "measurements.lift.smoothing.median", /whole number/],
    [
      "acceleration: 50 cm/s^2",
      "acceleration: 50 cm",
      "smoothing.acceleration",
      /measures a length/,
    ],
    ["    color: /camera/color/image_raw\n", "", "cameras.front.color", /"color" is missing/],
  ])("%s → %s names the field and what is allowed", (from, to, field, message) => {
    const problems = problemsOf(changed(from, to));
    const found = problems.find((problem) => problem.field === field);
    expect(found?.message, JSON.stringify(problems)).toMatch(message);
  });

  it("is shown with its line, column and a caret under the place", () => {
    const text = changed("until: reach < 2.5 cm", "until: reach < 2.5 kg");
    try {
      parseTask(text, "tasks/pick.yaml");
      expect.unreachable();
    } catch (error) {
      const lines = (error as TaskError).message.split("\n");
      expect(lines[0]).toBe("1 problem in the task file tasks/pick.yaml");
      expect(lines[2]).toMatch(
        /^tasks\/pick\.yaml:28:66: stages\[0\]\.until: "kg" measures a mass/,
      );
      expect(lines[3]!.slice(lines[4]!.indexOf("^")).slice(0, 2)).toBe("kg");
    }
  });

  it("is found in folded and quoted texts too", () => {
    const folded = changed(
      "success: progress > 0.99",
      "success: |\n  xyz < 1 cm and\n  lift < 1 cm and progress > 0.99",
    );
    const [problem] = problemsOf(folded);
    expect(problem!.lineText.slice(problem!.column - 1, problem!.column + 2)).toBe("xyz");
    const [quoted] = problemsOf(changed('"1 - place / 40 cm"', "'1 - plaec / 40 cm'"));
    expect(quoted!.lineText.slice(quoted!.column - 1, quoted!.column + 4)).toBe("plaec");
  });

  it("does not hide the others", () => {
    const text = GOOD.replace("distance,", "distanc,")
      .replace("gamma: 0.99", "gamma: 2")
      .replace("reach > 10 cm", "raech > 10 cm")
      .replace("name: pick_and_place", "name: pick and place")
      .replace("object: tray\n", "object: try\n");
    expect(problemsOf(text).map(({ line }) => line)).toEqual([2, 16, 21, 28, 32]);
  });

  it("is a second gripper", () => {
    const text = changed("frame: gripper", "frame: gripper, grasp: {}").replace(
      "labels: [3]",
      "frame: tray, grasp: {}",
    );
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        field: "objects.tray.grasp",
        message: '"gripper" is already the gripper: a task has only one',
      }),
    ]);
  });

  it("is a range of openings that begins above its end", () => {
    const text = changed("frame: gripper", "frame: gripper, grasp: {}").replace(
      "labels: [3]",
      "held_at: [9 cm, 7 cm]",
    );
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({ field: "objects.tray.held_at", message: "begins above its end" }),
    ]);
  });

  it("is a range of openings of which one is an angle", () => {
    const text = changed("frame: gripper", "frame: gripper, grasp: {}").replace(
      "labels: [3]",
      "held_at: [7 cm, 9 deg]",
    );
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        field: "objects.tray.held_at",
        message: expect.stringContaining("one is an angle and one a length"),
      }),
    ]);
  });

  it("is no range of a number and an angle: the number is one in radians", () => {
    const text = changed("frame: gripper", "frame: gripper, grasp: {}").replace(
      "labels: [3]",
      "held_at: [0, 45 deg]",
    );
    expect(problemsOf(text)).toEqual([]);
  });

  it("is what the gripper itself would be held at", () => {
    const text = changed("frame: gripper", "frame: gripper, grasp: {}, held_at: [7 cm, 9 cm]");
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        field: "objects.gripper.held_at",
        message: expect.stringContaining("give it to that object"),
      }),
    ]);
  });

  it.each([
    ["support: table", "support:table", /write `name: value`, with a space behind the colon/],
    ["support: table", "\tsupport: table", /indent with spaces/],
    ["support: table", "support: {table", /`\{` or `\[` of this line or before it is not closed/],
  ])("says what to do with what is no YAML: %s as %j", (from, to, message) => {
    const [problem] = problemsOf(changed(from, to));
    expect(problem?.message).toMatch(message);
    expect(problem?.line).toBeGreaterThan(1);
  });

  it.each([
    ["alone", ""],
    ["behind a product with the same name", "# 2*table\n"],
  ])("shows where a text begins like the name of another value: %s", (_, before) => {
    const text = before + changed("support: table", "support: *table");
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        line: text.split("\n").indexOf("support: *table") + 1,
        column: 10,
        message: expect.stringContaining("quotation marks"),
      }),
    ]);
  });

  it("is a name that is there twice", () => {
    const text = changed("  lift:", "  reach: { kind: gap, subject: mug, object: tray }\n  lift:");
    expect(problemsOf(text)).toEqual([
      expect.objectContaining({
        line: 17,
        column: 3,
        length: 5,
        message: "this name occurs twice: remove or rename one of the two",
      }),
    ]);
  });

  it.each([
    ["reward: {}", /is always 0/],
    ["reward: { shaping: { gamma: 0.9 } }", /"progress" needs stages/],
    ["reward: { terms: { near: progress } }", /unknown name "progress"/],
    ["reward: { success: 1 }", /the task never succeeds/],
    ["reward: { terms: { a: 1 }, failure: -1 }", /no episode ends in failure/],
    ["reward: { terms: [1] }", /must map names to expressions, but is a list/],
    ["reward: { terms: { a: 1 } }\nstages: []", /must be a list of stages/],
    ["", /"reward" is missing/],
  ])("of the reward: %s", (reward, message) => {
    const text = `
name: t
objects: { hand: { phrase: the hand }, cup: { phrase: the cup } }
measurements: { reach: { kind: gap, subject: hand, object: cup } }
${reward}
`;
    expect(
      problemsOf(text)
        .map((problem) => problem.message)
        .join("\n"),
    ).toMatch(message);
  });
});

describe("a file that is no task", () => {
  it.each([
    ["", /must be a mapping with fields \(name, .*but is empty/],
    ["- 1\n- 2\n", /but is a list/],
    ["name: [1", /not YAML/],
    ["\tname: x", /not YAML/],
    ['name: !!js/function "x"', /not YAML: Unresolved tag/],
    [
      "a: &a [1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]",
      /resource exhaustion/,
    ],
    ["x".repeat(300_000), /at most 200000 characters/],
    ["name: a\n---\nname: b", /a file holds one document/],
  ])("is refused with one reason (%#)", (text, message) => {
    const problems = problemsOf(text);
    expect(problems[0]!.message).toMatch(message);
    expect(problems[0]!.line).toBe(text.includes("---") ? 2 : 1);
  });

  it("shows of a long line what is about the place", () => {
    const long = `name: "${"a".repeat(5000)}", ]${"b".repeat(5000)}`;
    for (const text of [long, "\u0000".repeat(300_000)]) {
      const { message } = (() => {
        try {
          return parseTask(text, "run.mcap");
        } catch (error) {
          return error as Error;
        }
      })() as Error;
      expect(message.length).toBeLessThan(1000);
    }
    expect(() => parseTask(long, "t.yaml")).toThrow(/aaa", \]bbb/);
  });

  it("never ends in anything but a TaskError, however its lines are mangled", () => {
    const lines = GOOD.trim().split("\n");
    const mangled = fc
      .array(
        fc.tuple(
          fc.nat(lines.length - 1),
          fc.constantFrom("", ": ", "{", "- x", "&a", "*a", "~", "'", "  1: 2"),
        ),
        { maxLength: 4 },
      )
      .map((edits) => {
        const copy = [...lines];
        for (const [i, text] of edits) copy[i] = text;
        return copy.join("\n");
      });
    fc.assert(
      fc.property(mangled, (text) => {
        try {
          expect(parseTask(text, "t.yaml").name).toBe("pick_and_place");
        } catch (error) {
          expect(error).toBeInstanceOf(TaskError);
        }
      }),
    );
  });
});
