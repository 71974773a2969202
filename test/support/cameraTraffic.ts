/**
 * Three faulty cameras, at 10 Hz until SIGTERM: /frozen shows one picture for ever, /unstamped has
 * stamps of 0, /lossy lacks every third image. It says "ready" when it has begun.
 *
 *   node --import tsx cameraTraffic.ts <app folder>
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { type BareRclnodejs, sensorQos } from "./BareRclnodejs.js";

const TYPE = "sensor_msgs/msg/Image";
const PERIOD_MS = 100;
const SIZE = 16;

const rclnodejs = createRequire(join(process.argv[2] ?? "", "package.json"))(
  "rclnodejs",
) as BareRclnodejs;
await rclnodejs.init();
const node = rclnodejs.createNode("cameras");
const qos = sensorQos(rclnodejs, 5);
const publisherOf = (camera: string) => node.createPublisher(TYPE, `/${camera}/image_raw`, { qos });
const [frozen, unstamped, lossy] = ["frozen", "unstamped", "lossy"].map(publisherOf);
rclnodejs.spin(node);

/** The stamps are as regular as a camera's, however late this process is. */
function image(stampMs: number, level: number): unknown {
  const stamp = { sec: Math.floor(stampMs / 1000), nanosec: (stampMs % 1000) * 1e6 };
  return {
    header: { stamp, frame_id: "camera_optical" },
    ...{ height: SIZE, width: SIZE, encoding: "rgb8", is_bigendian: 0, step: 3 * SIZE },
    data: new Uint8Array(3 * SIZE * SIZE).fill(level),
  };
}

const startMs = Math.floor(performance.timeOrigin + performance.now());
let sent = 0;
const timer = setInterval(() => {
  const stampMs = startMs + sent * PERIOD_MS;
  frozen?.publish(image(stampMs, 7));
  unstamped?.publish(image(0, sent % 256));
  if (sent % 3 > 0) lossy?.publish(image(stampMs, sent % 256));
  sent += 1;
}, PERIOD_MS);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit();
});
console.log("ready");
