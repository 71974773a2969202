import { setImmediate as nextTurn } from "node:timers/promises";
import { type CameraFrame, projectPoint } from "../../camera/index.js";
import { answerKind, NoSizeError } from "../../geometry/index.js";
import {
  type AnswerValue,
  kindInfo,
  type ObjectEvidence,
  type Refusal,
  type SpatialAnswer,
  type SpatialQuestion,
  type TypedQuestion,
} from "../../language/index.js";
import type { FrameScene } from "./FrameScene.js";
import type { FoundObject } from "./located.js";

/** Where the objects of a frame are: what questions about it are answered from. */
export type MeasuredScene = Pick<FrameScene, "isNew" | "locate" | "canonical" | "noPlane">;

/** What was worked out about one question. */
export type Result = { readonly found: readonly FoundObject[] } & (
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal }
);

/** With a relative error that all lengths of the frame have in common. */
export function widened(result: Result, share = 0): Result {
  const { value } = result;
  if (share === 0 || value?.shape !== "quantity") return result;
  const sigmaM = Math.hypot(value.sigmaM, share * value.valueM);
  return { found: result.found, value: { ...value, sigmaM } };
}

/** A question, answered from where its objects are. `model` names who answers in refusals. */
export async function answerFrom(
  model: string,
  scene: MeasuredScene,
  question: SpatialQuestion,
  signal: AbortSignal,
): Promise<Result> {
  if (question.kind === "open")
    return {
      refusal: {
        reason: "unsupported_question",
        detail: `${model} does not read free text: use one of the 43 kinds, or another model`,
      },
      found: [],
    };
  const { arity, needsUp } = kindInfo(question.kind);
  const refs = arity === 2 ? [question.subject, question.object] : [question.subject];
  const found: FoundObject[] = [];
  for (const ref of refs) {
    if (!ref)
      return {
        refusal: {
          reason: "unsupported_question",
          detail: `${question.kind} asks about two objects, but only one is given`,
        },
        found,
      };
    if (scene.isNew(ref)) {
      // Lifting takes milliseconds: others get their turn, and an abort is noticed.
      await nextTurn();
      signal.throwIfAborted();
    }
    const located = scene.locate(ref);
    if (located.refusal) return { refusal: located.refusal, found };
    found.push(located.found);
  }
  const noPlane = needsUp ? scene.noPlane : undefined;
  if (noPlane) return { refusal: noPlane, found };
  const [a, b] = found;
  if (!a) throw new RangeError(`${question.kind} asks about no object`);
  return { ...measure(scene, question, a, b), found };
}

function measure(
  scene: MeasuredScene,
  { kind }: TypedQuestion,
  a: FoundObject,
  b: FoundObject | undefined,
): { readonly value: AnswerValue } | { readonly refusal: Refusal } {
  try {
    return { value: answerKind(kind, scene.canonical, a.object, b?.object) };
  } catch (error) {
    if (!(error instanceof NoSizeError)) throw error;
    const { ref } = error.which === "object" && b ? b : a;
    const detail =
      `${ref.phrase} is known only by its TF frame ${ref.frame}, which has no size, and ${kind} needs one: ` +
      `give ${ref.name} labels or class_ids, or ask between centres (distance, vertical_distance)`;
    return { refusal: { reason: "no_object", detail } };
  }
}

/** A result in the words of a model, with where the objects were seen. */
export function toAnswer(
  model: string,
  question: SpatialQuestion,
  result: Result,
  { info }: CameraFrame,
  latencyMs: number,
): SpatialAnswer {
  const evidence = result.found.flatMap(({ ref, object, boxPx }): ObjectEvidence[] => {
    if (!info) return [];
    const centerPx = projectPoint(info, object.center);
    return [{ object: ref.name, centerPx, centerM: object.center, ...(boxPx && { boxPx }) }];
  });
  const byFrames = result.found.length > 0 && result.found.every(({ boxPx }) => !boxPx);
  const said = {
    ...{ question, model, latencyMs, ...(evidence.length && { evidence }) },
    ...(byFrames && { byFrames }),
  };
  if (result.refusal)
    return { ...said, text: `I cannot tell: ${result.refusal.detail}`, refusal: result.refusal };
  return { ...said, text: wording(question as TypedQuestion, result.value), value: result.value };
}

/** The answer as one would say it: "0.342 m", "Yes", "the red mug", "left". */
function wording(question: TypedQuestion, value: AnswerValue): string {
  switch (value.shape) {
    case "quantity":
      return `${value.valueM.toFixed(3)} m`;
    case "yes_no":
      return value.yes ? "Yes" : "No";
    case "choice":
      return (value.choice === "subject" ? question.subject : question.object)?.phrase ?? "";
    case "class":
      return value.relation;
  }
}
