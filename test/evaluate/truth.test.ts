import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import { trueValue } from "../../src/estimate/index.js";
import { KINDS } from "../../src/language/index.js";
import { at, measurement } from "./builders.js";

const support = { name: "table", phrase: "the table", frame: "table" };
// A camera that looks straight ahead over a level table: up is the optical frame's −y.
const level = at([0, 0.5, 1], [Math.SQRT1_2, 0, 0, Math.SQRT1_2]);
const poses = new Map([
  ["gripper", at([0.3, 0, 1])],
  ["mug", at([0, 0.4, 1])],
  ["table", level],
]);
const valueFor = (kind: Parameters<typeof measurement>[0], table = true) =>
  trueValue(measurement(kind), poses, table ? support : undefined);

describe("trueValue", () => {
  it("gives the distance between the centres", () => {
    expect(valueFor("distance", false)).toBeCloseTo(0.5, 12);
  });

  it("splits the distance along and across the support's z axis", () => {
    expect(valueFor("vertical_distance")).toBeCloseTo(0.4, 9);
    expect(valueFor("horizontal_distance")).toBeCloseTo(0.3, 9);
  });

  it("has no vertical or horizontal distance where the support has no frame", () => {
    expect(valueFor("vertical_distance", false)).toBeUndefined();
    expect(valueFor("horizontal_distance", false)).toBeUndefined();
    expect(valueFor("above_predicate", false)).toBeUndefined();
  });

  it("measures left and right along the image's x axis, behind and front by range", () => {
    expect(valueFor("right_difference")).toBeCloseTo(0.3, 12);
    expect(valueFor("left_difference")).toBeCloseTo(-0.3, 12);
    const nearer = Math.hypot(0.3, 1) - Math.hypot(0.4, 1);
    expect(valueFor("behind_difference")).toBeCloseTo(nearer, 12);
    expect(valueFor("front_difference")).toBeCloseTo(-nearer, 12);
  });

  it("answers predicates, choices and classify kinds as 1 or 0", () => {
    expect(valueFor("right_predicate")).toBe(1);
    expect(valueFor("left_predicate")).toBe(0);
    expect(valueFor("right_choice")).toBe(1);
    expect(valueFor("left_right")).toBe(0);
    expect(valueFor("behind_front")).toBe(0);
    expect(valueFor("above_below")).toBe(1);
    expect(valueFor("below_predicate")).toBe(0);
  });

  it("does not guess what needs shapes", () => {
    for (const kind of ["gap", "height", "width", "elevation", "above_difference"] as const) {
      expect(valueFor(kind), kind).toBeUndefined();
    }
    for (const kind of ["tall_predicate", "wide_choice", "big_small"] as const) {
      expect(valueFor(kind), kind).toBeUndefined();
    }
  });

  it("is undefined where a pose is unknown or an object has no frame", () => {
    const lost = new Map([...poses, ["mug", { ok: false as const, reason: "late" }]]);
    expect(trueValue(measurement("distance"), lost)).toBeUndefined();
    const frameless = measurement("distance", { object: { name: "mug", phrase: "the mug" } });
    expect(trueValue(frameless, poses)).toBeUndefined();
  });

  it("keeps opposite relations opposite, for any two centres", () => {
    const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
    const point = fc.tuple(coordinate, coordinate, coordinate);
    const kinds = [...KINDS.keys()].filter((kind) => kind.endsWith("_difference"));
    fc.assert(
      fc.property(point, point, fc.constantFrom(...kinds), (a: Vec3, b: Vec3, kind) => {
        const value = (subject: Vec3, object: Vec3) =>
          trueValue(
            measurement(kind),
            new Map([
              ["gripper", at(subject)],
              ["mug", at(object)],
            ]),
          );
        const there = value(a, b);
        const back = value(b, a);
        if (there === undefined) expect(back).toBeUndefined();
        else expect(there + back!).toBeCloseTo(0, 12);
      }),
    );
  });
});
