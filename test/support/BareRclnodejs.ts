/** The little of rclnodejs that tests and benchmarks use by itself; its own types need a ROS 2. */
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
    readonly DurabilityPolicy: {
      readonly RMW_QOS_POLICY_DURABILITY_VOLATILE: number;
      readonly RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL: number;
    };
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
    options: { readonly qos: unknown; readonly isRaw?: boolean },
    onMessage: (message: unknown) => void,
  ): unknown;
}

/** Sensors' QoS. */
export function sensorQos(rclnodejs: BareRclnodejs, depth: number): unknown {
  const { RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT } = rclnodejs.QoS.ReliabilityPolicy;
  return qosOf(rclnodejs, depth, RMW_QOS_POLICY_RELIABILITY_BEST_EFFORT);
}

export function defaultQos(rclnodejs: BareRclnodejs, depth: number): unknown {
  const { RMW_QOS_POLICY_RELIABILITY_RELIABLE } = rclnodejs.QoS.ReliabilityPolicy;
  return qosOf(rclnodejs, depth, RMW_QOS_POLICY_RELIABILITY_RELIABLE);
}

/** Of what holds for every later subscriber too. */
export function latchedQos(rclnodejs: BareRclnodejs, depth: number): unknown {
  const { ReliabilityPolicy, DurabilityPolicy } = rclnodejs.QoS;
  const { RMW_QOS_POLICY_RELIABILITY_RELIABLE } = ReliabilityPolicy;
  const { RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL } = DurabilityPolicy;
  return qosOf(
    rclnodejs,
    depth,
    RMW_QOS_POLICY_RELIABILITY_RELIABLE,
    RMW_QOS_POLICY_DURABILITY_TRANSIENT_LOCAL,
  );
}

function qosOf(
  { QoS }: BareRclnodejs,
  depth: number,
  reliability: number,
  durability = QoS.DurabilityPolicy.RMW_QOS_POLICY_DURABILITY_VOLATILE,
): unknown {
  const history = QoS.HistoryPolicy.RMW_QOS_POLICY_HISTORY_KEEP_LAST;
  return new QoS(history, depth, reliability, durability);
}
