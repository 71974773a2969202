import { describe, expect, it } from "vitest";
import { interpretQuestion } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

const A = "the robot gripper";
const B = "the red mug";
const kindOf = (text: string) => interpretQuestion(text, [gripper, mug]).kind;

describe("a question of what could be, of a part, of a place in the picture, or of an exact place", () => {
  it.each([
    `How far could ${A} get from ${B}?`,
    `How far may ${A} be from ${B}?`,
    `How far would ${A} get from ${B}?`,
    `How far does ${A} get from ${B}?`,
    `How close could ${A} come to ${B}?`,
    `How near may ${A} come to ${B}?`,
    `How high could ${A} be?`,
    `How far could ${A} be to the left of ${B}?`,
    `Could ${A} be left of ${B}?`,
    `May ${A} be above ${B}?`,
    `Could ${A} stand behind ${B}?`,
    `How far is the front of ${A} from ${B}?`,
    `How far is ${A}'s left side from ${B}?`,
    `How far is ${A}'s right-hand side from ${B}?`,
    `How far is the left side of ${A} from ${B}?`,
    `Which is higher in the image, ${A} or ${B}?`,
    `Which is lower in the picture, ${A} or ${B}?`,
    `Is ${A} higher in the image than ${B}?`,
    `Is ${A} above ${B} in the image?`,
    `Is ${A} above or below ${B} in the photo?`,
    `Is ${A} exactly above ${B}?`,
    `Is ${A} precisely behind ${B}?`,
    `Is ${A} just to the left of ${B}?`,
    `Is ${A} only left of ${B}?`,
    `How far does ${A} stick out over ${B}?`,
    `How high is ${A} above the floor?`,
    `How far is ${A} off the floor?`,
    `From above, is ${A} left of ${B}?`,
    `In a top view, which is wider, ${A} or ${B}?`,
    `How far apart are ${A} and ${B} on the photograph in mm?`,
    `Make ${A} stand to the right of ${B}?`,
    `Have ${A} stand behind ${B}?`,
  ])("is none of the 43 kinds: %s", (text) => {
    expect(["open", "problem"]).toContain(kindOf(text));
  });

  it.each([
    [`How far might ${A} be from ${B}?`, "distance"],
    [`How far would you say ${A} is from ${B}?`, "distance"],
    [`Could you tell me how far ${A} is from ${B}?`, "distance"],
    [`How close does ${A} come to ${B}?`, "gap"],
    [`Is ${A} at the left side of ${B}?`, "left_predicate"],
    [`Is ${A} on ${B}'s left side?`, "left_predicate"],
    [`Looking at the image, is ${A} above ${B}?`, "above_predicate"],
    [`In the image, is ${A} above ${B}?`, "above_predicate"],
    [`Is ${A} left of ${B} in the image?`, "left_predicate"],
    [`Exactly how far to the left of ${B} is ${A}?`, "left_difference"],
    [`How far does ${A} stick up above ${B}?`, "above_difference"],
    [`How far is the lowest point of ${A} above the table or floor?`, "elevation"],
    [`How high is ${A} above the table?`, "elevation"],
    [`How far apart are ${A} and ${B} on the table plane?`, "horizontal_distance"],
    [`Seen from above, how far apart are ${A} and ${B} horizontally?`, "horizontal_distance"],
    [`${A}, ${B}: which is taller, ${A} or ${B}?`, "tall_choice"],
  ])("but this is one: %s", (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
});

describe("a question about things that are not known before", () => {
  it.each([
    "Which is the widest: the can, the ball, or the spoon?",
    "Hey, which of these is the tallest, the can, the ball or the spoon?",
    "What is the distance between the can and the ball divided by two?",
    "How tall is the bottle doubled?",
  ])("is of no more than two, and of no multiple: %s", (text) => {
    expect(["open", "problem"]).toContain(interpretQuestion(text, []).kind);
  });
});
