import type { ObjectEvidence, SpatialFact } from "../language/index.js";

/** A measured line between two objects. */
export interface OverlayLine {
  readonly fromPx: readonly [number, number];
  readonly toPx: readonly [number, number];
  /** "23.4 cm" */
  readonly label: string;
}

/** What a model saw in an image. Positions are pixels of that image. */
export interface Overlay {
  readonly width: number;
  readonly height: number;
  readonly objects: readonly ObjectEvidence[];
  readonly lines: readonly OverlayLine[];
}

/** What the answers about one image show, as far as the model tells where it saw things. */
export function overlayOf(
  facts: readonly SpatialFact[],
  { width, height }: { readonly width: number; readonly height: number },
): Overlay {
  const objects = new Map<string, ObjectEvidence>();
  for (const evidence of facts.flatMap(({ answer }) => answer.evidence ?? [])) {
    // Behind the camera, or so far aside that the lens cannot see it.
    if (!evidence.centerPx.every(Number.isFinite)) continue;
    // Of several sightings the one with a box says more.
    if (!objects.get(evidence.object)?.boxPx) objects.set(evidence.object, evidence);
  }
  return { width, height, objects: [...objects.values()], lines: linesOf(facts, objects) };
}

/** Distances are lines; what is measured along an axis (left of, above) is not. */
const LINE_KINDS: ReadonlySet<string> = new Set(["distance", "gap"]);

/** One line for each pair of objects, with all lengths that were measured between them. */
function linesOf(
  facts: readonly SpatialFact[],
  objects: ReadonlyMap<string, ObjectEvidence>,
): OverlayLine[] {
  const lines = new Map<string, OverlayLine>();
  for (const { subject, object, relation, answer } of facts) {
    const from = objects.get(subject);
    const to = objects.get(object);
    if (!from || !to || !LINE_KINDS.has(relation) || answer.value?.shape !== "quantity") continue;
    const pair = JSON.stringify([subject, object].sort());
    const length = lengthText(answer.value.valueM);
    const before = lines.get(pair);
    const label = before ? `${before.label}, ${relation} ${length}` : length;
    lines.set(pair, { fromPx: from.centerPx, toPx: to.centerPx, label });
  }
  return [...lines.values()];
}

/** Metres as a person says them: 23.4 cm, 1.20 m. */
export function lengthText(metres: number): string {
  return Math.abs(metres) < 1 ? `${(metres * 100).toFixed(1)} cm` : `${metres.toFixed(2)} m`;
}
