import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";
import { readM } from "./readM.js";

/** A length with a field of yes or no beside it, in the notations of structured answers. */
function withFlag(key: string, value: string): readonly string[] {
  const words = key.replaceAll("_", " ");
  const cell = value === "true" ? "Yes" : "No";
  return [
    `{"distance_m": 0.35, "${key}": ${value}}`,
    `{"${key}": ${value}, "distance": "35 cm"}`,
    `\`\`\`json\n{"distance": 35, "unit": "cm", "${key}": ${value}}\n\`\`\``,
    `{'distance_m': 0.35, '${key}': ${value === "true" ? "True" : "False"}}`,
    `distance: 0.35 m\n${key}: ${value}`,
    `**Distance:** 35 cm\n**${words}:** ${cell}`,
    `- Distance: 35 cm\n- ${words}: ${cell}`,
    `Distance: 35 cm | ${words}: ${cell}`,
    `distance=0.35m ${key}=${value}`,
    `| Field | Value |\n|---|---|\n| distance_m | 0.35 |\n| ${key} | ${value} |`,
    `| Distance | ${words} |\n|---|---|\n| 35 cm | ${cell} |`,
    `35 cm (${words}: ${cell})`,
  ];
}
const sigmaM = (text: string) => {
  const { value } = parseAnswer(text, askQuestion("distance", gripper, mug));
  return value?.shape === "quantity" ? value.sigmaM : undefined;
};

describe("a field of yes or no beside a length", () => {
  const own = (
    "occluded is_occluded partially_occluded contact in_contact touching holding grasped graspable moving " +
    "camera_moved blurry truncated obstacle_between collision_detected human_visible aligned error invalid placeholder"
  ).split(" ");
  it.each(own.flatMap((key) => withFlag(key, "false")))("concerns itself only: %j", (text) => {
    expect(readM("distance", text)).toBeCloseTo(0.35, 6);
  });

  const denials = (
    "valid is_valid correct visible mug_visible gripper_visible object_detected target_found measurable reliable success " +
    "usable trusted known metric_scale measurement_possible plausible"
  ).split(" ");
  it.each(denials.flatMap((key) => withFlag(key, "false")))("takes it back: %j", (text) => {
    expect(readM("distance", text)).toBeUndefined();
  });

  const claims = (
    "invalid hallucinated placeholder error unreliable missing not_visible fully_occluded vertical upper_bound " +
    "previous_frame"
  ).split(" ");
  it.each(claims.flatMap((key) => withFlag(key, "true")))("says that it is none: %j", (text) => {
    expect(readM("distance", text)).toBeUndefined();
  });

  const doubts = "certain confident accurate exact calibrated depth_available verified".split(" ");
  it.each([
    ...doubts.flatMap((key) => withFlag(key, "false")),
    ...["approximate", "estimated", "is_guess"].flatMap((key) => withFlag(key, "true")),
  ])("makes it an estimate: %j", (text) => {
    expect(sigmaM(text)).toBeGreaterThan(0.035);
  });

  it.each([
    ["gap", '{"gap_m": 0.04, "contact": true}'],
    ["gap", '{"gap_m": 0, "contact": false}'],
    ["gap", '{"gap_m": 0.04, "holding": true}'],
    ["distance", '{"distance_m": 0.6, "grasped": true}'],
  ] as const)("contradicts it: %s, %s", (kind, text) => {
    expect(readM(kind, text)).toBeUndefined();
  });

  it.each([
    ["gap", '{"gap_m": 0.04, "contact": false}', 0.04],
    ["gap", '{"gap_m": 0, "contact": true}', 0],
    ["gap", "Gap: 4 cm\nHolding: no", 0.04],
    ["distance", '{"distance_m": 0.12, "grasped": true}', 0.12],
    ["vertical_distance", '{"distance_m": 0.12, "vertical": true}', undefined],
    ["height", '{"object": "red mug", "dimensions": {"height_cm": 10, "width_cm": 8}}', 0.1],
    ["distance", '{"name": "report", "arguments": {"distance": 0.35, "unit": "m"}}', 0.35],
    [
      "distance",
      "| A | B | Distance | Contact |\n|-|-|-|-|\n| gripper | mug | 0.35 m | No |",
      0.35,
    ],
  ] as const)("agrees with it: %s, %j", (kind, text, valueM) => {
    expect(readM(kind, text)).toBe(valueM);
  });
});
