import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { endAll, hasRos, RosProcess, ros2, ros2Output } from "./RosProcess.js";

/** Beside the packages that the workspace has installed, of which it needs rclnodejs. */
const PROBE = join(inject("rosApp") ?? "", "probeNode.mjs");

function probe(...args: string[]): RosProcess {
  return new RosProcess(process.execPath, [PROBE, "--ros-args", ...args]);
}

const TRIGGER = "std_srvs/srv/Trigger";

describe.skipIf(!hasRos)("a node over rclnodejs", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ros-node-"));
    await build({
      ...{ entryPoints: [join(import.meta.dirname, "probeNode.ts")], outfile: PROBE },
      ...({ bundle: true, packages: "external", platform: "node", format: "esm" } as const),
      target: "node20",
    });
  });
  afterEach(endAll);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(PROBE);
  });

  it("takes its parameters from YAML under a namespace, as launch writes it", async () => {
    const file = join(folder, "params.yaml");
    const parameters = "ros__parameters: {rate: 5, cameras: [/left, /right]}";
    writeFileSync(file, `/**: {ros__parameters: {rate: 1.0}}\n/robot1/eye: {${parameters}}\n`);
    const node = probe(
      ...["-r", "__ns:=/robot1", "-r", "__node:=eye", "-r", "chatter:=talk"],
      ...["--params-file", file, "-p", "rat:=7"],
    );
    await node.says(/"ready"/);
    expect(JSON.parse(node.stdout.split("\n")[0]!)).toEqual({
      name: "/robot1/eye",
      rate: 5,
      cameras: ["/left", "/right"],
      topic: "/robot1/talk",
    });
    await node.says(/-p rat:=7: this node has no parameter rat/);
  });

  it("ends with a line that names the parameter which is wrong", async () => {
    const node = probe("-p", "cameras:=[1, 2]");
    expect(await node.exit()).toBe(1);
    expect(node.output).toContain(
      "parameter cameras: wants a list of strings, got [1,2] (-p cameras:=[1, 2])",
    );
  });

  it("has its parameters described, changed and refused by ros2 param", async () => {
    const node = probe();
    await node.says(/"ready"/);
    const description = await ros2Output("param", "describe", "/probe", "rate");
    expect(description).toMatch(/turns of the wheel, in Hz.*Min value: 0.5.*Max value: 60/s);
    expect(await ros2Output("param", "set", "/probe", "rate", "5")).toContain("successful");
    expect(await ros2Output("param", "get", "/probe", "rate")).toContain("Double value is: 5.0");
    for (const [name, value, reason] of [
      ["rate", "100", "wants a number from 0.5 to 60, got 100"],
      ["rate", "13", "13 brings bad luck"],
      ["rate", "fast", 'wants a number from 0.5 to 60, got "fast"'],
      ["cameras", "[a]", "cannot change at run time"],
    ] as const) {
      const set = ros2("param", "set", "/probe", name, value);
      await set.exit();
      expect(set.output).toContain(reason);
    }
  });

  it("goes through its life cycle by ros2 lifecycle", async () => {
    const node = probe();
    await node.says(/"ready"/);
    expect(await ros2Output("lifecycle", "nodes")).toContain("/probe");
    expect(await ros2Output("lifecycle", "get", "/probe")).toContain("unconfigured [1]");
    for (const transition of ["configure", "activate", "deactivate"]) {
      const answer = await ros2Output("lifecycle", "set", "/probe", transition);
      expect(answer).toContain("Transitioning successful");
      expect(node.stdout).toContain(`{"does":"${transition}"}`);
    }
    expect(await ros2Output("lifecycle", "get", "/probe")).toContain("inactive [2]");
    const refused = ros2("lifecycle", "set", "/probe", "cleanup");
    await refused.exit();
    expect(refused.output).toContain("Transitioning failed");
    expect(await ros2Output("lifecycle", "list", "/probe", "-a")).toContain("errorprocessing");
  });

  it("hears and speaks, and names publishers with their QoS", async () => {
    const node = probe();
    await node.says(/"ready"/);
    const echo = ros2("topic", "echo", "/echo");
    const talker = ros2(
      ...["topic", "pub", "-r", "10", "--qos-reliability", "best_effort"],
      ...["/chatter", "std_msgs/msg/String", "{data: hello}"],
    );
    await echo.until(() => echo.messages.length > 2, "messages of /echo");
    expect(echo.messages[0]).toEqual({ data: "hello" });
    const answer = await ros2Output("service", "call", "/probe/publishers", TRIGGER);
    expect(answer).toMatch(/std_msgs\/msg\/String.*best_effort/);
    await node.says(/\{"bytes":"one of many small buffers in a pool"\}/);
    await talker.end();
  });

  it("follows the simulation's time of a best-effort /clock, through a jump back", async () => {
    const node = probe("-p", "use_sim_time:=true");
    await node.says(/"ready"/);
    const clockAt = (sec: number): RosProcess =>
      ros2(
        ...["topic", "pub", "-r", "20", "--qos-reliability", "best_effort"],
        ...["/clock", "rosgraph_msgs/msg/Clock", `{clock: {sec: ${sec}, nanosec: 7}}`],
      );
    const talker = ros2("topic", "pub", "-r", "10", "/chatter", "std_msgs/msg/String");
    const player = clockAt(90);
    await node.says(/"at":"90000000007"/);
    await player.end();
    clockAt(5);
    await node.says(/\{"from":"90000000007","to":"5000000007"\}/);
    await node.says(/"at":"5000000007"/);
    await talker.end();
  });

  it("answers a service while another one works, and when a handler fails", async () => {
    const node = probe();
    await node.says(/"ready"/);
    const slow = ros2("service", "call", "/probe/slow", TRIGGER);
    await slow.says(/requester: making request/);
    expect(await ros2Output("service", "call", "/probe/broken", TRIGGER)).toContain(
      "success=False",
    );
    await node.says(/service ~\/broken: it is broken/);
    expect(slow.output).not.toContain("response");
    await ros2Output("service", "call", "/probe/release", TRIGGER);
    await slow.says(/success=True, message='at last'/);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends with 0 on %s, when all is flushed",
    async (signal) => {
      const node = probe();
      await node.says(/"ready"/);
      expect(await node.end(signal)).toBe(0);
      expect(node.stdout.trim().endsWith('"flushed"')).toBe(true);
    },
  );
});
