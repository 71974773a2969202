import { formatQuantity, kindInfo, type SpatialAnswer } from "../language/index.js";
import type { Calculated } from "./Step.js";

/** An answer as a reasoner is told it: "a1 = 34.2 ± 0.6 cm". */
export function sayAnswer(
  name: string | undefined,
  { question, value, refusal }: SpatialAnswer,
): string {
  if (refusal) return `no answer (${refusal.reason}): ${refusal.detail}`;
  const sure = value.shape === "quantity" ? "" : ` (${percent(value.confidence)} sure)`;
  return `${name} = ${words()}${sure}`;

  function words(): string {
    switch (value!.shape) {
      case "quantity":
        return formatQuantity(value!.valueM, value!.sigmaM);
      case "yes_no":
        return value!.yes ? "yes" : "no";
      case "choice": {
        if (question.kind === "open") return value!.choice;
        const chosen = value!.choice === "subject" ? question.subject : question.object!;
        return `${chosen.phrase}, counts as ${value!.choice === "subject" ? 1 : 0}`;
      }
      case "class": {
        const first = question.kind !== "open" && kindInfo(question.kind).relations[0];
        return `${value!.relation}, counts as ${value!.relation === first ? 1 : 0}`;
      }
    }
  }
}

/** A result as a reasoner is told it: "c1 = 0.012 ± 0.003", "c2 = true (97 % sure)". */
export function sayCalculated(name: string, result: Calculated): string {
  if (result.shape === "condition") {
    return `${name} = ${result.holds} (${percent(result.confidence)} sure)`;
  }
  const { value, sigma, unit } = result;
  if (unit === "m") return `${name} = ${formatQuantity(value, sigma)}`;
  const digits = (x: number) => String(Number(x.toPrecision(3)));
  const said = sigma > 0 ? `${digits(value)} ± ${digits(sigma)}` : digits(value);
  return `${name} = ${said}${unit === "s" ? " s" : ""}`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
