import { rosTimeOf } from "../../src/base/index.js";
import { BagWriter } from "../../src/sources/index.js";

const START_NS = 1_700_000_000_000_000_000n;
const STEP_NS = 100_000_000n;

export const TASK = `name: pick
objects:
  gripper: { phrase: the robot gripper, frame: gripper }
  mug: { phrase: the red mug, frame: mug }
measurements:
  to_mug: { kind: distance, subject: gripper, object: mug }
reward:
  terms: { near: -to_mug }
`;

export interface AnnotatedBagOptions {
  readonly images?: number;
  /** `simulation` metadata; none where absent. */
  readonly outcome?: string;
  readonly withTask?: boolean;
  /** The text of the task in the bag. */
  readonly task?: string;
  readonly withTf?: boolean;
  readonly withRewards?: boolean;
  /** How much later than its image a reward is logged, ns: a live recording. */
  readonly latencyNs?: bigint;
  /** Added to every measured distance. */
  readonly biasM?: number;
  readonly episode?: string;
  /** What the values of the images from the i-th on are said to rest on. */
  readonly basis?: { readonly name: string; readonly from: number };
}

/**
 * An annotated bag: the gripper closes in on the mug along the table's x axis, seen by a camera
 * that hangs still; a bowl moves beside them.
 */
export async function writeAnnotatedBag(
  path: string,
  {
    images = 30,
    outcome,
    withTask = true,
    task = TASK,
    withTf = true,
    withRewards = true,
    latencyNs = 0n,
    biasM = 0,
    episode = "run1",
    basis,
  }: AnnotatedBagOptions = {},
): Promise<void> {
  const writer = await BagWriter.create(path);
  const tf = "tf2_msgs/msg/TFMessage";
  await writer.addTopic({ name: "/tf", type: tf });
  await writer.addTopic({ name: "/tf_static", type: tf, qos: "latched" });
  const messages: { topic: string; logNs: bigint; message: unknown }[] = [];
  if (withRewards) {
    await writer.addTopic({
      name: "/spatial_reward/reward",
      type: "spatial_reward_msgs/msg/DenseReward",
    });
    await writer.addTopic({
      name: "/spatial_reward/facts",
      type: "spatial_reward_msgs/msg/SpatialFacts",
    });
  }
  if (withTf) {
    const camera = transform("world", "camera_optical", START_NS, [0, 0, -2]);
    messages.push({ topic: "/tf_static", logNs: START_NS, message: { transforms: [camera] } });
  }
  for (let i = 0; i < images; i++) {
    const stampNs = START_NS + BigInt(i) * STEP_NS;
    const distance = distanceAt(i, images);
    if (withTf) {
      const transforms = [
        transform("world", "mug", stampNs, [0.5, 0, 0]),
        transform("world", "gripper", stampNs, [0.5 - distance, 0, 0]),
        transform("world", "bowl", stampNs, [0.5, 0.3 + 0.2 * Math.sin(i), 0]),
      ];
      messages.push({ topic: "/tf", logNs: stampNs, message: { transforms } });
    }
    if (!withRewards) continue;
    const header = { stamp: rosTimeOf(stampNs), frame_id: "camera_optical" };
    const measured = distance + biasM;
    const common = { header, camera: "front", model: "rgbd" };
    messages.push(
      {
        topic: "/spatial_reward/reward",
        logNs: stampNs + latencyNs,
        message: {
          ...common,
          task: "pick",
          episode,
          reward: -measured,
          progress: 1 - distance,
          measurement_names: ["to_mug"],
          measurement_values: [measured],
          measurement_sigmas: [0.01],
          measurement_validity: [0],
          measurement_bases: [basis && i >= basis.from ? basis.name : ""],
          ended: outcome === "success" && i === images - 1 ? "success" : "",
        },
      },
      {
        topic: "/spatial_reward/facts",
        logNs: stampNs + latencyNs,
        message: {
          ...common,
          facts: [
            // The third image's question got no answer.
            i === 2
              ? { name: "to_mug", valid: false, value: Number.NaN }
              : { name: "to_mug", valid: true, value: measured + 0.02 },
          ],
        },
      },
    );
  }
  messages.sort((a, b) => Number(a.logNs - b.logNs));
  for (const { topic, logNs, message } of messages) await writer.write(topic, logNs, message);
  if (outcome !== undefined) {
    await writer.addMetadata("simulation", new Map([["outcome", outcome]]));
  }
  if (withTask) await writer.addMetadata("spatial_reward", new Map([["task", task]]));
  await writer.close();
}

export function distanceAt(index: number, images = 30): number {
  return 0.4 * (1 - index / images);
}

function transform(
  parent: string,
  child: string,
  stampNs: bigint,
  [x, y, z]: readonly [number, number, number],
) {
  return {
    header: { stamp: rosTimeOf(stampNs), frame_id: parent },
    child_frame_id: child,
    transform: { translation: { x, y, z }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  };
}
