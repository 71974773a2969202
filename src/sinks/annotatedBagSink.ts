import type { Annotation, AnnotationSink } from "../annotate/index.js";
import { BagError, type BagMessage, BagWriter, type FrameSource } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { denseRewardMessage, spatialFactsMessage } from "./rosMessages.js";

/** Topics of an annotated bag; all else in it comes from the recording. */
const REWARD_TOPIC = "/spatial_reward/reward";
const FACTS_TOPIC = "/spatial_reward/facts";
/** The reward as std_msgs/Float64, for plot tools that do not know our messages. NaN when invalid. */
const REWARD_VALUE_TOPIC = "/spatial_reward/reward_value";
/** The MCAP metadata record that says how the annotations were made. */
const METADATA_NAME = "spatial_reward";

/** Types that make a recording large; left out of an annotated bag unless asked for. */
const HEAVY_TYPES: ReadonlySet<string> = new Set([
  "sensor_msgs/msg/Image",
  "sensor_msgs/msg/CompressedImage",
  "sensor_msgs/msg/PointCloud2",
  "foxglove_msgs/msg/CompressedVideo",
  "ffmpeg_image_transport_msgs/msg/FFMPEGPacket",
]);

export interface AnnotatedBagOptions {
  readonly task: Task;
  /** What is annotated. Of a recording, the other messages are copied. */
  readonly source: FrameSource;
  /** The model's id. */
  readonly model: string;
  /** Copies image and point cloud topics too. */
  readonly withImages: boolean;
}

/**
 * An annotated bag: the recording's own messages (without images by default) with the rewards and
 * facts at the log times of their images, and a metadata record with the task's text, the model and
 * the source.
 */
export async function annotatedBagSink(
  path: string,
  { task, source, model, withImages }: AnnotatedBagOptions,
): Promise<AnnotationSink> {
  const writer = await BagWriter.create(path);
  try {
    return await sinkInto(writer, path, { task, source, model, withImages });
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function sinkInto(
  writer: BagWriter,
  path: string,
  { task, source, model, withImages }: AnnotatedBagOptions,
): Promise<AnnotationSink> {
  const { recording } = source;
  const copied = (recording?.info.topics ?? []).filter(
    ({ name, type }) =>
      !name.startsWith("/spatial_reward/") && (withImages || !HEAVY_TYPES.has(type)),
  );
  const isWritten = new Set<string>();
  for (const { name, type, qos, recordedAs } of copied) {
    const definition = recording?.definition(type);
    // What ROS 2 has no type for (protobuf or JSON of one's own) cannot be in a ROS 2 recording.
    if (recordedAs && definition === undefined) continue;
    const topic = { name, type, ...(qos && { qos }) };
    try {
      await writer.addTopic({ ...topic, ...(definition !== undefined && { definition }) });
    } catch (error) {
      // Nobody needs to understand what is only copied.
      const description = recording?.description(name);
      if (!(error instanceof BagError) || description === undefined) throw error;
      await writer.addTopic({ ...topic, description });
    }
    isWritten.add(name);
  }
  await writer.addTopic({ name: REWARD_TOPIC, type: "spatial_reward_msgs/msg/DenseReward" });
  await writer.addTopic({ name: FACTS_TOPIC, type: "spatial_reward_msgs/msg/SpatialFacts" });
  await writer.addTopic({ name: REWARD_VALUE_TOPIC, type: "std_msgs/msg/Float64" });

  const messages = recording?.messages({ topics: [...isWritten] });
  let next: BagMessage | undefined;
  const advance = async (): Promise<void> => {
    const step = await messages?.next();
    next = step === undefined || step.done ? undefined : step.value;
  };
  if (isWritten.size > 0) await advance();
  /** Copies what was logged up to a time, so that the output is in log-time order too. */
  const copyUntil = async (logNs?: bigint): Promise<void> => {
    while (next && (logNs === undefined || next.logNs <= logNs)) {
      const data = dataOf(next);
      if (data) await writer.writeRaw(next.topic, next.logNs, data, next.publishNs);
      await advance();
    }
  };

  return {
    path,
    async write(annotation: Annotation) {
      // On the clock of the recording's other messages, which may not be that of the stamps.
      const logNs = annotation.frame.logNs ?? annotation.reward.stampNs;
      await copyUntil(logNs);
      await writer.write(REWARD_TOPIC, logNs, denseRewardMessage(annotation, task));
      if (annotation.outcome !== "predicted") {
        await writer.write(FACTS_TOPIC, logNs, spatialFactsMessage(annotation));
      }
      await writer.write(REWARD_VALUE_TOPIC, logNs, {
        data: annotation.reward.reward ?? Number.NaN,
      });
    },
    async close() {
      await copyUntil();
      const simulation = recording?.metadata("simulation");
      if (simulation) await writer.addMetadata("simulation", simulation);
      await writer.addMetadata(
        METADATA_NAME,
        new Map([
          ["task", task.source],
          ["model", model],
          ["source", source.info.name],
        ]),
      );
      await writer.close();
    },
    async abort() {
      await messages?.return?.();
      await writer.abort();
    },
  };
}

/** Undefined for a message that cannot be decoded, and so not be encoded as ROS 2's. */
function dataOf(message: BagMessage): Uint8Array | undefined {
  try {
    return message.data;
  } catch (error) {
    if (error instanceof BagError) return undefined;
    throw error;
  }
}
