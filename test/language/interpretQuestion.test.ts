import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  askQuestion,
  interpretQuestion,
  KINDS,
  type ObjectRef,
  phrasings,
} from "../../src/language/index.js";
import { cpuMs } from "../support/cpuMs.js";
import { bottle, can, gripper, mug } from "./objects.js";

const bowl: ObjectRef = { name: "bowl", phrase: "a blue bowl" };
const table: ObjectRef = { name: "table", phrase: "the table" };
const camera: ObjectRef = { name: "wrist_camera", phrase: "the wrist camera" };
const boxes: ObjectRef = { name: "boxes", phrase: "the tall boxes on the left" };
const objects = [gripper, mug, bowl, can, bottle, table, camera, boxes];

describe("interpretQuestion", () => {
  it("gives kind and objects of every phrasing back, for every pair of objects", () => {
    for (const { kind, arity } of KINDS.values()) {
      // One pair in five with each phrasing: every pair with several, and every phrasing with every object.
      let pairs = 0;
      for (const phrasing of phrasings(kind).keys()) {
        for (const subject of objects) {
          for (const object of arity === 2 ? objects : [undefined]) {
            if (subject === object || (object && pairs++ % 5 !== 0)) continue;
            // "How far above the table is the mug?" asks for its elevation.
            if (kind === "above_difference" && phrasing === 1 && object === table) continue;
            const question = askQuestion(kind, subject, object, { phrasing });
            expect(interpretQuestion(question.text, objects), question.text).toEqual(question);
          }
        }
      }
    }
  });

  it("does so for objects of any name", () => {
    const noun = fc.constantFrom("bolt", "cup", "drawer", "glasses", "brush", "berry", "box");
    const colour = fc.constantFrom("red", "small", "left", "tall", "round", "old");
    const phrase = fc
      .tuple(fc.constantFrom("the ", "a ", "my ", ""), colour, noun)
      .map(([article, first, second]) => `${article}${first} ${second}`);
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS.values()),
        fc.nat(),
        fc.uniqueArray(phrase, {
          minLength: 2,
          maxLength: 4,
          selector: (text) => text.split(" ").slice(-2).join(" "),
        }),
        ({ kind, arity }, phrasing, phrases) => {
          const known = phrases.map((text, index) => ({ name: `thing_${index}`, phrase: text }));
          const [subject, second] = known as [ObjectRef, ObjectRef];
          const object = arity === 2 ? second : undefined;
          const question = askQuestion(kind, subject, object, { phrasing });
          expect(interpretQuestion(question.text, known)).toEqual(question);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("cuts names without an article where each is one thing", () => {
    for (const [subject, object] of [
      ["red glasses", "red bolt"],
      ["old bolt", "round bolt"],
      ["round glasses", "red cup"],
      ["round bolt", "red bolt"],
    ]) {
      const text = `Estimate how far left of the ${object} ${subject} is.`;
      const known = [subject, object].map((phrase = "") => ({ name: phrase, phrase }));
      expect(interpretQuestion(text, known), text).toMatchObject({
        kind: "left_difference",
        subject: { name: subject },
        object: { name: object },
      });
    }
  });

  it.each([
    ["How far is the gripper from the red mug?", "distance", "gripper", "mug"],
    ["is the mug left of the bowl", "left_predicate", "mug", "bowl"],
    ["how high above the table is the mug", "elevation", "mug", undefined],
    ["How far above the table is the mug?", "elevation", "mug", undefined],
    ["which is taller, the can or the bottle?", "tall_choice", "can", "bottle"],
    ["What's the distance from the MUG to the blue bowl", "distance", "mug", "bowl"],
    ["Please can you tell me how far the gripper is from the mug?", "distance", "gripper", "mug"],
    ["How close is the gripper to the mug in the image?", "distance", "gripper", "mug"],
    ["How far is the gripper from the mug, in centimetres?", "distance", "gripper", "mug"],
    ["Is the bowl underneath the gripper?", "below_predicate", "bowl", "gripper"],
    ["Is the bowl nearer to the observer than the can?", "front_predicate", "bowl", "can"],
    ["Is the bottle on the right-hand side of the can?", "right_predicate", "bottle", "can"],
    ["which of the can and the bottle is the widest?", "wide_choice", "can", "bottle"],
    ["Is the can larger or smaller than the bottle?", "big_small", "can", "bottle"],
    ["How far apart are the can and the bottle height-wise?", "vertical_distance", "can", "bottle"],
    ["Is the can bigger than the bottle, height wise?", "tall_predicate", "can", "bottle"],
    ["Is the can bigger than the bottle, width wise?", "wide_predicate", "can", "bottle"],
    ["how much room is there between the can and the bottle", "gap", "can", "bottle"],
    ["How far to the left of the mugs is the gripper?", "left_difference", "gripper", "mug"],
    ["waht is teh hieght of the mug", "height", "mug", undefined],
    ["how hihg is the mug abvoe the tabel", "elevation", "mug", undefined],
    ["howmuch further rigth is the can than the bottle", "right_difference", "can", "bottle"],
    ["true or flase, the can is shorter tahn the bottle", "short_predicate", "can", "bottle"],
  ])("understands %j", (text, kind, subject, object) => {
    expect(interpretQuestion(text, objects)).toMatchObject({
      kind,
      text,
      subject: { name: subject },
      ...(object === undefined ? {} : { object: { name: object } }),
    });
  });

  // What questions are made of must not be missing as the name of a thing.
  it.each(
    (
      "box can cube bottle block carton crate tray cup plate spoon knife pen book phone lamp chair drawer handle screw " +
      "hammer drill tape rope string thread cable hose tube rod beam plank board cloth towel sponge bucket bin bag jar " +
      "lid cap cone cylinder ball disc ring nut bolt gear wheel toy car robot arm gripper finger person plant vase " +
      "apple orange potato bread soap tin glass pot pan scale ruler glue envelope pallet conveyor clamp peg hole socket " +
      "plug button lever knob valve sensor camera lidar battery watch key card domino target goal marker tag sign barrel " +
      "ramp step stair wall window mat pillow desk counter picture frame clock saucer straw syringe rack mesh hull"
    ).split(" "),
  )("takes %s for a thing, where none is known", (noun) => {
    const question = interpretQuestion(`How far is the red mug from the ${noun}?`, []);
    expect(question).toMatchObject({ kind: "distance", object: { phrase: `the ${noun}` } });
  });

  it.each([
    "What is on the table?",
    "Is there anything above the mug?",
    "How many mugs are there?",
    "howmany mugs are there",
    "waht is the weight of the mug",
    "How far is the gripper from the mug to the left?",
    "What is the width of the mug in the picture?",
    "How thick is the bottle?",
    "The mug is taller than the can.",
    "What is left of the mug and the can?",
    "How far above the table should the mug be?",
    "",
  ])("leaves %j an open question", (text) => {
    expect(interpretQuestion(text, objects)).toEqual({ kind: "open", text });
  });

  it("says which objects an ambiguous name can mean", () => {
    const blue = { name: "blue_mug", phrase: "the blue mug" };
    const problem = interpretQuestion(
      "How far is the gripper from the mug?",
      [gripper, mug, blue].map((o) => ({ ...o, name: `o_${o.name}` })),
    );
    expect(problem).toMatchObject({ kind: "problem", reason: "ambiguous_object" });
    expect(problem).toMatchObject({
      detail: '"the mug" can mean any of: the red mug, the blue mug; say more of its name',
    });
  });

  it("names the words that mean no known object, and the known ones", () => {
    expect(interpretQuestion("How far is the gripper from the lid?", [gripper, mug])).toMatchObject(
      {
        kind: "problem",
        reason: "unknown_object",
        detail: '"the lid" is not one of the known objects: the robot gripper, the red mug',
        candidates: [gripper, mug],
      },
    );
  });

  it("does not compare an object with itself", () => {
    expect(interpretQuestion("How far is the mug from the red mug?", objects)).toMatchObject({
      kind: "problem",
      reason: "same_object",
    });
  });

  it("makes the objects from the words where none are known", () => {
    expect(interpretQuestion("How far is the gripper from the red mug?", [])).toEqual({
      kind: "distance",
      text: "How far is the gripper from the red mug?",
      subject: { name: "gripper", phrase: "the gripper" },
      object: { name: "red_mug", phrase: "the red mug" },
    });
  });

  it("never throws, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
        expect(interpretQuestion(text, objects).kind).toBeTypeOf("string");
      }),
    );
  });

  it.each([
    "the",
    "how far",
    "left of",
    "from the",
    "height(",
    "in the",
    "the camera",
    "for the",
    ", ",
  ])("reads a long text of %j in little time", async (word) => {
    const text = `${word} `.repeat(599).slice(0, 599);
    expect(await cpuMs(() => interpretQuestion(text, objects))).toBeLessThan(250);
  });

  it.each(["needed for ", "input for the ", "I have to fit it into the "])(
    "reads a long word behind %j in little time",
    async (before) => {
      const text = `${before}${"a".repeat(500)}1, how far is the gripper from the mug?`;
      expect(await cpuMs(() => interpretQuestion(text, objects))).toBeLessThan(250);
    },
  );

  it.each(["vertical", "horizontal"] as const)("takes %s wherever it stands", (axis) => {
    const questions = [
      `How far apart are the gripper and the mug ${axis}ly?`,
      `How far is the gripper from the mug ${axis}ly?`,
      `How far ${axis}ly is the gripper from the mug?`,
      `How far away ${axis}ly is the gripper from the mug?`,
      `${axis}ly, how far is the gripper from the mug?`,
      `What is the ${axis} distance of the gripper from the mug?`,
      `How much ${axis} distance is there between the gripper and the mug?`,
      `Can you tell me how far the gripper is from the mug ${axis}ly?`,
      `What is the ${axis} separation of the gripper and the mug?`,
      `How distant are the gripper and the mug in the ${axis} direction?`,
      `How far are the gripper and the mug apart in the ${axis} direction?`,
      `What is the distance between the gripper and the mug, measured ${axis}ly?`,
      `Give me the ${axis} spacing between the gripper and the mug.`,
      `Tell me the distance from the gripper to the mug along the ${axis} axis.`,
    ];
    for (const text of questions) {
      expect(interpretQuestion(text, [gripper, mug]), text).toMatchObject({
        kind: `${axis}_distance`,
        subject: gripper,
        object: mug,
        text,
      });
    }
    for (const text of [
      `What is the ${axis} gap between the gripper and the mug?`,
      "How far is the gripper from the mug vertically and horizontally?",
    ]) {
      expect(interpretQuestion(text, [gripper, mug]), text).toMatchObject({ kind: "open" });
    }
  });

  it("leaves an axis in the name of an object alone", () => {
    const rod = { name: "rod", phrase: "the vertical rod" };
    expect(
      interpretQuestion("How far is the vertical rod from the mug?", [rod, mug]),
    ).toMatchObject({ kind: "distance", subject: rod, object: mug });
  });

  describe("with a gripper, a red mug, a blue tray and a table", () => {
    const things: readonly ObjectRef[] = [
      { name: "gripper", phrase: "the gripper" },
      { name: "mug", phrase: "the red mug" },
      { name: "tray", phrase: "the blue tray" },
      { name: "table", phrase: "the table" },
    ];
    const outside = readFileSync(new URL("questions/outside.txt", import.meta.url), "utf8");

    it.each(outside.trim().split("\n"))("does not answer %j", (text) => {
      expect(interpretQuestion(text, things).kind).toMatch(/^(?:open|problem)$/);
    });

    it.each([
      ["What is the height of the gripper above the table?", "elevation", "gripper", undefined],
      ["How far off the table is the mug lifted?", "elevation", "mug", undefined],
      ["Is the gripper up above the mug?", "above_predicate", "gripper", "mug"],
      ["Is the mug down below the gripper?", "below_predicate", "mug", "gripper"],
      ["Which is closer to us, the mug or the tray?", "front_choice", "mug", "tray"],
      ["Tell me which is behind the other: the mug or the tray.", "behind_choice", "mug", "tray"],
      ["Is the mug bigger than the tray?", "big_predicate", "mug", "tray"],
      ["How far is the robot gripper from the coffee mug?", "distance", "gripper", "mug"],
    ])("understands %j", (text, kind, subject, object) => {
      const understood = interpretQuestion(text, things);
      expect(understood).toMatchObject({ kind, text, subject: { name: subject } });
      expect("object" in understood ? understood.object?.name : undefined).toBe(object);
    });
  });
});
