import type { Validity } from "../estimate/index.js";

/** Neighbouring images that are not `ok` for the same kind of reason. */
export interface Stretch {
  readonly validity: Exclude<Validity, "ok">;
  /** The first image's reason; those after it may differ behind the colon. */
  readonly reason: string;
  readonly from: number;
  /** Index of the last image, inclusive. */
  to: number;
}

/** Gathers stretches image by image, so that memory grows with their number, not with the images. */
export class Stretches {
  readonly list: Stretch[] = [];

  add(index: number, validity: Validity, reason: string): void {
    if (validity === "ok") return;
    const last = this.list.at(-1);
    const goesOn =
      last?.to === index - 1 &&
      last.validity === validity &&
      kindOf(last.reason) === kindOf(reason);
    if (goesOn) last.to = index;
    else this.list.push({ validity, reason, from: index, to: index });
  }
}

/** `no_object: label 7 covers 3 px` → `no_object` */
function kindOf(reason: string): string {
  return reason.split(":", 1)[0]!;
}
