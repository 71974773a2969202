import { boxOverlap, type PixelBox } from "../../camera/index.js";

/** Boxes that overlap by so much (intersection over union) are the same, whatever their errors. */
const SAME_BOX = 0.9;
/** Boxes that overlap by less are of two things that are small and near each other. */
const LEAST_SAME = 0.5;
/** Of two boxes of one thing no edges are farther apart, in standard deviations of their difference. */
const SAME_EDGES = 3;
/** A box that overlaps an earlier one by less (intersection over union) is elsewhere. */
const LEAST_MOVED = 0.3;
/** Images that are looked back at. */
const MOST_IMAGES = 5;

type Boxes = ReadonlyMap<string, PixelBox>;

/** Whether two boxes are the same but for a detector's errors, a standard deviation in pixels. */
export function isSameBox(a: PixelBox, b: PixelBox, sigmaPx: number): boolean {
  const share = boxOverlap(a, b);
  const mostPx = SAME_EDGES * Math.SQRT2 * sigmaPx;
  const isNear = a.every((edge, i) => Math.abs(edge - (b[i] ?? 0)) < mostPx);
  return share > SAME_BOX || (share > LEAST_SAME && isNear);
}

/** Where the boxes of things were in a camera's last images. */
export class BoxHistory {
  readonly #images: { readonly stampNs: bigint; readonly boxes: Boxes }[] = [];

  add(stampNs: bigint, boxes: Boxes): void {
    const newest = this.#images.at(-1);
    if (newest && newest.stampNs > stampNs) return;
    // Asked about twice, an image shows what either finds.
    if (newest?.stampNs === stampNs) this.#images.pop();
    const shown = newest?.stampNs === stampNs ? new Map([...boxes, ...newest.boxes]) : boxes;
    this.#images.push({ stampNs, boxes: shown });
    // One more: an image that is asked about twice is looked back from twice.
    if (this.#images.length > MOST_IMAGES + 1) this.#images.shift();
  }

  /** The thing that was where this one's box is now, while this one was elsewhere: a detector took one for the other. */
  takenFor(name: string, box: PixelBox, stampNs: bigint, sigmaPx: number): string | undefined {
    const before = this.#images.filter((it) => it.stampNs < stampNs).slice(-MOST_IMAGES);
    const own = before.map(({ boxes }) => boxes.get(name)).filter((it) => it !== undefined);
    const stayed = own.filter((it) => boxOverlap(it, box) > LEAST_MOVED).length;
    const others = new Set(before.flatMap(({ boxes }) => [...boxes.keys()]));
    others.delete(name);
    const seenHere = (other: string) =>
      before.filter(({ boxes }) => {
        const it = boxes.get(other);
        return it !== undefined && isSameBox(it, box, sigmaPx);
      }).length;
    return own.length === 0 ? undefined : [...others].find((other) => seenHere(other) > stayed);
  }
}
