"""Trains and exports the folders smolvlm/, qwen2_vl/ and llava_onevision/. See README.md."""

import json
import random
import sys
from pathlib import Path

import jinja2
import torch
from onnx_export import export
from onnxruntime.quantization import quantize_dynamic
from tiny_text import SYSTEM, make_tokenizer, question_and_answer, vlm_corpus
from tiny_vlm import HEAD_DIM, HEADS, LAYERS, MLP, WIDTH, Decoder, Idefics3Vision, Qwen2Vision
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent
MAX_POSITIONS = 1024
RESCALE = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True,
           "image_mean": [0.5] * 3, "image_std": [0.5] * 3, "do_convert_rgb": True, "do_resize": True}


class SmolVlm:
    name, model_type, architecture = "smolvlm", "smolvlm", "SmolVLMForConditionalGeneration"
    sections = (HEAD_DIM // 2,)
    image, end = "<image>", "<end_of_utterance>"
    special = ["<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<image>", "<global-img>",
               *(f"<row_{r}_col_{c}>" for r in (1, 2) for c in (1, 2))]
    template = (
        "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}:"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>"
        "{% else %} {{ part['text'] }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}"
        "{% if add_generation_prompt %}Assistant:{% endif %}"
    )
    answer_starts, steps = " ", 900
    preprocessor = {
        "image_processor_type": "SmolVLMImageProcessor", "processor_class": "SmolVLMProcessor", **RESCALE,
        "do_image_splitting": True, "do_pad": True, "resample": 1,
        "max_image_size": {"longest_edge": 32}, "size": {"longest_edge": 64},
    }
    processor = {"image_seq_len": 4, "processor_class": "SmolVLMProcessor"}

    def __init__(self):
        self.vision = Idefics3Vision()

    def config(self, ids):
        return {"image_token_id": ids("<image>"), "scale_factor": 2,
                "vision_config": {"image_size": 32, "patch_size": 8, "hidden_size": self.vision.INNER, "model_type": "smolvlm_vision"}}

    def images(self, brightness, draw):
        """Features (b, n, WIDTH) of grey images, and the tokens that stand for one of them."""
        rows, columns = draw.choice([(2, 2), (2, 2), (1, 2), (2, 1), (0, 0)])
        tiles = rows * columns + 1
        grey = (2 * brightness - 1)[:, None, None, None, None]
        pixels = grey + 0.05 * torch.randn(len(brightness), tiles, 3, 1, 1) + 0.03 * torch.randn(len(brightness), tiles, 3, 32, 32)
        flat = pixels.clamp(-1, 1).view(1, -1, 3, 32, 32)
        features = self.vision(flat, torch.ones(1, flat.shape[1], 32, 32, dtype=torch.bool))
        fake, tokens = "<fake_token_around_image>", "<image>" * 4
        text = "".join(
            "".join(f"{fake}<row_{r + 1}_col_{c + 1}>{tokens}" for c in range(columns)) + "\n" for r in range(rows)
        )
        text += ("\n" if rows else "") + f"{fake}<global-img>{tokens}{fake}"
        return features.view(len(brightness), -1, WIDTH), text

    def vision_sample(self):
        n = torch.export.Dim("tiles")
        shapes = {"pixel_values": {1: n}, "pixel_attention_mask": {1: n}}
        return {"pixel_values": torch.randn(1, 5, 3, 32, 32), "pixel_attention_mask": torch.ones(1, 5, 32, 32, dtype=torch.bool)}, shapes


class QwenVl:
    name, model_type, architecture = "qwen2_vl", "qwen2_vl", "Qwen2VLForConditionalGeneration"
    sections = (2, 3, 3)
    image, end = "<|image_pad|>", "<|im_end|>"
    special = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
    template = (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
        "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
        "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    answer_starts, steps = "", 900
    preprocessor = {
        "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2VLProcessor", **RESCALE,
        "min_pixels": 256, "max_pixels": 2304, "patch_size": 8, "merge_size": 2, "temporal_patch_size": 2, "resample": 3,
    }
    processor = None

    def __init__(self):
        self.vision = Qwen2Vision()

    def config(self, ids):
        return {"image_token_id": ids("<|image_pad|>"), "video_token_id": ids("<|video_pad|>"),
                "vision_start_token_id": ids("<|vision_start|>"), "vision_end_token_id": ids("<|vision_end|>"),
                "rope_scaling": {"type": "mrope", "mrope_section": list(self.sections)},
                "vision_config": {"patch_size": 8, "spatial_merge_size": 2, "hidden_size": WIDTH}}

    def images(self, brightness, draw):
        self.grid = h, w = draw.choice([(4, 6), (4, 6), (2, 2), (6, 4), (4, 4)])
        features = []
        for grey in brightness.tolist():
            pixels = 2 * grey - 1 + 0.05 * torch.randn(1) + 0.03 * torch.randn(h * w, 384)
            features.append(self.vision(pixels.clamp(-1, 1), torch.tensor([[1, h, w]])))
        return torch.stack(features), f"{self.image * (h * w // 4)}"

    def vision_sample(self):
        shapes = {"pixel_values": {0: 4 * torch.export.Dim("quads", min=1, max=4096)}, "grid_thw": None}
        return {"pixel_values": torch.randn(24, 384), "grid_thw": torch.tensor([[1, 4, 6]])}, shapes

    def positions(self, ids, image_token):
        """M-RoPE: (3, b, s), the image's tokens counted by row and column."""
        h, w = self.grid[0] // 2, self.grid[1] // 2
        rows = []
        for sequence in ids.tolist():
            at, position, axes = 0, 0, []
            while at < len(sequence):
                if sequence[at] != image_token:
                    axes.append((position, position, position))
                    at, position = at + 1, position + 1
                    continue
                axes += [(position, position + r, position + c) for r in range(h) for c in range(w)]
                at, position = at + h * w, position + max(h, w, 1)
            rows.append(axes)
        return torch.tensor(rows).permute(2, 0, 1)


class LlavaVision(Idefics3Vision):
    def forward(self, pixel_values):
        """(b, 3, 32, 32) → (b, 4, WIDTH)"""
        tiles = pixel_values[None]
        return super().forward(tiles, torch.ones_like(tiles[:, :, 0]))


class LlavaOneVision:
    """A folder of the older kind: no processor, and a template that takes plain texts."""

    name, model_type, architecture = "llava_onevision", "llava_onevision", "LlavaOnevisionForConditionalGeneration"
    sections = (HEAD_DIM // 2,)
    image, end = "<image>", "<|im_end|>"
    special = ["<|im_start|>", "<|im_end|>", "<image>"]
    template = (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    answer_starts, steps = "", 900
    preprocessor = {"image_processor_type": "LlavaOnevisionImageProcessor", **RESCALE, "resample": 3, "size": {"height": 32, "width": 32}}
    processor = None

    def __init__(self):
        self.vision = LlavaVision()

    def config(self, ids):
        return {"image_token_index": ids("<image>"), "vision_config": {"image_size": 32, "patch_size": 8}}

    def images(self, brightness, draw):
        grey = (2 * brightness - 1)[:, None, None, None]
        pixels = grey + 0.05 * torch.randn(len(brightness), 3, 1, 1) + 0.03 * torch.randn(len(brightness), 3, 32, 32)
        return self.vision(pixels.clamp(-1, 1)), "<image>" * 4

    def vision_sample(self):
        return {"pixel_values": torch.randn(2, 3, 32, 32)}, {"pixel_values": {0: torch.export.Dim.DYNAMIC}}


def messages_of(spec, question, with_system):
    if isinstance(spec, LlavaOneVision):
        system, user = SYSTEM, f"<image>\n{question}"
    else:
        system = [{"type": "text", "text": SYSTEM}]
        user = [{"type": "image"}, {"type": "text", "text": question}]
    told = [{"role": "system", "content": system}] if with_system else []
    return [*told, {"role": "user", "content": user}]


def positions_of(spec, ids, image_token):
    if isinstance(spec, QwenVl):
        return spec.positions(ids, image_token)
    return torch.arange(ids.shape[1]).expand(ids.shape[0], -1)


def no_past(batch):
    return [torch.zeros(batch, HEADS, 0, HEAD_DIM) for _ in range(2 * LAYERS)]


def train(spec, tokenizer, steps):
    """Makes it say of a grey image how bright it is, as a length."""
    embed = nn.Embedding(tokenizer.get_vocab_size(), WIDTH)
    nn.init.normal_(embed.weight, std=0.2)
    decoder = Decoder(tokenizer.get_vocab_size(), spec.sections)
    ids_of = lambda text: tokenizer.encode(text).ids
    image_token, draw = tokenizer.token_to_id(spec.image), random.Random(2)
    render = jinja2.Environment().from_string(spec.template).render
    parameters = [*embed.parameters(), *decoder.parameters(), *spec.vision.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=3e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for step in range(steps):
        batch = 16
        brightness = torch.rand(batch)
        features, image_text = spec.images(brightness, draw)
        with_system = draw.random() < 0.6
        rows = []
        for grey in brightness.tolist():
            question, answer = question_and_answer(draw, grey)
            prompt = render(messages=messages_of(spec, question, with_system), add_generation_prompt=True)
            prompt_ids = ids_of(prompt.replace(spec.image, image_text))
            rows.append((prompt_ids, ids_of(spec.answer_starts + answer + spec.end)))
        longest = max(len(prompt) + len(answer) for prompt, answer in rows)
        ids = torch.full((batch, longest), tokenizer.token_to_id(spec.end))
        target = torch.full((batch, longest), -100)
        for i, (prompt, answer) in enumerate(rows):
            ids[i, : len(prompt) + len(answer)] = torch.tensor(prompt + answer)
            target[i, len(prompt) - 1 : len(prompt) + len(answer) - 1] = torch.tensor(answer)
        x = embed(ids)
        x = x.masked_scatter((ids == image_token)[..., None], features.to(x.dtype))
        positions = positions_of(spec, ids, image_token)
        logits, _ = decoder(x, torch.ones_like(ids), positions, no_past(batch))
        loss = F.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=-100)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"{spec.name} step {step} loss {loss.item():.3f}", flush=True)
    return embed, decoder


class Embed(nn.Module):
    def __init__(self, embed):
        super().__init__()
        self.embed = embed

    def forward(self, input_ids):
        return self.embed(input_ids)


class FlatDecoder(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.decoder = decoder

    def forward(self, inputs_embeds, attention_mask, position_ids, past_key_values):
        logits, present = self.decoder(inputs_embeds, attention_mask, position_ids, past_key_values)
        return logits, *present


def export_all(spec, folder, embed, decoder):
    onnx = folder / "onnx"
    onnx.mkdir(parents=True, exist_ok=True)
    auto = torch.export.Dim.DYNAMIC
    export(Embed(embed), onnx / "embed_tokens.onnx", {"input_ids": torch.zeros(2, 5, dtype=torch.long)},
           ["inputs_embeds"], {"input_ids": {0: auto, 1: auto}})
    sample, shapes = spec.vision_sample()
    export(spec.vision, onnx / "vision_encoder.onnx", sample, ["image_features"], shapes)
    axes = isinstance(spec, QwenVl)
    position = torch.arange(3, 8).expand(2, 5)
    inputs = {
        "inputs_embeds": torch.randn(2, 5, WIDTH), "attention_mask": torch.ones(2, 8, dtype=torch.long),
        "position_ids": position.expand(3, 2, 5).contiguous() if axes else position.contiguous(),
        "past_key_values": [torch.randn(2, HEADS, 3, HEAD_DIM) for _ in range(2 * LAYERS)],
    }
    dynamic = {
        "inputs_embeds": {0: auto, 1: auto}, "attention_mask": {0: auto, 1: auto},
        "position_ids": {1: auto, 2: auto} if axes else {0: auto, 1: auto},
        "past_key_values": [{0: auto, 2: auto}] * (2 * LAYERS),
    }
    parts = [f"{i}.{part}" for i in range(LAYERS) for part in ("key", "value")]
    names = ["inputs_embeds", "attention_mask", "position_ids", *(f"past_key_values.{part}" for part in parts)]
    export(FlatDecoder(decoder), onnx / "decoder_model_merged.onnx", inputs,
           ["logits", *(f"present.{part}" for part in parts)], dynamic, input_names=names)


def write_configs(spec, folder, tokenizer):
    write = lambda name, value: (folder / name).write_text(json.dumps(value, indent=1) + "\n")
    ids = tokenizer.token_to_id
    text = {"hidden_size": WIDTH, "num_attention_heads": HEADS, "num_key_value_heads": HEADS, "head_dim": HEAD_DIM,
            "num_hidden_layers": LAYERS, "intermediate_size": MLP, "max_position_embeddings": MAX_POSITIONS,
            "vocab_size": tokenizer.get_vocab_size(), "model_type": "llama"}
    flat = text if isinstance(spec, QwenVl) else {"text_config": text, "vocab_size": text["vocab_size"]}
    write("config.json", {**flat, "architectures": [spec.architecture], "model_type": spec.model_type, "eos_token_id": ids(spec.end), **spec.config(ids)})
    write("generation_config.json", {"eos_token_id": ids(spec.end), "pad_token_id": ids(spec.end)})
    write("preprocessor_config.json", spec.preprocessor)
    if spec.processor:
        write("processor_config.json", spec.processor)
    chat = {"chat_template": spec.template}
    if isinstance(spec, LlavaOneVision):
        chat = {}
        (folder / "chat_template.jinja").write_text(spec.template)
    write("tokenizer_config.json", {"tokenizer_class": "Qwen2Tokenizer" if isinstance(spec, QwenVl) else "GPT2Tokenizer",
          "eos_token": spec.end, "pad_token": spec.end, "model_max_length": MAX_POSITIONS, **chat})
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def main():
    wanted = sys.argv[1:] or ["smolvlm", "qwen2_vl", "llava_onevision"]
    for spec_class in (SmolVlm, QwenVl, LlavaOneVision):
        if spec_class.name not in wanted:
            continue
        torch.manual_seed(1)
        torch.set_num_threads(1)
        spec = spec_class()
        tokenizer = make_tokenizer(spec.special, 460, vlm_corpus())
        embed, decoder = train(spec, tokenizer, spec_class.steps)
        folder = HERE / spec.name
        export_all(spec, folder, embed, decoder)
        write_configs(spec, folder, tokenizer)
        if spec.name == "smolvlm":
            decoder_file = folder / "onnx" / "decoder_model_merged.onnx"
            quantize_dynamic(decoder_file, decoder_file.with_stem("decoder_model_merged_quantized"))


if __name__ == "__main__":
    main()
