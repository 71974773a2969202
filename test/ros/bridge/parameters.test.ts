import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LifecycleTransition } from "../../../src/ros/index.js";
import { scriptedVlm } from "../../support/models.js";
import { type Bench, TASK, testBench } from "./bench.js";

/** A task that names its camera, as the parameters here name none. */
const SEEN_BY_FRONT = `${TASK}cameras:
  front: { color: /front/image_raw }
`;

/** A bridge that the life cycle has taken so far, with all that it does outwards. */
async function bridgeAfter(transitions: readonly LifecycleTransition[]) {
  const loads: string[] = [];
  const bench = testBench({
    task: SEEN_BY_FRONT,
    parameters: { autostart: false, camera: "" },
    createModel: async (spec) => {
      loads.push(spec);
      return scriptedVlm(() => 0.3);
    },
  });
  for (const transition of transitions) await bench.node.transition(transition);
  await bench.settle();
  const state = async () => {
    const { task, model, episodes } = await bench.beat(0);
    return {
      ...{ task, model, episodes, loads: [...loads] },
      actions: bench.ros.actions,
      subscribed: bench.ros.subscribedTopics,
      values: await bench.parameters(GOOD.map(([name]) => name)),
    };
  };
  return { bench, state };
}

/** Another value for each parameter that can be set in every state. */
const GOOD: readonly (readonly [string, unknown])[] = [
  ["task", "other.yaml"],
  ["vlm", "rgbd?seed=2"],
  ["llm", "planner"],
  ["rate", 5],
  ["image_timeout", 7],
  ["publish_annotated_image", false],
  ["publish_markers", false],
  ["diagnostics_period", 3],
];

/** Of a task without a camera: only a configured bridge can tell that it is of no use. */
const BLIND = "blind.yaml";

const BAD: readonly (readonly [string, unknown])[] = [
  ["task", "/nowhere/pick.yaml"],
  ["task", BLIND],
  ["llm", "gpt"],
  ["rate", -1],
  ["publish_markers", "perhaps"],
  ["diagnostics_period", 0],
  ["autostart", true],
  ["no_such_parameter", 1],
];

/** With the names of files replaced by their paths. */
function withFiles(bench: Bench) {
  const paths = new Map([
    ["other.yaml", bench.write("other.yaml", SEEN_BY_FRONT.replace("name: reach", "name: near"))],
    [BLIND, bench.write(BLIND, TASK)],
  ]);
  return ([name, value]: readonly [string, unknown]) =>
    [name, paths.get(String(value)) ?? value] as const;
}

describe.each([
  ["unconfigured", []],
  ["inactive", ["configure"]],
  ["active", ["configure", "activate"]],
] as const)("parameters set atomically while %s", (_state, transitions) => {
  it("are all as they were where one is bad, whichever it is and wherever it stands", async () => {
    const { bench, state } = await bridgeAfter(transitions);
    const before = await state();
    const isBad = ([, value]: readonly [string, unknown]) =>
      value !== BLIND || transitions.length > 0;
    const case$ = fc.tuple(
      fc.shuffledSubarray(GOOD.map(withFiles(bench))),
      fc.constantFrom(...BAD.filter(isBad).map(withFiles(bench))),
      fc.nat(),
    );
    await fc.assert(
      fc.asyncProperty(case$, async ([some, bad, place]) => {
        const others = some.filter(([name]) => name !== bad[0]);
        const values = others.toSpliced(place % (others.length + 1), 0, bad);
        expect(await bench.setAtomically(values)).toMatchObject({ successful: false });
        await bench.settle();
        expect(await state()).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it("are all taken over where every one is good", async () => {
    const { bench, state } = await bridgeAfter(transitions);
    expect(await bench.setAtomically(GOOD.map(withFiles(bench)))).toEqual({
      successful: true,
      reason: "",
    });
    await bench.settle();
    const now = await state();
    expect(now.actions).toEqual(["/spatial_reward/reason"]);
    if (transitions.length > 0) {
      expect(now.task).toBe("near");
      expect(now.loads.at(-1)).toBe("rgbd?seed=2");
    }
  });
});
