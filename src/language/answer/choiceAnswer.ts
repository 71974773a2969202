import { oppositeOf, type Relation, relationOf } from "../QuestionKind.js";
import { type AnswerReading, refuse } from "../SpatialAnswer.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { spokenConfidence } from "./doubt.js";
import type { Evidence } from "./relationForms.js";
import { tokenise } from "./tokens.js";
import { readVerdicts } from "./verdictClauses.js";

/** A relation that follows only from the denial of its opposite. */
const DENIED_CONFIDENCE = 0.65;

/** "The can.", "The can is taller than the bottle.", "The bottle is shorter." */
export function choiceAnswer(
  normalised: string,
  question: TypedQuestion,
): AnswerReading | undefined {
  const relation = relationOf(question.kind);
  const read = readVerdicts(normalised, question);
  if (!("evidence" in read)) return refuse(read.reason, read.detail);
  const named = read.evidence.flatMap((it): readonly Said[] => {
    if (it.says === "name") {
      return [{ relation: it.who === "subject" ? relation : oppositeOf(relation) }];
    }
    return it.says === "relation" && it.named ? [it] : [];
  });
  const part = partIn(normalised, question);
  if (part !== undefined && read.evidence.some(({ says }) => says === "name")) {
    return refuse("unclear", `the answer names a part, the ${part}: "${normalised.slice(0, 160)}"`);
  }
  const isOpposed = read.evidence.some(
    (it) => it.says === "relation" && !it.named && !it.negated && it.relation !== relation,
  );
  if (isOpposed && read.evidence.some(({ says }) => says === "name")) {
    return refuse("contradiction", `the answer names one and says the opposite: "${normalised}"`);
  }
  const agreed = agreedRelation(named, read.evidence, normalised);
  if (agreed === undefined || !("relation" in agreed)) return agreed;
  const choice = agreed.relation === relation ? "subject" : "object";
  return { value: { shape: "choice", choice, confidence: agreed.confidence } };
}

const PARTS = /\b(?:fingers?|fingertips?|jaws?|claws?|tips?|handle|rim|lid)\b/;

/** "The gripper's finger": a part of a thing is not the thing. */
function partIn(normalised: string, { subject, object }: TypedQuestion): string | undefined {
  const [part] = PARTS.exec(normalised) ?? [];
  const own = `${subject.phrase} ${object?.phrase ?? ""}`.toLowerCase();
  return part && !own.includes(part) ? part : undefined;
}

/** "To the left.", "It is taller than the bottle." for the kinds that name two relations. */
export function classAnswer(
  normalised: string,
  question: TypedQuestion,
): AnswerReading | undefined {
  const read = readVerdicts(normalised, question);
  if (!("evidence" in read)) return refuse(read.reason, read.detail);
  const said = read.evidence.flatMap((it): readonly Said[] => (it.says === "relation" ? [it] : []));
  const agreed = agreedRelation(said, read.evidence, normalised);
  if (agreed === undefined || !("relation" in agreed)) return agreed;
  return { value: { shape: "class", ...agreed } };
}

interface Said {
  readonly relation: Relation;
  readonly negated?: boolean;
}

/** The one relation that the clauses come to, or why they come to none. */
function agreedRelation(
  said: readonly Said[],
  evidence: readonly Evidence[],
  normalised: string,
): { readonly relation: Relation; readonly confidence: number } | AnswerReading | undefined {
  if (evidence.some(({ says }) => says === "equal")) {
    return refuse("unclear", `the answer holds both objects equal: "${normalised.slice(0, 160)}"`);
  }
  const [relation, other] = new Set(
    said.filter(({ negated }) => !negated).map((one) => one.relation),
  );
  if (relation && other) {
    return refuse("contradiction", `the answer says both ${relation} and ${other}`);
  }
  if (relation) return { relation, confidence: spokenConfidence(tokenise(normalised)) };
  const denied = said[0];
  return denied && { relation: oppositeOf(denied.relation), confidence: DENIED_CONFIDENCE };
}
