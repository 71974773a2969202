import { firstValueFrom, take, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import { DEFAULT_QOS, fromTopic, SENSOR_QOS } from "../../src/ros/index.js";
import { InMemoryRos } from "../support/InMemoryRos.js";

const STRING = "std_msgs/msg/String";

describe("fromTopic", () => {
  it("subscribes the topic when it is subscribed, and not before", () => {
    const ros = new InMemoryRos();
    const messages$ = fromTopic(ros.join("/robot1/n"), "chatter", STRING, DEFAULT_QOS);
    expect(ros.subscribedTopics).toEqual([]);
    messages$.subscribe();
    expect(ros.subscribedTopics).toEqual(["/robot1/chatter"]);
  });

  it("closes its subscription of the topic on teardown", async () => {
    const ros = new InMemoryRos();
    const talker = ros.join("/t").advertise("/chatter", STRING, DEFAULT_QOS);
    const first = firstValueFrom(fromTopic(ros.join("/n"), "/chatter", STRING, DEFAULT_QOS));
    expect(talker.subscriberCount).toBe(1);
    talker.publish({ data: "a" });
    expect(await first).toEqual({ data: "a" });
    expect(talker.subscriberCount).toBe(0);
  });

  it("emits each message in turn", async () => {
    const ros = new InMemoryRos();
    const talker = ros.join("/t").advertise("/chatter", STRING, DEFAULT_QOS);
    const all = firstValueFrom(
      fromTopic(ros.join("/n"), "/chatter", STRING, DEFAULT_QOS).pipe(take(3), toArray()),
    );
    for (const data of ["a", "b", "c"]) talker.publish({ data });
    expect(await all).toEqual([{ data: "a" }, { data: "b" }, { data: "c" }]);
  });

  it("drops the oldest of what comes in a burst longer than the queue", async () => {
    const ros = new InMemoryRos();
    const talker = ros.join("/t").advertise("/chatter", STRING, SENSOR_QOS);
    const seen: unknown[] = [];
    fromTopic(ros.join("/n"), "/chatter", STRING, { ...SENSOR_QOS, depth: 2 }).subscribe((m) =>
      seen.push(m),
    );
    for (const data of ["a", "b", "c"]) talker.publish({ data });
    await ros.settle();
    expect(seen).toEqual([{ data: "b" }, { data: "c" }]);
  });

  it("gets nothing from a publisher that offers less than it asks for", async () => {
    const ros = new InMemoryRos();
    const talker = ros.join("/t").advertise("/chatter", STRING, SENSOR_QOS);
    const seen: unknown[] = [];
    fromTopic(ros.join("/n"), "/chatter", STRING, DEFAULT_QOS).subscribe((m) => seen.push(m));
    talker.publish({ data: "a" });
    await ros.settle();
    expect(seen).toEqual([]);
  });

  it("gets what a transient local publisher sent before", async () => {
    const ros = new InMemoryRos();
    const latched = { ...DEFAULT_QOS, durability: "transient_local" } as const;
    ros.join("/t").advertise("/tf_static", STRING, latched).publish({ data: "a" });
    const stream$ = fromTopic(ros.join("/n"), "/tf_static", STRING, latched);
    expect(await firstValueFrom(stream$)).toEqual({ data: "a" });
  });

  it("fails where the topic cannot be subscribed", async () => {
    const node = {
      subscribe: () => {
        throw new Error("no such type");
      },
    };
    await expect(firstValueFrom(fromTopic(node, "/a", "x/msg/Y", DEFAULT_QOS))).rejects.toThrow(
      "no such type",
    );
  });
});
