import { type MonoTypeOperatorFunction, Observable } from "rxjs";
import type { RosNode, RosQos } from "./RosNode.js";

/**
 * Publishes what a stream emits, and passes it on.
 *
 * The topic is advertised when the result is subscribed and withdrawn when that ends, for whichever
 * reason; so a stream that is subscribed twice is published twice. Emits, completes and fails with
 * the source; fails too where a value is no message of the type and someone listens. Each value is
 * published before it is passed on, in the same turn; nothing is queued here.
 *
 * @param type `std_msgs/msg/Float64`
 * @param toMessage what is published of a value; the value itself where this is left out
 * @example
 * rewards$.pipe(
 *   toTopic(node, "reward", "std_msgs/msg/Float64", DEFAULT_QOS, ({ reward }) => ({ data: reward })),
 * ).subscribe();
 */
export function toTopic<T>(
  node: Pick<RosNode, "advertise">,
  topic: string,
  type: string,
  qos: RosQos,
  toMessage: (value: T) => unknown = (value) => value,
): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const publisher = node.advertise(topic, type, qos);
      subscriber.add(() => publisher.close());
      subscriber.add(
        source.subscribe({
          next(value) {
            try {
              publisher.publish(toMessage(value));
            } catch (error) {
              subscriber.error(error);
              return;
            }
            subscriber.next(value);
          },
          error: (error) => subscriber.error(error),
          complete: () => subscriber.complete(),
        }),
      );
    });
}
