import {
  MULTI_STEP_KINDS,
  type MultiStepKind,
  type MultiStepQuestion,
} from "./MultiStepQuestion.js";
import { MULTI_STEP_PHRASINGS } from "./phrasings.js";

interface Pattern {
  readonly kind: MultiStepKind;
  readonly regex: RegExp;
}

const SLOTS: Readonly<Record<string, string>> = {
  and: "(?<list>.+?)",
  or: "(?<list>.+?)",
  from: "(?<from>.+?)",
  x: "(?<x>\\d+(?:\\.\\d+)? ?(?:mm|cm|m|in|ft))",
};

const PATTERNS: readonly Pattern[] = MULTI_STEP_KINDS.flatMap((kind) =>
  MULTI_STEP_PHRASINGS[kind].map((phrasing) => ({ kind, regex: patternOf(phrasing) })),
);

/** The multi-step question that a text asks in one of our phrasings; undefined where in none. */
export function readMultiStep(text: string): MultiStepQuestion | undefined {
  for (const { kind, regex } of PATTERNS) {
    const groups = regex.exec(text.trim())?.groups;
    if (!groups) continue;
    const { list, from, x, t1, t2, t3 } = groups;
    const things =
      list === undefined ? [t1, t2, t3].filter((thing) => thing !== undefined) : partsOf(list);
    return { kind, things, ...(from && { from }), ...(x && { within: x }) };
  }
  return undefined;
}

function patternOf(phrasing: string): RegExp {
  const source = phrasing
    .replace(/[.*+?^$()|[\]\\]/g, "\\$&")
    .replace(/\{(\w+)\}/g, (_, slot: string) => SLOTS[slot] ?? `(?<t${slot}>.+?)`);
  return new RegExp(`^${source}$`, "i");
}

function partsOf(list: string): string[] {
  return list.split(/,\s*(?:and |or )?|\s+(?:and|or)\s+/i).filter((part) => part !== "");
}
