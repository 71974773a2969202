import { describe, expect, it } from "vitest";
import type { CameraFrame } from "../../src/camera/index.js";
import { maskPixels } from "../../src/consistency/maskPixels.js";
import type { SmallView } from "../../src/consistency/SmallView.js";
import { wornColors } from "../../src/consistency/wornColors.js";
import type { ObjectRef } from "../../src/language/index.js";

const [WIDTH, HEIGHT] = [160, 120];
const MUG = { name: "mug", phrase: "the red mug", labels: [2] };
/** The task asks for it as well, by no colour. */
const BOX = { name: "box", phrase: "the box", labels: [3] };

type Rgb = readonly [number, number, number];
const RED: Rgb = [200, 20, 20];
const ORANGE: Rgb = [230, 120, 20];
const WHITE: Rgb = [240, 240, 240];
const DARK: Rgb = [10, 5, 5];

interface Patch {
  readonly id: number;
  readonly left: number;
  readonly sidePx: number;
  readonly color: Rgb;
  /** Painted on the table; else it rises from it. */
  readonly isFlat?: boolean;
}

/** Square patches on a grey table, by colours and the colour word that the mug's mask is found to have instead. */
async function insteadIn(...patches: readonly Patch[]) {
  const image = new Uint8Array(3 * WIDTH * HEIGHT).fill(120);
  const [ids, nearer] = [new Uint16Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
  for (const { id, left, sidePx, color, isFlat = false } of patches) {
    for (let i = 0; i < sidePx ** 2; i++) {
      const pixel = (40 + Math.floor(i / sidePx)) * WIDTH + left + (i % sidePx);
      image.set(color, 3 * pixel);
      ids[pixel] = id;
      nearer[pixel] = isFlat ? 0 : 0.1;
    }
  }
  const frame: CameraFrame = {
    ...{ camera: "cam", stampNs: 0n, frameId: "cam", episode: "1" },
    image: {
      ...{ kind: "raw", width: WIDTH, height: HEIGHT, encoding: "rgb8", step: 3 * WIDTH },
      ...{ isBigEndian: false, data: image },
    },
  };
  const view: SmallView = {
    ...{ width: WIDTH, height: HEIGHT, ids, pixels: maskPixels(ids) },
    ...{ nearer, depthM: nearer, plane: [0, 0, 1] },
  };
  const masks = {
    map: { width: WIDTH, height: HEIGHT, ids },
    isCoarse: false,
    idsOf: ({ labels = [] }: ObjectRef) => labels,
  };
  const worn = await wornColors(frame, view, masks, [MUG, BOX], () => true);
  return worn?.get("mug")?.instead;
}

const mask = (color: Rgb): Patch => ({ id: 2, left: 20, sidePx: 10, color });
const beside = (more: Partial<Patch> = {}): Patch => ({
  ...{ id: 0, left: 90, sidePx: 12, color: RED },
  ...more,
});

describe("wornColors", () => {
  it.each<[string, Rgb]>([
    ["orange", ORANGE],
    ["white", WHITE],
    ["black", DARK],
  ])(
    "finds a mask that is %s where something else has the phrase's colour",
    async (word, color) => {
      expect(await insteadIn(mask(color), beside())).toBe(word);
      expect(await insteadIn(mask(color), beside({ id: 9 }))).toBe(word);
    },
  );

  it.each<[string, readonly Patch[]]>([
    ["where a lamp may have made it of the colour", []],
    ["by paint on the table", [beside({ isFlat: true })]],
    ["by a small thing, such as a lamp or a button", [beside({ sidePx: 6 })]],
    ["by something large", [beside({ sidePx: 30 })]],
  ])("says nothing %s", async (_, others) => {
    expect(await insteadIn(mask(ORANGE), ...others)).toBeUndefined();
  });

  it.each<[string, Rgb]>([
    ["in shadow", [38, 8, 8]],
    ["nearly black", [28, 8, 10]],
    ["of bricks", [175, 88, 48]],
    ["pale", [150, 125, 124]],
  ])("says nothing of a red %s, although something beside is more red", async (_, color) => {
    expect(await insteadIn(mask(color), beside())).toBeUndefined();
    expect(await insteadIn(mask(color), beside({ id: 9 }))).toBeUndefined();
    expect(await insteadIn(mask(color), beside({ id: BOX.labels[0] ?? 0 }))).toBeUndefined();
  });

  it("says nothing of a mask that has its colour, whatever is beside it", async () => {
    expect(
      await insteadIn(mask(RED), beside(), beside({ left: 120, color: ORANGE })),
    ).toBeUndefined();
  });
});
