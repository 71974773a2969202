import { parse } from "@foxglove/rosmsg";
import { MessageWriter } from "@foxglove/rosmsg-serialization";

/** A topic of a ROS 1 bag with the definition of its type. */
export interface Ros1Topic {
  readonly topic: string;
  readonly type: string;
  readonly definition: string;
}

export interface Ros1Message {
  readonly topic: number;
  readonly sec: number;
  readonly nsec: number;
  readonly data: Uint8Array;
}

export const ROS1_IMAGE = `Header header
uint32 height
uint32 width
string encoding
uint8 is_bigendian
uint32 step
uint8[] data
================================================================================
MSG: std_msgs/Header
uint32 seq
time stamp
string frame_id
`;

export function ros1(definition: string, message: unknown): Uint8Array {
  return new MessageWriter(parse(definition)).writeMessage(message);
}

/** An uncompressed bag of format 2.0 as rosbag writes it; without its index where the recorder was killed. */
export function ros1Bag(
  topics: readonly Ros1Topic[],
  messages: readonly Ros1Message[],
  { perChunk = 2, isIndexed = true } = {},
): Buffer {
  const connection = (topic: number) => {
    const { topic: name, type, definition } = topics[topic]!;
    const content = { topic: name, type, md5sum: "0", message_definition: definition };
    return record({ op: u8(7), conn: u32(topic), topic: name }, fields(content));
  };
  const parts: Buffer[] = [];
  const infos: Buffer[] = [];
  let at = 13 + 4096;
  const described = new Set<number>();
  for (let from = 0; from < messages.length; from += perChunk) {
    const own = messages.slice(from, from + perChunk);
    const content: Buffer[] = [];
    const offsets: number[] = [];
    for (const { topic, data, ...time } of own) {
      if (!described.has(topic)) content.push(connection(topic));
      described.add(topic);
      offsets.push(content.reduce((sum, part) => sum + part.length, 0));
      content.push(record({ op: u8(2), conn: u32(topic), time: stamp(time) }, Buffer.from(data)));
    }
    const data = Buffer.concat(content);
    const chunk = [record({ op: u8(5), compression: "none", size: u32(data.length) }, data)];
    const counts: Buffer[] = [];
    for (const topic of new Set(own.map((message) => message.topic))) {
      const entries = own.flatMap((message, i) =>
        message.topic === topic ? [stamp(message), u32(offsets[i]!)] : [],
      );
      const count = u32(entries.length / 2);
      chunk.push(record({ op: u8(4), ver: u32(1), conn: u32(topic), count }, ...entries));
      counts.push(u32(topic), count);
    }
    const times = own
      .map(stamp)
      .sort(
        (a, b) => a.readUInt32LE(0) - b.readUInt32LE(0) || a.readUInt32LE(4) - b.readUInt32LE(4),
      );
    const info = { start_time: times[0]!, end_time: times.at(-1)!, count: u32(counts.length / 2) };
    infos.push(record({ op: u8(6), ver: u32(1), chunk_pos: u64(at), ...info }, ...counts));
    parts.push(...chunk);
    at += chunk.reduce((sum, part) => sum + part.length, 0);
  }
  const index = isIndexed ? [...topics.keys()].map(connection).concat(infos) : [];
  const header = fields({
    op: u8(3),
    index_pos: u64(isIndexed ? at : 0),
    conn_count: u32(isIndexed ? topics.length : 0),
    chunk_count: u32(isIndexed ? infos.length : 0),
  });
  const padding = Buffer.alloc(4096 - 8 - header.length, 0x20);
  return Buffer.concat([
    Buffer.from("#ROSBAG V2.0\n"),
    ...[u32(header.length), header, u32(padding.length), padding],
    ...parts,
    ...index,
  ]);
}

function record(head: Readonly<Record<string, Buffer | string>>, ...data: Buffer[]): Buffer {
  const header = fields(head);
  const content = Buffer.concat(data);
  return Buffer.concat([u32(header.length), header, u32(content.length), content]);
}

function fields(entries: Readonly<Record<string, Buffer | string>>): Buffer {
  const parts = Object.entries(entries).map(([name, value]) => {
    const field = Buffer.concat([Buffer.from(`${name}=`), Buffer.from(value)]);
    return Buffer.concat([u32(field.length), field]);
  });
  return Buffer.concat(parts);
}

function stamp({ sec, nsec }: { readonly sec: number; readonly nsec: number }): Buffer {
  return Buffer.concat([u32(sec), u32(nsec)]);
}

function u8(value: number): Buffer {
  return Buffer.from([value]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
