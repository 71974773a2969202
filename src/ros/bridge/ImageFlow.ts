/** This many gaps between stamps determine how often a camera sends. */
const GAPS = 100;
/** No fewer do; after as many more they are looked at again. */
const FEWEST = 10;
/** Of the gaps, this part is no longer than a period, where no more than half is lost. */
const SHORT_SHARE = 0.4;
/** A gap of this many periods has lost an image. */
const LOST_PERIODS = 1.5;
/** An image so many periods after another was late, and is none of those that a gap before it lost. */
const LATE_PERIODS = 0.5;
/** Bytes of an image that are looked at to tell whether it is another one. */
const SAMPLES = 4096;
/** Whether it is another one is looked at so often, ms: bytes all over an image are slow to reach. */
const LOOK_MS = 200;
/** Header, stamp: what differs between two messages with the same picture. */
const STAMP_BYTES = 12;

/**
 * What the stamps and bytes of one camera's images show about their way here: how many were lost
 * before this node took them (an estimate), and whether they stand still.
 */
export class ImageFlow {
  readonly #nowMs: () => number;
  /** ns between stamps, the newest last. */
  readonly #gaps: number[] = [];
  #lastNs: bigint | undefined;
  /** How often the camera sends, by the gaps up to a little while ago. */
  #paceNs: number | undefined;
  #untilPace = FEWEST;
  #picture: number | undefined;
  #lookedAtMs = 0;
  #changedAtMs = 0;
  #stampChangedAtMs = 0;
  #sameStamps = 0;
  readonly #count = new GapCount();
  #isUnstamped = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @param cdr the message as it was sent; nothing of it is kept. Undefined for a video: packets differ */
  add(stampNs: bigint, cdr: Uint8Array | undefined): void {
    const nowMs = this.#nowMs();
    if (cdr === undefined) this.#picture = undefined;
    else if (this.#picture === undefined || nowMs - this.#lookedAtMs >= LOOK_MS)
      this.#look(cdr, nowMs);
    this.#isUnstamped = stampNs === 0n;
    const lastNs = this.#lastNs;
    this.#lastNs = stampNs;
    if (stampNs === lastNs) {
      this.#sameStamps += 1;
      return;
    }
    this.#sameStamps = 0;
    this.#stampChangedAtMs = nowMs;
    if (lastNs !== undefined && stampNs > lastNs) this.#addGap(Number(stampNs - lastNs));
  }

  /** Time has jumped: what came before has no place in the row of stamps. */
  restart(): void {
    this.#lastNs = undefined;
  }

  /** Images that the stamps miss, since the start. 0 for a camera without a steady pace. */
  get lost(): number {
    return this.#count.lost;
  }

  /** Of the last images that were sent, by their stamps, 0..1. */
  get lostShare(): number {
    const periodNs = this.#periodNs;
    if (periodNs === undefined) return 0;
    const gaps = new GapCount();
    for (const gapNs of this.#gaps) gaps.add(gapNs / periodNs);
    return gaps.lost / (gaps.lost + this.#gaps.length);
  }

  /** How long the picture has been the same, s by the wall clock. */
  get sameForS(): number {
    return this.#picture === undefined ? 0 : (this.#nowMs() - this.#changedAtMs) / 1000;
  }

  /** How long images have come with the same stamp, s; 0 while the stamps go on. */
  get sameStampForS(): number {
    return this.#sameStamps === 0 ? 0 : (this.#nowMs() - this.#stampChangedAtMs) / 1000;
  }

  /** The last stamp was 0: the driver does not set it. */
  get isUnstamped(): boolean {
    return this.#isUnstamped;
  }

  #look(cdr: Uint8Array, nowMs: number): void {
    this.#lookedAtMs = nowMs;
    const picture = fingerprint(cdr);
    if (picture !== this.#picture) this.#changedAtMs = nowMs;
    this.#picture = picture;
  }

  #addGap(gapNs: number): void {
    if (this.#paceNs !== undefined) this.#count.add(gapNs / this.#paceNs);
    this.#gaps.push(gapNs);
    if (this.#gaps.length > GAPS) this.#gaps.shift();
    // Not with each image: it sorts.
    this.#untilPace -= 1;
    if (this.#untilPace > 0) return;
    this.#untilPace = FEWEST;
    this.#paceNs = this.#periodNs;
  }

  /** Undefined before there are enough gaps. */
  get #periodNs(): number | undefined {
    if (this.#gaps.length < FEWEST) return undefined;
    const sorted = this.#gaps.toSorted((a, b) => a - b);
    return sorted[Math.floor(SHORT_SHARE * sorted.length)];
  }
}

/** Counts what is lost in a row of gaps. */
class GapCount {
  lost = 0;
  /** Images of the last gap that may still turn out to be late. */
  #open = 0;

  add(periods: number): void {
    if (periods < LATE_PERIODS && this.#open > 0) {
      this.lost -= 1;
      this.#open -= 1;
      return;
    }
    this.#open = lostIn(periods);
    this.lost += this.#open;
  }
}

function lostIn(periods: number): number {
  // A pause is not a loss: a camera that was switched off, a bag between two passes.
  return periods < LOST_PERIODS || periods > GAPS ? 0 : Math.round(periods) - 1;
}

/**
 * A number that two messages share where they show the same picture: of bytes all over it. The
 * message itself is not kept for it, as memory that outlives the next image is dear to collect.
 */
function fingerprint(cdr: Uint8Array): number {
  const step = Math.max(1, Math.floor((cdr.length - STAMP_BYTES) / SAMPLES));
  let hash = cdr.length;
  // FNV-1a
  for (let at = STAMP_BYTES; at < cdr.length; at += step) {
    hash = Math.imul(hash ^ (cdr[at] ?? 0), 0x01000193);
  }
  return hash;
}

/** Whether two messages that begin with a header say the same at their times. */
export function isSameButStamp(before: Uint8Array, now: Uint8Array): boolean {
  return before.length === now.length && bodyOf(before).equals(bodyOf(now));
}

function bodyOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  const skipped = Math.min(STAMP_BYTES, byteLength);
  return Buffer.from(buffer as ArrayBuffer, byteOffset + skipped, byteLength - skipped);
}
