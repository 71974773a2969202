import type { SpatialAnswer } from "../../language/index.js";
import { isPassing } from "../passingRefusal.js";
import type { DisposableVlm, SpatialVlm } from "../SpatialVlm.js";
import { wrapVlm } from "../wrapVlm.js";
import type { AnswerJournal } from "./AnswerJournal.js";

/**
 * A model that writes down what it said, and says it again without being asked twice: frames
 * that are in the journal never reach `vlm`. Questions must be the same in every run (they
 * belong to the journal's key). Closing it leaves the journal open.
 */
export function journaled(vlm: SpatialVlm, journal: AnswerJournal): DisposableVlm {
  return wrapVlm(vlm, {
    async ask(frame, questions, signal) {
      const known = journal.find(frame);
      if (known) {
        return known.map((said, i) => ({ ...said, question: questions[i]! }) as SpatialAnswer);
      }
      const answers = await vlm.ask(frame, questions, signal);
      // What another try may cure is asked again by a resumed run.
      const settled = answers.every(({ refusal }) => !refusal || !isPassing(refusal));
      if (settled) await journal.add(frame, answers);
      return answers;
    },
  });
}
