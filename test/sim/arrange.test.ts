import { describe, expect, it } from "vitest";
import { distanceBetween, Random, valueAt } from "../../src/base/index.js";
import {
  LABEL,
  MAX_OPENING_M,
  MUG_HALF_HEIGHT_M,
  MUG_RADIUS_M,
  TABLE_TOP_M,
  tfFrameOf,
} from "../../src/sim/scene/constants.js";
import { type Arrangement, arrange } from "../../src/sim/scenes/arrange.js";
import { SceneModel } from "../../src/sim/scenes/SceneModel.js";
import { type SceneLayout, sampleSceneLayout } from "../../src/sim/scenes/sampleSceneLayout.js";
import { configurationOf } from "../../src/sim/scenes/TabletopStudio.js";

/** Arrangements of a few tables, the same at each call. */
function* scenes(tables: number, each: number): Generator<[SceneLayout, Arrangement]> {
  for (let seed = 1; seed <= tables; seed++) {
    const layout = sampleSceneLayout(seed, "familiar");
    for (let index = 0; index < each; index++)
      yield [layout, arrange(layout, new Random(seed, `arrangement ${index}`))];
  }
}

const many = [...scenes(40, 50)].map(([, arrangement]) => arrangement);

interface MugInHand {
  readonly riseM: number;
  readonly besideM: number;
  readonly distanceM: number;
  /** Of the mug's underside above the table. */
  readonly liftM: number;
  readonly tiltRad: number;
  readonly overTrayM: number;
}

/** The mug between fingers that are closed on it. */
const mugs: MugInHand[] = many.flatMap(({ things, gripper, openingM }) => {
  const { position, tiltRad } = valueAt(things, "red_mug");
  const tray = valueAt(things, "blue_tray").position;
  const besideM = Math.hypot(gripper[0] - position[0], gripper[1] - position[1]);
  const riseM = gripper[2] - position[2];
  const isHeld = Math.abs(openingM - 2 * MUG_RADIUS_M) < 1e-9 && besideM < 0.02 && riseM < 0.08;
  const liftM = position[2] - TABLE_TOP_M - MUG_HALF_HEIGHT_M;
  const overTrayM = Math.hypot(position[0] - tray[0], position[1] - tray[1]);
  const distanceM = distanceBetween(gripper, position);
  return isHeld ? [{ riseM, besideM, distanceM, liftM, tiltRad, overTrayM }] : [];
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

describe("arrange", () => {
  it("lets the gripper hold the mug anywhere that fingers can close on it", () => {
    expect(mugs.length).toBeGreaterThan(100);
    const distances = mugs.map(({ distanceM }) => distanceM);
    // One distance for all is learnt instead of seen.
    expect(quantile(distances, 0.9) - quantile(distances, 0.1)).toBeGreaterThan(0.03);
    expect(quantile(distances, 0.1)).toBeLessThan(0.018);
    expect(mugs.filter(({ besideM }) => besideM > 0.005).length / mugs.length).toBeGreaterThan(0.2);
  });

  it("carries things at any height, over the tray as well, some of them tilted", () => {
    const lifted = mugs.filter(({ liftM }) => liftM > 0.003);
    const share = (of: (mug: MugInHand) => boolean) => lifted.filter(of).length / lifted.length;
    expect(share(({ liftM }) => liftM < 0.06)).toBeGreaterThan(0.1);
    expect(share(({ liftM }) => liftM > 0.15)).toBeGreaterThan(0.2);
    expect(share(({ overTrayM, liftM }) => overTrayM < 0.1 && liftM < 0.15)).toBeGreaterThan(0.03);
    expect(share(({ tiltRad }) => Math.abs(tiltRad) > 0.05)).toBeGreaterThan(0.15);
    expect(share(({ tiltRad }) => tiltRad === 0)).toBeGreaterThan(0.4);
  });

  it("has the moments just before and after a grasp", () => {
    const standing = mugs.filter(({ liftM }) => liftM < 0.012);
    expect(standing.length).toBeGreaterThan(20);
    const around = many.filter(({ things, gripper, openingM }) => {
      const [x, y, z] = valueAt(things, "red_mug").position;
      const isBetween = Math.hypot(gripper[0] - x, gripper[1] - y) < 0.025;
      return isBetween && gripper[2] - z < 0.085 && openingM > 2 * MUG_RADIUS_M + 0.003;
    });
    expect(around.length).toBeGreaterThan(20);
    const above = many.filter(({ things, gripper }) => {
      const [x, y, z] = valueAt(things, "red_mug").position;
      const riseM = gripper[2] - z;
      return Math.hypot(gripper[0] - x, gripper[1] - y) < 0.03 && riseM > 0.085 && riseM < 0.2;
    });
    expect(above.length).toBeGreaterThan(20);
  });

  it("has grippers that are closed on nothing, and wide open ones", () => {
    const share = (of: (openingM: number) => boolean) =>
      many.filter(({ openingM }) => of(openingM)).length / many.length;
    expect(share((openingM) => openingM < 0.012)).toBeGreaterThan(0.1);
    expect(share((openingM) => openingM === MAX_OPENING_M)).toBeGreaterThan(0.1);
  });

  it("gives the same for the same seed", () => {
    const again = [...scenes(3, 50)].map(([, arrangement]) => arrangement);
    expect(again).toEqual(many.slice(0, again.length));
  });

  it("lets nothing but the fingers touch what they hold", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const layout = sampleSceneLayout(seed, "novel");
      const model = await SceneModel.create(layout);
      try {
        for (let index = 0; index < 40; index++) {
          const arrangement = arrange(layout, new Random(seed, `arrangement ${index}`));
          model.arrange(configurationOf(model, arrangement));
          const labels = new Map([
            ["red_mug", LABEL.mug],
            ...layout.distractors.map(({ name, labelId }): [string, number] => [
              tfFrameOf(name),
              labelId,
            ]),
          ]);
          const what = `table ${seed}, scene ${index}`;
          for (const [body, label] of labels) {
            expect(model.gapBetween(LABEL.arm, label), `${what}: hand, ${body}`).toBeGreaterThan(0);
          }
          expect(model.gapBetween(LABEL.gripper, LABEL.table), what).toBeGreaterThan(0.003);
          expect(model.gapBetween(LABEL.gripper, LABEL.tray), what).toBeGreaterThan(0.0005);
          const touched = [...labels].filter(
            ([, label]) => model.gapBetween(LABEL.gripper, label) < 1e-4,
          );
          expect(touched.length, `${what}: ${touched}`).toBeLessThanOrEqual(1);
          const { gripper, things } = arrangement;
          for (const [body, label] of touched) {
            const { position } = valueAt(things, body);
            const isCarried = model.gapBetween(label, LABEL.table) > 0.012;
            const others = [LABEL.tray, ...labels.values()].filter((other) => other !== label);
            for (const other of isCarried ? others : [])
              expect(model.gapBetween(label, other), `${what}: ${body}, ${other}`).toBeGreaterThan(
                0,
              );
            const asideM = Math.hypot(gripper[0] - position[0], gripper[1] - position[1]);
            expect(asideM, `${what}: ${body}`).toBeLessThan(0.07);
          }
        }
      } finally {
        model.close();
      }
    }
  });
});
