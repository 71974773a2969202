import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer } from "../../src/language/index.js";

const gripper = { name: "gripper", phrase: "the robot gripper" };
const mug = { name: "mug", phrase: "the red mug" };
const read = (answer: string) => parseAnswer(answer, askQuestion("distance", gripper, mug));
const metres = (answer: string) => {
  const { value } = read(answer);
  return value?.shape === "quantity" ? value.valueM : undefined;
};

describe("an answer with a length that nobody means", () => {
  it.each([
    ...["\\scalar{35} \\distance_unit{centimeters}^2", "\\scalar{35} \\distance_unit{cm}\u00b2"],
    ...["\\boxed{35 cm}^2", '{"distance": 35, "unit": "cm^2"}', '{"distance": 35, "unit": "cm2"}'],
    ...["(35 cm)\u00b2", "<answer>35 cm</answer>^2", '{"distance": 35, "unit": "cm/s"}'],
    ...["35 cm^2", "35 m3", "35 cm squared", "35 square centimetres", "$0.35\\,\\text{m}^2$"],
  ])("is an area or a volume: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    "For instance, the distance could be 35 cm.",
    "Not sure it is 35 cm",
    "not sure 35 cm",
    "not 100 % sure it is 35 cm",
    "Not entirely sure the distance is 35 cm",
  ])("is one that it is not sure of: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    ["above_difference", "0.35 m higher, i.e. mug above gripper"],
    ["above_difference", "0.35 m higher. The mug is above the gripper."],
    ["below_difference", "10 cm lower; gripper above mug"],
    ["left_difference", "20 cm left, i.e. the gripper is right of the mug"],
    ["behind_difference", "20 cm farther. So the gripper is in front of the mug."],
    ["right_difference", "12 cm to the right - the gripper is left of the mug."],
    ["right_difference", "12 cm right (gripper left of mug)"],
    ["front_difference", "12 cm nearer to the camera, i.e. gripper behind mug"],
  ] as const)("points the other way as well: %s, %s", (kind, answer) => {
    const { refusal } = parseAnswer(answer, askQuestion(kind, gripper, mug));
    expect(refusal?.reason).toBe("contradiction");
  });

  it.each([
    ["above_difference", "35 cm higher in the image"],
    ["above_difference", "The gripper is 35 cm higher in the image than the mug."],
    ["below_difference", "The gripper is 10 cm lower down in the picture."],
  ] as const)("is one in the picture: %s, %s", (kind, answer) => {
    expect(parseAnswer(answer, askQuestion(kind, gripper, mug)).value).toBeUndefined();
  });

  it.each([
    ...["3 5 cm", "The distance is 0. 35 m.", "1, 5 m", "0, 35 m", "1 ,5 m", "1. 2 m", "1 . 2 m"],
    ...["2 . 5 cm", "0 . 3 5 m", "1 2 cm", "1 0 cm", "1 00 cm", "30, 5 cm", "0:35 m", "0;35 m"],
    "0/35 m",
  ])("may be a piece of a number: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    ...[
      "(35 cm)/2",
      "35 cm : 2",
      "35 cm × 2",
      "35 cm (scale 1:2)",
      "35 cm + 5",
      "35 cm, rather 50",
    ],
    ...["35 cm. Rather 50.", "35 cm. No, 50.", "35 cm. I mean 50.", "35 cm. Just kidding."],
  ])("is an input of something else: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    ...["\\boxed{35 cm} or \\boxed{50 cm}", "<box>35 cm</box> or <box>50 cm</box>"],
    ...["<answer>35 cm</answer> or <answer>50 cm</answer>", "\\boxed{35 cm} / \\boxed{50 cm}"],
    ...["Either \\boxed{35 cm}, or 50 cm", "**35 cm** or **50 cm**", "Answer: 35 cm or 50 cm"],
  ])("is one of two answers: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([...["31/2 in", "11/2 in", "1.200 mm", "10.000 mm", "1.000 cm"]])(
    "can be read in two ways: %s",
    (answer) => {
      expect(read(answer).value).toBeUndefined();
    },
  );

  it.each(["35 km", "1200 m", "1,000 m", "two miles"])(
    "is longer than anything in an image: %s",
    (answer) => {
      expect(read(answer).refusal?.detail).toContain("nothing longer than 100 m");
    },
  );

  it.each([
    ...["I cannot tell. 35 cm", "I don't know. 35 cm.", "I have no idea. 35 cm", "Unclear. 35 cm"],
  ])("is of a model that declines: %s", (answer) => {
    expect(read(answer).refusal?.reason).toBe("refused");
  });

  it.each([
    ...[
      "The image is black. 35 cm.",
      "The image failed to load. 35 cm",
      "I see only noise. 35 cm.",
    ],
    ...["No image was provided. 35 cm", "The photo is too blurry to see anything. 35 cm"],
  ])("is of an image that nobody saw: %s", (answer) => {
    expect(read(answer).refusal?.reason).toBe("no_object");
  });

  it.each([
    ...["In the previous frame, the distance between the gripper and the mug was 35 cm."],
    ...["A typical distance between the gripper and the mug is 35 cm."],
    ...["According to the task, the distance between the gripper and the mug is 35 cm."],
    ...["The gripper is 35 cm from the mug, as the user claims.", "The distance should be 35 cm."],
    ...["Hypothetically, the gripper is 35 cm from the mug."],
    ...["The closest object to the gripper is the tray (35 cm). The red mug is farther."],
    ...["If the mug is 10 cm tall, the distance is 35 cm. If it is 15 cm tall, 52 cm."],
  ])("is of another time, place or thing: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    "They touch in the image.",
    "In the image the gripper is touching the mug, but this is due to the perspective.",
    "The gripper is touching the mug. Just kidding.",
    "The gripper is holding the mug.",
    "Using the depth map: failed, no depth at the gripper (0.00 m).",
    "They are nearly touching.",
  ])("is no contact: %s", (answer) => {
    expect(parseAnswer(answer, askQuestion("gap", gripper, mug)).value).toBeUndefined();
  });

  it.each([
    "The distance is anything but 35 cm.",
    "!= 35 cm",
    "!35 cm",
    "d != 35 cm",
    "\\neq 35 cm",
    "$d \\ne 35$ cm",
    "35 cm ❌",
    "35 cm ✗",
    "~~35 cm~~",
    ...[
      "<s>35 cm</s>",
      "<del>35 cm</del>",
      "\\cancel{35 cm}",
      "3\u03365\u0336 \u0336c\u0336m\u0336",
    ],
    "<!-- 35 cm -->",
    "不是35cm",
    "没有35cm",
    "35 cm ではない",
    "Bad answer: 35 cm",
    "Example answer: 35 cm",
    "e.g. 35 cm",
    "35 cm. I made that up.",
  ])("is denied, or an example: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    "Neither object is visible. The distance is 35 cm.",
    "There is no gripper in the image. The distance is 35 cm.",
    "I cannot see the mug. The distance is 35 cm.",
    "35 cm. There is no mug.",
    "35 cm. The mug is not in the image.",
    "The mug is not visible; 35 cm.",
    "No mug. 35 cm",
    "The mug is absent. 35 cm.",
    "35 cm, but I can't see the mug.",
  ])("is of what is not seen: %s", (answer) => {
    expect(read(answer).refusal?.reason).toBe("no_object");
  });

  it.each([
    '{"error":"mug not visible","distance_cm":35}',
    '{"distance_m":0.35,"pair":["mug","tray"]}',
    '{"distance_cm":35,"from":"camera","to":"mug"}',
    '{"distance_m":0.35,"object":"blue tray"}',
    '{"distance_cm":35,"visible":false}',
    '{"found":false,"distance_cm":35}',
    '{"distance_cm":35,"valid":false}',
    '{"distance_cm":35,"status":"fail"}',
    '{"distance_cm":35,"confidence":0}',
    '{"distance_cm":35,"confidence":"none"}',
    '{"distance_cm":35,"scale":"1:2"}',
    '{"distance":35,"unit":"cm","factor":10}',
    '{"object_1":"robot gripper","object_2":"blue tray","distance_m":0.35}',
  ])("is taken back by the field beside it: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });
});

describe("an answer with a length that is meant", () => {
  it.each([
    ["~~35 cm~~ 60 cm", 0.6],
    ["<del>35 cm</del> 60 cm", 0.6],
    ["\\sout{35 cm} 60 cm", 0.6],
    ["1'200 mm", 1.2],
    ["1 200 mm", 1.2],
    ["I cannot tell. Perhaps about 35 cm.", 0.35],
    ["I can't measure precisely. 35 cm", 0.35],
    ["35 cm (uncertainty ±6 cm)", 0.35],
    ["La distancia es de unos 35 cm.", 0.35],
    ["Abstand: ca. 35 cm", 0.35],
    ["距离约为0.35米。", 0.35],
    ['{"object_1":"robot gripper","object_2":"red mug","distance_m":0.35}', 0.35],
    ["1 1/2 ft", 0.4572],
    ["3/4 of a meter", 0.75],
    ["距離: 35 cm", 0.35],
    ["1,200 mm", 1.2],
    ["The mug's handle is not visible. The distance is 35 cm.", 0.35],
    ["I can't be exact, but about 30 cm.", 0.3],
    ["There is no obstacle between them. The distance is 35 cm.", 0.35],
    ['{"visible": true, "distance_cm": 35}', 0.35],
    ['{"from":"gripper","to":"mug","distance_cm":35}', 0.35],
    ['{"distance_cm":35,"error":null}', 0.35],
    ["❌ Not 30 cm. The distance is 35 cm ✅", 0.35],
  ])("is read: %s", (answer, valueM) => {
    expect(metres(answer)).toBeCloseTo(valueM, 6);
  });
});
