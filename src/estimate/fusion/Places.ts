import { vec3At } from "../../base/index.js";
import { type KinematicSample, type Pose, transformPoint } from "../../camera/index.js";
import type { RobotSpec, Task } from "../../task/index.js";
import type { Hypothesis } from "./Hypothesis.js";
import { type BelievedLength, believedLength, type Place } from "./lengths.js";
import type { Channel, StateLayout } from "./StateLayout.js";

/** Reads off a hypothesis where things are, and how far apart, at a sample of the kinematics. */
export class Places {
  readonly #layout: StateLayout;
  readonly #robot: RobotSpec;
  readonly #trackedFrames: ReadonlyMap<string, string>;

  constructor(layout: StateLayout, robot: RobotSpec, objects: Task["objects"]) {
    this.#layout = layout;
    this.#robot = robot;
    this.#trackedFrames = new Map(
      robot.tracked.flatMap((name) => {
        const frame = objects.get(name)?.frame;
        return frame === undefined ? [] : [[name, frame] as const];
      }),
    );
  }

  /** The frame of an object that the task says is tracked. */
  trackedFrame(name: string): string | undefined {
    return this.#trackedFrames.get(name);
  }

  /** Undefined where the hypothesis knows no place, or TF does not have it. */
  place(
    { belief, modes, past }: Hypothesis,
    name: string,
    gripper: Pose,
    { stampNs, poses }: KinematicSample,
  ): Place | undefined {
    if (name === this.#robot.gripper.name) return { position: gripper.position };
    const slot = this.#layout.slots.get(name);
    if (slot === undefined) {
      const tracked = poses.get(this.trackedFrame(name) ?? "");
      return tracked && { position: tracked.position };
    }
    const atRest = (index: number): Place => ({
      position: vec3At(belief.mean, index),
      slot: index,
      restIndex: index + 3,
    });
    const inGripper = (at: Pose, index: number): Place => ({
      ...atRest(index),
      position: transformPoint(at, vec3At(belief.mean, index)),
      rotation: at.rotation,
    });
    const over = past.find(({ object, untilNs }) => object === name && stampNs < untilNs);
    if (over?.grasped) {
      return inGripper(stampNs < over.grasped.stampNs ? over.grasped.gripper : gripper, over.slot);
    }
    if (over) return atRest(over.slot);
    const mode = modes.get(name);
    if (mode?.kind === "held") {
      return inGripper(stampNs < mode.grasped.stampNs ? mode.grasped.gripper : gripper, slot);
    }
    return mode?.kind === "rest" ? atRest(slot) : undefined;
  }

  /** The length that a question asks for; undefined where places do not determine it yet. */
  length(
    hypothesis: Hypothesis,
    asked: Pick<Channel, "kind" | "subject" | "object" | "sizeIndex">,
    opticalFrame: string,
    sample: KinematicSample | undefined,
  ): BelievedLength | undefined {
    const { kind, subject, object, sizeIndex } = asked;
    const { belief } = hypothesis;
    const gripper = sample?.poses.get(this.#robot.gripperFrame);
    if (!sample || !gripper) return undefined;
    const around = this.#distanceAround(hypothesis, kind, subject, object);
    const a = around ? undefined : this.place(hypothesis, subject, gripper, sample);
    const b =
      around || object === undefined ? undefined : this.place(hypothesis, object, gripper, sample);
    if (!around && (!a || (object !== undefined && !b))) return undefined;
    const camera = sample.poses.get(opticalFrame);
    const length = around ?? (a && believedLength(kind, belief, a, b, camera));
    if (!length || sizeIndex === undefined) return length;
    const meanM = length.meanM + (belief.mean[sizeIndex] ?? 0);
    const form = {
      indices: [...length.form.indices, sizeIndex],
      values: [...length.form.values, 1],
    };
    return { ...length, meanM: kind === "gap" ? Math.max(meanM, 0) : meanM, form };
  }

  /** Of an object whose direction is open, from the object around which it lies. */
  #distanceAround(
    { modes, belief }: Hypothesis,
    kind: string,
    subject: string,
    object: string | undefined,
  ): BelievedLength | undefined {
    for (const [name, other] of [
      [subject, object],
      [object, subject],
    ]) {
      const mode = name === undefined ? undefined : modes.get(name);
      if (name === undefined || mode?.kind !== "around" || mode.partner !== other) continue;
      if (mode.isLevel !== (kind === "horizontal_distance")) continue;
      const slot = this.#layout.slots.get(name) ?? 0;
      const form = { indices: [slot], values: [1] };
      return { meanM: Math.max(belief.mean[slot] ?? 0, 0), form, bentM2: 0 };
    }
    return undefined;
  }
}
