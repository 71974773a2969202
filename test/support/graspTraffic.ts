/**
 * A robot without finger joints that picks a thing up, puts it down 20 cm further and goes away, once
 * (GRASP_MOVES), told as it happens: /tf at 30 Hz and an image at 10 Hz, stamped with the wall clock. It
 * says `began <ms>`, when the moves begin by the wall clock; before and after them it stands still.
 *
 * Where the thing is, is told so: `hung` (while it is held, its frame hangs on the hand's), `moved`
 * (its frame stays below the base and moves with the hand), or not at all (`untold`).
 *
 *   node --import tsx graspTraffic.ts <app folder> hung|moved|untold
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Vec3 } from "../../src/base/index.js";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";
import { type BareRclnodejs, defaultQos, latchedQos, sensorQos } from "./BareRclnodejs.js";
import { graspScene, HELD_S } from "./graspScene.js";

/** For the graph to be found. */
const STANDS_MS = 4000;
const HZ = 30;
const IMAGE_EVERY = 3;
const SIZE = 8;

const [, , app = "", how = ""] = process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
const TF = "tf2_msgs/msg/TFMessage";
const definition = knownDefinition(TF);
if (definition === undefined) throw new Error(`${TF} is not known`);
const toCdr = cdrWriter(TF, definition);

await rclnodejs.init();
const node = rclnodejs.createNode("grasping_robot");
const tf = node.createPublisher(TF, "/tf", { qos: defaultQos(rclnodejs, 100) });
const fixed = node.createPublisher(TF, "/tf_static", { qos: latchedQos(rclnodejs, 10) });
const qos = sensorQos(rclnodejs, 5);
const images = node.createPublisher("sensor_msgs/msg/Image", "/camera/color/image_raw", { qos });
rclnodejs.spin(node);

type Link = readonly [parent: string, child: string, at: Vec3];

function message(stampMs: number, links: readonly Link[]): Buffer {
  const transforms = links.map(([parent, child, [x, y, z]]) => ({
    header: { stamp: stampOf(stampMs), frame_id: parent },
    child_frame_id: child,
    transform: { translation: { x, y, z }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  }));
  const { buffer, byteOffset, byteLength } = toCdr({ transforms });
  return Buffer.from(buffer, byteOffset, byteLength);
}

function stampOf(ms: number) {
  const sec = Math.floor(ms / 1000);
  return { sec, nanosec: Math.round((ms - sec * 1000) * 1e6) };
}

/** No two are equal: an image that was asked about before gets the answer that it had. */
function pictureOf(count: number): Uint8Array {
  const picture = new Uint8Array(3 * SIZE * SIZE);
  new DataView(picture.buffer).setInt32(0, count);
  return picture;
}

function thingLink(timeS: number): Link[] {
  if (how === "untold") return [];
  const hangs = how === "hung" && timeS >= HELD_S[0] && timeS < HELD_S[1];
  return hangs
    ? [["hand", "mug_frame", [0, 0, 0]]]
    : [["base", "mug_frame", graspScene(timeS).thing]];
}

const beginMs = Math.ceil(performance.timeOrigin + performance.now()) + STANDS_MS;
fixed.publish(message(beginMs, [["base", "optical", [0, 0, 1]]]));
let sent = -Math.round((STANDS_MS / 1000) * HZ);
const timer = setInterval(() => {
  // As many as are due: a timer of Node is late now and then.
  for (; beginMs + (sent * 1000) / HZ <= performance.timeOrigin + performance.now(); sent++) {
    const timeS = sent / HZ;
    const stampMs = beginMs + timeS * 1000;
    const { hand } = graspScene(timeS);
    tf.publish(message(stampMs, [["base", "hand", hand], ...thingLink(timeS)]));
    if (sent % IMAGE_EVERY !== 0) continue;
    images.publish({
      header: { stamp: stampOf(stampMs), frame_id: "optical" },
      ...{ height: SIZE, width: SIZE, encoding: "rgb8", is_bigendian: 0, step: 3 * SIZE },
      data: pictureOf(sent),
    });
  }
}, 5);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit();
});
console.log(`began ${beginMs}`);
