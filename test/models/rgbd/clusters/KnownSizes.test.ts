import { describe, expect, it } from "vitest";
import { KnownSizes } from "../../../../src/models/rgbd/clusters/KnownSizes.js";

const boxOf = (lengthM: number, widthM: number, heightM: number) =>
  ({ shape: "rectangle", lengthM, widthM, heightM, angle: 0 }) as const;
const at = (seconds: number) => BigInt(Math.round(seconds * 1e9));

describe("KnownSizes", () => {
  it("tells how far a thing is from the size it was known by", () => {
    const sizes = new KnownSizes();
    expect(sizes.apartM(1, boxOf(0.2, 0.15, 0.03), at(1))).toBe(0);
    expect(sizes.apartM(1, boxOf(0.2, 0.04, 0.03), at(1.2))).toBeGreaterThan(0.08);
    expect(sizes.apartM(1, boxOf(0.35, 0.15, 0.03), at(1.4))).toBeGreaterThan(0.1);
    expect(sizes.apartM(2, boxOf(0.35, 0.15, 0.03), at(1.4))).toBe(0);
  });

  it("takes no thing for another size that is turned, or measured with a little noise", () => {
    const sizes = new KnownSizes();
    sizes.apartM(1, boxOf(0.2, 0.1, 0.05), at(1));
    expect(sizes.apartM(1, boxOf(0.1, 0.052, 0.19), at(1.2))).toBe(0);
  });

  it("answers as before where it is asked again of one image", () => {
    const sizes = new KnownSizes();
    sizes.apartM(1, boxOf(0.2, 0.1, 0.05), at(1));
    const once = sizes.apartM(1, boxOf(0.1, 0.1, 0.05), at(2));
    expect(sizes.apartM(1, boxOf(0.1, 0.1, 0.05), at(2))).toBe(once);
  });

  it("believes a size that stays, larger ones sooner", () => {
    const [grown, shrunk] = [new KnownSizes(), new KnownSizes()];
    grown.apartM(1, boxOf(0.1, 0.1, 0.1), at(0));
    shrunk.apartM(1, boxOf(0.2, 0.1, 0.1), at(0));
    let [most, least] = [0, 0];
    for (let s = 1; s <= 4; s++) {
      most = grown.apartM(1, boxOf(0.2, 0.1, 0.1), at(s));
      least = shrunk.apartM(1, boxOf(0.1, 0.1, 0.1), at(s));
    }
    expect(most).toBeLessThan(least);
    for (let s = 5; s <= 30; s++) least = shrunk.apartM(1, boxOf(0.1, 0.1, 0.1), at(s));
    expect(least).toBe(0);
  });
});
