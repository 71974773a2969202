/**
 * A camera that sends video, ten pictures a second and over and over, until SIGTERM; picture N of a
 * pass has luma 16 + 7 N, and its stamp is N tenths after a multiple of the pass. It says "ready"
 * when it has begun.
 *
 *   node --import tsx videoTraffic.ts <app folder> <topic> <type> <codec>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";
import type { StreamCodec } from "../../src/video/index.js";
import { packetsOf } from "../video/packets.js";
import { type BareRclnodejs, defaultQos } from "./BareRclnodejs.js";

const PERIOD_MS = 100;

const [, , app = "", topic = "", type = "", codec = ""] = process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
const definition = knownDefinition(type);
if (definition === undefined) throw new Error(`${type} is not known`);
const toCdr = cdrWriter(type, definition);
const packets = await packetsOf(codec as StreamCodec);
const passMs = packets.length * PERIOD_MS;

await rclnodejs.init();
const node = rclnodejs.createNode("video_camera");
const publisher = node.createPublisher(type, topic, { qos: defaultQos(rclnodejs, 10) });
rclnodejs.spin(node);

/** Of each of the types, what it has; a field that a type does not have is not written. */
function message(stampMs: number, data: Uint8Array): Buffer {
  const stamp = { sec: Math.floor(stampMs / 1000), nanosec: (stampMs % 1000) * 1e6 };
  const frame_id = "video_optical";
  const { buffer, byteOffset, byteLength } = toCdr({
    ...{ header: { stamp, frame_id }, timestamp: stamp, frame_id },
    ...{ format: codec, encoding: `${codec};yuv420p;bgr8;bgr8` },
    ...{ width: 64, height: 64, pts: 0n, flags: 0, is_bigendian: false, data },
  });
  return Buffer.from(buffer, byteOffset, byteLength);
}

const startMs = Math.ceil((performance.timeOrigin + performance.now()) / passMs) * passMs;
let sent = 0;
const timer = setInterval(() => {
  const nowMs = performance.timeOrigin + performance.now();
  // As many as are due: a timer of Node is late now and then.
  for (; startMs + sent * PERIOD_MS <= nowMs; sent++) {
    const pass = Math.floor(sent / packets.length);
    const packet = packets[sent % packets.length];
    if (!packet) return;
    publisher.publish(
      message(startMs + pass * passMs + Number(packet.time) * PERIOD_MS, packet.data),
    );
  }
}, PERIOD_MS / 4);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit();
});
console.log("ready");
