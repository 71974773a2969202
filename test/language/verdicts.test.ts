import { describe, expect, it } from "vitest";
import {
  type AnswerValue,
  askQuestion,
  parseAnswer,
  type QuestionKind,
} from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";
import { rowsOf } from "./rowsOf.js";

/** What an answer is read as: yes or no, who is chosen, or the relation; "refused" if as nothing. */
function readAs(kind: QuestionKind, text: string): string {
  const { value } = parseAnswer(text, askQuestion(kind, gripper, mug));
  return value ? wordOf(value) : "refused";
}

function wordOf(value: AnswerValue): string {
  switch (value.shape) {
    case "yes_no":
      return value.yes ? "yes" : "no";
    case "choice":
      return value.choice;
    case "class":
      return value.relation;
    case "quantity":
      return "quantity";
  }
}

describe("answers without a length", () => {
  it("take no agreement for a side: right", () => {
    for (const text of ["Right.", "Right!", "right"]) {
      expect(readAs("left_predicate", text)).toBe("refused");
      expect(readAs("right_predicate", text)).toBe("yes");
      expect(readAs("left_right", text)).toBe("right");
    }
    expect(readAs("left_predicate", "That's right.")).toBe("yes");
    expect(readAs("left_predicate", "Right of it.")).toBe("no");
  });

  it.each<[QuestionKind, string, string]>([
    ["left_predicate", "Ja.", "yes"],
    ["left_predicate", "Nein.", "no"],
    ["left_predicate", "Sí.", "yes"],
    ["left_predicate", "是", "yes"],
    ["left_predicate", "いいえ", "no"],
    ["left_predicate", '{"is_left": false}', "no"],
    ["left_predicate", "By no means.", "no"],
    ["big_predicate", "No. Wait, looking again, yes: the gripper is bigger than the mug.", "yes"],
    ["left_predicate", "Yes. Wait, no.", "no"],
    ["left_right", "Left? No, right.", "right"],
    ["left_predicate", "Sure! Based on the image, the gripper is to the right of the mug.", "no"],
    [
      "left_predicate",
      "Yes, the robot gripper is positioned to the left of the red mug in the image.",
      "yes",
    ],
    ["left_predicate", "No, the gripper is on the right side of the mug.", "no"],
    ["left_predicate", "Yes, it is to the left.", "yes"],
    ["left_predicate", "No. The red mug is located to the left of the robot gripper.", "no"],
    [
      "left_predicate",
      "Based on the image, the gripper appears to be to the left of the mug.",
      "yes",
    ],
    [
      "left_predicate",
      "Yes.\n\nExplanation: The gripper sits near the left edge of the picture, whereas the mug is close to the centre.",
      "yes",
    ],
    ["left_predicate", "The answer is: No.", "no"],
    [
      "left_predicate",
      "**Yes** — the gripper's x-coordinate is smaller than that of the mug.",
      "yes",
    ],
    [
      "left_predicate",
      '{"answer": "no", "reasoning": "The gripper is to the right of the mug."}',
      "no",
    ],
    ["above_predicate", "Yes, the gripper hovers above the mug.", "yes"],
    ["above_predicate", "No, the gripper is below the mug. It is resting on the table.", "no"],
    ["behind_predicate", "No, the gripper is in front of the mug, closer to the camera.", "no"],
    ["tall_predicate", "Yes, the gripper is noticeably taller than the mug.", "yes"],
    ["tall_choice", "The robot gripper is taller.", "subject"],
    [
      "tall_choice",
      "The gripper is taller than the mug because it extends well beyond the top of the picture.",
      "subject",
    ],
    ["tall_choice", "Between the two, the red mug is taller.", "object"],
    ["left_choice", "The red mug is further to the left.", "object"],
    ["left_choice", "Answer: the gripper", "subject"],
    ["big_choice", "The gripper is the larger of the two objects.", "subject"],
    ["left_right", "The robot gripper is to the right of the red mug.", "right"],
    ["left_right", "Left", "left"],
    ["left_right", "From the camera's perspective, the gripper is on the left of the mug.", "left"],
    ["left_right", '{"relation": "left"}', "left"],
    ["above_below", "The gripper is positioned above the mug.", "above"],
    [
      "behind_front",
      "The gripper is in front of the mug, as it partially hides the mug's handle.",
      "front",
    ],
    ["behind_front", "The gripper is behind the red mug.", "behind"],
    ["tall_short", "Taller", "tall"],
    ["wide_thin", "The gripper is wider than the mug.", "wide"],
    ["big_small", "It is smaller than the mug.", "small"],
    ["front_predicate", "<think>The gripper looks closer.</think><answer>Yes</answer>", "yes"],
  ])("reads %s %j as %s", (kind, text, expected) => {
    expect(readAs(kind, text)).toBe(expected);
  });

  it.each<[QuestionKind, string]>([
    ["big_predicate", "No. Wait, the zebra said, yes: it counts."],
    ["left_predicate", "Yes. Hmm, wait, hold that thought, the gripper is on the other."],
    ["left_predicate", '{"answer":"yes","confidence":0.0}'],
    ["left_predicate", '{"answer":"yes","valid":false}'],
    ["left_predicate", "Yes (10% confidence)"],
    ["left_predicate", "Yes ❌"],
    ["left_predicate", "No mug is visible."],
    ["left_predicate", "No gripper in the image."],
    ["left_predicate", "No clear answer can be given."],
    ["left_predicate", "No information about depth is available."],
    ["left_predicate", "Not sure."],
    ["left_predicate", "Absolutely! What would you like to know?"],
    ["left_predicate", "Certainly! To answer this, we compare x positions."],
    ["left_predicate", "Sure! Let me look at the image."],
    ["left_predicate", "yes/no"],
    ["left_predicate", "yes|no"],
    ["left_predicate", "[Yes/No]"],
    ["left_predicate", "Answer yes or no."],
    ["left_predicate", "Is the gripper to the left? Yes or no?"],
    ["left_predicate", "Options: yes, no"],
    ["left_predicate", "Let me check whether the gripper is to the left"],
    ["left_predicate", "If the gripper is to the left of the mug, say yes."],
    ["left_predicate", "The gripper was to the left of the mug."],
    ["left_predicate", "The gripper will move to the left of the mug."],
    ["left_predicate", "The gripper should be to the left of the mug."],
    ["left_predicate", "The gripper is to the left of the blue mug."],
    ["left_predicate", "The gripper is left of the tray."],
    ["left_predicate", "The blue tray is to the left of the red mug."],
    ["left_predicate", "The gripper's left finger is open."],
    ["left_predicate", "The gripper has left the mug."],
    ["left_predicate", "The mug is left on the table."],
    ["left_predicate", "The gripper is to the left of the mug from the robot's perspective."],
    ["above_predicate", "See above."],
    ["above_predicate", "The above image shows a mug."],
    ["tall_choice", "The red tray."],
    ["left_choice", "The green mug is."],
    ["tall_choice", "The image shows the mug."],
    ["tall_choice", "The mug is taller than the tray."],
    ["left_right", "Right away! Let me check."],
    ["left_right", "All right."],
    ["left_right", "Nothing is left."],
    ["left_right", "left/right"],
    ["left_right", "It's on the left of the tray and on the right of the mug."],
    ["left_right", "The tray is to the right of the mug."],
    ["behind_front", "The idea behind this is depth."],
    ["behind_front", "The gripper is closer to the wall than the mug."],
    ["big_small", "There is only a small difference."],
    ["left_predicate", "Yes or no depends on the viewpoint."],
    ["left_predicate", "The gripper is moving to the left of the mug."],
    ["left_predicate", "The gripper is pointing left."],
    ["left_predicate", "I would say yes if the mug were smaller."],
    ["left_predicate", "The user asks: is the gripper to the left of the mug: yes"],
    ["left_predicate", "Yes, I understand the question."],
    ["left_predicate", "No problem! Let me have a look."],
    ["left_predicate", "In the previous frame, yes."],
    ["left_predicate", "Neither yes nor no."],
    ["left_predicate", "The bowl, which is left of the mug, is blue."],
    ["left_predicate", "The gripper moves the mug to the left."],
    ["left_predicate", "No one can tell."],
    ["left_predicate", "Yes, you can ask me about the picture."],
    ["left_predicate", '{"answer": null, "example": "yes"}'],
    ["above_predicate", "The gripper is over the tray."],
    ["above_predicate", "The gripper is above average in size."],
    ["behind_predicate", "The tray is behind the mug."],
    ["tall_predicate", "The mug is taller than the bottle."],
    ["tall_choice", "The mug or the gripper."],
    ["tall_choice", "Which one? The mug or the gripper?"],
    ["left_choice", "The mug's handle."],
    ["left_right", "You are right."],
    ["left_right", "The right answer is hard to give."],
    ["above_below", "Above all, the gripper is grey."],
    ["behind_front", "Behind the mug stands a tray."],
    ["left_predicate", "Yes and no."],
  ])("refuses %s %j", (kind, text) => {
    expect(readAs(kind, text)).toBe("refused");
  });

  it.each<[QuestionKind, string, string]>([
    ["left_predicate", "Absolutely not.", "no"],
    ["left_predicate", "Yes? No.", "no"],
    ["left_predicate", "Yes... actually no.", "no"],
    ["left_predicate", "Yes. Correction: no.", "no"],
    ["left_predicate", "Sure, I can help. No.", "no"],
    ["left_predicate", "Correct me if I am wrong, but no.", "no"],
    ["left_predicate", "Mug visible: yes. Left: no.", "no"],
    ["left_predicate", '{"visible": true, "left": false}', "no"],
    ["left_predicate", "yes: 0.2, no: 0.8", "no"],
    ["left_predicate", '{"yes": 0.1, "no": 0.9}', "no"],
    ["left_predicate", "The statement 'the gripper is to the left of the mug' is false.", "no"],
    ["left_predicate", "The claim that the gripper is to the left of the mug is wrong.", "no"],
    ["left_predicate", "There is nothing left of the mug.", "no"],
    ["left_predicate", "Right", "no"],
    ["left_predicate", "No, wait, yes.", "yes"],
    ["left_predicate", "No doubt, yes.", "yes"],
    ["tall_choice", "Not the mug.", "subject"],
    ["left_choice", "Anything but the mug.", "subject"],
    ["tall_choice", "It isn't the gripper.", "object"],
    ["left_right", "left ❌ right ✅", "right"],
    ["left_predicate", "Yes, the mug is red.", "yes"],
    ["left_predicate", "It is false that the gripper is to the left of the mug.", "no"],
    ["left_predicate", "The left one is the mug.", "no"],
    ["left_predicate", "I doubt that the gripper is to the left of the mug.", "no"],
    ["tall_choice", "The mug is not the taller one.", "subject"],
    ["big_small", "The gripper is small.", "small"],
    ["left_choice", "Right: the mug.", "subject"],
    ["left_choice", "On the right: the mug", "subject"],
    ["left_choice", '{"right": "the red mug"}', "subject"],
    ["left_choice", "The red mug: right.", "subject"],
    ["left_choice", "the red mug, on the right", "subject"],
    ["left_choice", "Red mug: 2, robot gripper: 1", "subject"],
    ["tall_choice", "Shorter: the mug", "subject"],
    ["tall_choice", '{"shorter": "the red mug"}', "subject"],
    ["tall_choice", "red mug: shorter", "subject"],
    ["tall_choice", "The red mug (shorter)", "subject"],
    ["above_choice", "Lower: the mug", "subject"],
    ["behind_choice", "Front: the mug", "subject"],
    ["big_choice", "Smaller: the mug", "subject"],
    ["tall_short", "In short: tall.", "tall"],
    ["short_predicate", "In short: no.", "no"],
    ["short_predicate", "In short: the gripper is taller.", "no"],
    ["short_predicate", "TL;DR: no", "no"],
    ["left_predicate", "Yes, the gripper's to the right of the mug.", "no"],
    ["left_right", "Right! The gripper's to the left of the mug.", "left"],
  ])("never reads the opposite from %s %j", (kind, text, meant) => {
    expect([meant, "refused"]).toContain(readAs(kind, text));
  });

  it.each<[QuestionKind, string]>([
    ["left_predicate", "Yes, it is exactly in line with the mug."],
    ["left_predicate", "Yes, the gripper and the mug are level, neither is left."],
    ["left_predicate", "Yes, it is to the left of the tray."],
    ["left_predicate", "Yes, the tray is to the left of the mug."],
    ["left_predicate", "Yes, but only in the mirror."],
    ["left_predicate", "No, it is to the left of the tray."],
    ["left_predicate", "Yes, I can help with that."],
    ["left_predicate", "Yes, that can be determined."],
    ["left_predicate", "Yes, good question."],
    ["left_predicate", "Yes, there is a gripper and a mug in the image."],
    ["tall_predicate", "Yes, the mug is 10 cm and the gripper 5 cm tall."],
    ["tall_predicate", "Yes, taller than it is wide."],
    ["behind_predicate", "Yes, it blocks our view of the mug."],
    ["behind_predicate", "Yes, behind the tray."],
    ["above_predicate", "Yes, 10 cm above the table."],
    ["above_predicate", "Yes, it is above the tray, far from the mug."],
    ["big_predicate", "Yes, bigger than a coin."],
  ])("takes no agreement to something else in %s %j", (kind, text) => {
    expect(readAs(kind, text)).toBe("refused");
  });

  it.each<[QuestionKind, string, string]>([
    [
      "left_predicate",
      "Yes, the gripper is positioned to the left of the mug, closer to the edge of the table.",
      "yes",
    ],
    ["left_predicate", "No, the gripper is actually on the right, above the tray.", "no"],
    ["left_predicate", "No, the mug is further left, next to the tray.", "no"],
    ["above_predicate", "Yes, it is hovering directly above the mug.", "yes"],
    ["left_choice", "Left: the gripper", "subject"],
    ["left_choice", "The mug, it is further left.", "object"],
    ["tall_choice", "red mug: taller", "object"],
    ["tall_short", "In short: the gripper is taller.", "tall"],
  ])("still reads %s %j", (kind, text, meant) => {
    expect(readAs(kind, text)).toBe(meant);
  });

  it.each<[QuestionKind, string, string]>([
    ["left_predicate", "Correct, you'll find the gripper to the left of the mug.", "yes"],
    ["left_predicate", "Right, the gripper is to the left of the mug.", "yes"],
    ["left_predicate", "No, they are at the same horizontal position.", "no"],
    ["right_predicate", "Right now the gripper is to the left of the mug.", "no"],
    ["tall_predicate", "The gripper is about 15 cm tall and the mug about 10 cm, so yes.", "yes"],
    ["tall_predicate", "The gripper has a greater height than the mug.", "yes"],
    ["wide_predicate", "The gripper's width is less than the mug's.", "no"],
    ["short_predicate", "The gripper is by no means shorter than the mug.", "no"],
    ["front_predicate", "The gripper partly hides the mug, so it is in front of the mug.", "yes"],
    [
      "left_choice",
      "The gripper is on the left side of the image, the mug on the right.",
      "subject",
    ],
    ["left_predicate", "It's the other way around: the mug is to the left of the gripper.", "no"],
    ["big_predicate", "Yes, the gripper takes up more space than the mug.", "yes"],
    ["tall_choice", "It's the mug that is taller.", "object"],
    ["thin_choice", "The gripper has a smaller width.", "subject"],
    ["above_choice", "The gripper is at a higher position.", "subject"],
    ["left_right", "The gripper is to the mug's right.", "right"],
    ["left_choice", "Not the gripper but the mug.", "object"],
    ["left_choice", "The gripper is the one on the left.", "subject"],
    ["above_choice", "The gripper is higher up in the image than the mug.", "subject"],
    ["left_right", "The gripper is on the left-hand side of the mug.", "left"],
    ["left_right", "The gripper is left.", "left"],
    ["above_below", "The gripper is above the mug, hovering in the air.", "above"],
    ["behind_front", "in front of", "front"],
    ["tall_short", "tall", "tall"],
    ["left_right", "The robotic arm's gripper is right of the mug. Hope this helps!", "right"],
  ])("reads the verdict %s %j as %s", (kind, text, expected) => {
    expect(readAs(kind, text)).toBe(expected);
  });

  it.each<[QuestionKind, string]>([
    ["tall_predicate", "The gripper has a greater width than the mug."],
    ["tall_predicate", "The gripper's height is greater than the plate's."],
    ["left_predicate", "From behind the robot, the gripper is to the left of the mug."],
    ["left_predicate", "The gripper covers part of the mug."],
    ["left_predicate", "Right. I need to check that first."],
    ["left_predicate", "Let me know if the gripper is to the left of the mug."],
    ["left_right", "The gripper is left on the table."],
    ["left_right", "The left-hand side of the image shows a plate."],
    ["tall_short", "short answer: unknown"],
    ["tall_choice", "Not the gripper but the plate."],
    ["front_predicate", "The gripper hides the plate, so it is in front of it."],
  ])("reads no verdict in %s %j", (kind, text) => {
    expect(readAs(kind, text)).toBe("refused");
  });

  // Each word could be read in two ways: 2^3000 ways.
  it.each(["indeed", "clearly", "very"])("ends where %j is repeated without spaces", (word) => {
    expect(readAs("left_predicate", word.repeat(3000))).toBe("refused");
  });
});

/** An answer in the style of a model, and what a person reads in it: null if nothing. */
interface Row {
  readonly k: QuestionKind;
  readonly a: string;
  readonly v: string | null;
}

describe.each([
  ["verdictsI", 0.95],
  ["verdictsJ", 0.92],
  ["verdictsK", 0.84],
  ["verdictsL", 0.94],
] as const)("verdicts in the styles of models (%s)", (name, recall) => {
  const rows = rowsOf<Row>(name);

  it("never become one that a person does not read in them", () => {
    for (const { k, a, v } of rows) {
      const said = readAs(k, a);
      if (said !== "refused") expect(said, a).toBe(v);
    }
  });

  it("are mostly read where a person reads one", () => {
    const honest = rows.filter(({ v }) => v !== null);
    const read = honest.filter(({ k, a }) => readAs(k, a) !== "refused");
    expect(read.length / honest.length).toBeGreaterThan(recall);
  });
});
