/**
 * The transforms of a robot, as robot_state_publisher sends them: /tf at a rate, /tf_static once,
 * stamped with the wall clock, until SIGTERM. It says "ready" when it has begun.
 *
 *   node --import tsx tfTraffic.ts <app folder> <hz> <transforms in a message>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";
import { type BareRclnodejs, defaultQos, latchedQos } from "./BareRclnodejs.js";

const [, , app = "", hz, links] = process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
const TYPE = "tf2_msgs/msg/TFMessage";
const definition = knownDefinition(TYPE);
if (definition === undefined) throw new Error(`${TYPE} is not known`);
const toCdr = cdrWriter(TYPE, definition);

await rclnodejs.init();
const node = rclnodejs.createNode("robot_state_publisher");
const tf = node.createPublisher(TYPE, "/tf", { qos: defaultQos(rclnodejs, 100) });
const fixed = node.createPublisher(TYPE, "/tf_static", { qos: latchedQos(rclnodejs, 100) });
rclnodejs.spin(node);

function message(parents: readonly (readonly [string, string])[], x: number): Buffer {
  const nowMs = performance.timeOrigin + performance.now();
  const sec = Math.floor(nowMs / 1000);
  const stamp = { sec, nanosec: Math.floor((nowMs - sec * 1000) * 1e6) };
  const transforms = parents.map(([parent, child]) => ({
    header: { stamp, frame_id: parent },
    child_frame_id: child,
    transform: { translation: { x, y: 0, z: 0.1 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  }));
  const { buffer, byteOffset, byteLength } = toCdr({ transforms });
  return Buffer.from(buffer, byteOffset, byteLength);
}

const chain = Array.from(
  { length: Number(links) },
  (_, i) => [i === 0 ? "robot_base" : `robot_link_${i}`, `robot_link_${i + 1}`] as const,
);
fixed.publish(message([["robot_base", "robot_camera_optical_frame"]], 0.2));
const periodMs = 1000 / Number(hz);
const startMs = performance.now();
let sent = 0;
const timer = setInterval(
  () => {
    // As many as are due: a timer of Node is late now and then.
    for (; sent * periodMs <= performance.now() - startMs; sent++) {
      tf.publish(message(chain, Math.sin(sent / 100)));
    }
  },
  Math.max(1, periodMs),
);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit();
});
console.log("ready");
