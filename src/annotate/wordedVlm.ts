import { FrameError } from "../camera/index.js";
import type { ObjectRef, SpatialQuestion } from "../language/index.js";
import { type SpatialVlm, wrapVlm } from "../models/index.js";
import { filled, type Task, wordsFor } from "../task/index.js";

/** What an episode is about fills none of the task file's patterns: its frames are not asked about. */
class EpisodeTaskError extends FrameError {
  override readonly code = "frame.task";
}

/** A model that is asked in the words of each frame's episode, where the task file has places for them. */
export function wordedVlm(vlm: SpatialVlm, { wording }: Pick<Task, "wording">): SpatialVlm {
  if (wording === undefined) return vlm;
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      const { instruction, episode } = frame;
      if (instruction === undefined) {
        throw new EpisodeTaskError(`${episode} does not say what its task is (episode_task)`);
      }
      const words = wordsFor(wording, instruction);
      if (words === undefined) {
        throw new EpisodeTaskError(
          `${episode}: its task "${instruction}" is like no episode_task of the task file: ` +
            wording.patterns.map((pattern) => `"${pattern}"`).join(", "),
        );
      }
      const said = questions.map((question) => inWords(question, words));
      return vlm.ask(frame, said, signal);
    },
  });
}

function inWords(question: SpatialQuestion, words: ReadonlyMap<string, string>): SpatialQuestion {
  const text = filled(question.text, words);
  if (question.kind === "open") return { ...question, text };
  const named = (object: ObjectRef) => ({ ...object, phrase: filled(object.phrase, words) });
  const { subject, object, support } = question;
  return {
    ...{ ...question, text, subject: named(subject) },
    ...(object && { object: named(object) }),
    ...(support && { support: named(support) }),
  };
}
