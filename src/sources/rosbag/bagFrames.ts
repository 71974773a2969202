import {
  type CameraFrame,
  CameraReader,
  type CameraTopics,
  type FramePart,
  FrameRate,
  labelNamesFromRos,
  StampOrder,
  TransformBuffer,
  transformsFromRos,
  withFault,
} from "../../camera/index.js";
import type { FrameSelection } from "../FrameSource.js";
import type { Bag, BagMessage } from "./Bag.js";

const TF = "/tf";
const TF_STATIC = "/tf_static";
/** Transforms and sibling images of the first and last image lie before and after it. */
const MARGIN_NS = 1_000_000_000n;

/**
 * The camera frames of a recording in the order of their stamps, cameras interleaved. A frame that
 * cannot be used is yielded with its `fault`; none is left out, except by `rateHz`. The result
 * depends on the recording and the options alone.
 *
 * The recording is read once, one chunk in memory, but for /tf_static and label names, which are
 * collected from all of it first: players publish them at any time, and they hold for every frame.
 */
export async function* bagFrames(
  bag: Bag,
  selection: FrameSelection,
): AsyncGenerator<CameraFrame, void, void> {
  const { cameras, tfFrames = [], rateHz, startNs, endNs } = selection;
  const recorded = new Set(
    bag.info.topics.filter((topic) => topic.messageCount > 0).map((topic) => topic.name),
  );
  const transforms = new TransformBuffer();
  const readers = cameras.map(
    (camera) =>
      new CameraReader({
        camera,
        episode: bag.info.name,
        parts: partsOf(camera, recorded, tfFrames),
        ...(tfFrames.length > 0 && { transforms: { buffer: transforms, frames: tfFrames } }),
      }),
  );
  await readLatched(bag, readers, transforms, tfFrames.length > 0);

  const rates = new Map(cameras.map(({ name }) => [name, new FrameRate(rateHz)]));
  const order = new StampOrder(cameras.map(({ name }) => name));
  const keep = (frames: readonly CameraFrame[]) =>
    frames.filter((frame) => rates.get(frame.camera)!.keeps(frame.stampNs));
  const isInRange = ({ logNs }: BagMessage) =>
    (startNs === undefined || logNs >= startNs) && (endNs === undefined || logNs <= endNs);

  const topics = new Set(readers.flatMap((reader) => reader.topics));
  if (tfFrames.length > 0) topics.add(TF);
  const messages = bag.messages({
    topics: [...topics],
    ...(startNs !== undefined && { startNs: startNs - MARGIN_NS }),
    ...(endNs !== undefined && { endNs: endNs + MARGIN_NS }),
  });
  for await (const message of messages) {
    if (message.topic === TF) addTransforms(transforms, message, false);
    for (const reader of readers) reader.add(message, isInRange(message));
    const newestNs = newest(readers);
    for (const reader of readers) order.add(reader.take(newestNs));
    for (const frame of keep(order.take(newestNs))) yield withFault(frame, cameras);
  }
  for (const reader of readers) order.add(reader.flush());
  for (const frame of keep(order.flush())) yield withFault(frame, cameras);
}

/** What the camera's frames wait for: what is named and recorded. */
function partsOf(
  camera: CameraTopics,
  recorded: ReadonlySet<string>,
  tfFrames: readonly string[],
): Set<FramePart> {
  const parts = new Set<FramePart>();
  for (const part of ["depth", "labels", "detections", "info"] as const) {
    const topic = camera[part];
    if (topic !== undefined && recorded.has(topic)) parts.add(part);
  }
  if (tfFrames.length > 0 && recorded.has(TF)) parts.add("poses");
  return parts;
}

async function readLatched(
  bag: Bag,
  readers: readonly CameraReader[],
  transforms: TransformBuffer,
  wantsTransforms: boolean,
): Promise<void> {
  const names = readers.flatMap(({ camera }) => camera.labelInfo ?? []);
  const topics = wantsTransforms ? [TF_STATIC, ...names] : names;
  if (topics.length === 0) return;
  for await (const message of bag.messages({ topics })) {
    if (message.topic === TF_STATIC) addTransforms(transforms, message, true);
    else addLabelNames(readers, message);
  }
}

function addTransforms(buffer: TransformBuffer, message: BagMessage, isStatic: boolean): void {
  try {
    buffer.add(transformsFromRos(message.decode()), isStatic);
  } catch {
    // A damaged message is as one that was never sent: the poses say what they miss.
  }
}

function addLabelNames(readers: readonly CameraReader[], message: BagMessage): void {
  try {
    const names = labelNamesFromRos(message.decode());
    for (const reader of readers) {
      if (reader.camera.labelInfo === message.topic) reader.setLabelNames(names);
    }
  } catch {
    // Without names, the task's own label ids count.
  }
}

function newest(readers: readonly CameraReader[]): bigint {
  let newestNs = 0n;
  for (const { newestStampNs } of readers) if (newestStampNs > newestNs) newestNs = newestStampNs;
  return newestNs;
}
