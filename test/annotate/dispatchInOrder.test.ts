import fc from "fast-check";
import { asyncScheduler, concat, EMPTY, from, NEVER, Observable, of, Subject, timer } from "rxjs";
import { ignoreElements, map, take } from "rxjs/operators";
import { TestScheduler } from "rxjs/testing";
import { describe, expect, it } from "vitest";
import { dispatchInOrder, everyValue, newestOfEach } from "../../src/annotate/index.js";

function marbles(test: Parameters<TestScheduler["run"]>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
}

/** Work on "a3" takes 3 frames of virtual time and gives "A". */
const work = (value: string): Observable<string> =>
  timer(Number(value.slice(1))).pipe(map(() => value[0]!.toUpperCase()));

const every = () => everyValue<string>();

describe("dispatchInOrder with everyValue", () => {
  it("works on every value, one after the other, and completes after the last", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("  abc|       ", { a: "a3", b: "b3", c: "c3" });
      expectObservable(source.pipe(dispatchInOrder(work, 1, every))).toBe("---A--B--(C|)");
    });
  });

  it("keeps the order when later work is done first", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("  abc|     ", { a: "a5", b: "b1", c: "c1" });
      expectObservable(source.pipe(dispatchInOrder(work, 2, every))).toBe("-----(ABC|)");
    });
  });

  it("holds no more finished results behind a slow one than there are slots", () => {
    const began: string[] = [];
    const head = new Subject<string>();
    const values = new Subject<string>();
    values
      .pipe(
        dispatchInOrder(
          (value) => {
            began.push(value);
            return value === "slow" ? head : of(value);
          },
          2,
          every,
        ),
      )
      .subscribe();
    for (const value of ["slow", "b", "c", "d", "e", "f"]) values.next(value);
    expect(began).toEqual(["slow", "b", "c", "d"]);
    head.complete();
    expect(began).toEqual(["slow", "b", "c", "d", "e", "f"]);
  });

  it("passes the source's error on and aborts what runs", () => {
    const signals: AbortSignal[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  a--#", { a: "a9" });
      const seen = source.pipe(
        dispatchInOrder(
          (_value: string, signal) => {
            signals.push(signal);
            return NEVER;
          },
          1,
          every,
        ),
      );
      expectObservable(seen).toBe("---#");
      flush();
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([true]);
  });

  it("errors at once when work fails", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("       ab--|", { a: "a9", b: "b1" });
      const failing = dispatchInOrder(
        (value: string) => (value[0] === "b" ? cold<string>("-#") : work(value)),
        2,
        every,
      );
      expectObservable(source.pipe(failing)).toBe("--#");
    });
  });

  it("unsubscribes from the source and aborts running work on teardown", () => {
    const signals: AbortSignal[] = [];
    marbles(({ hot, expectObservable, expectSubscriptions, flush }) => {
      const source = hot("-a-b-c-", { a: "a1", b: "b9", c: "c1" });
      const seen = source.pipe(
        dispatchInOrder(
          (value, signal) => {
            signals.push(signal);
            return work(value);
          },
          2,
          every,
        ),
      );
      expectObservable(seen, "^----!").toBe("--A---");
      expectSubscriptions(source.subscriptions).toBe("^----!");
      flush();
    });
    expect(signals.map((signal) => signal.aborted)).toEqual([false, true]);
  });

  it("does not overflow the stack on a long queue of synchronous work", () => {
    let seen = 0;
    const values = new Subject<number>();
    const gate = new Subject<number>();
    values
      .pipe(
        dispatchInOrder(
          (value) => (value === 0 ? gate : of(value)),
          1,
          () => everyValue<number>(),
        ),
      )
      .subscribe(() => {
        seen += 1;
      });
    for (let i = 0; i < 50_000; i++) values.next(i);
    gate.complete();
    expect(seen).toBe(49_999);
  });

  it("passes over work that answers nothing", () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold("  ab|", { a: "a1", b: "b1" });
      const half = dispatchInOrder(
        (value: string) => (value === "a1" ? EMPTY : work(value)),
        1,
        every,
      );
      expectObservable(source.pipe(half)).toBe("--(B|)");
    });
  });
});

describe("dispatchInOrder with newestOfEach", () => {
  const live = (dropped: string[]) => () =>
    newestOfEach<string>(
      (value) => value[2]!,
      (value) => dropped.push(value),
    );

  it("lets the newest value wait, drops and reports the ones it replaces, and works on the last", () => {
    const dropped: string[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  abcd|     ", { a: "a3x", b: "b3x", c: "c3x", d: "d3x" });
      // a begins at 0; b and c are replaced before a is done at 3, when d has just arrived.
      const seen = source.pipe(
        dispatchInOrder((value) => work(value.slice(0, 2)), 1, live(dropped)),
      );
      expectObservable(seen).toBe("---A--(D|)");
      flush();
    });
    expect(dropped).toEqual(["b3x", "c3x"]);
  });

  it("serves cameras in turn, so that a fast one does not starve a slow one", () => {
    const dropped: string[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  ab(cd)e|    ", { a: "a4x", b: "b4x", c: "c4y", d: "d4x", e: "e4x" });
      const seen = source.pipe(
        dispatchInOrder((value) => work(value.slice(0, 2)), 1, live(dropped)),
      );
      expectObservable(seen).toBe("----A---D---C---(E|)");
      flush();
    });
    expect(dropped).toEqual(["b4x"]);
  });
});

describe("dispatchInOrder with overtaking", () => {
  const overtaking = { keyOf: (value: string) => value[2]!, leastWaitMs: 3 };
  const run = (dropped: string[], signals = new Map<string, AbortSignal>()) =>
    dispatchInOrder<string, string>(
      (value, signal) => {
        signals.set(value, signal);
        return value[1] === "-" ? NEVER : work(value.slice(0, 2));
      },
      3,
      every,
      { ...overtaking, onDrop: (value) => dropped.push(value) },
    );

  it("gives up a value when one after it has waited for it so long, and aborts it", () => {
    const dropped: string[] = [];
    const signals = new Map<string, AbortSignal>();
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  abc|   ", { a: "a-x", b: "b1x", c: "c1x" });
      // b is there at 2 and c at 3; b waits until 5.
      expectObservable(source.pipe(run(dropped, signals))).toBe("-----(BC|)");
      flush();
    });
    expect(dropped).toEqual(["a-x"]);
    expect(signals.get("a-x")!.aborted).toBe(true);
    expect(signals.get("b1x")!.aborted).toBe(false);
  });

  it("waits as long as the later one took itself, and no less than that", () => {
    const dropped: string[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  ab|            ", { a: "a9x", b: "b5x" });
      expectObservable(source.pipe(run(dropped))).toBe("---------(AB|)");
      flush();
    });
    expect(dropped).toEqual([]);
  });

  it("lets no other camera's value overtake", () => {
    const dropped: string[] = [];
    marbles(({ cold, expectObservable, flush }) => {
      const source = cold("  ab|            ", { a: "a9x", b: "b1y" });
      expectObservable(source.pipe(run(dropped))).toBe("---------(AB|)");
      flush();
    });
    expect(dropped).toEqual([]);
  });

  it("keeps the place of what was given up until it has stopped, and does not fail by it", async () => {
    let fail: (error: Error) => void = () => {};
    const begun: string[] = [];
    const seen: string[] = [];
    const values = new Subject<string>();
    const result = values.pipe(
      dispatchInOrder(
        (value: string) => {
          begun.push(value);
          if (value !== "slow") return of(value);
          return new Promise<string>((_resolve, reject) => {
            fail = reject;
          });
        },
        2,
        every,
        { keyOf: () => "camera", leastWaitMs: 0, onDrop: () => {} },
      ),
    );
    const done = new Promise<void>((resolve, reject) => {
      result.subscribe({
        next: (value) => void seen.push(value),
        error: reject,
        complete: resolve,
      });
    });
    for (const value of ["slow", "b"]) values.next(value);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(seen).toEqual(["b"]);
    values.complete();
    fail(new Error("aborted"));
    await done;
    expect(begun).toEqual(["slow", "b"]);
  });
});

describe("dispatchInOrder under any load", () => {
  interface Job {
    readonly id: number;
    readonly key: string;
    readonly atMs: number;
    readonly tookMs: number;
    readonly results: number;
    /** How long it goes on after it was aborted, and whether it then fails. */
    readonly stopMs: number;
    readonly fails: boolean;
  }
  const LEAST_WAIT_MS = 3;
  const jobs = fc
    .array(
      fc.record({
        key: fc.constantFrom("x", "y"),
        gapMs: fc.integer({ min: 0, max: 4 }),
        tookMs: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 60 })),
        results: fc.integer({ min: 0, max: 3 }),
        stopMs: fc.integer({ min: 0, max: 8 }),
        fails: fc.boolean(),
      }),
      { minLength: 1, maxLength: 25 },
    )
    .map((all) => {
      let atMs = 0;
      return all.map(({ gapMs, ...job }, id): Job => {
        atMs += gapMs;
        return { ...job, id, atMs };
      });
    });

  /** What came of it, in virtual time. */
  function play(all: readonly Job[], concurrency: number, stopAfter = Number.POSITIVE_INFINITY) {
    const seen: string[] = [];
    const log = { dropped: [] as Job[], began: [] as Job[], most: 0, isComplete: false };
    const running = new Set<Job>();
    const doneMs = new Map<Job, number>();
    const aborted = new Set<Job>();
    const droppedMs = new Map<Job, number>();
    new TestScheduler(() => {}).run(({ flush }) => {
      const now = () => asyncScheduler.now();
      const source = new Observable<Job>((to) => {
        for (const job of all) to.add(timer(job.atMs).subscribe(() => to.next(job)));
        to.add(timer(all.at(-1)?.atMs ?? 0).subscribe(() => to.complete()));
      });
      const work = (job: Job, signal: AbortSignal) =>
        new Observable<string>((to) => {
          log.began.push(job);
          running.add(job);
          log.most = Math.max(log.most, running.size);
          to.add(() => running.delete(job));
          const done = timer(job.tookMs).subscribe(() => {
            doneMs.set(job, now());
            for (let n = 0; n < job.results; n++) to.next(`${job.id}.${n}`);
            running.delete(job);
            to.complete();
          });
          to.add(done);
          signal.addEventListener("abort", () => {
            aborted.add(job);
            done.unsubscribe();
            to.add(
              timer(job.stopMs).subscribe(() => {
                running.delete(job);
                if (job.fails) to.error(new Error("aborted"));
                else to.complete();
              }),
            );
          });
        });
      source
        .pipe(
          dispatchInOrder(work, concurrency, () => everyValue<Job>(), {
            ...{ keyOf: ({ key }) => key, leastWaitMs: LEAST_WAIT_MS },
            onDrop: (job) => {
              log.dropped.push(job);
              droppedMs.set(job, now());
            },
          }),
          take(stopAfter),
        )
        .subscribe({ next: (it) => seen.push(it), complete: () => (log.isComplete = true) });
      flush();
    });
    return { ...log, seen, running, doneMs, aborted, droppedMs };
  }

  const namesOf = (all: readonly Job[]) =>
    all.flatMap(({ id, results }) => Array.from({ length: results }, (_, n) => `${id}.${n}`));

  it("emits what is not given up, once, in order, with never more at work than it may", () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 4 }), (all, concurrency) => {
        const { seen, dropped, began, most, isComplete, aborted } = play(all, concurrency);
        expect(isComplete).toBe(true);
        expect(began).toEqual(all);
        expect(new Set(dropped).size).toBe(dropped.length);
        expect([...aborted]).toEqual(dropped);
        expect(seen).toEqual(namesOf(all.filter((job) => !dropped.includes(job))));
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 500 },
    );
  });

  it("gives a value up only for a later one of its key that has waited for it long enough", () => {
    let drops = 0;
    fc.assert(
      fc.property(jobs, fc.integer({ min: 2, max: 4 }), (all, concurrency) => {
        const { dropped, doneMs, droppedMs } = play(all, concurrency);
        drops += dropped.length;
        for (const late of dropped) {
          const overtakers = all.filter(({ id, key, tookMs }) => {
            const job = all[id];
            const done = job && doneMs.get(job);
            if (!job || done === undefined || id <= late.id || key !== late.key) return false;
            return done + Math.max(LEAST_WAIT_MS, tookMs) === droppedMs.get(late);
          });
          expect(overtakers).not.toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
    expect(drops).toBeGreaterThan(100);
  });

  it("leaves nothing at work when it is unsubscribed in the middle, and emits nothing more", () => {
    fc.assert(
      fc.property(
        jobs,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (all, concurrency, stopAfter) => {
          const { seen, running, dropped } = play(all, concurrency, stopAfter);
          const whole = namesOf(all.filter((job) => !dropped.includes(job)));
          expect(seen).toEqual(whole.slice(0, stopAfter));
          expect([...running]).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("emits the results of one value together, also where each brings another value in", () => {
    const values = new Subject<string>();
    const first = new Subject<void>();
    const seen: string[] = [];
    values
      .pipe(
        dispatchInOrder(
          (value) => {
            const results = from([`${value}a`, `${value}b`]);
            return value === "1" ? concat(first.pipe(ignoreElements()), results) : results;
          },
          1,
          every,
        ),
      )
      .subscribe((it) => {
        seen.push(it);
        if (it === "1a") values.next("2");
      });
    values.next("1");
    first.complete();
    expect(seen).toEqual(["1a", "1b", "2a", "2b"]);
  });

  it("emits all results of a value, also where the first one ends the source", () => {
    const values = new Subject<string>();
    const answer = new Subject<string>();
    const seen: string[] = [];
    values.pipe(dispatchInOrder(() => answer, 1, every)).subscribe({
      next: (it) => {
        seen.push(it);
        if (it === "a") values.complete();
      },
      complete: () => seen.push("complete"),
    });
    values.next("1");
    answer.next("a");
    answer.next("b");
    answer.complete();
    expect(seen).toEqual(["a", "b", "complete"]);
  });

  it("gives up only what still runs when the abort of one ends another", async () => {
    const values = new Subject<string>();
    const seen: string[] = [];
    const dropped: string[] = [];
    const second = new Subject<string>();
    const finished = new Promise<void>((resolve) => {
      values
        .pipe(
          dispatchInOrder<string, string>(
            (value, signal) => {
              if (value === "first") {
                // A place that is free again lets the second have its answer at once.
                signal.addEventListener("abort", () => {
                  second.next("second");
                  second.complete();
                });
                return concat(timer(9).pipe(ignoreElements()), of("first"));
              }
              return value === "second" ? second : of(value);
            },
            4,
            () => everyValue<string>(),
            { keyOf: () => "camera", leastWaitMs: 0, onDrop: (value) => dropped.push(value) },
          ),
        )
        .subscribe({ next: (it) => void seen.push(it), complete: resolve });
    });
    for (const value of ["first", "second", "third", "fourth"]) values.next(value);
    values.complete();
    await finished;
    expect(dropped).toEqual(["first", "second"]);
    expect(seen).toEqual(["third", "fourth"]);
  });
});
