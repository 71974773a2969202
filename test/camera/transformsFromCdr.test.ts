import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transformsFromCdr, transformsFromRos } from "../../src/camera/index.js";
import { cdrWriter, knownDefinition } from "../../src/sources/cdr.js";

const TYPE = "tf2_msgs/msg/TFMessage";
const toCdr = cdrWriter(TYPE, knownDefinition(TYPE) ?? "");

const number = fc.double();
const transform = fc.record({
  header: fc.record({
    stamp: fc.record({
      sec: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      nanosec: fc.nat(999_999_999),
    }),
    frame_id: fc.string({ unit: "grapheme" }),
  }),
  child_frame_id: fc.string(),
  transform: fc.record({
    translation: fc.record({ x: number, y: number, z: number }),
    rotation: fc.record({ x: number, y: number, z: number, w: number }),
  }),
});
const message = fc.record({ transforms: fc.array(transform) });

describe("transformsFromCdr", () => {
  it("gives what transformsFromRos gives of the same message", () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(transformsFromCdr(toCdr(sent))).toEqual(transformsFromRos(sent));
      }),
    );
  });

  it("refuses a message that is cut off, wherever", () => {
    fc.assert(
      fc.property(message, fc.nat(), (sent, cut) => {
        const whole = toCdr(sent);
        const at = cut % whole.length;
        expect(() => transformsFromCdr(whole.subarray(0, at))).toThrow(/truncated after/);
      }),
    );
  });
});
