import { describe, expect, it } from "vitest";
import { fitDoubt, type Said } from "../../scripts/fitDoubt.js";
import { Random } from "../../src/base/index.js";
import { doubtedSigmaM } from "../../src/models/embedded/Doubt.js";

/** A model that claims 3 mm, errs so from afar, and by a centimetre where things touch. */
function said(count: number, seed: number, source = "scenes"): Said[] {
  const random = new Random(seed, "said");
  return Array.from({ length: count }, (): Said => {
    const truthM = random.next() < 0.3 ? 0.01 : random.uniform(0.15, 0.5);
    const score = random.uniform(0.4, 1.2);
    const sharpness = random.uniform(0.1, 0.5);
    const growth = Math.exp(1.5 * Math.max(0, score - 0.7) + 2 * Math.max(0, 0.3 - sharpness));
    const errorM = Math.hypot(0.003 * growth, truthM < 0.05 ? 0.01 : 0) * random.normal();
    const signs = { score, sharpness, sigmaM: 0.003, rivalM: 0 };
    const common = { source, isWorse: false, kind: "distance", truthM, ...signs } as const;
    return { ...common, valueM: truthM < 0.05 ? Math.abs(truthM + errorM) : truthM + errorM };
  });
}

describe("fitDoubt", () => {
  const config = fitDoubt([...said(1500, 1), ...said(400, 2, "episode side_camera")]);
  const share = (rows: readonly Said[], sigmas: number) =>
    rows.filter(
      (row) => Math.abs(row.valueM - row.truthM) <= sigmas * doubtedSigmaM(row.kind, row, config),
    ).length / rows.length;
  const fresh = said(1500, 3);

  it.each<[string, (row: Said) => boolean]>([
    ["where things touch", ({ truthM }) => truthM < 0.05],
    ["from afar", ({ truthM }) => truthM > 0.05],
    ["on usual pictures", ({ score = 0 }) => score < 0.7],
    ["on unusual ones", ({ score = 0 }) => score > 0.9],
    ["on blurred ones", ({ sharpness }) => sharpness < 0.18],
  ])("makes sigma hold what it promises: %s", (_, isOne) => {
    const rows = fresh.filter(isOne);
    expect(share(rows, 1)).toBeGreaterThan(0.58);
    expect(share(rows, 1)).toBeLessThan(0.8);
    expect(share(rows, 2)).toBeGreaterThan(0.89);
  });

  it("gives the same for the same lengths", () => {
    expect(fitDoubt(said(300, 4))).toEqual(fitDoubt(said(300, 4)));
  });
});
