import { parse, stringify } from "yaml";
import * as z from "zod";
import { BagError } from "./BagError.js";

/** What reading needs of a rosbag2 metadata.yaml, versions 1 to 9; other keys are passed over. */
const schema = z.object({
  rosbag2_bagfile_information: z.object({
    storage_identifier: z.string().optional(),
    relative_file_paths: z.array(z.string()),
    compression_format: z.string().nullish(),
    compression_mode: z.string().nullish(),
    ros_distro: z.string().nullish(),
  }),
});

export interface RosbagMetadata {
  /** As written: relative to the folder. */
  readonly files: readonly string[];
  readonly compression?: string;
  readonly distribution?: string;
}

/** Throws a BagError that says what is wrong with the text. */
export function parseRosbagMetadata(text: string, path: string): RosbagMetadata {
  let content: unknown;
  try {
    content = parse(text, { logLevel: "error", intAsBigInt: true, maxAliasCount: 100 });
  } catch (error) {
    throw new BagError(`${path} is not valid YAML: ${(error as Error).message}`, { cause: error });
  }
  const result = schema.safeParse(content);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new BagError(
      `${path} is not rosbag2 metadata: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    );
  }
  const info = result.data.rosbag2_bagfile_information;
  const compression = [info.compression_format, info.compression_mode?.toLowerCase()]
    .filter((part) => part)
    .join(" ");
  return {
    files: info.relative_file_paths,
    ...(compression && { compression }),
    ...(info.ros_distro && { distribution: info.ros_distro }),
  };
}

export interface WrittenTopic {
  readonly name: string;
  readonly type: string;
  /** YAML, as rosbag2 keeps it: text within the YAML. */
  readonly qosProfiles: string;
  readonly messageCount: number;
}

export interface WrittenBag {
  readonly file: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly messageCount: number;
  readonly topics: readonly WrittenTopic[];
}

/** The metadata.yaml of an MCAP file in version 5, which Humble and all later ones read. */
export function rosbagMetadataText(bag: WrittenBag): string {
  const duration = { nanoseconds: bag.endNs - bag.startNs };
  const starting_time = { nanoseconds_since_epoch: bag.startNs };
  return stringify(
    {
      rosbag2_bagfile_information: {
        version: 5,
        storage_identifier: "mcap",
        duration,
        starting_time,
        message_count: bag.messageCount,
        topics_with_message_count: bag.topics.map((topic) => ({
          topic_metadata: {
            name: topic.name,
            type: topic.type,
            serialization_format: "cdr",
            offered_qos_profiles: topic.qosProfiles,
          },
          message_count: topic.messageCount,
        })),
        compression_format: "",
        compression_mode: "",
        relative_file_paths: [bag.file],
        files: [{ path: bag.file, starting_time, duration, message_count: bag.messageCount }],
      },
    },
    {
      aliasDuplicateObjects: false,
      defaultStringType: "QUOTE_DOUBLE",
      defaultKeyType: "PLAIN",
      lineWidth: 0,
      doubleQuotedMinMultiLineLength: 1 << 16,
    },
  );
}
