import { BagWriter, openBag } from "../../src/sources/rosbag/index.js";

export interface Copied {
  /** Topics that are left out. */
  readonly without?: RegExp;
  /** Of the beginning, seconds; all of it where absent. */
  readonly lengthS?: number;
}

/** Copies the messages of a recording as they are. */
export async function copyRecording(
  from: string,
  to: string,
  { without, lengthS }: Copied,
): Promise<void> {
  await using bag = await openBag(from);
  const writer = await BagWriter.create(to);
  const topics = bag.info.topics.filter(({ name }) => !without?.test(name));
  for (const { name, type, qos } of topics)
    await writer.addTopic({ name, type, ...(qos && { qos }) });
  const messages = bag.messages({
    topics: topics.map(({ name }) => name),
    ...(lengthS !== undefined && { endNs: bag.info.startNs + BigInt(Math.round(lengthS * 1e9)) }),
  });
  for await (const { topic, logNs, data } of messages) await writer.writeRaw(topic, logNs, data);
  await writer.close();
}
