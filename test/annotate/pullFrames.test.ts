import { describe, expect, it } from "vitest";
import { Credit, pullFrames } from "../../src/annotate/index.js";

async function* numbers(count: number, pulled: number[], closed: { yes: boolean }) {
  try {
    for (let i = 0; i < count; i++) {
      pulled.push(i);
      yield i;
    }
  } finally {
    closed.yes = true;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("pullFrames", () => {
  it("pulls no more than there is credit for, and goes on when credit comes back", async () => {
    const pulled: number[] = [];
    const credit = new Credit(2);
    const seen: number[] = [];
    let completed = false;
    pullFrames(numbers(4, pulled, { yes: false }), credit).subscribe({
      next: (value) => seen.push(value),
      complete: () => {
        completed = true;
      },
    });
    await settled();
    expect(pulled).toEqual([0, 1]);
    credit.give();
    await settled();
    expect(seen).toEqual([0, 1, 2]);
    credit.give();
    credit.give();
    await settled();
    expect(seen).toEqual([0, 1, 2, 3]);
    expect(completed).toBe(true);
  });

  it("ends the iteration on unsubscribing, also while it waits for credit", async () => {
    const closed = { yes: false };
    const subscription = pullFrames(numbers(9, [], closed), new Credit(1)).subscribe();
    await settled();
    subscription.unsubscribe();
    await settled();
    expect(closed.yes).toBe(true);
  });

  it("passes on what the iterable throws", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("chunk 7 is damaged");
    }
    const events: unknown[] = [];
    pullFrames(broken(), new Credit(5)).subscribe({
      next: (value) => events.push(value),
      error: (error: Error) => events.push(error.message),
    });
    await settled();
    expect(events).toEqual([1, "chunk 7 is damaged"]);
  });
});
