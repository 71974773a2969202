/**
 * Asks the bridge a question about its newest image ten times a second; prints on SIGTERM how long
 * each answer took, ms, and how many there were that were no answers.
 *
 *   node serviceCaller.js <app folder>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { BareRclnodejs } from "../../test/support/BareRclnodejs.js";

const SERVICE = "spatial_reward_msgs/srv/AskSpatial";
const app = process.argv[2] ?? "";
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
await rclnodejs.init();
const node = rclnodejs.createNode("service_caller");
const client = node.createClient(SERVICE, "/spatial_reward/ask_spatial");
rclnodejs.spin(node);
const tookMs: number[] = [];
let refused = 0;
process.on("SIGTERM", () => {
  // Not before a pipe has taken all of it.
  process.stdout.write(`${JSON.stringify({ tookMs, refused })}\n`, () => process.exit());
});
console.log("ready");
setInterval(() => {
  const startMs = performance.now();
  client.sendRequest({ kind: "distance", subject: "a", object: "b" }, (response) => {
    tookMs.push(performance.now() - startMs);
    if (!(response as { success: boolean }).success) refused += 1;
  });
}, 100);
