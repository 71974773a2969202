import {
  asyncScheduler,
  from,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type Subscription,
  timer,
} from "rxjs";

/** Where values wait for a free slot. */
export interface Waiting<T> {
  push(value: T): void;
  /** The next value to work on, or undefined. */
  shift(): T | undefined;
}

/** Every value waits its turn. */
export function everyValue<T>(): Waiting<T> {
  const queue: T[] = [];
  return {
    push: (value) => void queue.push(value),
    shift: () => queue.shift(),
  };
}

/**
 * Of each key only the newest value waits; the one it replaces goes to `onDrop`. Keys are served
 * in turn, so that a fast camera does not starve a slow one.
 */
export function newestOfEach<T>(
  keyOf: (value: T) => string,
  onDrop: (value: T) => void,
): Waiting<T> {
  const newest = new Map<string, T>();
  return {
    push(value) {
      const key = keyOf(value);
      const replaced = newest.get(key);
      newest.set(key, value);
      if (replaced !== undefined) onDrop(replaced);
    },
    shift() {
      for (const [key, value] of newest) {
        newest.delete(key);
        return value;
      }
      return undefined;
    },
  };
}

/** When results stop waiting for those of an older value, which is then given up. */
export interface Overtaking<T> {
  /** Values are overtaken by newer ones of the same key only. */
  readonly keyOf: (value: T) => string;
  /** A result waits at least so long, and as long as its own work took. */
  readonly leastWaitMs: number;
  /** Told of each value that is given up. */
  readonly onDrop: (value: T) => void;
}

interface Slot<T, R> {
  readonly value: T;
  readonly controller: AbortController;
  readonly results: R[];
  readonly beganMs: number;
  state: "running" | "done" | "dropped";
  /** Until it gives up what is before it. */
  wait?: Subscription;
}

/**
 * Works on values as slots come free and emits the results in the order in which the work began.
 *
 * - Emission: what each work emits (a promise: one value), in dispatch order.
 * - Completion: when the source has completed and all waiting and running work is done.
 * - Error: the source's error or the first failed work's, at once; other work is aborted.
 * - Teardown: unsubscribing aborts the signals of all running work and forgets what waits.
 * - Back-pressure: at most `concurrency` works run, and at most as many results again are held
 *   back behind a slow first one; what more comes goes to `waiting`, whose policy decides.
 * - Overtaking: without, a result waits for those before it however long they take. Work that is given
 *   up is aborted, keeps its place until it has stopped, and emits nothing, not even its error.
 */
export function dispatchInOrder<T, R>(
  work: (value: T, signal: AbortSignal) => ObservableInput<R>,
  concurrency: number,
  createWaiting: () => Waiting<T>,
  overtaking?: Overtaking<T>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const waiting = createWaiting();
      const slots: Slot<T, R>[] = [];
      let running = 0;
      let sourceDone = false;
      let filling = false;
      let emitting = false;

      const start = (value: T): void => {
        const slot: Slot<T, R> = {
          value,
          controller: new AbortController(),
          results: [],
          beganMs: asyncScheduler.now(),
          state: "running",
        };
        slots.push(slot);
        running += 1;
        const stop = () => {
          running -= 1;
          emit();
          fill();
        };
        const answer = from(work(value, slot.controller.signal)).subscribe({
          next: (result) => void slot.results.push(result),
          error: (error: unknown) => {
            if (slot.state === "dropped") stop();
            else subscriber.error(error);
          },
          complete: () => {
            if (slot.state === "running") slot.state = "done";
            if (slot.state === "done" && overtaking) overtake(slot, overtaking);
            stop();
          },
        });
        subscriber.add(answer);
        answer.add(() => subscriber.remove(answer));
      };

      const emit = (): void => {
        // Whoever receives a result may bring a value in that is answered before the next result.
        if (emitting) return;
        emitting = true;
        while (slots[0]?.state === "done") {
          const slot = slots.shift();
          slot?.wait?.unsubscribe();
          for (const result of slot?.results ?? []) subscriber.next(result);
        }
        emitting = false;
      };

      const overtake = (slot: Slot<T, R>, { keyOf, leastWaitMs, onDrop }: Overtaking<T>): void => {
        const key = keyOf(slot.value);
        const slower = () =>
          slots
            .slice(0, slots.indexOf(slot))
            .filter(({ state, value }) => state === "running" && keyOf(value) === key);
        if (slower().length === 0) return;
        const tookMs = asyncScheduler.now() - slot.beganMs;
        slot.wait = timer(Math.max(leastWaitMs, tookMs)).subscribe(() => {
          const late = slower();
          // All are given up before the first is aborted: its end may let another one finish.
          for (const one of late) {
            one.state = "dropped";
            slots.splice(slots.indexOf(one), 1);
            onDrop(one.value);
          }
          for (const { controller } of late) controller.abort();
          emit();
          fill();
        });
        subscriber.add(slot.wait);
      };

      const fill = (): void => {
        // Work that answers synchronously comes back here while the loop below is still running.
        if (filling) return;
        filling = true;
        while (!subscriber.closed && running < concurrency && slots.length < 2 * concurrency) {
          const value = waiting.shift();
          if (value === undefined) break;
          start(value);
        }
        filling = false;
        if (sourceDone && !emitting && slots.length === 0) subscriber.complete();
      };

      subscriber.add(() => {
        for (const { state, controller } of slots) if (state === "running") controller.abort();
      });
      subscriber.add(
        source.subscribe({
          next(value) {
            waiting.push(value);
            fill();
          },
          error: (error: unknown) => subscriber.error(error),
          complete() {
            sourceDone = true;
            fill();
          },
        }),
      );
    });
}
