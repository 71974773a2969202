import { messageOf } from "../../base/index.js";
import { ManagedNode } from "../node/ManagedNode.js";
import { parseRosArguments } from "../parameters/parseRosArguments.js";
import { RosError } from "../RosError.js";
import { loadRclnodejs } from "./loadRclnodejs.js";
import { RclMiddleware } from "./RclMiddleware.js";

export interface RosNodeOptions {
  /** Unless the arguments remap it. */
  readonly name: string;
  /** `/robot1`; unless the arguments remap it. */
  readonly namespace?: string;
  /** A command line: what stands in `--ros-args … --` counts. */
  readonly args?: readonly string[];
}

/** After this time the graph is discovered, and the node has declared its parameters. */
const DISCOVERY_MS = 3000;

/**
 * Opens a node on the ROS 2 that is sourced in this process' environment.
 *
 * @throws RosError if there is none, or rclnodejs is not installed
 * @throws ParameterError if the arguments are not ROS 2 arguments
 * @example
 * const node = await openRosNode({ name: "listener", args: process.argv.slice(2) });
 * fromTopic(node, "chatter", "std_msgs/msg/String", DEFAULT_QOS).subscribe(console.log);
 */
export async function openRosNode({
  name,
  namespace = "",
  args = [],
}: RosNodeOptions): Promise<ManagedNode> {
  const { rcl, parameters } = parseRosArguments(args);
  const { rclnodejs, native } = await loadRclnodejs();
  const context = new rclnodejs.Context();
  try {
    await rclnodejs.init(context, ["spatial-reward", ...rcl]);
  } catch (error) {
    throw new RosError(`ROS 2 does not accept the arguments ${rcl.join(" ")}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  try {
    const rclNode = rclnodejs.createNode(name, namespace, context, {
      startParameterServices: false,
      // Humble's rcl does it itself, and warns of a second time.
      enableRosout: process.env.ROS_DISTRO !== "humble",
    });
    const middleware = new RclMiddleware({ rclnodejs, native, context, node: rclNode });
    const node = new ManagedNode(middleware, parameters);
    rclNode.spin();
    setTimeout(() => {
      warnOfNamesakes(middleware);
      node.warnOfUnknownParameters();
    }, DISCOVERY_MS).unref();
    return node;
  } catch (error) {
    context.shutdown();
    throw error;
  }
}

/** The first line, without where in rcl it was found: `…, at ./src/rcl/arguments.c:1234`. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return message
    .split("\n", 1)
    .join("")
    .replace(/, at \S+:\d+$/, "");
}

function warnOfNamesakes(middleware: RclMiddleware): void {
  const others = middleware.namesakes() - 1;
  if (others < 1) return;
  middleware.log(
    "warn",
    `another node is also named ${middleware.fullName}: parameters and services of the two are ` +
      "mixed up. Rename one (--ros-args -r __node:=other, or a namespace)",
  );
}
