/** The little of rclnodejs that the base of the ratios is made of; its own types need a ROS 2. */
export interface BareRclnodejs {
  init(): Promise<void>;
  createNode(name: string): BareNode;
  spin(node: BareNode): void;
  readonly QoS: {
    new (history: number, depth: number, reliability: number, durability: number): unknown;
    readonly HistoryPolicy: { readonly RMW_QOS_POLICY_HISTORY_KEEP_LAST: number };
    readonly ReliabilityPolicy: {
      readonly RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT: number;
      readonly RMW_QOS_POLICY_RELIABILITY_RELIABLE: number;
    };
    readonly DurabilityPolicy: { readonly RMW_QOS_POLICY_DURABILITY_VOLATILE: number };
  };
}

interface BareNode {
  createPublisher(
    type: string,
    topic: string,
    options: { readonly qos: unknown },
  ): { publish(message: unknown): void };
  createClient(
    type: string,
    service: string,
  ): { sendRequest(request: unknown, onResponse: (response: unknown) => void): void };
  createSubscription(
    type: string,
    topic: string,
    options: { readonly qos: unknown },
    onMessage: (message: unknown) => void,
  ): unknown;
}

/** Sensors' QoS. */
export function sensorQos({ QoS }: BareRclnodejs, depth: number): unknown {
  return new QoS(
    QoS.HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST,
    depth,
    QoS.ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT,
    QoS.DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE,
  );
}

export function defaultQos({ QoS }: BareRclnodejs, depth: number): unknown {
  return new QoS(
    QoS.HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST,
    depth,
    QoS.ReliabilityPolicy.RMW_QOS_POLICY_RELIABILITY_RELIABLE,
    QoS.DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE,
  );
}
