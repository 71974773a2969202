"""A language decoder and two vision encoders, as in SmolVLM (Idefics 3) and Qwen2-VL, but tiny."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WIDTH, HEADS, LAYERS, MLP = 48, 3, 2, 96
HEAD_DIM = WIDTH // HEADS


class RmsNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


def rotation(position_ids: Tensor, sections: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Rotary embedding. One section: position_ids (b, s); three (M-RoPE): (3, b, s)."""
    frequency = 10000.0 ** (-torch.arange(0, HEAD_DIM, 2, dtype=torch.float32) / HEAD_DIM)
    if len(sections) == 1:
        angle = position_ids[..., None].float() * frequency
    else:
        angles = position_ids[..., None].float() * frequency
        parts = angles.split(sections, dim=-1)
        angle = torch.cat([part[axis] for axis, part in enumerate(parts)], dim=-1)
    angle = torch.cat([angle, angle], dim=-1)[:, None]
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-right, left], dim=-1) * sin


class DecoderLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.before_attention, self.before_mlp = RmsNorm(WIDTH), RmsNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)
        self.gate_up = nn.Linear(WIDTH, 2 * MLP, bias=False)
        self.down = nn.Linear(MLP, WIDTH, bias=False)

    def forward(self, x, mask, cos, sin, past_key, past_value):
        b, s, _ = x.shape
        q, k, v = (
            part.view(b, s, HEADS, HEAD_DIM).transpose(1, 2)
            for part in self.qkv(self.before_attention(x)).chunk(3, dim=-1)
        )
        key = torch.cat([past_key, rotate(k, cos, sin)], dim=2)
        value = torch.cat([past_value, v], dim=2)
        score = rotate(q, cos, sin) @ key.transpose(-1, -2) * HEAD_DIM**-0.5 + mask
        x = x + self.out((score.softmax(-1) @ value).transpose(1, 2).reshape(b, s, WIDTH))
        gate, up = self.gate_up(self.before_mlp(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up), key, value


class Decoder(nn.Module):
    """Llama/Qwen2 layers with a key-value cache, as `decoder_model_merged.onnx` has it."""

    def __init__(self, vocabulary: int, sections: tuple[int, ...] = (HEAD_DIM // 2,)):
        super().__init__()
        self.sections = sections
        self.layers = nn.ModuleList(DecoderLayer() for _ in range(LAYERS))
        self.norm = RmsNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocabulary, bias=False)

    def forward(self, inputs_embeds, attention_mask, position_ids, past_key_values):
        """past_key_values: a key and a value (b, heads, past, head_dim) for each layer, flat."""
        s, total = inputs_embeds.shape[1], attention_mask.shape[1]
        rows = torch.arange(s)[:, None] + (total - s)
        seen = (torch.arange(total)[None, :] <= rows)[None, None]
        seen = seen & (attention_mask[:, None, None, :] > 0)
        mask = torch.where(seen, 0.0, -1e9)
        cos, sin = rotation(position_ids, self.sections)
        x, present = inputs_embeds, []
        for i, layer in enumerate(self.layers):
            x, key, value = layer(x, mask, cos, sin, *past_key_values[2 * i : 2 * i + 2])
            present += [key, value]
        return self.head(self.norm(x)), present


class EncoderLayer(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.before_attention, self.before_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(self.before_attention(x)).chunk(3, dim=-1)
        score = q @ k.transpose(-1, -2) * x.shape[-1] ** -0.5
        x = x + self.out(score.softmax(-1) @ v)
        return x + self.mlp(self.before_mlp(x))


class Idefics3Vision(nn.Module):
    """SigLIP on tiles of 32x32, then a pixel shuffle to 4 tokens a tile."""

    SIDE, PATCH, INNER = 32, 8, 24

    def __init__(self):
        super().__init__()
        patches = (self.SIDE // self.PATCH) ** 2
        self.patch = nn.Conv2d(3, self.INNER, self.PATCH, self.PATCH)
        self.position = nn.Parameter(0.02 * torch.randn(patches, self.INNER))
        self.layers = nn.ModuleList(EncoderLayer(self.INNER) for _ in range(2))
        self.connector = nn.Linear(4 * self.INNER, WIDTH)

    def forward(self, pixel_values: Tensor, pixel_attention_mask: Tensor) -> Tensor:
        """(1, tiles, 3, 32, 32), (1, tiles, 32, 32) → (tiles, 4, WIDTH)"""
        tiles = pixel_values[0] * pixel_attention_mask[0, :, None].float()
        x = self.patch(tiles).flatten(2).transpose(1, 2) + self.position
        for layer in self.layers:
            x = layer(x)
        x = x.reshape(-1, 2, 2, 2, 2, self.INNER).permute(0, 1, 3, 2, 4, 5)
        return self.connector(x.reshape(-1, 4, 4 * self.INNER))


class Qwen2Vision(nn.Module):
    """Flat patches of 2 equal frames, merged 2x2: rows of four patches come in merging order."""

    PATCH, INNER = 8, 24

    def __init__(self):
        super().__init__()
        self.patch = nn.Linear(3 * 2 * self.PATCH**2, self.INNER)
        self.column = nn.Linear(2, self.INNER)
        self.layers = nn.ModuleList(EncoderLayer(self.INNER) for _ in range(2))
        self.merger = nn.Linear(4 * self.INNER, WIDTH)

    def forward(self, pixel_values: Tensor, grid_thw: Tensor) -> Tensor:
        """(patches, 384), (1, 3) → (patches / 4, WIDTH)"""
        size = grid_thw[:, 1:].float() / 16
        x = (self.patch(pixel_values) + self.column(size))[None]
        for layer in self.layers:
            x = layer(x)
        return self.merger(x.reshape(-1, 4 * self.INNER))
