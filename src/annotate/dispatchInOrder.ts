import { from, Observable, type ObservableInput, type OperatorFunction } from "rxjs";

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

interface Slot<R> {
  readonly controller: AbortController;
  readonly results: R[];
  done: boolean;
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
 */
export function dispatchInOrder<T, R>(
  work: (value: T, signal: AbortSignal) => ObservableInput<R>,
  concurrency: number,
  createWaiting: () => Waiting<T>,
): OperatorFunction<T, R> {
  return (source) =>
    new Observable<R>((subscriber) => {
      const waiting = createWaiting();
      const slots: Slot<R>[] = [];
      let running = 0;
      let sourceDone = false;
      let filling = false;

      const start = (value: T): void => {
        const slot: Slot<R> = { controller: new AbortController(), results: [], done: false };
        slots.push(slot);
        running += 1;
        const answer = from(work(value, slot.controller.signal)).subscribe({
          next: (result) => void slot.results.push(result),
          error: (error: unknown) => subscriber.error(error),
          complete: () => {
            slot.done = true;
            running -= 1;
            while (slots[0]?.done)
              for (const result of slots.shift()!.results) subscriber.next(result);
            fill();
          },
        });
        subscriber.add(answer);
        answer.add(() => subscriber.remove(answer));
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
        if (sourceDone && slots.length === 0) subscriber.complete();
      };

      subscriber.add(() => {
        for (const slot of slots) if (!slot.done) slot.controller.abort();
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
