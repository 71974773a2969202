import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type StreamCodec, VideoDecoder } from "../../src/video/index.js";
import { CODECS, decodeAll, packetsOf } from "./packets.js";

const all = new Map<StreamCodec, Awaited<ReturnType<typeof packetsOf>>>();
for (const codec of CODECS) all.set(codec, await packetsOf(codec));

async function decoded(codec: StreamCodec, packets = all.get(codec) ?? []) {
  const decoder = await VideoDecoder.open(codec);
  try {
    return await decodeAll(decoder, packets);
  } finally {
    decoder.close();
  }
}

const counted = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [from + i, from + i]);

describe.each(CODECS)("a stream of %s", (codec) => {
  const packets = all.get(codec) ?? [];

  it("gives its pictures in the order in which they are shown, each with its own time", async () => {
    expect(await decoded(codec)).toEqual(counted(0, 30));
  });

  it("never gives a picture that is made of missing ones, whichever packets are lost", async () => {
    const losses = fc.uniqueArray(fc.nat(packets.length - 1), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(losses, async (lost) => {
        const kept = packets.filter((_, at) => !lost.includes(at));
        const found = await decoded(codec, kept);
        for (const [time, number] of found) expect([undefined, time]).toContain(number);
        const times = found.map(([time]) => time);
        expect(times.toSorted((a, b) => a - b)).toEqual(
          kept.map(({ time }) => Number(time)).toSorted((a, b) => a - b),
        );
        // From the first key frame after the last loss on, nothing is missing.
        const last = Math.max(...lost);
        const whole = found.filter(([time]) => time >= 10 * Math.ceil((last + 4) / 10));
        for (const [time, number] of whole) expect(number).toBe(time);
      }),
      { numRuns: 40 },
    );
  });

  it("begins with its first key frame", async () => {
    const found = await decoded(codec, packets.slice(3));
    const keys = found.filter(([time]) => time >= 10);
    expect(keys).toEqual(counted(10, 30));
    expect(found.filter(([time]) => time < 10).map(([, number]) => number)).toEqual(
      Array.from({ length: found.length - 20 }, () => undefined),
    );
  });

  it("is read on after a jump", async () => {
    const decoder = await VideoDecoder.open(codec);
    await decodeAll(decoder, packets.slice(0, 7));
    expect(await decodeAll(decoder, packets)).toEqual(counted(0, 30));
    decoder.close();
  });

  it("gives each packet once, whatever its bytes are", async () => {
    const changes = fc.array(fc.tuple(fc.nat(packets.length - 1), fc.nat(400), fc.nat(255)), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(changes, async (wanted) => {
        const changed = packets.map(({ data, time }) => ({ data: new Uint8Array(data), time }));
        for (const [at, byte, value] of wanted) {
          const data = changed[at]?.data;
          if (data) data[byte % data.length] = value;
        }
        const found = await decoded(codec, changed);
        const times = found.map(([time]) => time).toSorted((a, b) => a - b);
        expect(new Set(times).size).toBe(times.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe("an H.264 stream", () => {
  const packets = all.get("h264") ?? [];

  it("may have its parameters in packets of their own", async () => {
    const [first, ...rest] = packets;
    if (!first) throw new Error("no packets");
    const idr = Buffer.from(first.data).indexOf(Buffer.from([0, 0, 1, 0x65]));
    expect(idr).toBeGreaterThan(0);
    const parameters = { data: first.data.subarray(0, idr), time: -1n };
    const picture = { ...first, data: first.data.subarray(idr) };
    expect(await decoded("h264", [parameters, picture, ...rest])).toEqual(counted(0, 30));
  });

  it("says why there is no picture", async () => {
    const decoder = await VideoDecoder.open("h264");
    const [early] = await decoder.decode(packets[1] ?? { data: new Uint8Array(), time: 0n });
    expect(early?.fault).toMatch(/no picture here: no key frame comes before it/);
    const [strange] = await decoder.decode({ data: new Uint8Array([1, 2, 3]), time: 0n });
    expect(strange?.fault).toMatch(/damaged: it has no start codes \(Annex B\)/);
    decoder.close();
  });
});
