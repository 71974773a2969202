import * as z from "zod";
import { messageOf, rosTimeOf, UserError } from "../../../base/index.js";
import {
  checkReasonerSpec,
  createReasoner,
  type Reasoner,
  type ReasonLimits,
  reason,
} from "../../../reason/index.js";
import type { RosActionOutcome, RosHandle, RosNode } from "../../RosNode.js";
import { BridgeError } from "../BridgeError.js";
import { guardedVlm } from "../guardedVlm.js";
import { type BridgeServices, cameraOf, inTime, newestFrameOf } from "./BridgeServices.js";
import { noReasoning, reasonFeedback, reasonOutcome } from "./reasonMessages.js";

export interface ReasonActionOptions {
  readonly node: RosNode;
  /** Know whether the node can answer questions. */
  readonly services: BridgeServices;
}

/** Goals that are worked on at a time; nothing queues. */
const MOST_GOALS = 4;

const goalSchema = z.object({
  question: z.string().default(""),
  camera: z.string().default(""),
  max_turns: z.coerce.number().default(0),
  timeout: z.number().default(0),
});

/** The node's action `~/reason`, served while there is a language model. */
export class ReasonAction {
  readonly #options: ReasonActionOptions;
  #llm = "";
  #reasoner: Reasoner | undefined;
  #served: RosHandle | undefined;
  #goals = 0;

  constructor(options: ReasonActionOptions) {
    this.#options = options;
  }

  /** @throws VlmSpecError if the spec cannot be; the model before stays */
  setLlm(llm: string): void {
    checkLlm(llm);
    this.#llm = llm;
    this.#reasoner = undefined;
    if (llm === "") {
      this.close();
      return;
    }
    this.#served ??= this.#options.node.serveAction(
      "~/reason",
      "spatial_reward_msgs/action/Reason",
      (goal, publishFeedback, signal) => this.#execute(goal, publishFeedback, signal),
    );
  }

  close(): void {
    this.#served?.close();
    this.#served = undefined;
  }

  /** What goes wrong is a result too. */
  async #execute(
    goal: unknown,
    publishFeedback: (feedback: unknown) => void,
    signal: AbortSignal,
  ): Promise<RosActionOutcome> {
    this.#goals++;
    try {
      if (this.#goals > MOST_GOALS) {
        throw new BridgeError(`${MOST_GOALS} questions are already in progress: ask later`);
      }
      return await this.#reason(goal, publishFeedback, signal);
    } catch (error) {
      const message = messageOf(error);
      const level = error instanceof UserError || signal.aborted ? "warn" : "error";
      this.#options.node.log(level, `reason: ${message}`);
      return { status: "aborted", result: noReasoning(message, this.#reasoner) };
    } finally {
      this.#goals--;
    }
  }

  async #reason(
    goal: unknown,
    publishFeedback: (feedback: unknown) => void,
    signal: AbortSignal,
  ): Promise<RosActionOutcome> {
    const { session, run, vlm } = this.#options.services.ready();
    const asked = goalSchema.parse(goal);
    if (asked.question.trim() === "") throw new BridgeError("the question is empty: give question");
    const camera = cameraOf(run, asked.camera);
    const frame = newestFrameOf(camera);
    const either = AbortSignal.any([signal, run.signal]);
    const reasoner = await this.#createReasoner(either);
    const reasoning = reason(
      asked.question,
      {
        frame,
        vlm: guardedVlm(vlm, () => run.topics),
        reasoner,
        objects: [...session.task.objects.values()],
        support: session.task.support,
        limits: limitsOf(asked),
        onTurn: (turn, number) => publishFeedback(reasonFeedback(turn, number)),
      },
      either,
    );
    const transcript = await inTime(reasoning, either);
    const result = {
      ...reasonOutcome(transcript),
      header: { stamp: rosTimeOf(frame.stampNs), frame_id: frame.frameId },
      camera: camera.name,
    };
    return { status: transcript.conclusion ? "succeeded" : "aborted", result };
  }

  /** Made with the first goal: its server may have come up only now. */
  async #createReasoner(signal: AbortSignal): Promise<Reasoner> {
    const llm = this.#llm;
    const reasoner = this.#reasoner ?? (await createReasoner(llm, signal));
    if (this.#llm === llm) this.#reasoner = reasoner;
    return reasoner;
  }
}

/** @throws VlmSpecError if it is neither empty nor the spec of a language model */
export function checkLlm(llm: string): void {
  if (llm !== "") checkReasonerSpec(llm);
}

function limitsOf({ max_turns: turns, timeout: timeS }: z.output<typeof goalSchema>) {
  const limits: Partial<ReasonLimits> = {
    ...(turns > 0 && { turns }),
    ...(timeS > 0 && { timeS }),
  };
  return limits;
}
