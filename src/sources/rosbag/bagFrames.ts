import {
  bareFrameId,
  type CameraFrame,
  CameraReader,
  type CameraTopics,
  type DepthDoubt,
  type FramePart,
  FrameRate,
  frameIdFromRos,
  jointsFromMessage,
  KinematicHistory,
  StampOrder,
  TransformBuffer,
  transformsFromRos,
  withFault,
} from "../../camera/index.js";
import type { FrameSelection } from "../FrameSource.js";
import type { Bag, BagMessage } from "./Bag.js";
import { BrokenTransforms } from "./BrokenTransforms.js";
import { depthDoubt } from "./depthDoubt.js";
import { readHeaderClocks } from "./headerClocks.js";
import { LateLenses } from "./LateLenses.js";
import { transformTopics } from "./transformTopics.js";
import { messagesWithPictures } from "./videoMessages.js";

/** Transforms and sibling images of the first and last image lie before and after it. */
const MARGIN_NS = 1_000_000_000n;
/** Messages may come this much later than those that were stamped after them. */
const REORDER_NS = 200_000_000n;

/**
 * The camera frames of a recording in the order of their stamps, cameras interleaved. A frame that
 * cannot be used is yielded with its `fault`; none is left out, except by `rateHz`. The result
 * depends on the recording and the options alone.
 *
 * The recording is read once, one chunk in memory, but for /tf_static and label names, which are
 * collected from all of it first: players publish them at any time, and they hold for every frame.
 *
 * @param onNote told once of what a user should know: header stamps that are of no use, say
 */
export async function* bagFrames(
  bag: Bag,
  selection: FrameSelection,
  onNote: (note: string) => void = () => {},
): AsyncGenerator<CameraFrame, void, void> {
  const { cameras, kinematics, rateHz, startNs, endNs, places } = selection;
  const tf = transformTopics(bag.info.topics);
  const tfFrames = [...new Set([...(selection.tfFrames ?? []), ...(kinematics?.frames ?? [])])];
  const recorded = new Set(
    bag.info.topics.filter((topic) => topic.messageCount > 0).map((topic) => topic.name),
  );
  const transforms = new TransformBuffer();
  const needsTf = tfFrames.length > 0 || (await sawOtherCameras(bag, cameras));
  const firstNs = startNs === undefined ? undefined : startNs - MARGIN_NS;
  const clocks = await readHeaderClocks(bag, cameras, firstNs);
  for (const note of clocks.notes) onNote(note);
  const doubts = await doubtsOf(bag, selection, onNote);
  const readers = cameras.map(
    (camera) =>
      new CameraReader({
        camera,
        episode: bag.info.name,
        unstamped: clocks.unstamped,
        lookaheadNs: clocks.lookaheadNs,
        depthDoubt: doubts.get(camera),
        reorderNs: REORDER_NS,
        parts: partsOf(camera, recorded, needsTf && tf.moving.size > 0),
        ...(needsTf && { transforms: { buffer: transforms, frames: tfFrames } }),
      }),
  );
  const history = kinematics && new KinematicHistory(kinematics);
  const jointTopics = new Set(kinematics?.jointTopics);
  const broken = new BrokenTransforms();
  const addTransforms = (message: BagMessage, isStatic: boolean) => {
    const onBroken = (frame: string) => broken.add(message.topic, frame);
    const found = readOrSkip((each) => transformsFromRos(each.decode(), onBroken), message);
    transforms.add(found ?? [], isStatic);
    history?.addTransforms(found ?? [], isStatic);
  };
  await readLatched(bag, readers, tf.fixed, needsTf ? addTransforms : undefined);

  const lenses = new LateLenses(cameras);
  const rates = new Map(cameras.map(({ name }) => [name, new FrameRate(rateHz)]));
  const order = new StampOrder(cameras.map(({ name }) => name));
  const keep = (frames: readonly CameraFrame[]) =>
    frames
      .filter((frame) => rates.get(frame.camera)!.keeps(frame.stampNs))
      .map((frame) => {
        lenses.see(frame);
        return withFault(history?.carry(frame) ?? frame, cameras);
      });
  const isInRange = ({ logNs }: BagMessage) =>
    (startNs === undefined || logNs >= startNs) && (endNs === undefined || logNs <= endNs);

  const topics = new Set([...readers.flatMap((reader) => reader.topics), ...jointTopics]);
  if (needsTf) for (const topic of tf.moving) topics.add(topic);
  const colors = cameras.map(({ color }) => color);
  const range = {
    ...(firstNs !== undefined && { startNs: firstNs }),
    ...(endNs !== undefined && { endNs: endNs + MARGIN_NS }),
  };
  const messages =
    places === undefined
      ? messagesWithPictures(bag, colors, { topics: [...topics], ...range })
      : messagesAround(bag, colors, [...topics], places, selection);
  for await (const message of messages) {
    if (tf.moving.has(message.topic)) addTransforms(message, false);
    if (jointTopics.has(message.topic)) {
      const joints = readOrSkip(jointsFromMessage, message);
      if (joints) history?.addJoints(joints);
    }
    for (const reader of readers) reader.add(message, isInRange(message));
    for (const reader of readers) order.add(reader.take(message.logNs));
    for (const frame of keep(order.take(newest(readers)))) yield frame;
  }
  for (const reader of readers) order.add(reader.flush());
  for (const frame of keep(order.flush())) yield frame;
  // Of all messages: those of a few places are not counted.
  if (places === undefined) for (const note of [...broken.notes, ...lenses.notes]) onNote(note);
}

/** Before and after a place; enough for what belongs to its images. */
const BEFORE_NS = 400_000_000n;
const AFTER_NS = 300_000_000n;

/** The messages around so many places, in order; all of them where that is less. */
async function* messagesAround(
  bag: Bag,
  colors: readonly string[],
  topics: readonly string[],
  places: number,
  { startNs = bag.info.startNs, endNs = bag.info.endNs }: FrameSelection,
): AsyncGenerator<BagMessage> {
  const count = BigInt(places);
  if (endNs - startNs <= count * (BEFORE_NS + AFTER_NS)) {
    yield* messagesWithPictures(bag, colors, { topics, startNs, endNs });
    return;
  }
  for (let i = 0n; i < count; i++) {
    const atNs = startNs + ((endNs - startNs) * (2n * i + 1n)) / (2n * count);
    const around = { startNs: atNs - BEFORE_NS, endNs: atNs + AFTER_NS };
    yield* messagesWithPictures(bag, colors, { topics, ...around });
  }
}

/** Of the cameras whose depth the robot's transforms contradict. */
async function doubtsOf(
  bag: Bag,
  { cameras, kinematics, checksDepth }: FrameSelection,
  onNote: (note: string) => void,
): Promise<ReadonlyMap<CameraTopics, DepthDoubt>> {
  const doubts = new Map<CameraTopics, DepthDoubt>();
  const [gripper] = kinematics?.frames ?? [];
  if (gripper === undefined || !checksDepth) return doubts;
  for (const camera of cameras) {
    const doubt = await depthDoubt(bag, camera, gripper);
    if (!doubt) continue;
    doubts.set(camera, doubt);
    const isDeclared = camera.depthUnitM !== undefined;
    onNote(`${doubt.evidence}${isDeclared ? "; depth_unit of the task is believed" : ""}`);
  }
  return doubts;
}

/** What the camera's frames wait for: what is named and recorded. */
function partsOf(
  camera: CameraTopics,
  recorded: ReadonlySet<string>,
  hasPoses: boolean,
): Set<FramePart> {
  const parts = new Set<FramePart>();
  for (const part of ["depth", "labels", "detections", "info"] as const) {
    const topic = camera[part];
    if (topic !== undefined && recorded.has(topic)) parts.add(part);
  }
  if (hasPoses) parts.add("poses");
  return parts;
}

/** Messages among which the first of each topic is looked for. */
const MAX_PEEKED = 500;

/** Whether depth or labels have another optical frame than their colour camera. */
async function sawOtherCameras(bag: Bag, cameras: readonly CameraTopics[]): Promise<boolean> {
  const asked = cameras.flatMap(({ color, depth, labels }) =>
    [depth, labels].flatMap((part) => (part === undefined ? [] : [[color, part] as const])),
  );
  const topics = new Set(asked.flat());
  if (topics.size === 0) return false;
  const frames = new Map<string, string>();
  let peeked = 0;
  for await (const message of bag.messages({ topics: [...topics] })) {
    peeked += 1;
    if (!frames.has(message.topic)) {
      const frameId = readOrSkip((each) => frameIdFromRos(each.decode()), message);
      if (frameId !== undefined) frames.set(message.topic, frameId);
    }
    if (frames.size === topics.size || peeked === MAX_PEEKED) break;
  }
  return asked.some(([color, part]) => {
    const [a, b] = [frames.get(color), frames.get(part)];
    return a !== undefined && b !== undefined && bareFrameId(a) !== bareFrameId(b);
  });
}

async function readLatched(
  bag: Bag,
  readers: readonly CameraReader[],
  fixedTransforms: ReadonlySet<string>,
  addTransforms: ((message: BagMessage, isStatic: boolean) => void) | undefined,
): Promise<void> {
  const names = readers.flatMap(({ camera }) => camera.labelInfo ?? []);
  const extrinsics = readers.flatMap(({ camera }) => camera.depthToColor ?? []);
  const topics = [...(addTransforms ? fixedTransforms : []), ...names, ...extrinsics];
  if (topics.length === 0) return;
  for await (const message of bag.messages({ topics })) {
    if (fixedTransforms.has(message.topic)) addTransforms?.(message, true);
    else if (extrinsics.includes(message.topic)) addExtrinsics(readers, message);
    else addLabelNames(readers, message);
  }
}

/** A damaged message is as one that was never sent: poses and joints say what they miss. */
function readOrSkip<T>(read: (message: BagMessage) => T, message: BagMessage): T | undefined {
  try {
    return read(message);
  } catch {
    return undefined;
  }
}

function addLabelNames(readers: readonly CameraReader[], message: BagMessage): void {
  for (const reader of readers) {
    if (reader.camera.labelInfo !== message.topic) continue;
    // Without names, the task's own label ids count.
    readOrSkip((each) => reader.addLabelNames(each), message);
  }
}

function addExtrinsics(readers: readonly CameraReader[], message: BagMessage): void {
  for (const reader of readers) {
    if (reader.camera.depthToColor !== message.topic) continue;
    readOrSkip((each) => reader.setDepthToColor(each.decode()), message);
  }
}

function newest(readers: readonly CameraReader[]): bigint {
  let newestNs = 0n;
  for (const { newestStampNs } of readers) if (newestStampNs > newestNs) newestNs = newestStampNs;
  return newestNs;
}
