/**
 * Hears the bridge's rewards and status; prints on SIGTERM about how many images the bridge received,
 * and how late each reward was: from the image's stamp until its message was here, less the model's
 * time. What it takes to decode the message is this program's own affair, and left out.
 *
 *   node rewardListener.js <app folder> <name of the bridge's node>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { cdrReader } from "../../src/sources/cdr.js";
import { type BareRclnodejs, defaultQos } from "../../test/support/BareRclnodejs.js";

interface Reward {
  readonly header: { readonly stamp: { readonly sec: number; readonly nanosec: number } };
  readonly latency_ms: number;
}
interface Status {
  readonly model_state: number;
  readonly cameras: readonly { readonly input_rate: number }[];
}

/** BridgeStatus.MODEL_READY */
const READY = 2;

const [, , app = "", bridge = ""] = process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
await rclnodejs.init();
const node = rclnodejs.createNode(`${bridge}_listener`);
const agesMs: number[] = [];
let received = 0;
let isReady = false;
const options = { qos: defaultQos(rclnodejs, 100) };
const rewardType = "spatial_reward_msgs/msg/DenseReward";
const decodeReward = cdrReader(rewardType);
const asBytes = { ...options, isRaw: true };
node.createSubscription(rewardType, `/${bridge}/reward`, asBytes, (message) => {
  const nowMs = performance.timeOrigin + performance.now();
  const { header, latency_ms } = decodeReward(message as Uint8Array) as Reward;
  const { sec, nanosec } = header.stamp;
  agesMs.push(nowMs - (sec * 1000 + nanosec / 1e6) - latency_ms);
});
const statusType = "spatial_reward_msgs/msg/BridgeStatus";
node.createSubscription(statusType, `/${bridge}/status`, options, (message) => {
  const { cameras, model_state } = message as Status;
  // Of the last second, once a second.
  received += cameras[0]?.input_rate ?? 0;
  if (model_state === READY && !isReady) {
    isReady = true;
    console.log("model ready");
  }
});
process.on("SIGTERM", () => {
  // Not before a pipe has taken all of it.
  process.stdout.write(`${JSON.stringify({ received, agesMs })}\n`, () => process.exit());
});
rclnodejs.spin(node);
console.log("ready");
