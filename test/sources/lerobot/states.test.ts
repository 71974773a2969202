import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { annotateRecording } from "../../../src/annotate/index.js";
import type { CameraFrame, KinematicSample } from "../../../src/camera/index.js";
import type { SpatialVlm } from "../../../src/models/index.js";
import { recordEpisode } from "../../../src/sim/index.js";
import { BagWriter, type FrameSource, openSource } from "../../../src/sources/index.js";
import { kinematicSelection, parseTask, type Task, taskFrames } from "../../../src/task/index.js";
import { type DatasetChanges, writeDataset } from "../../support/lerobotDataset.js";
import { scriptedVlm } from "../../support/models.js";

function taskWith(states: string, file = "t.yaml"): Task {
  return parseTask(
    `name: pick
objects:
  gripper: { phrase: the gripper, frame: tool, grasp: {} }
  mug: { phrase: the mug }
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
reward: { terms: { near: -reach } }
states: ${states}
`,
    file,
  );
}

async function samples(
  changes: DatasetChanges,
  task: Task,
): Promise<readonly (KinematicSample | undefined)[]> {
  await using source = await openSource(writeDataset(changes));
  const kinematics = kinematicSelection(task);
  const found: (KinematicSample | undefined)[] = [];
  for await (const frame of source.frames({
    cameras: source.cameras([]),
    ...(kinematics && { kinematics }),
  })) {
    found.push(frame.kinematics?.[0]);
  }
  return found;
}

/** A turning base, a lifting arm of 0.2 m, a tool 0.3 m further, and two fingers, one a mimic. */
const URDF = `<?xml version="1.0"?>
<robot name="arm">
  <link name="base"><visual><geometry><mesh filename="package://arm/base.stl"/></geometry></visual></link>
  <joint name="pan" type="revolute"><parent link="base"/><child link="upper"/>
    <origin xyz="0 0 0.1"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>
  <link name="upper"><collision><geometry><box size="1 1 1"/></geometry></collision></link>
  <joint name="lift" type="continuous"><parent link="upper"/><child link="lower"/>
    <origin xyz="0.2 0 0"/><axis xyz="0 1 0"/></joint>
  <link name="lower"/>
  <joint name="mount" type="fixed"><parent link="lower"/><child link="tool"/><origin xyz="0.3 0 0"/></joint>
  <link name="tool"/>
  <joint name="finger" type="prismatic"><parent link="tool"/><child link="left"/>
    <axis xyz="0 1 0"/><limit lower="0" upper="0.04" effort="1" velocity="1"/></joint>
  <link name="left"/>
  <joint name="mirrored" type="prismatic"><parent link="tool"/><child link="right"/>
    <axis xyz="0 -1 0"/><mimic joint="finger"/><limit lower="0" upper="0.04" effort="1" velocity="1"/></joint>
  <link name="right"/>
</robot>`;

function urdfFile(text = URDF): string {
  const path = join(mkdtempSync(join(tmpdir(), "urdf-")), "arm.urdf");
  writeFileSync(path, text);
  return path;
}

describe("states of a LeRobot data set", () => {
  it("tell a frame by the names that the task gives, with constants between them", async () => {
    const task = taskWith("{ frames: { tool: { position: [a, 5 cm, c], rotation: [0, 0, w] } } }");
    const stateNames = ["a", "c", "w", "grip"];
    const stateOf = (row: number) => [row / 10, 0.5, Math.PI / 2, 1];
    const found = await samples({ stateNames, stateOf }, task);
    const pose = found[3]?.poses.get("tool");
    expect(pose?.position).toEqual([expect.closeTo(0.3), 0.05, 0.5]);
    expect(pose?.rotation).toEqual([
      0,
      0,
      expect.closeTo(Math.SQRT1_2),
      expect.closeTo(Math.SQRT1_2),
    ]);
    expect(found[3]?.joints.get("grip")).toBe(1);
  });

  it("tell the links of a URDF by the angles of its joints", async () => {
    const states = `{ urdf: ${urdfFile()}, unit: deg, joints: { finger: grip }, frames: { thumb: right } }`;
    const base = taskWith(states);
    const thumb = parseTask(base.source.replace("frame: tool", "frame: thumb"), "t.yaml");
    const stateNames = ["pan.pos", "lift", "grip", "other"];
    const changes = { stateNames, stateOf: () => [90, 30, 0.02, 0] };
    const [tool] = await samples(changes, base);
    const reach = 0.2 + 0.3 * Math.cos(Math.PI / 6);
    const height = 0.1 - 0.3 * Math.sin(Math.PI / 6);
    expect(tool?.poses.get("tool")?.position).toEqual(
      [0, reach, height].map((each) => expect.closeTo(each, 6)),
    );
    // Turned to the left, the mirrored finger's way of -y is +x.
    const [finger] = await samples(changes, thumb);
    expect(finger?.poses.get("thumb")?.position).toEqual(
      [0.02, reach, height].map((each) => expect.closeTo(each, 6)),
    );
  });

  it("may be without names: they have their places", async () => {
    const states = `{ urdf: ${urdfFile()}, joints: { pan: "state[1]", lift: "state[0]" }, frames: { thumb: base } }`;
    const changes = { stateNames: null, stateOf: () => [0, Math.PI / 2, 9, 9] };
    const [sample] = await samples(changes, taskWith(states));
    expect(sample?.poses.get("tool")?.position[1]).toBeCloseTo(0.5, 6);
  });

  it.each<[string, string, RegExp]>([
    [
      "a joint that no number tells",
      `{ urdf: ${urdfFile()} }`,
      /no number lift for the URDF's joint lift/,
    ],
    ["a file that is none", `{ urdf: ${urdfFile("<sdf/>")} }`, /is no URDF/],
    ["a broken one", `{ urdf: ${urdfFile("<robot><link/></robot>")} }`, /arm\.urdf: /],
    ["a missing one", "{ urdf: nowhere.urdf }", /cannot be read: .*nowhere\.urdf/],
    [
      "a link that is not there",
      `{ urdf: ${urdfFile()}, frames: { tool: thumb } }`,
      /has no link thumb/,
    ],
  ])("refuse %s", async (_what, states, message) => {
    await expect(samples({ stateNames: ["pan", "x", "y", "z"] }, taskWith(states))).rejects.toThrow(
      message,
    );
  });

  it.each<[string, string, RegExp]>([
    ["links without a URDF", "{ frames: { tool: wrist } }", /add "urdf"/],
    ["joints without a URDF", "{ joints: { a: b } }", /are those of a URDF/],
    ["half a position", "{ frames: { tool: { position: [x, y] } } }", /three names or lengths/],
    ["another unit", "{ unit: turns }", /must be rad or deg/],
  ])("are refused in the task file with %s", (_what, states, message) => {
    expect(() => taskWith(states)).toThrow(message);
  });
});

/** Of a bag's frames only what is known at their own stamps, as a data set has it. */
function rowsOnly(source: FrameSource, from: number, count: number): FrameSource {
  return {
    info: source.info,
    cameras: (wanted) => source.cameras(wanted),
    expectedFrames: () => count,
    async *frames(selection, signal) {
      let i = -1;
      for await (const frame of source.frames(selection, signal)) {
        i += 1;
        if (i >= from && i < from + count) {
          yield { ...frame, kinematics: frame.kinematics?.slice(-1) ?? [] };
        }
      }
    },
    close: () => source.close(),
    [Symbol.asyncDispose]: () => source.close(),
  };
}

const PICK = (states: string) => `name: pick
objects:
  gripper: { phrase: the gripper, frame: gripper, grasp: { joints: [finger_left, finger_right], at: [0, 0, -2 cm] } }
  mug: { phrase: the mug, held_at: [7 cm, 9 cm] }
fixed_frame: world
measurements: { reach: { kind: distance, subject: gripper, object: mug } }
reward: { terms: { near: -reach } }
${states}`;

async function rewardsOf(
  source: FrameSource,
  task: Task,
  distances: readonly number[],
): Promise<(number | null)[]> {
  const rewards: (number | null)[] = [];
  let [asked, fused] = [0, 0];
  // What the model says is off by up to 2 cm.
  const said = scriptedVlm(() => (distances[asked++] ?? 0) + 0.02 * Math.sin(5 * asked));
  const reliability = { relativeSigma: 0.05, absoluteSigmaM: 0.02, wildShare: 0.05 };
  const vlm: SpatialVlm = {
    ...said,
    ask: async (frame, questions, signal) =>
      (await said.ask(frame, questions, signal)).map((answer) => ({ ...answer, reliability })),
  };
  await annotateRecording(source, task, vlm, {
    onAnnotation: ({ reward, measurements }) => {
      if (measurements[0]?.basis === "fused") fused += 1;
      rewards.push(reward.reward);
    },
  });
  expect(fused).toBeGreaterThan(rewards.length / 2);
  return rewards;
}

describe("a data set made of a simulated episode", () => {
  it("gets the rewards that the bag gets with its transforms", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "sim-")), "pick.mcap");
    const writer = await BagWriter.create(path);
    await recordEpisode(writer, { seed: 3, width: 32, height: 24, workers: 0 });
    await writer.close();
    await using bag = await openSource(path);
    const [from, count] = [20, 30];
    const bagTask = parseTask(PICK(""), "pick.yaml");
    const frames: CameraFrame[] = [];
    const kinematics = kinematicSelection(bagTask);
    const cameras = bag.cameras([]);
    for await (const frame of rowsOnly(bag, from, count).frames({
      ...{ cameras, tfFrames: [...taskFrames(bagTask), "red_mug"] },
      ...(kinematics && { kinematics }),
    })) {
      frames.push(frame);
    }
    const known = frames.flatMap(({ kinematics }) => kinematics ?? []);
    const [first] = frames;
    const camera = known[0]?.poses.get(first?.frameId ?? "");
    const gripperAt = (row: number) => {
      const pose = known[row]?.poses.get("gripper");
      const { joints } = known[row] ?? {};
      return [
        ...(pose?.position ?? []),
        ...(pose?.rotation ?? []),
        ...["finger_left", "finger_right"].map((name) => joints?.get(name) ?? Number.NaN),
      ];
    };
    const stateNames = ["x", "y", "z", "qx", "qy", "qz", "qw", "finger_left", "finger_right"];
    const dataset = writeDataset({ lengths: [count], stateNames, stateOf: gripperAt });
    const states = `states:
  frames:
    gripper: { position: [x, y, z], rotation: [qx, qy, qz, qw] }
    front: { position: [${camera?.position}], rotation: [${camera?.rotation}] }
`;
    await using source = await openSource(dataset);
    const distances = frames.map(({ poses }) => {
      const [gripper, mug] = [poses?.get("gripper"), poses?.get("red_mug")];
      const at = (axis: number) => (pose: typeof mug) =>
        (pose?.ok ? pose.pose.position[axis] : 0) ?? 0;
      return Math.hypot(...[0, 1, 2].map((axis) => at(axis)(gripper) - at(axis)(mug)));
    });
    const ours = await rewardsOf(source, parseTask(PICK(states), "pick.yaml"), distances);
    const theirs = await rewardsOf(rowsOnly(bag, from, count), bagTask, distances);
    expect(ours).toHaveLength(count);
    expect(ours).toEqual(theirs.map((reward) => expect.closeTo(reward ?? Number.NaN, 5)));
    // The robot has moved, and the estimates with it.
    expect(Math.abs((theirs[0] ?? 0) - (theirs[count - 1] ?? 0))).toBeGreaterThan(0.05);
  });
});
