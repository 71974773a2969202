import { expect, it } from "vitest";
import { readNames } from "../../../../src/models/rgbd/clusters/readNames.js";
import { gripper, mug } from "../../../language/objects.js";
import { cpuMs } from "../../../support/cpuMs.js";

it.each(["; ", "? ", "! ", "![", "yes no ", "35 cm. ", "1"])(
  "reads 20 000 characters of %j in time",
  async (part) => {
    const hostile = part.repeat(20_000 / part.length);
    const spentMs = await cpuMs(() => {
      expect(readNames(hostile, [gripper, mug], 5, "a model")).toHaveLength(2);
    });
    expect(spentMs).toBeLessThan(1000);
  },
);
