import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PreTrainedTokenizer } from "@huggingface/transformers";

interface Part {
  readonly type: "image" | "text";
  readonly text?: string;
}

interface ChatMessage {
  readonly role: "system" | "user";
  readonly content: string | readonly Part[];
}

/** Puts a question into the words that a model was trained to be asked in: its chat template. */
export class ChatPrompt {
  readonly #tokenizer: PreTrainedTokenizer;
  readonly #template: string | undefined;
  readonly #imageToken: string;

  /**
   * @param template where it is not in tokenizer_config.json
   * @param imageToken stands for the image where the template has no place for one
   */
  constructor(tokenizer: PreTrainedTokenizer, template: string | undefined, imageToken: string) {
    this.#tokenizer = tokenizer;
    this.#template = template;
    this.#imageToken = imageToken;
  }

  /** Whether the model was trained on chats at all. */
  get isChat(): boolean {
    return this.#template !== undefined || Boolean(this.#tokenizer.chat_template);
  }

  /** One question about one image, with what the model is told before it. */
  render(system: string | undefined, question: string): string {
    if (!this.isChat) return `${this.#imageToken}${[system, question].filter(Boolean).join("\n")}`;
    if (system === undefined) return this.#ask(question, []);
    const told: ChatMessage = { role: "system", content: [{ type: "text", text: system }] };
    try {
      return this.#ask(question, [told]);
    } catch {
      // Gemma's and others' templates have no role of the system.
      return this.#ask(`${system}\n\n${question}`, []);
    }
  }

  #ask(question: string, before: readonly ChatMessage[]): string {
    const text: Part = { type: "text", text: question };
    const asked = this.#render([...before, { role: "user", content: [{ type: "image" }, text] }]);
    const withoutImage = this.#render([...before, { role: "user", content: [text] }]);
    if (asked !== withoutImage && !/['"]type['"]:/.test(asked)) return asked;
    // A template that leaves the image out, or prints parts as they are, takes plain texts with
    // the image's token in them.
    const plain = before.map(({ role, content }) => ({
      role,
      content: typeof content === "string" ? content : (content[0]?.text ?? ""),
    }));
    const content = `${this.#imageToken}\n${question}`;
    return this.#render([...plain, { role: "user", content }]);
  }

  #render(messages: readonly ChatMessage[]): string {
    return this.#tokenizer.apply_chat_template(messages as never, {
      tokenize: false,
      add_generation_prompt: true,
      ...(this.#template !== undefined && { chat_template: this.#template }),
    }) as string;
  }
}

/** The chat template, if it is in its own file: newer folders keep it there. */
export async function templateFile(folder: string): Promise<string | undefined> {
  const text = (name: string) => readFile(join(folder, name), "utf8").catch(() => undefined);
  const jinja = await text("chat_template.jinja");
  if (jinja !== undefined) return jinja;
  const json = await text("chat_template.json");
  if (json === undefined) return undefined;
  const { chat_template } = JSON.parse(json) as { readonly chat_template?: unknown };
  return typeof chat_template === "string" ? chat_template : undefined;
}
