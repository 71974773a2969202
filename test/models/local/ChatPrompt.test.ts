import type { PreTrainedTokenizer } from "@huggingface/transformers";
import { beforeAll, describe, expect, it } from "vitest";
import { ChatPrompt, templateFile } from "../../../src/models/local/ChatPrompt.js";
import { loadTransformers } from "../../../src/models/onnx/OnnxFolder.js";
import { modelFolder } from "./folders.js";

const tokenizerOf = async (name: string): Promise<PreTrainedTokenizer> =>
  (await loadTransformers()).AutoTokenizer.from_pretrained(modelFolder(name));

describe("ChatPrompt", () => {
  let tokenizer: PreTrainedTokenizer;
  beforeAll(async () => {
    tokenizer = await tokenizerOf("smolvlm");
  });

  it("asks in the words of the model's own template", () => {
    const prompt = new ChatPrompt(tokenizer, undefined, "<image>");
    expect(prompt.isChat).toBe(true);
    expect(prompt.render(undefined, "How far?")).toBe(
      "<|im_start|>User:<image> How far?<end_of_utterance>\nAssistant:",
    );
    expect(prompt.render("Be short.", "How far?")).toBe(
      "<|im_start|>System: Be short.<end_of_utterance>\n" +
        "User:<image> How far?<end_of_utterance>\nAssistant:",
    );
  });

  it("tells it in the question where the template has no role of the system", () => {
    const template =
      "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no system') }}" +
      "{% endif %}{% for p in m.content %}{{ p.text or '<image>' }}{% endfor %}{% endfor %}";
    const prompt = new ChatPrompt(tokenizer, template, "<image>");
    expect(prompt.render("Be short.", "How far?")).toBe("<image>Be short.\n\nHow far?");
  });

  it.each([
    ["leaves the image out", "{% for p in m.content %}{{ p.text }}{% endfor %}"],
    ["prints what it is given", "{{ m.content }}"],
  ])("puts the image's token into the text where the template %s", (_, content) => {
    const list = content.startsWith("{%")
      ? `{% if m.content is string %}{{ m.content }}{% else %}${content}{% endif %}`
      : content;
    const template = `{% for m in messages %}[{{ m.role }}] ${list}{% endfor %}`;
    const prompt = new ChatPrompt(tokenizer, template, "<image>");
    expect(prompt.render("Be short.", "How far?")).toBe(
      "[system] Be short.[user] <image>\nHow far?",
    );
  });

  it("asks barely where there is no template", async () => {
    const bare = await tokenizerOf("llava_onevision");
    const prompt = new ChatPrompt(bare, undefined, "<image>");
    expect(prompt.isChat).toBe(false);
    expect(prompt.render(undefined, "How far?")).toBe("<image>How far?");
    expect(prompt.render("Be short.", "How far?")).toBe("<image>Be short.\nHow far?");
  });
});

describe("templateFile", () => {
  it("reads the template that has a file of its own", async () => {
    expect(await templateFile(modelFolder("llava_onevision"))).toContain("<|im_start|>");
    expect(await templateFile(modelFolder("smolvlm"))).toBeUndefined();
  });
});
