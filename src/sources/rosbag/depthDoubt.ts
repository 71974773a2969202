import { UserError } from "../../base/index.js";
import {
  bareFrameId,
  type CameraInfoResult,
  type CameraTopics,
  COMPRESSED_IMAGE,
  cameraInfoFromRos,
  compressedImageFromRos,
  type DepthDoubt,
  decodeDepth,
  FrameError,
  type GripperDepth,
  gripperDepth,
  type Headed,
  IMAGE,
  imageFromRos,
  isDisparity,
  isRectified,
  type SourceImage,
  type StampedTransform,
  TransformBuffer,
  transformsFromRos,
  wrongDepthScale,
} from "../../camera/index.js";
import type { Bag, BagMessage } from "./Bag.js";
import { transformTopics } from "./transformTopics.js";

/** Places in the recording that are looked at. */
const PLACES = 24;
/** Messages of so long around each, ns. */
const AROUND_NS = 150_000_000n;

/**
 * Why the depth of a camera cannot be in its unit, by where the robot's transforms say that its
 * gripper is; undefined where they agree, or where that is not certain. Looks at some images that
 * are spread over the whole recording.
 *
 * @param gripperFrame TF frame of the gripper
 */
export async function depthDoubt(
  bag: Bag,
  camera: CameraTopics,
  gripperFrame: string,
): Promise<DepthDoubt | undefined> {
  const { depth } = camera;
  const type = bag.info.topics.find(({ name }) => name === depth)?.type;
  if (depth === undefined || isDisparity(depth) || !(type === IMAGE || type === COMPRESSED_IMAGE)) {
    return undefined;
  }
  const look = await lookAt(bag, { ...camera, depth }, gripperFrame);
  const samples: GripperDepth[] = [];
  for (let i = 0n; i < PLACES; i++) {
    const { startNs, endNs } = bag.info;
    const atNs = startNs + ((endNs - startNs) * (2n * i + 1n)) / BigInt(2 * PLACES);
    const sample = await look(atNs);
    if (sample) samples.push(sample);
  }
  const scale = wrongDepthScale(samples);
  if (!scale) return undefined;
  const percent = Math.ceil((100 * scale.sigma) / scale.factor);
  return {
    factor: scale.factor,
    evidence:
      `${depth} shows the gripper (TF frame ${gripperFrame}) ${scale.factor.toPrecision(3)} times as far ` +
      `away as the transforms say (± ${percent} %, by ${samples.length} images)`,
  };
}

interface DepthCamera extends CameraTopics {
  readonly depth: string;
}

/** Looks at the depth image that is nearest before a time, or after it. */
async function lookAt(
  bag: Bag,
  camera: DepthCamera,
  gripperFrame: string,
): Promise<(atNs: bigint) => Promise<GripperDepth | undefined>> {
  const info = await firstInfo(bag, camera);
  if (!info) return async () => undefined;
  const tf = transformTopics(bag.info.topics);
  const fixed: StampedTransform[] = [];
  for await (const message of bag.messages({ topics: [...tf.fixed] })) {
    fixed.push(...(unlessBroken(() => transformsFromRos(message.decode())) ?? []));
  }
  const { depth } = camera;
  return async (atNs) => {
    const transforms = new TransformBuffer();
    transforms.add(fixed, true);
    let image: Headed<SourceImage> | undefined;
    const around = { startNs: atNs - AROUND_NS, endNs: atNs + AROUND_NS };
    for await (const message of bag.messages({ topics: [depth, ...tf.moving], ...around })) {
      if (message.topic === depth) {
        if (!image || message.logNs <= atNs) image = unlessBroken(() => ownImage(message)) ?? image;
      } else {
        const moved = unlessBroken(() => transformsFromRos(message.decode()));
        transforms.add(moved ?? [], false);
      }
    }
    if (!image || bareFrameId(image.frameId) !== bareFrameId(info.frameId)) return undefined;
    const pose = transforms.lookup(image.frameId, gripperFrame, image.stampNs);
    if (!pose.ok) return undefined;
    try {
      // Declared, so that pictures that are impossible by themselves count as well.
      const unitM = camera.depthUnitM ?? usualUnitM(image.image);
      const map = await decodeDepth({ ...image.image, depthOrigin: { topic: depth, unitM } });
      return gripperDepth(map, info.info, pose.pose.position);
    } catch (error) {
      // Told where the frame is read.
      if (error instanceof FrameError) return undefined;
      throw error;
    }
  };
}

/** By REP 118. */
function usualUnitM(image: SourceImage): number {
  const encoding = image.kind === "raw" ? image.encoding : image.format;
  return encoding.startsWith("32FC1") ? 1 : 0.001;
}

type KnownInfo = Extract<CameraInfoResult, { ok: true }>;

/** Of the camera that takes the depth images. */
async function firstInfo(bag: Bag, camera: DepthCamera): Promise<KnownInfo | undefined> {
  const topic = camera.depthInfo ?? camera.info;
  if (topic === undefined) return undefined;
  const options = { topic, isRectified: isRectified(camera.depth) };
  for await (const message of bag.messages({ topics: [topic] })) {
    const result = unlessBroken(() => cameraInfoFromRos(message.decode(), options));
    if (result?.ok) return result;
  }
  return undefined;
}

/** With its own bytes: others of the same chunk come before it is decoded. */
function ownImage(message: BagMessage): Headed<SourceImage> {
  const content = message.decode();
  const headed =
    message.type === COMPRESSED_IMAGE ? compressedImageFromRos(content) : imageFromRos(content);
  return { ...headed, image: { ...headed.image, data: new Uint8Array(headed.image.data) } };
}

/** A damaged message tells nothing; what it costs is told where it is used. */
function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
