import { kindInfo, type QuestionKind, type Relation } from "../../language/index.js";

/** An answer with two possible values, true or said. */
export type Verdict =
  | { readonly shape: "yes_no"; readonly yes: boolean }
  | { readonly shape: "choice"; readonly choice: "subject" | "object" }
  | { readonly shape: "class"; readonly relation: Relation };

/** Whether it is the first of the two: yes, the subject, or the first relation of a classify kind. */
export function isFirst(verdict: Verdict, kind: QuestionKind | "open"): boolean {
  switch (verdict.shape) {
    case "yes_no":
      return verdict.yes;
    case "choice":
      return verdict.choice === "subject";
    case "class":
      return kind !== "open" && kindInfo(kind).relations[0] === verdict.relation;
  }
}
