/**
 * Publishes images with rclnodejs, best effort, stamped with the wall clock, and prints how many.
 *
 *   node imagePublisher.js <app folder> <topic> <WxH> <raw|compressed> <hz> <seconds>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { type BareRclnodejs, sensorQos } from "./BareRclnodejs.js";

const [, , app, topic, size, transport, hzText, secondsText] = process.argv as string[];
const rclnodejs = createRequire(join(app!, "package.json"))("rclnodejs") as BareRclnodejs;
const [width, height] = size!.split("x").map(Number) as [number, number];
const hz = Number(hzText);
const isRaw = transport === "raw";

await rclnodejs.init();
const node = rclnodejs.createNode("image_publisher");
const type = isRaw ? "sensor_msgs/msg/Image" : "sensor_msgs/msg/CompressedImage";
const qos = sensorQos(rclnodejs, 5);
const publisher = node.createPublisher(type, topic!, { qos });
rclnodejs.spin(node);

const picture = await sharp({
  create: {
    ...{ width: width / 4, height: height / 4, channels: 3, background: "black" },
    noise: { type: "gaussian", mean: 128, sigma: 40 },
  },
})
  .resize(width, height)
  .raw()
  .toBuffer();
// A memory of its own: a pooled one would be published whole.
const data = new Uint8Array(
  isRaw
    ? picture
    : await sharp(picture, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer(),
);

function messageAt(nowMs: number): unknown {
  const sec = Math.floor(nowMs / 1000);
  const header = {
    stamp: { sec, nanosec: Math.floor((nowMs - sec * 1000) * 1e6) },
    frame_id: "bench",
  };
  const is_bigendian = 0;
  return isRaw
    ? { header, width, height, encoding: "rgb8", is_bigendian, step: width * 3, data }
    : { header, format: "rgb8; jpeg compressed bgr8", data };
}

// Discovery.
await sleep(2000);
const startMs = performance.now();
const count = Math.round(hz * Number(secondsText));
for (let i = 0; i < count; i++) {
  const dueMs = startMs + (i * 1000) / hz;
  const waitMs = dueMs - performance.now();
  if (waitMs > 0) await sleep(waitMs);
  publisher.publish(messageAt(performance.timeOrigin + performance.now()));
}
console.log(JSON.stringify({ published: count, tookS: (performance.now() - startMs) / 1000 }));
// The last image is on its way.
await sleep(500);
process.exit();
