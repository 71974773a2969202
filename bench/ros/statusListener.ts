/**
 * Hears the bridge's status; prints on SIGTERM the last counts of each camera.
 *
 *   node statusListener.js <app folder>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type BareRclnodejs, defaultQos } from "../../test/support/BareRclnodejs.js";

const NAMES = ["in", "annotated", "dropped", "failed", "pending", "lost"];
const app = process.argv[2] ?? "";
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
await rclnodejs.init();
const node = rclnodejs.createNode("status_listener");
let cameras: Record<string, number>[] = [];
const type = "spatial_reward_msgs/msg/BridgeStatus";
node.createSubscription(
  type,
  "/spatial_reward/status",
  { qos: defaultQos(rclnodejs, 10) },
  (message) => {
    const status = message as { cameras: Record<string, bigint | number>[] };
    if (status.cameras.length === 0) return;
    cameras = status.cameras.map((camera) =>
      Object.fromEntries(NAMES.map((name) => [name, Number(camera[`frames_${name}`])])),
    );
  },
);
process.on("SIGTERM", () => {
  // Not before a pipe has taken all of it.
  process.stdout.write(`${JSON.stringify({ cameras })}\n`, () => process.exit());
});
rclnodejs.spin(node);
console.log("ready");
