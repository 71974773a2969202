import { Observable } from "rxjs";
import type { Credit } from "./Credit.js";

/**
 * Emits what an async iterable yields, one value for each permit of `credit`.
 *
 * - Completion and error: the iterable's.
 * - Teardown: the iterator is returned, so that a generator's `finally` runs.
 * - Back-pressure: nothing is pulled while no permit is free.
 */
export function pullFrames<T>(values: AsyncIterable<T>, credit: Credit): Observable<T> {
  return new Observable((subscriber) => {
    const pull = async (): Promise<void> => {
      try {
        await credit.take();
        for await (const value of values) {
          if (subscriber.closed) return;
          subscriber.next(value);
          await credit.take();
          if (subscriber.closed) return;
        }
        subscriber.complete();
      } catch (error) {
        subscriber.error(error);
      }
    };
    void pull();
    // A pull that waits for a permit must wake to see that nobody listens any more.
    subscriber.add(() => credit.give());
  });
}
