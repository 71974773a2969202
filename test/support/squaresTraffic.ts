/**
 * A camera that sees two squares (rgbdRecording.ts), at 10 Hz, stamped with the wall clock, until
 * SIGTERM. It says "ready" when it has begun. What lies beside colour and camera_info:
 *
 * - `misnamed`: a picture of depth on /cam/depth/image_raw, depth on /cam/range/image, ids on
 *   /cam/result/image
 * - `boxes`, `masks`: depth, and the squares as yolo_ros tells them on /cam/yolo/detections
 *
 *   node --import tsx squaresTraffic.ts <app folder> misnamed|boxes|masks
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";
import { type BareRclnodejs, defaultQos } from "./BareRclnodejs.js";
import {
  colorPart,
  depthPart,
  infoPart,
  type RecordedPart,
  rawImage,
  SIDE,
  SQUARES,
  squareIds,
} from "./rgbdRecording.js";

const PERIOD_MS = 100;

const [, , app = "", how = ""] = process.argv;
const rclnodejs = createRequire(join(app, "package.json"))("rclnodejs") as BareRclnodejs;

function partsBeside(): RecordedPart[] {
  if (how === "misnamed") {
    const ids = new Uint8Array(Int32Array.from(squareIds()).buffer);
    return [
      colorPart("/cam/depth/image_raw"),
      depthPart("/cam/range/image"),
      { ...depthPart("/cam/result/image"), content: rawImage("32SC1", ids) },
    ];
  }
  return [depthPart()];
}

/** yolo_msgs/msg/DetectionArray without its header: what is not given is as in a new message. */
function detections() {
  return SQUARES.map(({ id, left, top }) => {
    const [right, bottom] = [left + SIDE, top + SIDE];
    const corners = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ].map(([x, y]) => ({ x, y }));
    return {
      ...{ class_id: id, class_name: id === 1 ? "left" : "right", score: 0.9, id: String(id) },
      bbox: {
        center: { position: { x: left + SIDE / 2, y: top + SIDE / 2 }, theta: 0 },
        size: { x: SIDE, y: SIDE },
      },
      ...(how === "masks" && { mask: { height: 48, width: 64, data: corners } }),
    };
  });
}

await rclnodejs.init();
const node = rclnodejs.createNode("squares_camera");
const qos = defaultQos(rclnodejs, 5);
type Publish = (header: object) => void;

const senders = [colorPart(), infoPart(), ...partsBeside()].map(
  ({ topic, type, content }): Publish => {
    const publisher = node.createPublisher(type, topic, { qos });
    const definition = knownDefinition(type);
    if (definition === undefined) throw new Error(`${type} is not known`);
    const toCdr = cdrWriter(type, definition);
    return (header) => {
      const { buffer, byteOffset, byteLength } = toCdr({ header, ...content });
      publisher.publish(Buffer.from(buffer, byteOffset, byteLength));
    };
  },
);
if (how !== "misnamed") {
  const type = "yolo_msgs/msg/DetectionArray";
  const publisher = node.createPublisher(type, "/cam/yolo/detections", { qos });
  senders.push((header) => publisher.publish({ header, detections: detections() }));
}
rclnodejs.spin(node);

const timer = setInterval(() => {
  const nowMs = performance.timeOrigin + performance.now();
  const sec = Math.floor(nowMs / 1000);
  const stamp = { sec, nanosec: Math.floor((nowMs - sec * 1000) * 1e6) };
  for (const send of senders) send({ stamp, frame_id: "cam_optical" });
}, PERIOD_MS);
process.on("SIGTERM", () => {
  clearInterval(timer);
  process.exit();
});
console.log("ready");
