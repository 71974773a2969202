import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ownBytes } from "../../src/ros/rclnodejs/encodeMessage.js";

describe("ownBytes", () => {
  it("gives every typed array of a message memory of its own, with the same content", () => {
    const array = fc.oneof(
      fc.uint8Array(),
      fc.float32Array({ noNaN: true }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(array, fc.nat(4), fc.nat(4), (whole, start, end) => {
        const view = whole.subarray(start, Math.max(start, whole.length - end));
        const sent = ownBytes({ header: { frame_id: "c" }, list: [{ data: view }], at: 5n });
        const data = (sent as { list: { data: Uint8Array }[] }).list[0]!.data;
        expect([...data]).toEqual([...view]);
        expect(data.byteLength).toBe(data.buffer.byteLength);
        expect(Buffer.isBuffer(data)).toBe(false);
        expect(sent).toMatchObject({ header: { frame_id: "c" }, at: 5n });
      }),
    );
  });

  it("does not copy what is its own already", () => {
    const data = new Uint8Array(10);
    expect((ownBytes({ data }) as { data: Uint8Array }).data).toBe(data);
  });
});
