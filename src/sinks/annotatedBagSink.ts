import type { Annotation, AnnotationSink } from "../annotate/index.js";
import { COMPRESSED_IMAGE, IMAGE, VIDEO_TYPES } from "../camera/index.js";
import {
  type Bag,
  BagError,
  type BagMessage,
  BagWriter,
  type FrameSource,
} from "../sources/index.js";
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
  IMAGE,
  COMPRESSED_IMAGE,
  ...VIDEO_TYPES,
  "sensor_msgs/msg/PointCloud2",
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
  const topics = recording ? await declareCopied(writer, recording, withImages) : [];
  await writer.addTopic({ name: REWARD_TOPIC, type: "spatial_reward_msgs/msg/DenseReward" });
  await writer.addTopic({ name: FACTS_TOPIC, type: "spatial_reward_msgs/msg/SpatialFacts" });
  await writer.addTopic({ name: REWARD_VALUE_TOPIC, type: "std_msgs/msg/Float64" });
  const copy =
    recording && topics.length > 0 ? await LogCopy.start(recording, topics, writer) : undefined;

  return {
    path,
    async write(annotation: Annotation) {
      // On the clock of the recording's other messages, which may not be that of the stamps.
      const logNs = annotation.frame.logNs ?? annotation.reward.stampNs;
      await copy?.upTo(logNs);
      await writer.write(REWARD_TOPIC, logNs, denseRewardMessage(annotation, task));
      if (annotation.outcome !== "predicted") {
        await writer.write(FACTS_TOPIC, logNs, spatialFactsMessage(annotation));
      }
      await writer.write(REWARD_VALUE_TOPIC, logNs, {
        data: annotation.reward.reward ?? Number.NaN,
      });
    },
    async close() {
      await copy?.upTo();
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
      await copy?.stop();
      await writer.abort();
    },
  };
}

/** Declares the topics of a recording that are copied, and returns their names. */
async function declareCopied(
  writer: BagWriter,
  recording: Bag,
  withImages: boolean,
): Promise<string[]> {
  const names: string[] = [];
  for (const { name, type, qos, recordedAs } of recording.info.topics) {
    if (name.startsWith("/spatial_reward/") || (!withImages && HEAVY_TYPES.has(type))) continue;
    const definition = recording.definition(type);
    // What ROS 2 has no type for (protobuf or JSON of one's own) cannot be in a ROS 2 recording.
    if (recordedAs && definition === undefined) continue;
    const topic = { name, type, ...(qos && { qos }) };
    try {
      await writer.addTopic({ ...topic, ...(definition !== undefined && { definition }) });
    } catch (error) {
      // Nobody needs to understand what is only copied.
      const description = recording.description(name);
      if (!(error instanceof BagError) || description === undefined) throw error;
      await writer.addTopic({ ...topic, description });
    }
    names.push(name);
  }
  return names;
}

/** Copies a recording's messages piece by piece, so that the output is in log-time order too. */
class LogCopy {
  readonly #messages: AsyncIterableIterator<BagMessage>;
  readonly #writer: BagWriter;
  #next: BagMessage | undefined;

  private constructor(messages: AsyncIterableIterator<BagMessage>, writer: BagWriter) {
    this.#messages = messages;
    this.#writer = writer;
  }

  static async start(
    recording: Bag,
    topics: readonly string[],
    writer: BagWriter,
  ): Promise<LogCopy> {
    const copy = new LogCopy(recording.messages({ topics }), writer);
    await copy.#advance();
    return copy;
  }

  /** What was logged up to a time; without one, all that is left. */
  async upTo(logNs?: bigint): Promise<void> {
    for (let it = this.#next; it && (logNs === undefined || it.logNs <= logNs); it = this.#next) {
      const data = dataOf(it);
      if (data) await this.#writer.writeRaw(it.topic, it.logNs, data, it.publishNs);
      await this.#advance();
    }
  }

  async stop(): Promise<void> {
    await this.#messages.return?.();
  }

  async #advance(): Promise<void> {
    const step = await this.#messages.next();
    this.#next = step.done ? undefined : step.value;
  }
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
