import type { Annotation } from "../../annotate/index.js";
import type { Task } from "../../task/index.js";
import type { LogLimit } from "../LogLimit.js";
import { annotatedImageMessage } from "./annotatedImage.js";

/**
 * Draws annotated images one at a time, the newest next: drawing takes longer than measuring may,
 * and runs beside it.
 */
export class Pictures {
  readonly #publish: (message: unknown) => void;
  readonly #log: LogLimit;
  #next: { readonly annotation: Annotation; readonly task: Task } | undefined;
  #isDrawing = false;

  constructor(publish: (message: unknown) => void, log: LogLimit) {
    this.#publish = publish;
    this.#log = log;
  }

  offer(annotation: Annotation, task: Task): void {
    if (annotation.outcome === "failed") return;
    this.#next = { annotation, task };
    if (!this.#isDrawing) void this.#draw();
  }

  async #draw(): Promise<void> {
    this.#isDrawing = true;
    for (let job = this.#next; job !== undefined; job = this.#next) {
      this.#next = undefined;
      const names = [...job.task.objects.keys()];
      try {
        const colourOf = (object: string) => Math.max(0, names.indexOf(object));
        this.#publish(await annotatedImageMessage(job.annotation, colourOf));
      } catch (error) {
        this.#log.log("warn", "picture", `no annotated image: ${(error as Error).message}`);
      }
    }
    this.#isDrawing = false;
  }
}
