import { OUTCOMES, type Outcome } from "../../sim/index.js";
import type { RosNode } from "../RosNode.js";

/** The simulator's parameters at its start; see launch/params/simulator.yaml. */
export interface SimParameters {
  readonly cameras: 1 | 2;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly rateHz: number;
  readonly depthNoiseMm: number;
  readonly color: "jpeg" | "raw";
  /** Those that can change while it runs. */
  readonly live: { nextSeed: number; outcome: Outcome; speed: number; pauseS: number };
}

/** Declares them; `live` follows `ros2 param set`. */
export function declareSimParameters(node: RosNode): SimParameters {
  const live = {
    nextSeed: node.declareParameter<number>({
      name: "seed",
      defaultValue: 0,
      description:
        "Scene and robot path of the first episode, or of the next one when set; each reset adds 1",
      integer: true,
      range: [0, 1_000_000],
    }),
    outcome: node.declareParameter<string>({
      name: "outcome",
      defaultValue: "success",
      description: "What the scripted robot does after the next reset",
      choices: OUTCOMES,
    }) as Outcome,
    speed: node.declareParameter<number>({
      name: "speed",
      defaultValue: 1,
      description: "Maximum number of simulated seconds per wall-clock second",
      range: [0.01, 100],
    }),
    pauseS: node.declareParameter<number>({
      name: "pause",
      defaultValue: 2,
      description: "Wall-clock seconds between two episodes; -1: wait for the service ~/reset",
      range: [-1, 3600],
    }),
  };
  node.onParameterChange((changes) => () => {
    for (const [name, value] of changes) {
      if (name === "seed") live.nextSeed = value as number;
      if (name === "outcome") live.outcome = value as Outcome;
      if (name === "speed") live.speed = value as number;
      if (name === "pause") live.pauseS = value as number;
    }
  });
  return { ...declareFixed(node), live };
}

function declareFixed(node: RosNode): Omit<SimParameters, "live"> {
  const number = (
    name: string,
    defaultValue: number,
    range: readonly [number, number],
    description: string,
    integer = false,
  ): number =>
    node.declareParameter<number>({
      ...{ name, defaultValue, range, description, integer },
      readOnly: true,
    });
  return {
    cameras: number("cameras", 1, [1, 2], "1: camera; 2: also side_camera", true) as 1 | 2,
    width: number("width", 320, [16, 4096], "Width of the images, pixels", true),
    height: number("height", 240, [16, 4096], "Height of the images, pixels", true),
    rateHz: number("rate", 10, [0.1, 100], "Image rate in simulated time, Hz"),
    depthNoiseMm: number(
      "depth_noise",
      0,
      [0, 100],
      "Standard deviation of the depth at 1 m, mm; grows with the square of the distance",
    ),
    color: node.declareParameter<string>({
      name: "color",
      defaultValue: "jpeg",
      description: "jpeg: <camera>/color/image_raw/compressed; raw: <camera>/color/image_raw",
      choices: ["jpeg", "raw"],
      readOnly: true,
    }) as "jpeg" | "raw",
  };
}
