import type { QuestionKind } from "../language/index.js";
import type { Figure } from "./statistics.js";

/** How good the rewards of some episodes are; see `evaluateRewards`. */
export interface RewardMetrics {
  readonly measurements: readonly MeasurementMetrics[];
  readonly episodes: EpisodeSetMetrics;
  /** One row for each episode. */
  readonly rows: readonly EpisodeRow[];
}

/** Figures by name; which ones there are depends on the kind, see `agreement`. */
export type Figures = Readonly<Record<string, Figure>>;

/** How well one measurement agrees with the truth, over all images of all episodes. */
export interface MeasurementMetrics {
  readonly name: string;
  readonly kind: QuestionKind;
  readonly about: string;
  /** Images with a measured value, of all. */
  readonly answered: Figure;
  /** Images with a truth, of all. */
  readonly known: Figure;
  readonly real: Figures;
  /** What the same figures become when measured and true values do not belong together. */
  readonly controls: {
    /** Measured in reversed time within each episode. */
    readonly reversed: Figures;
    /** Measured in random order. */
    readonly shuffled: Figures;
    /** Against another object: of those there are, the one that correlates best. */
    readonly wrongTarget: Figures;
  };
  readonly wrongTargetObject: string;
}

/** How well reward and progress distinguish success from failure and forward from backward. */
export interface EpisodeSetMetrics {
  readonly vocProgress: Figure;
  readonly vocReward: Figure;
  /** Share of the steps of successful episodes on which the signal fell. */
  readonly monotonicityViolations: Figure;
  readonly largestBackwardJump: Figure;
  /** What the two figures above speak of: `progress` where the task has stages, else `reward`. */
  readonly signal: "progress" | "reward";
  readonly auroc: Figure;
  /** Mean return of successful minus mean return of unsuccessful episodes. */
  readonly returnMargin: Figure;
  /** Lowest return of a successful minus highest of an unsuccessful episode. */
  readonly worstCaseMargin: Figure;
  /** Images with a reward, of all. */
  readonly rewarded: Figure;
  readonly controls: {
    readonly reversed: Figures;
    readonly shuffled: Figures;
    /** VOC on unsuccessful episodes: a clock scores there as high as on the others. */
    readonly unsuccessful: Figures;
    /**
     * AUROC of the recording's length instead of the return; near 0 or 1, the length alone predicts
     * the outcome.
     */
    readonly clock: Figures;
  };
}

export interface EpisodeRow {
  readonly name: string;
  readonly source: string;
  readonly camera: string;
  readonly outcome: string;
  readonly outcomeFrom: string;
  readonly frames: number;
  readonly ok: number;
  readonly stale: number;
  readonly invalid: number;
  /** Sum of the rewards up to the end of the episode; null if there was none. */
  readonly return: number | null;
  readonly finalProgress: number;
  /** How the reward says it ended; empty if it did not. */
  readonly ended: string;
  readonly durationS: number;
}

/** The figures of an episode set by their names, its controls aside. */
export function episodeFigures(episodes: EpisodeSetMetrics): Figures {
  return {
    coverage: episodes.rewarded,
    voc_progress: episodes.vocProgress,
    voc_reward: episodes.vocReward,
    monotonicity_violations: episodes.monotonicityViolations,
    largest_backward_jump: episodes.largestBackwardJump,
    auroc: episodes.auroc,
    return_margin: episodes.returnMargin,
    worst_case_margin: episodes.worstCaseMargin,
  };
}
