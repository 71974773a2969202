import { join } from "node:path";
import type { StreamCodec, VideoDecoder, VideoPacket } from "../../src/video/index.js";
import { loadAv } from "../../src/video/loadAv.js";

export const CODECS: readonly StreamCodec[] = ["h264", "h265", "av1"];

/** The fixtures' packets as messages have them; `time` is the number of the picture. */
export async function packetsOf(codec: StreamCodec): Promise<VideoPacket[]> {
  const av = await loadAv();
  const input = new av.FormatContext();
  await input.openInput(join(import.meta.dirname, `fixtures/${codec}.mp4`));
  await input.findStreamInfo(null);
  const [stream] = input.streams;
  if (!stream) throw new Error("no stream");
  const name = { h264: "h264_mp4toannexb", h265: "hevc_mp4toannexb", av1: "null" }[codec];
  const filter = new av.BitStreamFilterContext();
  const kind = av.BitStreamFilter.getByName(name);
  if (!kind) throw new Error(`no ${name}`);
  filter.alloc(kind);
  if (filter.inputCodecParameters) stream.codecpar.copy(filter.inputCodecParameters);
  filter.inputTimeBase = stream.timeBase;
  filter.init();
  const packets: VideoPacket[] = [];
  const { num, den } = stream.timeBase;
  for (;;) {
    const packet = new av.Packet();
    packet.alloc();
    const isEnd = (await input.readFrame(packet)) < 0;
    await filter.sendPacket(isEnd ? null : packet);
    while ((await filter.receivePacket(packet)) >= 0) {
      const time = BigInt(Math.round((10 * Number(packet.pts) * num) / den));
      packets.push({ data: new Uint8Array(packet.data ?? []), time });
      packet.unref();
    }
    packet.free();
    if (isEnd) break;
  }
  filter.free();
  await input.closeInput();
  return packets;
}

/** What came of each packet: its time with the number that the picture's grey tells, or undefined. */
export async function decodeAll(
  decoder: VideoDecoder,
  packets: readonly VideoPacket[],
): Promise<[number, number | undefined][]> {
  const found: [number, number | undefined][] = [];
  const take = async (pictures: Awaited<ReturnType<VideoDecoder["decode"]>>) => {
    for (const picture of pictures) {
      const image = picture.fault === undefined ? await picture.image() : undefined;
      found.push([Number(picture.packet.time), image && numberOf(image.data)]);
      picture.close();
    }
  };
  for (const packet of packets) await take(await decoder.decode(packet));
  await take(await decoder.flush());
  return found;
}

/** Picture N of the fixtures has luma 16 + 7 N. */
export function numberOf(rgb: Uint8Array): number {
  return Math.round(((rgb[3 * (32 * 64 + 32)] ?? 0) * 219) / 255 / 7);
}
