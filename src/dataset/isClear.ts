import { projectPoint } from "../camera/index.js";
import { excess } from "../geometry/index.js";
import { type AnswerValue, kindInfo, type QuestionKind } from "../language/index.js";
import type { VqaObject, VqaScene } from "./VqaScene.js";

/** Differences that one can see: metres, and as a part of the larger size. */
const APART_M = 0.02;
const HIGHER_M = 0.015;
const SIZE_M = 0.005;
const SIZE_SHARE = 0.1;

/**
 * Whether a person who looks at the picture would not hesitate: no questions are asked about
 * differences of a hair's breadth, nor where the picture's left is not the scene's left.
 */
export function isClear(
  kind: QuestionKind,
  a: VqaObject,
  b: VqaObject | undefined,
  value: AnswerValue,
): boolean {
  const relation = kindInfo(kind).relations[0];
  const isSideways = /left|right/.test(kind);
  if (b && isSideways) {
    const right = b.centerPx[0] - a.centerPx[0];
    if (Math.sign(right) !== Math.sign(b.body.center[0] - a.body.center[0])) return false;
  }
  if (value.shape === "quantity" || relation === undefined || b === undefined) return true;
  const byM = Math.abs(excess(relation, a.body, b.body).valueM);
  switch (relation) {
    case "above":
    case "below":
      return byM >= HIGHER_M;
    case "tall":
    case "short":
      return byM >= Math.max(SIZE_M, SIZE_SHARE * largest(a, b, "heightM"));
    case "wide":
    case "thin":
      return byM >= Math.max(SIZE_M, SIZE_SHARE * largest(a, b, "widthM"));
    case "big":
    case "small": {
      const side = ({ body }: VqaObject) => Math.cbrt(body.size?.volumeM3 ?? 0);
      return byM >= Math.max(SIZE_M, SIZE_SHARE * Math.max(side(a), side(b)));
    }
    default:
      return byM >= APART_M;
  }
}

function largest(a: VqaObject, b: VqaObject, side: "heightM" | "widthM"): number {
  return Math.max(a.body.size?.[side] ?? 0, b.body.size?.[side] ?? 0);
}

/** Where an object's centre is in the picture. */
export function centerPxOf(info: VqaScene["info"], body: VqaObject["body"]): [number, number] {
  return projectPoint(info, body.center);
}
