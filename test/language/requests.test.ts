import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpretQuestion } from "../../src/language/index.js";
import { cpuMs } from "../support/cpuMs.js";

const objects = ["robot gripper", "red mug", "blue tray"].map((name) => ({
  name: name.replace(" ", "_"),
  phrase: `the ${name}`,
}));

function asked(text: string) {
  const question = interpretQuestion(text, objects);
  if (!("subject" in question)) return question.kind;
  const { kind, subject, object } = question;
  return [kind, subject.name, object?.name].filter(Boolean).join(" ");
}

describe("a request in the notation of programs", () => {
  it.each([
    ['{"task": "distance", "from": "red_mug", "to": "blue_tray"}', "distance red_mug blue_tray"],
    ['{"type": "clearance", "a": "the red mug", "b": "blue tray"}', "gap red_mug blue_tray"],
    ['{"task": "height", "object": "red mug", "unit": "cm"}', "height red_mug"],
    [
      '{"name": "measure_distance", "arguments": {"object_a": "red mug", "object_b": "blue tray"}}',
      "distance red_mug blue_tray",
    ],
    ['{"gap": {"from": "red mug", "to": "blue tray"}}', "gap red_mug blue_tray"],
    [
      '{"relation": "left of", "target": "red mug", "reference": "blue tray"}',
      "left_predicate red_mug blue_tray",
    ],
    [
      '{"task": "left_difference", "subject": "red mug", "object": "blue tray"}',
      "left_difference red_mug blue_tray",
    ],
    ["task: distance\nsubject: red mug\nobject: blue tray", "distance red_mug blue_tray"],
    ['get_distance("red_mug", "blue_tray") -> float', "distance red_mug blue_tray"],
    [
      'get_distance(object_1=red_mug, object_2=blue_tray, reference="center", unit="m")',
      "distance red_mug blue_tray",
    ],
    ['is_left_of("red mug", "blue tray")', "left_predicate red_mug blue_tray"],
    ["is_taller_than(red_mug, blue_tray)", "tall_predicate red_mug blue_tray"],
    ["size_lt(red_mug, blue_tray) -> yes/no", "small_predicate red_mug blue_tray"],
    ["cmp_width(red_mug, blue_tray) -> WIDER | NARROWER", "wide_thin red_mug blue_tray"],
    ["query: object=red_mug, attribute=height", "height red_mug"],
    [
      'get_distance(from="the red mug", to="the blue tray", mode="center_to_center")',
      "distance red_mug blue_tray",
    ],
    ["argmax(height, [red_mug, blue_tray])", "tall_choice red_mug blue_tray"],
    ["min_by_size([red_mug, blue_tray])", "small_choice red_mug blue_tray"],
    ["get_taller(red_mug, blue_tray)", "tall_choice red_mug blue_tray"],
    ["nearest_to_camera(red_mug, blue_tray)", "front_choice red_mug blue_tray"],
    ["min_distance(red_mug, blue_tray)", "gap red_mug blue_tray"],
    ["assert wider(the red mug, the blue tray)", "wide_predicate red_mug blue_tray"],
  ])("asks what its fields say: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    '{"task": "distance", "from": "red_mug", "to": "blue_tray", "mode": "vertical"}',
    '{"task": "distance", "from": "red_mug", "to": "blue_tray", "unit": "px"}',
    '{"task": "left_difference", "from": "red mug", "to": "blue tray"}',
    '{"task": "height", "object": "red mug", "reference": "blue tray"}',
    '{"task": "not_left", "subject": "red mug", "object": "blue tray"}',
    '{"task": "distance", "objects": ["red mug", "blue tray", "robot gripper"]}',
    '{"task": "weight", "object": "red mug"}',
    'get_gap(a=red_mug, b=blue_tray, mode="center")',
    "is_not_left_of(red_mug, blue_tray)",
    "iou(red_mug, blue_tray)",
    "argmax(weight, [red_mug, blue_tray])",
    "heaviest(red_mug, blue_tray)",
    "newer(red_mug, blue_tray)",
    "assert not_left(the red mug, the blue tray)",
    '{"task": ',
  ])("with a field that is not known is no question of the kinds: %s", (text) => {
    expect(asked(text)).toBe("open");
  });
});

describe("a difference of coordinates", () => {
  it.each([
    ["x(the red mug) - x(the blue tray), x to the right", "right_difference red_mug blue_tray"],
    ["x(the red mug) - x(the blue tray), x to the left", "left_difference red_mug blue_tray"],
    ["depth(the red mug) - depth(the blue tray)", "behind_difference red_mug blue_tray"],
    [
      "z(the red mug) - z(the blue tray) in the camera frame, z pointing away from the camera",
      "behind_difference red_mug blue_tray",
    ],
    ["|z(the red mug) − z(the blue tray)|, z axis up", "vertical_distance red_mug blue_tray"],
    ["||the red mug - the blue tray||", "distance red_mug blue_tray"],
  ])("is asked for where its axis is told: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    "x(the red mug) - x(the blue tray)",
    "|x(the red mug) - x(the blue tray)|, x to the right",
    "x(the red mug) + x(the blue tray), x to the right",
    // Of the centres: which top is higher by what is another length.
    "z(the red mug) - z(the blue tray), z up",
    "height(the red mug) - height(the blue tray)",
    "the distance between the red mug and the blue tray minus 3 cm",
  ])("is no kind otherwise: %s", (text) => {
    expect(asked(text)).toBe("open");
  });
});

describe("a question after a sentence that shows its things", () => {
  it.each([
    ["Look at the red mug and the blue tray. How far apart are they?", "distance"],
    ["Look at the red mug and the blue tray. How much lower is the red mug?", "below_difference"],
    ["Compare the red mug and the blue tray. Is the red mug wider?", "wide_predicate"],
    ["There is the red mug, and there is the blue tray. Which one is taller?", "tall_choice"],
    ["Consider the red mug and the blue tray. Is the red mug left or right?", "left_right"],
  ])("is about these: %s", (text, kind) => {
    expect(asked(text)).toBe(`${kind} red_mug blue_tray`);
  });

  it("is about the only thing that it names again", () => {
    const text = "Look at the red mug and the blue tray. How tall is the blue tray?";
    expect(asked(text)).toBe("height blue_tray");
  });

  it.each([
    "Look at the red mug. How far is the blue tray?",
    "Look at the red mug and the blue tray. How far is the red mug?",
    "Look at the red mug. Is the blue tray wider?",
    "The table is tilted. Is the red mug higher than the blue tray?",
    "Consider the red mug twice as tall. How tall is it?",
  ])("is no question of the kinds where more is needed: %s", (text) => {
    expect(asked(text)).toBe("open");
  });
});

describe("any text of words of questions", () => {
  const piece = fc.constantFrom(
    ...'the red mug|the blue tray|x(|z(|)|,|. |: |\n|{|}|"|=|-> |minus|between|look at|and|from the|step 1:|a) |how far|is|than|z up|depth|as zero|options|far then the|/|dz|the camera'.split(
      "|",
    ),
    "|",
  );

  it("is read in bounded time, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 200 }), async (pieces) => {
        const text = pieces.join(" ").slice(0, 599);
        expect(await cpuMs(() => interpretQuestion(text, objects))).toBeLessThan(250);
      }),
      { numRuns: 300 },
    );
  });
});
