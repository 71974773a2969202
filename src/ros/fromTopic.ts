import { Observable } from "rxjs";
import type { RosNode, RosQos } from "./RosNode.js";

/**
 * The messages of a topic as a stream.
 *
 * Cold: each subscription of the stream is a subscription of the topic, from its start to its
 * teardown; nothing is subscribed before. Emits each message as it comes, does not complete, and
 * fails if the topic cannot be subscribed (a type that this ROS 2 does not know). There is no
 * back-pressure: what comes faster than it is taken away is dropped by the topic's queue, whose
 * length is `qos.depth`.
 *
 * @param topic relative names get the node's namespace; remapping applies
 * @param type `sensor_msgs/msg/Image`
 * @example
 * fromTopic(node, "/camera/color/image_raw", "sensor_msgs/msg/Image", SENSOR_QOS)
 *   .pipe(map((message) => imageFromRos(message)))
 */
export function fromTopic(
  node: Pick<RosNode, "subscribe">,
  topic: string,
  type: string,
  qos: RosQos,
): Observable<unknown> {
  return new Observable((subscriber) => {
    const subscription = node.subscribe(topic, type, qos, (message) => subscriber.next(message));
    return () => subscription.close();
  });
}

/** As `fromTopic`, of the messages as they were sent (`RosNode.subscribeRaw`). */
export function rawFromTopic(
  node: Pick<RosNode, "subscribeRaw">,
  topic: string,
  type: string,
  qos: RosQos,
): Observable<Uint8Array> {
  return new Observable((subscriber) => {
    const subscription = node.subscribeRaw(topic, type, qos, (cdr) => subscriber.next(cdr));
    return () => subscription.close();
  });
}
