import { expect, it } from "vitest";
import { Patience } from "../../src/cli/patience.js";
import type { Refusal, SpatialQuestion } from "../../src/language/index.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";

const AWAY: Refusal = { reason: "transport", detail: "nothing is listening there" };
const QUESTION: SpatialQuestion = { kind: "open", text: "What is there?" };

async function messageAfterRefusal(...next: readonly string[]): Promise<string> {
  const vlm = scriptedVlm(() => AWAY);
  const patience = new Patience(vlm, 0n, ...next);
  await patience.vlm.ask(frameOf({ stampNs: 1n }), [QUESTION], new AbortController().signal);
  try {
    patience.check();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

it("says how a run without an answer goes on, as its command can", async () => {
  expect(await messageAfterRefusal()).toContain("run the same command with --resume to continue");
  const ofQueue = await messageAfterRefusal("the queue tries again");
  expect(ofQueue).toContain("transport: nothing is listening there");
  expect(ofQueue).toContain("the queue tries again");
  expect(ofQueue).not.toContain("--resume");
});
