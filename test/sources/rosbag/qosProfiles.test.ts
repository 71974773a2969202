import { describe, expect, it } from "vitest";
import { qosProfiles, topicQosOf } from "../../../src/sources/rosbag/qosProfiles.js";

describe("topicQosOf", () => {
  it.each(["sensor", "reliable", "latched"] as const)("reads back %s as it was written", (qos) => {
    expect(topicQosOf(qosProfiles(qos))).toBe(qos);
  });

  it.each([
    ["- {reliability: best_effort, durability: volatile}", "sensor"],
    ["- {reliability: reliable, durability: transient_local}", "latched"],
    ["- {reliability: reliable, durability: volatile}", "reliable"],
  ])("reads Jazzy's words %s", (offered, qos) => {
    expect(topicQosOf(offered)).toBe(qos);
  });

  it("of several publishers takes what every subscriber of one can have", () => {
    expect(topicQosOf(`${qosProfiles("reliable")}\n${qosProfiles("sensor")}`)).toBe("sensor");
    expect(topicQosOf(`${qosProfiles("reliable")}\n${qosProfiles("latched")}`)).toBe("latched");
  });

  it.each(["", "[]", "- 3", "{", "- {reliability: reliable}"])("makes nothing of %j", (offered) => {
    expect(topicQosOf(offered)).toBeUndefined();
  });
});
