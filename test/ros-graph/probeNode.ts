/**
 * A small node of the library's parts, for tests: node probeNode.mjs --ros-args …
 * It says what happens to it, a line of JSON each.
 */
import { runRosNode } from "../../src/cli/runRosNode.js";
import { DEFAULT_QOS, fromTopic, SENSOR_QOS } from "../../src/ros/index.js";

const say = (what: unknown): void =>
  console.log(
    JSON.stringify(what, (_, value) => (typeof value === "bigint" ? String(value) : value)),
  );

await runRosNode("probe", process.argv.slice(2), async (node, signal) => {
  const rate = node.declareParameter({
    name: "rate",
    defaultValue: 10,
    description: "turns of the wheel, in Hz",
    range: [0.5, 60],
  });
  const cameras = node.declareParameter({
    name: "cameras",
    defaultValue: ["/camera"],
    description: "base topics",
    readOnly: true,
  });
  say({ name: node.fullName, rate, cameras, topic: node.resolveTopic("chatter") });
  node.onParameterChange((changes) =>
    changes.get("rate") === 13 ? "13 brings bad luck" : undefined,
  );
  const does = (name: string) => () => {
    say({ does: name });
    return name !== "cleanup";
  };
  node.manage({
    configure: does("configure"),
    activate: does("activate"),
    deactivate: does("deactivate"),
    cleanup: does("cleanup"),
    shutdown: does("shutdown"),
  });
  node.onTimeJumpBack((from, to) => say({ from, to }));
  const echo = node.advertise("echo", "std_msgs/msg/String", DEFAULT_QOS);
  fromTopic(node, "chatter", "std_msgs/msg/String", SENSOR_QOS).subscribe((message) => {
    echo.publish(message);
    say({ heard: message, at: node.now() });
  });
  const data = Buffer.from("one of many small buffers in a pool");
  fromTopic(node, "bytes", "std_msgs/msg/UInt8MultiArray", DEFAULT_QOS).subscribe((message) =>
    say({ bytes: Buffer.from((message as { data: Uint8Array }).data).toString() }),
  );
  const bytes = node.advertise("bytes", "std_msgs/msg/UInt8MultiArray", DEFAULT_QOS);
  node.serve("~/publishers", "std_srvs/srv/Trigger", async () => {
    bytes.publish({ data });
    return { success: true, message: JSON.stringify(node.publishersOf("chatter")) };
  });
  let release: (value?: unknown) => void = () => undefined;
  node.serve("~/slow", "std_srvs/srv/Trigger", async () => {
    await new Promise((resolve) => {
      release = resolve;
    });
    return { success: true, message: "at last" };
  });
  node.serve("~/release", "std_srvs/srv/Trigger", async () => {
    release();
    return { success: true, message: "released" };
  });
  node.serve("~/broken", "std_srvs/srv/Trigger", async () => {
    throw new Error("it is broken");
  });
  say("ready");
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  say("flushed");
});
