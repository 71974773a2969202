import { describe, expect, it } from "vitest";
import { DEFAULT_QOS, type LifecycleHandlers, ParameterError } from "../../src/ros/index.js";
import { parseRosArguments } from "../../src/ros/parameters/parseRosArguments.js";
import { InMemoryRos } from "../support/InMemoryRos.js";

const RATE = {
  name: "rate",
  defaultValue: 10,
  description: "images a second, in Hz",
  range: [0.1, 60],
} as const;

function overrides(...args: string[]) {
  return parseRosArguments(["--ros-args", ...args.flatMap((arg) => ["-p", arg])]).parameters;
}

function integer(name: string, value: number) {
  return { name, value: { type: 2, integer_value: BigInt(value) } };
}

function text(name: string, value: string) {
  return { name, value: { type: 4, string_value: value } };
}

describe("parameters of a node", () => {
  it("have their default where nobody says otherwise", () => {
    expect(new InMemoryRos().node("/n").declareParameter(RATE)).toBe(10);
  });

  it("take the last value given for the node, in its namespace", () => {
    const given = overrides("rate:=1", "/robot1/n:rate:=2", "n:rate:=3", "/robot2/n:rate:=4");
    expect(new InMemoryRos().node("/robot1/n", given).declareParameter(RATE)).toBe(3);
  });

  it("take a whole number where a floating point number is meant", () => {
    expect(new InMemoryRos().node("/n", overrides("rate:=5")).declareParameter(RATE)).toBe(5);
  });

  it.each([
    ["rate:=fast", /parameter rate: wants a number from 0.1 to 60, got "fast" \(-p rate:=fast\)/],
    ["rate:=0", /wants a number from 0.1 to 60, got 0/],
    ["rate:=[1, 2]", /got \[1,2\]/],
    ["rate:=.nan", /wants a number/],
  ])("refuse %s with name, wanted range and what was given", (given, message) => {
    const declare = () => new InMemoryRos().node("/n", overrides(given)).declareParameter(RATE);
    expect(declare).toThrow(ParameterError);
    expect(declare).toThrow(message);
  });

  it.each([
    [{ name: "p", defaultValue: 1, integer: true, description: "" }, "p:=1.5", /a whole number/],
    [{ name: "p", defaultValue: true, description: "" }, "p:=1", /true or false/],
    [{ name: "p", defaultValue: "", description: "" }, "p:=5", /a text \(put it in quotes\)/],
    [{ name: "p", defaultValue: ["a"], description: "" }, "p:=[1, 2]", /a list of strings/],
    [{ name: "p", defaultValue: "a", choices: ["a", "b"], description: "" }, "p:=c", /one of a, b/],
  ])("hold %j to its type against %s", (spec, given, message) => {
    const node = new InMemoryRos().node("/n", overrides(given));
    expect(() =>
      node.declareParameter<string | number | boolean | readonly string[]>(spec),
    ).toThrow(message);
  });

  it("name what was given and nobody declared", () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n", overrides("rat:=5", "/other:x:=1"));
    node.declareParameter(RATE);
    node.warnOfUnknownParameters();
    expect(ros.logsAt("warn")).toEqual([
      expect.stringMatching(/this node has no parameter rat; did you mean rate\?/),
    ]);
  });

  it("name what a file gives every node and this one does not know, as if it were misspelt or not", () => {
    const ros = new InMemoryRos();
    const given = (name: string) => ({ node: "/**", name, value: 5, origin: "robot.yaml" });
    const node = ros.node("/n", [given("rat"), given("wheel_base"), given("rate")]);
    node.declareParameter(RATE);
    node.warnOfUnknownParameters();
    expect(ros.logsAt("warn")).toEqual([
      "robot.yaml: this node has no parameter rat; did you mean rate?",
    ]);
    expect(ros.logsAt("info")).toEqual([
      "robot.yaml: this node has no parameter wheel_base; see ros2 param list",
    ]);
  });

  it("change at run time after the node has agreed", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    node.declareParameter(RATE);
    const seen: unknown[] = [];
    node.onParameterChange((changes) => {
      seen.push(...changes);
      return undefined;
    });
    const answer = await ros.call("/n/set_parameters", { parameters: [integer("rate", 5)] });
    expect(answer).toEqual({ results: [{ successful: true, reason: "" }] });
    expect(seen).toEqual([["rate", 5]]);
    expect(await ros.call("/n/get_parameters", { names: ["rate", "no"] })).toEqual({
      values: [{ type: 3, double_value: 5 }, { type: 0 }],
    });
  });

  it.each([
    ["out of range", integer("rate", 100), /wants a number from 0.1 to 60, got 100/],
    ["to another type", text("rate", "x"), /wants a number/],
    [
      "of what it has not",
      integer("rat", 5),
      /this node has no parameter rat; did you mean rate\?/,
    ],
    ["of what is read-only", integer("seed", 5), /seed cannot change at run time/],
    ["that the node refuses", integer("rate", 13), /13 brings bad luck/],
    ["to a list of numbers", { name: "rate", value: { type: 8 } }, /wants a number/],
    [
      "to nothing",
      { name: "rate", value: { type: 0 } },
      /wants a number from 0.1 to 60, got nothing/,
    ],
  ])("refuse a change %s, with a reason", async (_, parameter, reason) => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    node.declareParameter(RATE);
    node.declareParameter({ name: "seed", defaultValue: 1, description: "", readOnly: true });
    node.onParameterChange((changes) =>
      changes.get("rate") === 13 ? "13 brings bad luck" : undefined,
    );
    const request = { parameters: [integer("rate", 7), parameter] };
    expect(await ros.call("/n/set_parameters_atomically", request)).toEqual({
      result: { successful: false, reason: expect.stringMatching(reason) },
    });
    const { values } = (await ros.call("/n/get_parameters", { names: ["rate"] })) as {
      values: unknown[];
    };
    expect(values).toEqual([{ type: 3, double_value: 10 }]);
  });

  it("keep their values where the node fails at the change", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    node.declareParameter(RATE);
    node.onParameterChange(() => {
      throw new Error("no such file");
    });
    expect(await ros.call("/n/set_parameters", { parameters: [integer("rate", 5)] })).toEqual({
      results: [{ successful: false, reason: "no such file" }],
    });
    expect(await ros.call("/n/get_parameters", { names: ["rate"] })).toMatchObject({
      values: [{ double_value: 10 }],
    });
  });

  it("are described with range, choices and whether they are read-only", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    node.declareParameter(RATE);
    node.declareParameter({
      name: "count",
      defaultValue: 1,
      description: "how many",
      integer: true,
      range: [1, Number.POSITIVE_INFINITY],
      readOnly: true,
    });
    node.declareParameter({
      name: "mode",
      defaultValue: "a",
      description: "",
      choices: ["a", "b"],
    });
    expect(
      await ros.call("/n/describe_parameters", { names: ["rate", "count", "mode"] }),
    ).toMatchObject({
      descriptors: [
        {
          type: 3,
          description: "images a second, in Hz",
          floating_point_range: [{ from_value: 0.1, to_value: 60 }],
        },
        {
          type: 2,
          read_only: true,
          integer_range: [{ from_value: 1n, to_value: 2n ** 63n - 1n }],
        },
        { type: 4, additional_constraints: "a text, one of a, b" },
      ],
    });
  });

  it("are listed with their prefixes", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    for (const name of ["a", "vlm.url", "vlm.retry.count"]) {
      node.declareParameter({ name, defaultValue: "", description: "" });
    }
    const list = (prefixes: string[], depth: bigint) =>
      ros.call("/n/list_parameters", { prefixes, depth });
    expect(await list([], 0n)).toEqual({
      result: {
        names: ["use_sim_time", "a", "vlm.url", "vlm.retry.count"],
        prefixes: ["vlm", "vlm.retry"],
      },
    });
    expect(await list([], 1n)).toMatchObject({ result: { names: ["use_sim_time", "a"] } });
    expect(await list(["vlm"], 1n)).toMatchObject({ result: { names: ["vlm.url"] } });
  });

  it("tell the graph what they became", async () => {
    const ros = new InMemoryRos();
    const events: unknown[] = [];
    ros
      .join("/tool")
      .subscribe("/parameter_events", "rcl_interfaces/msg/ParameterEvent", DEFAULT_QOS, (event) =>
        events.push(event),
      );
    ros.node("/n").declareParameter(RATE);
    await ros.call("/n/set_parameters", { parameters: [integer("rate", 5)] });
    await ros.settle();
    expect(events).toMatchObject([
      { node: "/n", new_parameters: [{ name: "use_sim_time" }] },
      { node: "/n", new_parameters: [{ name: "rate", value: { type: 3, double_value: 10 } }] },
      { node: "/n", changed_parameters: [{ name: "rate", value: { double_value: 5 } }] },
    ]);
  });
});

describe("ROS time of a node", () => {
  function clock(ros: InMemoryRos) {
    const publisher = ros.join("/player").advertise("/clock", "rosgraph_msgs/msg/Clock", {
      ...DEFAULT_QOS,
      reliability: "best_effort",
    });
    return async (sec: number) => {
      publisher.publish({ clock: { sec, nanosec: 500 } });
      await ros.settle();
    };
  }

  it("is the system's unless a simulation's is asked for", () => {
    const now = new InMemoryRos().node("/n").now();
    expect(now > 1_600_000_000_000_000_000n).toBe(true);
  });

  it("follows /clock of a best-effort publisher, from 0, through pauses", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n", overrides("use_sim_time:=true"));
    const tick = clock(ros);
    expect(node.now()).toBe(0n);
    await tick(7);
    expect(node.now()).toBe(7_000_000_500n);
    await tick(7);
    expect(node.now()).toBe(7_000_000_500n);
  });

  it("tells when it jumps back, and not when it goes on", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n", overrides("use_sim_time:=true"));
    const jumps: bigint[][] = [];
    node.onTimeJumpBack((from, to) => jumps.push([from, to]));
    const tick = clock(ros);
    for (const sec of [1, 90, 2, 3]) await tick(sec);
    expect(jumps).toEqual([[90_000_000_500n, 2_000_000_500n]]);
    expect(ros.logsAt("info")).toEqual(["ROS time jumped back by 88 s"]);
  });

  it("names the publishers where two of them pull it to and fro, once", async () => {
    const ros = new InMemoryRos();
    ros.node("/n", overrides("use_sim_time:=true"));
    const [player, simulator] = [clock(ros), clock(ros)];
    for (let turn = 0; turn < 3; turn++) {
      await simulator(100);
      await player(5);
    }
    expect(ros.logsAt("warn")).toEqual([
      "/clock has several publishers, /player, /player: ROS time jumps between them",
    ]);
  });

  it("does not jump by less than a second: a bag's own clock beside the player's", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n", overrides("use_sim_time:=true"));
    const jumps: bigint[][] = [];
    node.onTimeJumpBack((from, to) => jumps.push([from, to]));
    const tick = clock(ros);
    for (const sec of [5, 4, 5, 4]) await tick(sec);
    expect(jumps).toEqual([]);
    expect(node.now()).toBe(4_000_000_500n);
  });

  it("can be switched while the node runs", async () => {
    const ros = new InMemoryRos();
    const node = ros.node("/n");
    const setTo = (value: boolean) =>
      ros.call("/n/set_parameters", {
        parameters: [{ name: "use_sim_time", value: { type: 1, bool_value: value } }],
      });
    await setTo(true);
    await clock(ros)(3);
    expect(node.now()).toBe(3_000_000_500n);
    await setTo(false);
    expect(node.now() > 1_600_000_000_000_000_000n).toBe(true);
    expect(ros.subscribedTopics).toEqual([]);
  });
});

describe("a managed node", () => {
  function managed(handlers: Partial<LifecycleHandlers> = {}) {
    const ros = new InMemoryRos();
    const node = ros.node("/robot1/n");
    const calls: string[] = [];
    const recorded = (name: keyof LifecycleHandlers) => () => {
      calls.push(name);
      return handlers[name]?.() ?? true;
    };
    node.manage({
      configure: recorded("configure"),
      activate: recorded("activate"),
      deactivate: recorded("deactivate"),
      cleanup: recorded("cleanup"),
      shutdown: recorded("shutdown"),
    });
    const change = (label: string, id = 0) =>
      ros.call("/robot1/n/change_state", { transition: { id, label } });
    return { ros, node, calls, change };
  }

  it("goes through its states on request", async () => {
    const { node, calls, change } = managed();
    for (const [label, state] of [
      ["configure", "inactive"],
      ["activate", "active"],
      ["deactivate", "inactive"],
      ["cleanup", "unconfigured"],
      ["shutdown", "finalized"],
    ] as const) {
      expect(await change(label)).toEqual({ success: true });
      expect(node.lifecycleState).toBe(state);
    }
    expect(calls).toEqual(["configure", "activate", "deactivate", "cleanup", "shutdown"]);
  });

  it("takes a transition's number too, as lifecycle managers send it", async () => {
    const { node, change } = managed();
    await change("", 1);
    await change("", 3);
    expect(await change("", 7)).toEqual({ success: true });
    expect(node.lifecycleState).toBe("finalized");
  });

  it("answers at once that a transition does not start from its state", async () => {
    const { ros, calls, change } = managed();
    expect(await change("activate")).toEqual({ success: false });
    expect(await change("", 99)).toEqual({ success: false });
    expect(calls).toEqual([]);
    expect(ros.logsAt("warn")[0]).toBe(
      "cannot activate: the node is unconfigured, which allows configure, shutdown",
    );
  });

  it("stays where it is when a handler says no", async () => {
    const { node, change } = managed({ configure: () => false });
    expect(await change("configure")).toEqual({ success: false });
    expect(node.lifecycleState).toBe("unconfigured");
  });

  it("cleans up and begins anew when a handler throws", async () => {
    const { ros, node, calls, change } = managed({
      activate: () => {
        throw new Error("no model");
      },
    });
    await change("configure");
    expect(await change("activate")).toEqual({ success: false });
    expect(node.lifecycleState).toBe("unconfigured");
    expect(calls).toEqual(["configure", "activate", "cleanup"]);
    expect(ros.logsAt("error")).toEqual(["activate failed: no model"]);
  });

  it("does not make a transition inside of one", async () => {
    const inner: Promise<boolean>[] = [];
    const { node } = managed({
      configure: () => {
        inner.push(node.transition("activate"));
        return true;
      },
    });
    expect(await node.transition("configure")).toBe(true);
    expect(await Promise.all(inner)).toEqual([false]);
    expect(node.lifecycleState).toBe("inactive");
  });

  it("starts itself", async () => {
    const { node } = managed();
    expect(await node.transition("configure")).toBe(true);
    expect(await node.transition("activate")).toBe(true);
    expect(node.lifecycleState).toBe("active");
  });

  it("shows its state, what it can do now, and the whole graph", async () => {
    const { ros, change } = managed();
    await change("configure");
    expect(await ros.call("/robot1/n/get_state", {})).toEqual({
      current_state: { id: 2, label: "inactive" },
    });
    expect(await ros.call("/robot1/n/get_available_transitions", {})).toMatchObject({
      available_transitions: [
        { transition: { id: 2, label: "cleanup" }, goal_state: { label: "cleaningup" } },
        { transition: { id: 3, label: "activate" }, goal_state: { label: "activating" } },
        { transition: { id: 6, label: "shutdown" }, goal_state: { label: "shuttingdown" } },
      ],
    });
    const graph = (await ros.call("/robot1/n/get_transition_graph", {})) as {
      available_transitions: { transition: { id: number } }[];
    };
    const ids = graph.available_transitions.map(({ transition }) => transition.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining([1, 7, 10, 22, 31, 52, 60]));
    const { available_states } = (await ros.call("/robot1/n/get_available_states", {})) as {
      available_states: { id: number }[];
    };
    expect(available_states.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 10, 11, 13, 14, 12, 15]);
  });

  it("tells the graph of each transition", async () => {
    const { ros, change } = managed();
    const events: unknown[] = [];
    ros
      .join("/manager")
      .subscribe(
        "/robot1/n/transition_event",
        "lifecycle_msgs/msg/TransitionEvent",
        DEFAULT_QOS,
        (event) => events.push(event),
      );
    await change("configure");
    await ros.settle();
    expect(events).toMatchObject([
      { start_state: { label: "unconfigured" }, goal_state: { label: "configuring" } },
      { start_state: { label: "configuring" }, goal_state: { label: "inactive" } },
    ]);
  });
});
