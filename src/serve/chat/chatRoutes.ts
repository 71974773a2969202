import { randomUUID } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { CameraFrame } from "../../camera/index.js";
import { FieldError, type HttpApp, PathError, readBody } from "../../http/index.js";
import type { RewardService } from "../RewardService.js";
import { StepFrames } from "../StepFrames.js";
import { type Asked, askedIn, type ChatRequest, chatSchema } from "./ChatRequest.js";
import { type ChatAnswer, calibratedAnswer } from "./calibratedAnswer.js";
import { readQuestions } from "./readQuestions.js";
import { answerFields, sayAnswer } from "./sayAnswer.js";

/** OpenAI's API, as far as a model that measures can speak it: chats about an image, and models. */
export function addChatRoutes(app: HttpApp, service: RewardService): void {
  const { id } = service.vlm;
  const createdS = Math.floor(Date.now() / 1000);
  const model = { id, object: "model", created: createdS, owned_by: "spatial-reward" };
  app.get("/v1/models", async () => ({ object: "list", data: [model] }));

  app.post("/v1/chat/completions", async ({ body }, reply) => {
    const request = readBody(chatSchema, body);
    if (request.model !== id) {
      const shown = JSON.stringify(request.model.slice(0, 100));
      throw new PathError(`model: there is no model ${shown} here: name ${id} (GET /v1/models)`);
    }
    const asked = askedIn(request);
    const frame = await frameOf(request, asked);
    const { questions, isNumbered } = readQuestions(asked.text, service.task, frame.labelNames);
    const said = await service.turns.admit(1, () =>
      service.vlm.ask(frame, questions, service.signal),
    );
    const answers = said.map((answer) => calibratedAnswer(answer, service.calibration));
    const sentences = answers.map(({ answer }) => sayAnswer(answer));
    const content = sentences
      .map((sentence, i) => (isNumbered ? `${i + 1}: ${sentence}` : sentence))
      .join("\n");
    const completion = { id: `chatcmpl-${randomUUID()}`, created: createdS, model: id };
    return request.stream
      ? stream(reply, completion, content, answers)
      : whole(completion, content, answers, request.n ?? 1);
  });
}

async function frameOf({ spatial }: ChatRequest, { image }: Asked): Promise<CameraFrame> {
  const { depth, labels, camera } = spatial ?? {};
  const parts = { ...(depth && { depth }), ...(labels && { labels }), ...(camera && { camera }) };
  const options = { camera: { name: "image", color: "image" }, opticalFrame: "image", rateHz: 1 };
  const frame = await new StepFrames({ objects: new Map() }, options).next({ image, ...parts }, "");
  if (frame.fault !== undefined) throw new FieldError(frame.fault);
  // People send photographs: those are meant as they are shown.
  const shown = frame.image.kind === "compressed" ? { ...frame.image, isPhoto: true } : frame.image;
  return { ...frame, image: shown };
}

interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

function whole(
  head: CompletionHead,
  content: string,
  answers: readonly ChatAnswer[],
  n: number,
): object {
  return {
    ...{ ...head, object: "chat.completion" },
    choices: Array.from({ length: n }, (_, index) => ({
      index,
      message: { role: "assistant", content, refusal: null },
      logprobs: null,
      finish_reason: "stop",
    })),
    // No tokens are made here.
    usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    spatial_answers: answers.map(answerFields),
  };
}

/** Server-sent events: the words at once, then the end. */
function stream(
  reply: FastifyReply,
  head: CompletionHead,
  content: string,
  answers: readonly ChatAnswer[],
): FastifyReply {
  const chunk = (delta: object, finish: string | null, more: object = {}): string => {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    return `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`;
  };
  return reply
    .type("text/event-stream")
    .send(
      chunk({ role: "assistant", content }, null) +
        chunk({}, "stop", { spatial_answers: answers.map(answerFields) }) +
        "data: [DONE]\n\n",
    );
}
