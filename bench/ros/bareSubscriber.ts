/**
 * The base of the ratios: a bare rclnodejs subscription that only looks at the stamp. Prints on
 * SIGTERM how many images came and how old they were.
 *
 *   node bareSubscriber.js <app folder> <topic> <type>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type BareRclnodejs, sensorQos } from "../../test/support/BareRclnodejs.js";

interface Stamped {
  readonly header: { readonly stamp: { readonly sec: number; readonly nanosec: number } };
}

const [, , app, topic, type] = process.argv as string[];
const rclnodejs = createRequire(join(app!, "package.json"))("rclnodejs") as BareRclnodejs;
await rclnodejs.init();
const node = rclnodejs.createNode("bare_subscriber");
const agesMs: number[] = [];
node.createSubscription(type!, topic!, { qos: sensorQos(rclnodejs, 5) }, (message) => {
  const { sec, nanosec } = (message as Stamped).header.stamp;
  agesMs.push(performance.timeOrigin + performance.now() - (sec * 1000 + nanosec / 1e6));
});
process.on("SIGTERM", () => {
  // Not before a pipe has taken all of it.
  process.stdout.write(`${JSON.stringify({ received: agesMs.length, agesMs })}\n`, () =>
    process.exit(),
  );
});
rclnodejs.spin(node);
console.log("ready");
