import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Annotation, annotateRecording } from "../../src/annotate/index.js";
import { openSource } from "../../src/sources/index.js";
import { parseTask, wordsFor } from "../../src/task/index.js";
import { writeDataset } from "../support/lerobotDataset.js";
import { scriptedVlm } from "../support/models.js";

const task = (changes = "") =>
  parseTask(
    `name: pick
${changes === "" ? "episode_task: [pick up the <thing>, put the <thing> away]" : changes}
objects:
  gripper: { phrase: the gripper }
  thing: { phrase: the <thing> }
measurements: { reach: { kind: distance, subject: gripper, object: thing, smoothing: none } }
reward: { terms: { near: -reach } }
`,
    "pick.yaml",
  );

async function annotated(
  tasks: readonly string[],
): Promise<{ said: Annotation[]; asked: string[] }> {
  const asked: string[] = [];
  const said: Annotation[] = [];
  const vlm = scriptedVlm((_, { text }) => {
    asked.push(text);
    return 0.3;
  });
  await using source = await openSource(writeDataset({ lengths: tasks.map(() => 2), tasks }));
  await annotateRecording(source, task(), vlm, { onAnnotation: (each) => void said.push(each) });
  return { said, asked };
}

describe("an episode's task", () => {
  it("fills the phrases of the task file, episode by episode", async () => {
    const { said, asked } = await annotated(["Pick up the red mug.", "put the  blue cube away"]);
    const about = (thing: string) => `What is the distance between the gripper and the ${thing}?`;
    const wanted = ["red mug", "red mug", "blue cube", "blue cube"].map(about);
    expect(asked).toEqual(wanted);
    expect(said.map(({ measurements }) => measurements[0]?.question.text)).toEqual(wanted);
    expect(said.map(({ facts }) => facts[0]?.answer.question.text)).toEqual(wanted);
  });

  it("that is like no pattern costs the frames of its episode, and says why", async () => {
    const { said, asked } = await annotated(["dance", "pick up the cup"]);
    expect(asked).toHaveLength(2);
    expect(said.map(({ outcome }) => outcome)).toEqual([
      "failed",
      "failed",
      "annotated",
      "annotated",
    ]);
    expect(said[0]?.reward.reason).toMatch(
      /episode_000000: its task "dance" is like no episode_task .*"pick up the <thing>"/,
    );
    expect(said[0]?.reward.reward).toBeNull();
  });

  it.each([
    ["places that nothing fills", "description: x", /<thing> is filled by the episode's task: add/],
    [
      "a pattern that lacks a place",
      "episode_task: [take it]",
      /<thing> is not in the episode_task/,
    ],
  ])("is refused in the task file with %s", (_what, changes, message) => {
    expect(() => task(changes)).toThrow(message);
  });

  it("says what fills each place, whatever it is", () => {
    const word = fc.stringMatching(/^[a-z$.*+?()[\]^|\\]{1,8}[a-z]$/);
    fc.assert(
      fc.property(word, word, (thing, place) => {
        const wording = { patterns: ["open it", "put the <thing> (gently) on the <place>"] };
        const words = wordsFor(wording, `Put the ${thing} (GENTLY) on the ${place}. `);
        expect([...(words ?? [])]).toEqual([
          ["thing", thing],
          ["place", place],
        ]);
      }),
    );
    expect(wordsFor({ patterns: ["open the <thing>"] }, "close the door")).toBeUndefined();
  });
});
