import type { CameraFrame, PixelBox, RgbImage } from "../../../camera/index.js";
import type { ObjectBox } from "../../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../../language/index.js";
import type { DepthView } from "../DepthView.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { KnownSizes } from "./KnownSizes.js";
import type { GridColors } from "./Look.js";
import { type Labelled, type LabelledPixels, labelImage } from "./labelImage.js";
import { outlinesOf } from "./outlinesOf.js";
import { boxOf } from "./placed.js";
import { lost } from "./refusals.js";
import type { SeveralThings, SizeDoubt } from "./SeveralThings.js";
import type { Table } from "./Table.js";
import type { Track } from "./Track.js";

/** What was found in one image: ids of the depth image's pixels, and which of them an object is. */
export interface Clustered {
  readonly labels: LabelledPixels | undefined;
  /** The object's id, or why it has none. */
  find(ref: ObjectRef): number | Refusal;
  /** Around what the colour image shows of a thing that has a name. */
  boxOf(id: number): PixelBox | undefined;
  /** How far a thing's size may be from its own: by the images before, or because it may be two things, or a part of one. */
  apart(id: number, box: ObjectBox): SizeDoubt;
  /** The id of what things stand on. */
  readonly table: number | Refusal;
  /** To be called by who asked, once: the next image is written where this one is. */
  done(): void;
}

/** An image that things are found in. */
export interface Seen {
  readonly frame: CameraFrame;
  readonly view: DepthView;
  readonly grid: DepthGrid;
  readonly table: Table;
  readonly colors: GridColors;
  readonly several: SeveralThings;
  readonly image: () => Promise<RgbImage>;
}

/** What is known of the things in it. */
interface Known {
  readonly tracks: readonly Track[];
  /** Ids of the tracks of objects, and why others have none, by name. */
  readonly named: ReadonlyMap<string, number>;
  readonly refused: ReadonlyMap<string, Refusal>;
  /** Tracks that were named by a place on a part of another colour. */
  readonly onPart: ReadonlySet<number>;
  readonly sizes: KnownSizes;
}

/** Of the table among ids of pixels; those of tracks follow. */
const TABLE_ID = 1;
/** Ids of tracks count from 1; those of pixels have 16 bits. */
export const pixelId = (track: number) => TABLE_ID + 1 + (track % (0xffff - TABLE_ID));

/** Of one cluster that two things share, the part comes after the whole, and wins. */
export function shownThings(tracks: readonly Track[]): readonly Labelled[] {
  return tracks
    .flatMap(({ id, cells }) => (cells ? [{ id: pixelId(id), cells }] : []))
    .toSorted((a, b) => b.cells.length - a.cells.length);
}

/** What was found in an image as it was told of then: outlines and doubts are worked out when they are asked for. */
export function clusteredOf(
  { frame: { stampNs }, view, grid, table, colors, several }: Seen,
  { tracks, named, refused, onPart, sizes }: Known,
): Omit<Clustered, "done"> {
  const things = shownThings(tracks);
  const isOnPart = new Set([...onPart].map(pixelId));
  const wanted = [...named.values()].map((id) => pixelId(id));
  let outlines: Map<number, Uint32Array> | undefined;
  return {
    boxOf: (id) => {
      outlines ??= outlinesOf(grid, table, colors, things, wanted);
      const cells = outlines.get(id);
      return cells && boxOf(cells, grid, grid.step * view.colorScale);
    },
    apart: (id, box) => {
      const cells = things.find((it) => it.id === id)?.cells ?? new Uint32Array();
      const lessM = several.maybeLessM(cells, isOnPart.has(id));
      const more = several.maybeMore(cells, (other) =>
        things.some((it) => it.cells === other && wanted.includes(it.id)),
      );
      const anyM = Math.hypot(sizes.apartM(id, box, stampNs), lessM);
      return { acrossM: Math.hypot(anyM, more.acrossM), upM: Math.hypot(anyM, more.upM) };
    },
    labels: labelImage(view, grid, table, TABLE_ID, things),
    table: TABLE_ID,
    find: (ref) => {
      const id = named.get(ref.name);
      if (id === undefined)
        return (
          refused.get(ref.name) ?? {
            reason: "no_object",
            detail: `${ref.phrase} has no name among the things in the depth image`,
          }
        );
      const track = tracks.find((it) => it.id === id);
      if (track?.cells) return pixelId(id);
      return lost(ref, track, stampNs, view);
    },
  };
}
