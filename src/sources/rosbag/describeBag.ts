import { noteName } from "../../base/index.js";
import type { TopicContent } from "../../camera/index.js";
import type { BagInfo, BagTopic } from "./Bag.js";
import type { BagFile } from "./BagFile.js";
import { shownAddress } from "./bytes/isRemote.js";
import { fileName, type RecordingFiles } from "./recordingFiles.js";

export interface OpenedFile {
  readonly path: string;
  readonly file: BagFile;
  readonly sizeBytes: number;
}

/**
 * Sums up a recording's files. `damage` stays live: it grows with what reading finds.
 *
 * @param contents what the first messages of topics say, by name
 */
export function describeBag(
  path: string,
  recording: RecordingFiles,
  files: readonly OpenedFile[],
  damage: readonly string[],
  contents: ReadonlyMap<string, TopicContent>,
): BagInfo {
  const topics = sumTopics(
    files.map(({ file }) => file),
    contents,
  );
  for (const { name, content } of topics) {
    noteName(name);
    noteName(content?.frameId ?? "");
  }
  const filled = files.map(({ file }) => file).filter(hasMessages);
  const stamps = filled.flatMap(({ startNs, endNs }) => [startNs, endNs]).sort(byTime);
  const compression = new Set(files.flatMap(({ file }) => file.compression));
  if (recording.compression?.endsWith("message")) compression.add(recording.compression);
  if (compression.size > 1) compression.delete("none");
  return {
    path: shownAddress(path),
    name: recordingName(path),
    storage: files[0]!.file.storage,
    files: files.map((file) => shownAddress(file.path)),
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    compression: [...compression],
    topics,
    messageCount: topics.reduce((sum, topic) => sum + topic.messageCount, 0),
    startNs: stamps[0] ?? 0n,
    endNs: stamps[stamps.length - 1] ?? 0n,
    get damage() {
      const found = files.flatMap(({ path, file }) =>
        file.damage.map((line) => `${fileName(path)}: ${line}`),
      );
      return [...damage, ...found];
    },
  };
}

function byTime(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hasMessages(file: BagFile): boolean {
  return file.topics.some(({ messageCount }) => messageCount > 0);
}

function sumTopics(
  files: readonly BagFile[],
  contents: ReadonlyMap<string, TopicContent>,
): BagTopic[] {
  const topics = new Map<string, BagTopic>();
  for (const { topic, messageCount } of files.flatMap((file) => file.topics)) {
    const before = topics.get(topic.name);
    const qos = before?.qos ?? topic.qos;
    const content = contents.get(topic.name);
    const recordedAs = before?.recordedAs ?? topic.recordedAs;
    topics.set(topic.name, {
      name: topic.name,
      type: before?.type || topic.type,
      messageCount: (before?.messageCount ?? 0) + messageCount,
      ...(recordedAs && { recordedAs }),
      ...(qos && { qos }),
      ...(content && { content }),
    });
  }
  return [...topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The file's stem or the folder's name. */
function recordingName(path: string): string {
  return fileName(path).replace(/(\.(mcap|db3|bag|active|zstd?|partial))+$/i, "");
}
