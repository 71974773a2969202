import { describe, expect, it } from "vitest";
import { Random } from "../../../src/base/index.js";
import { type CameraFrame, NO_IMAGE, type PixelBox } from "../../../src/camera/index.js";
import { surroundingsOf } from "../../../src/models/plane/surroundings.js";

const SIZE = { width: 320, height: 240 } as const;
type Rgb = readonly [r: number, g: number, b: number];
type Painted = readonly [box: PixelBox, color: Rgb];

const BLUE: Rgb = [40, 60, 160];
const GREEN: Rgb = [60, 140, 60];
const BLACK: Rgb = [15, 15, 15];
const PALE: Rgb = [190, 190, 188];
const PALER: Rgb = [200, 200, 198];
const THING: PixelBox = [140, 100, 180, 160];

/** Brown wood with noise, squares of light and dark, and a shadow; what is painted later hides what was before. */
function tableWith(painted: readonly Painted[], contrast = 0.2): CameraFrame {
  const { width, height } = SIZE;
  const random = new Random(1, "noise");
  const data = new Uint8Array(3 * width * height);
  for (let v = 0; v < height; v++)
    for (let u = 0; u < width; u++) {
      const isDark = (Math.floor(u / 13) + Math.floor(v / 13)) % 2 === 1;
      const isShadow = u > 180 && u < 230 && v > 140 && v < 170;
      const light = (isDark ? 1 - contrast : 1) * (isShadow ? 0.7 : 1);
      const color: Rgb = painted.findLast(
        ([[left, top, right, bottom]]) => u >= left && u < right && v >= top && v < bottom,
      )?.[1] ?? [190 * light, 150 * light, 105 * light];
      for (let c = 0; c < 3; c++)
        data[3 * (v * width + u) + c] = Math.max(0, (color[c] ?? 0) + 3 * random.normal());
    }
  const image = {
    kind: "raw",
    ...SIZE,
    encoding: "rgb8",
    step: 3 * width,
    isBigEndian: false,
    data,
  } as const;
  const distortion = { model: "", coefficients: [] };
  const info = { ...SIZE, fx: 300, fy: 300, cx: 159.5, cy: 119.5, distortion };
  return { camera: "c", stampNs: 1n, frameId: "c", episode: "e", image, info };
}

async function touching(
  frame: CameraFrame,
  box = THING,
  others: readonly PixelBox[] = [],
  foot: 0 | 1 | 2 | 3 = 3,
) {
  const found = await surroundingsOf(frame, {
    ...{ boxes: new Map([["mug", box]]), unknown: ["mug"], boxSigmaPx: 1.5, foot },
    others: others.map((it) => ["a thing", it] as const),
  });
  return found.get("mug");
}

async function at(...asked: Parameters<typeof touching>) {
  return (await touching(...asked))?.what;
}

describe("surroundingsOf", () => {
  it.each([0, 0.2, 0.5])(
    "finds nothing at what stands alone on a table (contrast %d)",
    async (by) => {
      expect(await at(tableWith([[THING, BLUE]], by))).toBeUndefined();
    },
  );

  it("sees what carries a thing, or hides its lower part", async () => {
    const carried = tableWith([
      [[110, 140, 220, 200], GREEN],
      [THING, BLUE],
    ]);
    expect(await at(carried)).toBe("carrier");
    const hidden = tableWith([
      [[140, 100, 180, 190], BLUE],
      [[120, 150, 200, 200], GREEN],
    ]);
    expect(await at(hidden, [140, 100, 180, 150])).toBe("carrier");
  });

  it("says in which row what carries or hides a thing ends, with what it goes on under", async () => {
    const low = async (bottom: number, others: readonly PixelBox[] = []) => {
      const carried = tableWith([
        [[110, 140, 220, bottom], GREEN],
        ...others.map((it): Painted => [it, BLACK]),
        [THING, BLUE],
      ]);
      return (await touching(carried, THING, others))?.endsAt;
    };
    expect(await low(200)).toBeCloseTo(200, -0.5);
    expect(await low(200, [[150, 190, 170, 220]])).toBeCloseTo(220, -0.5);
    expect(await low(240)).toBeUndefined();
  });

  it.each([
    [0, [100, 90, 160, 170], -100],
    [1, [110, 60, 220, 120], -60],
    [2, [160, 90, 220, 170], 220],
  ] as const)(
    "looks where down is for a camera that is rolled (foot at edge %d)",
    async (foot, carrier, end) => {
      const frame = tableWith([
        [carrier, GREEN],
        [THING, BLUE],
      ]);
      const found = await touching(frame, THING, [], foot);
      expect(found?.what).toBe("carrier");
      expect(found?.endsAt).toBeCloseTo(end, -0.5);
    },
  );

  it("takes what ends without an edge for a reflection or a shadow", async () => {
    const rows = (colorAt: (i: number) => Rgb) =>
      Array.from({ length: 60 }, (_, i): Painted => [[130, 150 + i, 190, 151 + i], colorAt(i)]);
    const fading = rows((i) => {
      const share = Math.max(0, 1 - i / 60);
      return [190 - 130 * share, 150 - 100 * share, 105 + 80 * share];
    });
    const ending = rows((i) => (i < 30 ? [60, 50, 185] : [190, 150, 105]));
    expect(await at(tableWith([...fading, [THING, BLUE]], 0))).toBeUndefined();
    expect(await at(tableWith([...ending, [THING, BLUE]], 0))).toBe("carrier");
  });

  it("counts what has a box of its own for none", async () => {
    const tray: PixelBox = [110, 140, 220, 200];
    const carried = tableWith([
      [tray, GREEN],
      [THING, BLUE],
    ]);
    expect(await at(carried, THING, [tray])).toBeUndefined();
  });

  it("looks over boxes of a table or of the thing itself", async () => {
    const carried = tableWith([
      [[110, 140, 220, 200], GREEN],
      [THING, BLUE],
    ]);
    const table: PixelBox = [0, 20, 320, 240];
    expect(await at(carried, THING, [table, [139, 101, 181, 159]])).toBe("carrier");
  });

  it("sees an arm that comes from outside of the image", async () => {
    const held = tableWith([
      [THING, BLUE],
      [[150, 0, 172, 110], BLACK],
    ]);
    expect(await at(held)).toBe("arm");
    const reaching = tableWith([
      [THING, BLUE],
      [[136, 90, 142, 190], BLACK],
      [[140, 0, 180, 110], BLACK],
    ]);
    expect(await at(reaching)).toBe("arm");
  });

  it("sees an arm of a colour that is seen all over the image elsewhere", async () => {
    const grey: Rgb = [120, 130, 140];
    const held = tableWith([
      [[0, 195, 320, 240], grey],
      [THING, BLUE],
      [[150, 0, 172, 110], grey],
    ]);
    expect(await at(held)).toBe("arm");
  });

  it("takes a table between two floors for no arm, and slow changes of light for none that is sure", async () => {
    const floors = tableWith([
      [[0, 0, 60, 240], BLACK],
      [[240, 0, 320, 240], GREEN],
      [THING, BLUE],
    ]);
    expect(await at(floors)).toBeUndefined();
    const strips = Array.from({ length: 80 }, (_, i): Painted => {
      const light = 120 + 60 * Math.exp(-(((i - 40) / 10) ** 2));
      return [
        [4 * i, 0, 4 * i + 4, 240],
        [light, light, light],
      ];
    });
    expect(await at(tableWith([...strips, [THING, BLUE]]))).toBe("perhaps an arm");
  });

  it("is not sure of an arm that has about the light of a wall, or of which no room shows anything", async () => {
    const wall: Painted = [[0, 0, 320, 130], PALE];
    const pale: Painted = [[148, 0, 176, 115], PALER];
    expect(await at(tableWith([wall, [THING, BLUE], pale]))).toBe("perhaps an arm");
    const high: PixelBox = [140, 8, 180, 60];
    expect(await at(tableWith([[high, BLUE]]), high)).toBe("perhaps an arm");
  });

  it("follows a pale arm from one finger on to its palm, and from its shadow back to it", async () => {
    const wall: Painted = [[0, 0, 320, 130], PALE];
    const palm: Painted[] = [
      [[121, 70, 135, 110], PALER],
      [[110, 0, 205, 80], PALER],
    ];
    expect(await at(tableWith([wall, [THING, BLUE], ...palm]))).toBe("perhaps an arm");
    const shadowed: Painted[] = [
      [[160, 86, 210, 98], BLACK],
      [[205, 74, 255, 86], BLACK],
      [[128, 0, 148, 98], PALER],
    ];
    expect(await at(tableWith([wall, [THING, BLUE], ...shadowed]))).toBe("perhaps an arm");
  });

  it("needs no more than a palm to be unsure where the image ends over a thing's fingers", async () => {
    const high: PixelBox = [140, 30, 180, 90];
    const palm: Painted = [[115, 0, 205, 8], BLACK];
    expect(await at(tableWith([[high, BLUE]]), high)).toBeUndefined();
    expect(await at(tableWith([[high, BLUE], palm]), high)).toBe("perhaps an arm");
  });

  it("takes what stands behind a thing, or the wall, for no arm", async () => {
    const behind = tableWith([
      [[145, 70, 185, 130], GREEN],
      [THING, BLUE],
    ]);
    expect(await at(behind)).toBeUndefined();
    const wall = tableWith([
      [
        [0, 0, 320, 120],
        [120, 130, 140],
      ],
      [THING, BLUE],
    ]);
    expect(await at(wall)).toBeUndefined();
  });

  it("sees that a box is around two things side by side", async () => {
    const two = tableWith([
      [[140, 100, 165, 160], BLUE],
      [[172, 115, 200, 158], GREEN],
    ]);
    expect(await at(two, [140, 100, 200, 160])).toBe("neighbour");
  });

  it("tells nothing of a thing of the table's colour, or without a picture", async () => {
    const frame = tableWith([[THING, [188, 148, 104]]]);
    expect(await at(frame)).toBeUndefined();
    expect(await at({ ...frame, image: NO_IMAGE })).toBeUndefined();
  });

  it("takes boxes in pixels of CameraInfo where the picture has another size", async () => {
    const frame = tableWith([
      [[110, 140, 220, 200], GREEN],
      [THING, BLUE],
    ]);
    const info = frame.info && { ...frame.info, width: 640, height: 480 };
    const box: PixelBox = [280, 200, 360, 320];
    const found = await touching({ ...frame, ...(info && { info }) }, box);
    expect(found).toMatchObject({ what: "carrier", endsAt: 400 });
  });
});
