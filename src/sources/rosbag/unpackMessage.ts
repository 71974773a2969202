import { decompress } from "fzstd";
import { BagError } from "./BagError.js";
import type { RecordedTopic } from "./BagFile.js";

/**
 * A message as it was sent. rosbag2's compression mode "message" makes the data of each message a
 * zstd frame. No CDR begins like one (its first byte is 0), so it shows without a metadata.yaml,
 * too.
 *
 * @throws BagError if the compression is damaged
 */
export function unpackMessage(topic: RecordedTopic, data: Uint8Array): Uint8Array {
  if (!(data[0] === 0x28 && data[1] === 0xb5 && data[2] === 0x2f && data[3] === 0xfd)) return data;
  try {
    return decompress(data);
  } catch (error) {
    throw new BagError(
      `${topic.name}: the compression of a message is damaged: ${(error as Error).message}`,
      { cause: error },
    );
  }
}
