import { secondsOf } from "../../../base/index.js";
import type { ObjectBox } from "../../../geometry/index.js";

/** Sizes that are measured again differ by less than this share, and by so much, metres. */
const SAME_SHARE = 0.15;
const SAME_M = 0.005;
/** What grows and stays so was hidden before; what stays smaller is believed later: time constants, seconds. */
const [GROWS_S, SHRINKS_S] = [2, 7];

interface Known {
  /** The largest first, whatever its direction: things are turned. */
  extentsM: readonly number[];
  stampNs: bigint;
  apartM: number;
}

/**
 * How large the things of an episode were measured. One that is suddenly smaller is seen in part, one that is larger
 * is measured with something that touches it.
 */
export class KnownSizes {
  readonly #byId = new Map<number, Known>();

  /**
   * How far a thing's size is from what it is known to be, metres; 0 where it is the same, or not known yet.
   *
   * @param stampNs of the image; asked again of one image, it is answered as before
   */
  apartM(id: number, { lengthM, widthM, heightM }: ObjectBox, stampNs: bigint): number {
    const extentsM = [lengthM, widthM, heightM].sort((a, b) => b - a);
    const known = this.#byId.get(id);
    if (!known) {
      this.#byId.set(id, { extentsM, stampNs, apartM: 0 });
      return 0;
    }
    if (stampNs === known.stampNs) return known.apartM;
    const beforeM = known.extentsM;
    known.apartM = Math.hypot(...extentsM.map((nowM, i) => beyondNoise(nowM, beforeM[i] ?? nowM)));
    const sinceS = secondsOf(stampNs - known.stampNs);
    known.extentsM = extentsM.map((nowM, i) => {
      const wasM = beforeM[i] ?? nowM;
      return wasM + (nowM - wasM) * (1 - Math.exp(-sinceS / (nowM > wasM ? GROWS_S : SHRINKS_S)));
    });
    known.stampNs = stampNs;
    return known.apartM;
  }
}

function beyondNoise(nowM: number, wasM: number): number {
  return Math.max(0, Math.abs(nowM - wasM) - SAME_SHARE * wasM - SAME_M);
}
