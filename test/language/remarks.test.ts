import { describe, expect, it } from "vitest";
import { interpretQuestion } from "../../src/language/index.js";
import { can, mug } from "./objects.js";

const asked = (text: string) => {
  const question = interpretQuestion(text, [mug, can]);
  if (!("subject" in question)) return question.kind;
  const { kind, subject, object } = question;
  return [kind, subject.name, object?.name].filter(Boolean).join(" ");
};

describe("what is remarked beside a question", () => {
  it.each([
    ["The shelf is low. Is the mug taller than the can?", "tall_predicate mug can"],
    ["I can't judge the heights. Is the mug taller than the can?", "tall_predicate mug can"],
    ["Will my fingers fit in there? Give me the gap between the mug and the can.", "gap mug can"],
    ["The gripper opens to 8 cm at most. How wide is the mug?", "width mug"],
    ["The mug looks tall to me. How tall is it really?", "height mug"],
    ["The crane is holding a load. How high above the table is the mug?", "elevation mug"],
    ["Before I move the arm, how far is the mug from the can?", "distance mug can"],
    ["For the shelf planner: what is the height of the mug?", "height mug"],
    ["I need the taller one. Is that the mug or the can?", "tall_choice mug can"],
    ["I need to grasp the mug. How wide is it?", "width mug"],
    ["I'd like to take the larger one first. Is that the mug or the can?", "big_choice mug can"],
    ["Gonna slide a shim in there, so how big is the gap from the mug to the can?", "gap mug can"],
    ["Trying to figure out if it fits, how tall is the mug?", "height mug"],
    ["How wide is the mug? Just wanna print a holder for it.", "width mug"],
    ["Checking my pick: how high above the table is the mug?", "elevation mug"],
    ["The observation vector needs the height of the mug.", "height mug"],
    [
      "Lift reward, signed term: how much higher is the mug than the can?",
      "above_difference mug can",
    ],
    ["Label the mug as larger or smaller than the can.", "big_small mug can"],
    ["Evaluate the following statement: the mug is wider than the can.", "wide_predicate mug can"],
    ["For the pick we need it: is the mug taller than the can?", "tall_predicate mug can"],
    ["for the next pick we need this: is the mug left of the can", "left_predicate mug can"],
    ["Before our next grasp, is the mug above the can?", "above_predicate mug can"],
    ["How tall is the mug? Keep the reply short.", "height mug"],
    ["If it is not too much bother, how tall is the mug?", "height mug"],
  ])("changes nothing: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it("says along which axis to measure", () => {
    const text = "I only care about the vertical. What distance separates the mug and the can?";
    expect(asked(text)).toBe("vertical_distance mug can");
  });

  it.each([
    "The picture is mirrored. Is the mug left of the can?",
    "I am standing behind the table. Is the mug left of the can?",
    "I sit at the other end. Is the mug left of the can?",
    "The robot looks at us. Is the mug left of the can for the robot?",
    "To the robot, is the mug left of the can?",
    "My left is your right. Is the mug left of the can?",
    "I use x forward and y left. Is the mug left of the can?",
    "The table is turned by 90 degrees. Is the mug left of the can?",
    "The gripper moves 5 cm to the left. How far is the mug from the can?",
    "They have moved. How far apart are the mug and the can?",
    "We have tipped the mug over. How tall is it?",
    "I only care about the rims. What is the distance between the mug and the can?",
    "For the handles, how far apart are the mug and the can?",
    "Our reference is the lower edge. How far apart are the mug and the can?",
    "I need inner width. How wide is the mug?",
    "We need it without the handle. How wide is the mug?",
    "We need it at the base. How wide is the mug?",
    "For the left hand, is the mug left of the can?",
    "I need pixels. How wide is the mug?",
    "I mean weight. Is the mug bigger than the can?",
    "I want twice the distance between the mug and the can.",
    "There is a third box. Which is tallest of the mug, the can and it?",
    "The shelf is low. The mug is taller than the can.",
    "Is the mug hidden behind the can?",
    "Is the mug directly above the can?",
    "Is the mug clearly taller than the can?",
    "How far in the can is the mug?",
    "I need it squared. How tall is the mug?",
    "I want the answer negated. Is the mug left of the can?",
    "I need the circumference. How wide is the mug?",
    "I want the handle excluded. How wide is the mug?",
    "We need the path around the box. How far is the mug from the can?",
    "We need the farthest points. How far is the mug from the can?",
    "I need this for the other mug. How tall is the mug?",
    "It must be halved. How tall is the mug?",
    "Doubling the mug, how tall is it?",
    "Squashing the mug, how tall is it?",
    "Pushing the mug to the right, is the mug left of the can?",
    "Exchanging the two, is the mug left of the can?",
    "I have to leave out the handle. How wide is the mug?",
    "The can is gone. How far is the mug from the can?",
    "Stacking the mug on the can, how high above the table is the mug?",
    "For the robot, is the mug left of the can?",
    "For an ant on the floor, how far is the mug from the can?",
    "The mug has grown. How tall is the mug?",
    "The mug keeps growing. How tall is the mug?",
    "We look at it from the door. Is the mug left of the can?",
    "The robot looks at them. Is the mug left of the can?",
    "Here left is right. Is the mug left of the can?",
    "The film runs backward. Is the mug left of the can?",
    "Going to lift the mug by 10 cm, how high above the table is it?",
    "Planning to scale all by two, how tall is the mug?",
    "How wide is the mug? Want to include the handle.",
    "For the next image: is the mug left of the can?",
    "Is the mug left of the next can?",
    "Debugging the flipped image: is the mug left of the can?",
    "Lift reward, half term: how tall is the mug?",
    "Signed term: how tall is the mug?",
    "The planner needs the mug above the can.",
    "The policy needs half the height of the mug.",
    "Is the label of the mug above the label of the can?",
  ])("may change what is asked: %s", (text) => {
    expect(asked(text)).toMatch(/^(?:open|problem)$/);
  });

  it.each([
    "Fetch the mug left of the can.",
    "Retrieve the mug above the can",
    "How wide is the mug's display?",
    "Is the mug needed above the can?",
    "Is the mug required left of the can?",
  ])("no neutral word makes a question of an order, a wish or a part: %s", (text) => {
    expect(asked(text)).toMatch(/^(?:open|problem)$/);
  });
});
