import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answerKind,
  canonicalFrame,
  NoSizeError,
  pointObject,
  relationMargin,
  type SpatialObject,
} from "../../src/geometry/index.js";
import { betweenCentres } from "../../src/kinematics/index.js";
import { type AnswerValue, KINDS, type QuestionKind, RELATIONS } from "../../src/language/index.js";

/** The camera is 1 m above a level floor and looks ahead. */
const frame = canonicalFrame({ normal: [0, -1, 0], offsetM: 1, residualM: 0.001, inliers: 999 });

const metres = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A box of known size: its centre in the optical frame, width, height, depth. */
const object: fc.Arbitrary<SpatialObject> = fc
  .tuple(metres(-1, 1), metres(-0.5, 0.9), metres(1, 3), metres(0.02, 0.3), metres(0.02, 0.3))
  .map(([x, y, z, widthM, heightM]) => ({
    ...pointObject([x, y, z], 0.004, frame),
    topM: 1 - y + heightM / 2,
    bottomM: 1 - y - heightM / 2,
    size: {
      widthM,
      heightM,
      volumeM3: widthM * widthM * heightM,
      sigmaM: 0.005,
      box: { shape: "rectangle", lengthM: widthM, widthM, heightM, angle: 0 },
    },
  }));

const number = (value: AnswerValue): number => {
  if (value.shape !== "quantity") throw new Error("not a quantity");
  return value.valueM;
};

describe("answerKind", () => {
  it("answers each of the 43 kinds in its shape, with a sigma or a confidence", () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        for (const { kind, shape, signed } of KINDS.values()) {
          const value = answerKind(kind, frame, a, b);
          expect(value.shape).toBe(shape);
          if (value.shape === "quantity") {
            expect(value.sigmaM).toBeGreaterThan(0);
            if (!signed) expect(value.valueM).toBeGreaterThanOrEqual(0);
          } else {
            expect(value.confidence).toBeGreaterThanOrEqual(0.5);
            expect(value.confidence).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("negates signed kinds when A and B are swapped, and keeps distances", () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        for (const { kind, shape, arity, signed } of KINDS.values()) {
          if (shape !== "quantity" || arity === 1) continue;
          const there = number(answerKind(kind, frame, a, b));
          const back = number(answerKind(kind, frame, b, a));
          expect(back).toBeCloseTo(signed ? -there : there, 6);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("says the same by predicate, choice and classification", () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        for (const relation of RELATIONS) {
          // Of two that are exactly alike neither is more so, and a choice must name one.
          if (relationMargin(relation, frame, a, b).valueM === 0) continue;
          const yes = answerKind(`${relation}_predicate`, frame, a, b);
          const choice = answerKind(`${relation}_choice`, frame, a, b);
          const [kind] = [...KINDS.values()].filter(
            (info) => info.shape === "class" && info.relations.includes(relation),
          );
          const named = answerKind(kind!.kind, frame, a, b);
          if (yes.shape !== "yes_no" || choice.shape !== "choice" || named.shape !== "class")
            throw new Error("wrong shape");
          expect(choice.choice).toBe(yes.yes ? "subject" : "object");
          expect(named.relation === relation).toBe(yes.yes);
          expect(named.confidence).toBeCloseTo(yes.confidence, 9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("follows the camera's directions", () => {
    const at = (x: number, y: number, z: number) => pointObject([x, y, z], 0.002, frame);
    const ask = (kind: QuestionKind, a: SpatialObject, b: SpatialObject) =>
      answerKind(kind, frame, a, b);
    expect(ask("left_predicate", at(-0.2, 0, 2), at(0.1, 0, 2))).toMatchObject({ yes: true });
    expect(number(ask("right_difference", at(-0.2, 0, 2), at(0.1, 0, 2)))).toBeCloseTo(-0.3);
    expect(ask("above_predicate", at(0, -0.3, 2), at(0, 0.1, 2))).toMatchObject({ yes: true });
    expect(ask("behind_predicate", at(0, 0, 3), at(0, 0, 2))).toMatchObject({ yes: true });
    expect(number(ask("front_difference", at(0, 0, 3), at(0, 0, 2)))).toBeCloseTo(-1);
    expect(number(ask("vertical_distance", at(0, -0.3, 2), at(0, 0.1, 2)))).toBeCloseTo(0.4);
    expect(number(ask("horizontal_distance", at(0, -0.3, 2), at(0.3, 0.1, 2.4)))).toBeCloseTo(0.5);
  });

  it("is as unsure as the difference is small against its sigma", () => {
    const at = (x: number) => pointObject([x, 0, 2], 0.01, frame);
    const confidence = (x: number) => {
      const value = answerKind("right_predicate", frame, at(x), at(0));
      return value.shape === "yes_no" ? value.confidence : Number.NaN;
    };
    expect(confidence(0.0001)).toBeLessThan(0.51);
    expect(confidence(0.0141)).toBeCloseTo(0.84, 2);
    expect(confidence(0.1)).toBeGreaterThan(0.999);
  });

  it("answers about points only what speaks of centres, and names the one without a size", () => {
    const up = [0, -1, 0] as const;
    fc.assert(
      fc.property(object, object, (a, b) => {
        const point = pointObject(a.center, 0.004, frame);
        for (const { kind, arity } of KINDS.values()) {
          const isOfCentres = betweenCentres(kind, a.center, b.center, up) !== undefined;
          if (isOfCentres) {
            expect(answerKind(kind, frame, point, b)).toEqual(answerKind(kind, frame, a, b));
            expect(answerKind(kind, frame, b, point)).toEqual(answerKind(kind, frame, b, a));
            continue;
          }
          expect(() => answerKind(kind, frame, point, b)).toThrow(new NoSizeError("subject"));
          if (arity === 2)
            expect(() => answerKind(kind, frame, b, point)).toThrow(new NoSizeError("object"));
        }
      }),
      { numRuns: 50 },
    );
  });
});
