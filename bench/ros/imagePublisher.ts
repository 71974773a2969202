/**
 * Publishes images with rclnodejs, best effort, stamped with the wall clock: on each topic in turn
 * for some seconds, and that several times. Prints "slice <topic>" before each turn, and at the end
 * how many images were published on each topic.
 *
 *   node imagePublisher.js <app folder> <WxH> <raw|compressed> <hz> <seconds> <rounds> <topic...>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { type BareRclnodejs, sensorQos } from "../../test/support/BareRclnodejs.js";

/** Between two turns: what is on its way belongs to the turn before. */
const PAUSE_MS = 300;

const [, , app = "", size = "", transport, hzText, secondsText, roundsText, ...topics] =
  process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;
const [width = 0, height = 0] = size.split("x").map(Number);
const hz = Number(hzText);
const isRaw = transport === "raw";

await rclnodejs.init();
const node = rclnodejs.createNode("image_publisher");
const type = isRaw ? "sensor_msgs/msg/Image" : "sensor_msgs/msg/CompressedImage";
const qos = sensorQos(rclnodejs, 5);
const publishers = topics.map((topic) => ({
  topic,
  publisher: node.createPublisher(type, topic, { qos }),
}));
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
const count = Math.round(hz * Number(secondsText));
const published: Record<string, number> = {};
for (let round = 0; round < Number(roundsText); round++) {
  for (const { topic, publisher } of publishers) {
    console.log(`slice ${topic}`);
    const startMs = performance.now();
    for (let i = 0; i < count; i++) {
      const waitMs = startMs + (i * 1000) / hz - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      publisher.publish(messageAt(performance.timeOrigin + performance.now()));
    }
    published[topic] = (published[topic] ?? 0) + count;
    await sleep(PAUSE_MS);
  }
}
console.log("slice end");
console.log(JSON.stringify({ published }));
// The last image is on its way.
await sleep(500);
process.exit();
