import { afterEach, describe, expect, it } from "vitest";
import { hangs } from "../models/endpoint/FakeServer.js";
import { ask, callsTools, conclude, scriptedLlm } from "../reason/llmServer.js";
import { endAll, hasRos, launch, type RosProcess, ros2, ros2Output } from "./RosProcess.js";

const ACTION = ["/spatial_reward/reason", "spatial_reward_msgs/action/Reason"];
const WAY = "Is it at most 3 m from the gripper to the red mug and on to the blue tray?";

function send(question: string): RosProcess {
  return ros2("action", "send_goal", "--feedback", ...ACTION, `{question: "${question}"}`);
}

/** The simulated table top with a bridge that has seen it. */
async function startTable(llm: string): Promise<RosProcess> {
  const table = launch("sim.launch.py", "vlm:=rgbd", ...(llm === "" ? [] : [`llm:=${llm}`]));
  await table.says(/model rgbd is ready/);
  await ros2Output("topic", "echo", "--once", "/spatial_reward/reward_value");
  return table;
}

describe.skipIf(!hasRos)("the action reason on a graph", () => {
  afterEach(endAll);

  it("is served while the parameter llm is set, and gives feedback and result", async () => {
    await startTable("");
    const actions = () =>
      ros2Output("node", "info", "--no-daemon", "--spin-time", "3", "/spatial_reward");
    expect(await actions()).not.toContain("/spatial_reward/reason");
    await ros2Output("param", "set", "--no-daemon", "/spatial_reward", "llm", "planner");
    expect(await actions()).toContain("/spatial_reward/reason: spatial_reward_msgs/action/Reason");

    const goal = send(WAY);
    expect(await goal.exit()).toBe(0);
    expect(goal.output).toMatch(/Feedback:\s+turn: 1\s+steps:\s+- kind: ask/);
    // Feedback of the later turns may be overtaken by the result, with which send_goal ends.
    expect(goal.output).toMatch(/transcript: .*a1 \+ a2 <= 3 m/);
    expect(goal.output).toMatch(/Result:\s+success: true[\s\S]*answer: '?yes'?\n/);
    expect(goal.output).toMatch(/frame_id: camera_color_optical_frame/);
    expect(goal.output).toMatch(/finished with status: SUCCEEDED/);

    const unknown = send("Why is there a mug?");
    await unknown.exit();
    expect(unknown.output).toMatch(/message: 'unknown: the planner knows no such question'/);
    expect(unknown.output).toMatch(/finished with status: ABORTED/);

    await ros2Output("param", "set", "--no-daemon", "/spatial_reward", "llm", "''");
    expect(await actions()).not.toContain("/spatial_reward/reason");
  });

  it("asks a language model behind a server, and is cancelled while that thinks", async () => {
    const server = await scriptedLlm(
      callsTools(ask("How wide is the red mug?")),
      callsTools(conclude("8 cm", "that was answered")),
      hangs,
    );
    const table = await startTable(`${server.url}#llm`);
    const goal = send("How wide is the mug?");
    expect(await goal.exit()).toBe(0);
    expect(goal.output).toMatch(/kind: ask\s+said: How wide is the red mug\?\s+name: a1/);
    expect(goal.output).toMatch(/answer: 8 cm\n/);
    expect(goal.output).toMatch(/status: SUCCEEDED/);

    const cancelled = send("How wide is the mug?");
    await server.arrived(3);
    // Of all goals; Humble's send_goal cannot cancel on Ctrl-C, its context is shut down by then.
    await ros2Output(
      ...["service", "call", `${ACTION[0]}/_action/cancel_goal`],
      ...["action_msgs/srv/CancelGoal", "{}"],
    );
    await cancelled.exit();
    expect(cancelled.output).toMatch(/message: the goal was canceled/);
    expect(cancelled.output).toMatch(/status: CANCELED/);
    await table.says(/reason: the goal was canceled/);
    const before = await ros2Output("topic", "echo", "--once", "/spatial_reward/reward_value");
    expect(before).toMatch(/data: /);
    await server.stop();
    expect(await table.end()).toBe(0);
  });
});
