import type { CameraInfo } from "../camera/index.js";
import {
  areSidesKnown,
  type EdgeImage,
  edgeCounts,
  edgeImage,
  type MaskEdges,
  placementsOf,
  type Shift,
  shareOn,
} from "./maskEdges.js";
import type { SmallView } from "./SmallView.js";

/** The masks of things and the depth of an image, to be compared with those of other times. */
export interface MaskedThings {
  readonly view: SmallView;
  readonly info: CameraInfo;
  readonly steps: EdgeImage["steps"];
  /** Of all ids: images of equal ones are the same to the last bit. */
  readonly idSum: number;
  /** By id, of those beside whose edges there is depth. */
  readonly things: ReadonlyMap<number, MaskedThing>;
}

interface MaskedThing {
  readonly edges: EdgeImage;
  /** Of its edges, as many lie on steps of the depth of its own image. */
  readonly share: number;
}

/** With fewer of its edges on steps a mask does not show what depth shows. */
export const MISFITS = 0.55;

const HERE: readonly Shift[] = [{ kind: "shifted", x: 0, y: 0 }];

/** @param ids of things whose masks are meant */
export function maskedThings(
  view: SmallView,
  info: CameraInfo,
  masks: MaskEdges,
  ids: Iterable<number>,
): MaskedThings {
  const things = new Map<number, MaskedThing>();
  for (const id of ids) {
    const edges = edgeImage(masks, (its) => its === id);
    const here = edgeCounts(edges, HERE);
    if (!areSidesKnown(here)) continue;
    const share = shareOn([here]);
    things.set(id, { edges, share: share < MISFITS ? shareNear(edges) : share });
  }
  return { view, info, steps: masks.steps, things, idSum: sumOf(view.ids) };
}

/** Of the edges, how many lie on steps, in the best of the places near to it. */
export function shareNear(edges: EdgeImage): number {
  return shareOn([edgeCounts(edges, placementsOf(edges.width, edges.height).near)]);
}

/** Each pixel counts by another factor than those around it. */
function sumOf(ids: Uint16Array): number {
  return ids.reduce((sum, id, i) => sum + (1 + (i % 251)) * id, 0);
}
