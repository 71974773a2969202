/** What the tests read of spatial_reward_msgs/msg/DenseReward. */
export interface DenseReward {
  readonly header: {
    readonly stamp: { readonly sec: number; readonly nanosec: number };
    readonly frame_id: string;
  };
  readonly task: string;
  readonly episode: string;
  readonly reward: number;
  readonly stage: string;
  readonly measurement_values: readonly number[];
  readonly validity: number;
  readonly reason: string;
  readonly late: boolean;
}

export const REWARD_TYPE = "spatial_reward_msgs/msg/DenseReward";

export function stampNsOf({ header: { stamp } }: DenseReward): bigint {
  return BigInt(stamp.sec) * 1_000_000_000n + BigInt(stamp.nanosec);
}
