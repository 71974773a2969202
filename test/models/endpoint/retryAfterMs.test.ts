import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterMs } from "../../../src/models/endpoint/exchange.js";

const now = Date.parse("2026-03-01T12:00:00Z");

describe("retryAfterMs", () => {
  it.each([
    ["2", 2000],
    [" 0.5 ", 500],
    ["Sun, 01 Mar 2026 12:00:20 GMT", 20_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["soon", 0],
    ["", 0],
    ["-5", 0],
    [null, 0],
    ["3600", 3_600_000],
    ["9".repeat(400), 365 * 86_400_000],
  ])("reads %j as %i ms", (header, waitMs) => {
    expect(retryAfterMs(header, now)).toBe(waitMs);
  });

  it("is between zero and a year, whatever the header says", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const waitMs = retryAfterMs(header, now);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(365 * 86_400_000);
      }),
    );
  });
});
