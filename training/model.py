"""A small spatial VLM: a picture is encoded once, any number of questions is answered on it.

picture ─ convolutions ─ cells (40 x 30): features, keys, and each cell's guess of the geometry of
the thing that it shows. question ─ text encoder ─ two pointers (A, B) into the cells and the
question's own vector. What the pointers gather goes, with the lengths and differences that follow
from it, into the answer: a distribution of metres, or how likely the relation holds, or that a
thing cannot be seen.
"""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn import functional as F

from .data import CELL, GRID_H, GRID_W
from .kinds import KINDS, QUANTITIES
from .words import FORM, MAX_TOKENS, PAD, PROPORTIONS

# u = asinh(v / SCALE_M): logarithmic for lengths well above SCALE_M, linear at zero.
SCALE_M = 0.03
MIXTURE = 3
GEOMETRY = 9
# Units between a cell's surroundings and its geometry.
CONTEXT = 128
RELATION_AXES = 6
# What geometries of cells usually are, and how far apart: metres, the last three as logarithms.
USUAL = (0.0, 0.0, 1.1, 0.05, 0.07, 0.03, -2.7, -2.7, -2.7)
SPREAD = (0.1, 0.1, 0.1, 0.03, 0.03, 0.03, 0.3, 0.3, 0.3)
# Of what a word means: L*a*b*/100 and a form. A difference of this size is one in `Sight`.
MEANT = 3 + FORM
MEANT_SCALE = (0.1, 0.1, 0.1, *(0.2,) * FORM)
# Spread of a word's meaning in training, of L*a*b*/100 and of a form's numbers.
BLUR = 0.05


class ConvNorm(nn.Sequential):
    def __init__(self, before: int, after: int, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(before, after, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(after),
            nn.ReLU(),
        )


class Block(nn.Module):
    """Residual: two 3x3 convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = ConvNorm(width, width)
        self.second = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(x + self.norm(self.second(self.first(x))))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, width)
        self.v = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(
        self, x: torch.Tensor, memory: torch.Tensor, hidden: torch.Tensor | None = None
    ) -> torch.Tensor:
        """x (N, Q, W), memory (N, T, W), hidden (N, T) True where not to look."""
        n, q, w = x.shape
        t = memory.shape[1]
        size = w // self.heads
        a = self.q(x).view(n, q, self.heads, size).transpose(1, 2)
        k = self.k(memory).view(n, t, self.heads, size).transpose(1, 2)
        v = self.v(memory).view(n, t, self.heads, size).transpose(1, 2)
        scores = a @ k.transpose(2, 3) * size**-0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden[:, None, None, :], -1e4)
        mixed = torch.softmax(scores, -1) @ v
        return self.out(mixed.transpose(1, 2).reshape(n, q, w))


class Layer(nn.Module):
    """Pre-norm transformer layer, looking at itself or at a memory."""

    def __init__(self, width: int, crossing: bool = False) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attention = Attention(width)
        self.norm_cross = nn.LayerNorm(width) if crossing else None
        self.cross = Attention(width) if crossing else None
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(
        self,
        x: torch.Tensor,
        hidden: torch.Tensor | None = None,
        memory: torch.Tensor | None = None,
    ) -> torch.Tensor:
        own = self.norm(x)
        x = x + self.attention(own, own, hidden)
        if self.cross is not None and memory is not None:
            x = self.look_at(memory, x)
        return x + self.mlp(self.norm_mlp(x))

    def look_at(self, memory: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        if self.cross is None or self.norm_cross is None:
            raise TypeError("a layer that looks at a memory is made with crossing=True")
        return x + self.cross(self.norm_cross(x), memory)


class Encoder(nn.Module):
    """Picture and lens → cells. Runs once a picture."""

    columns: torch.Tensor
    rows: torch.Tensor
    usual: torch.Tensor
    spread: torch.Tensor
    across: torch.Tensor
    down: torch.Tensor

    def __init__(self, width: int, fine: int, base: int) -> None:
        super().__init__()
        c8, c16, c32 = 2 * base, 4 * base, 6 * base
        self.stem = nn.Sequential(ConvNorm(3, base, size=7, stride=4), Block(base))
        self.down8 = ConvNorm(base, c8, stride=2)
        self.rays8 = nn.Conv2d(5, c8, 1)
        self.body8 = nn.Sequential(Block(c8), Block(c8))
        self.down16 = ConvNorm(c8, c16, stride=2)
        self.rays16 = nn.Conv2d(5, c16, 1)
        self.body16 = nn.Sequential(Block(c16), Block(c16), Block(c16))
        self.down32 = ConvNorm(c16, c32, stride=2)
        self.body32 = nn.Sequential(Block(c32), Block(c32))
        self.wide = nn.ModuleList([Layer(c32), Layer(c32)])
        self.place = nn.Parameter(torch.zeros(1, 80, c32))
        self.up16 = nn.Conv2d(c32, c16, 1)
        self.mix16 = ConvNorm(c16, c16)
        self.memory = nn.Conv2d(c16, width, 1)
        self.up8 = nn.Conv2d(c16, fine, 1)
        self.skip8 = nn.Conv2d(c8, fine, 1)
        self.mix8 = Block(fine)
        self.form = nn.Sequential(ConvNorm(fine, fine), nn.Conv2d(fine, FORM, 1))
        self.key = nn.Conv2d(fine + 2 * FORM + GEOMETRY, fine, 1)
        # From nearly nothing, left and right would stay one: pictures are mirrored, so that what "the
        # leftmost" teaches of where keys should grow, "the rightmost" takes back.
        nn.init.normal_(self.key.weight[:, -GEOMETRY:], std=0.3)
        self.shape = nn.Sequential(ConvNorm(fine, fine), nn.Conv2d(fine, GEOMETRY, 1))
        # `shape` as it was when pointing was learnt, where it alone was trained on: see `keep_sketch`.
        self.sketch: nn.Sequential | None = None
        # What the whole picture adds to `shape` on cameras from aside: see `add_context`.
        self.context: Context | None = None
        columns = (torch.arange(GRID_W) + 0.5) * CELL - 0.5
        rows = (torch.arange(GRID_H) + 0.5) * CELL - 0.5
        self.register_buffer("columns", columns, persistent=False)
        self.register_buffer("rows", rows, persistent=False)
        self.register_buffer("usual", torch.tensor(USUAL)[:, None, None], persistent=False)
        self.register_buffer("spread", torch.tensor(SPREAD)[:, None, None], persistent=False)
        self.register_buffer("across", torch.linspace(-1, 1, GRID_W), persistent=False)
        self.register_buffer("down", torch.linspace(-1, 1, GRID_H), persistent=False)

    def keep_sketch(self) -> None:
        """From now on, `shape` can be trained without a change of where pointers point."""
        self.sketch = copy.deepcopy(self.shape)

    def add_context(self) -> None:
        """From now on, there is a second geometry of cells, which follows from the whole picture as well.
        It is the first before it is trained, and pointers do not use it.
        """
        self.context = Context(self.up8.out_channels, self.up8.in_channels)

    def rays(self, lens: torch.Tensor) -> torch.Tensor:
        """(N, 2, rows, columns): x/z and y/z of each cell's middle."""
        n = lens.shape[0]
        x = (self.columns[None] - lens[:, 2:3]) / lens[:, 0:1]
        y = (self.rows[None] - lens[:, 3:4]) / lens[:, 1:2]
        return torch.stack(
            [
                x[:, None, :].expand(n, GRID_H, GRID_W),
                y[:, :, None].expand(n, GRID_H, GRID_W),
            ],
            1,
        )

    def forward(self, image: torch.Tensor, lens: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """What the answers need: memory, cells, keys and geometry; and the second geometry if it is there."""
        memory, cells, keys, geometry, _, aside = self.look(image, lens)
        first = (memory, cells, keys, geometry)
        return first if self.context is None else (*first, aside)

    def look(self, image: torch.Tensor, lens: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """image (N, 240, 320, 3) bytes; lens (N, 5): fx fy cx cy pixels, 1 where it is known.

        Returns memory (N, 300, W), cells (N, 1200, C), keys (N, 1200, C), geometry (N, 1200, 9:
        centre x y z, heights of centre, top, bottom (metres), ln of width and box), forms
        (N, 1200, 8), as words.py has them, of what each cell shows, and the geometry with what `context`
        adds, or as it is.
        """
        n = image.shape[0]
        x = image.permute(0, 3, 1, 2).float() / 127.5 - 1
        rays = self.rays(lens)
        grid_x = self.across[None, None, None].expand(n, 1, GRID_H, GRID_W)
        grid_y = self.down[None, None, :, None].expand(n, 1, GRID_H, GRID_W)
        known = lens[:, 4][:, None, None, None].expand(n, 1, GRID_H, GRID_W)
        where = torch.cat([rays, grid_x, grid_y, known], 1)
        x8 = self.body8(self.down8(self.stem(x)) + self.rays8(where))
        x16 = self.body16(self.down16(x8) + self.rays16(where[:, :, ::2, ::2]))
        x32 = self.body32(self.down32(x16))
        _, c32, h32, w32 = x32.shape
        tokens = x32.flatten(2).transpose(1, 2) + self.place
        for layer in self.wide:
            tokens = layer(tokens)
        x32 = tokens.transpose(1, 2).reshape(n, c32, h32, w32)
        back = F.interpolate(self.up16(x32), size=(GRID_H // 2, GRID_W // 2), mode="nearest")
        x16 = self.mix16(x16 + back)
        fine = F.interpolate(self.up8(x16), size=(GRID_H, GRID_W), mode="nearest")
        x8 = self.mix8(F.relu(fine + self.skip8(x8)))
        raw = self.shape(x8)
        geometry = measured(raw, rays)
        aside = geometry if self.context is None else measured(raw + self.context(x8, x16, rays), rays)
        sketch = geometry if self.sketch is None else measured(self.sketch(x8), rays)
        form = self.form(x8)
        # With the squares, a pointer can measure how near a form is to the one that a noun means; with
        # the geometry, which of two is the leftmost, the nearest, the largest.
        scaled = ((sketch - self.usual) / self.spread).clamp(-8, 8)
        keys = self.key(torch.cat([x8, form, form**2, scaled], 1))
        parts = [self.memory(x16), x8, keys, geometry, form.float(), aside]
        return tuple(part.flatten(2).transpose(1, 2) for part in parts)


class Context(nn.Module):
    """What the whole picture adds to the geometry of its cells, before `measured`: where its camera stands.

    One hidden layer on a cell's features at both sizes, its ray, and the means and spreads of the
    picture's features. What is common to several cells is computed once.
    """

    def __init__(self, fine: int, coarse: int) -> None:
        super().__init__()
        self.cell = nn.Conv2d(fine + 2, CONTEXT, 1, bias=False)
        self.near = nn.Conv2d(coarse, CONTEXT, 1, bias=False)
        self.whole = nn.Conv2d(2 * fine + coarse, CONTEXT, 1)
        self.last = nn.Conv2d(CONTEXT, GEOMETRY, 1)
        # As one layer on all inputs begins.
        bound = (3 * fine + 2 * coarse + 2) ** -0.5
        for part in (self.cell, self.near, self.whole):
            nn.init.uniform_(part.weight, -bound, bound)
        for weight in self.last.parameters():
            nn.init.zeros_(weight)

    def forward(self, x8: torch.Tensor, x16: torch.Tensor, rays: torch.Tensor) -> torch.Tensor:
        """(N, fine, 30, 40), (N, coarse, 15, 20), (N, 2, 30, 40) → (N, 9, 30, 40)"""
        around = self.near(x16) + self.whole(self.summary(x8, x16))
        return self.last(F.gelu(self.cell(self.beside(x8, rays)) + self.enlarged(around)))

    def of_cells(self, cell: torch.Tensor, near: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
        """The same of single cells, whose `beside`, coarse features and `summary` are given: (N, C, 1, 1)."""
        return self.last(F.gelu(self.cell(cell) + self.near(near) + self.whole(whole)))

    @staticmethod
    def beside(x8: torch.Tensor, rays: torch.Tensor) -> torch.Tensor:
        return torch.cat([x8, rays], 1)

    @staticmethod
    def summary(x8: torch.Tensor, x16: torch.Tensor) -> torch.Tensor:
        """(N, 2 fine + coarse, 1, 1)"""
        mean = x8.mean((2, 3), keepdim=True)
        spread = ((x8 - mean) ** 2).mean((2, 3), keepdim=True).sqrt()
        return torch.cat([mean, spread, x16.mean((2, 3), keepdim=True)], 1)

    @staticmethod
    def enlarged(coarse: torch.Tensor) -> torch.Tensor:
        """From cells of the coarse grid to those of the fine one."""
        return F.interpolate(coarse, size=(GRID_H, GRID_W), mode="nearest")


def measured(raw: torch.Tensor, rays: torch.Tensor) -> torch.Tensor:
    """The geometry of cells in metres, from a head's numbers (N, 9, rows, columns) and their rays."""
    raw = raw.float()
    z = torch.exp(raw[:, 2:3].clamp(-3, 3))
    center = torch.cat([(rays + 0.1 * raw[:, :2]) * z, z], 1)
    return torch.cat([center, 0.1 * raw[:, 3:6], raw[:, 6:] - 3], 1)


class Reader(nn.Module):
    """Words → pointers A and B and the question's vector."""

    meanings: torch.Tensor

    def __init__(self, meanings: torch.Tensor, width: int) -> None:
        super().__init__()
        self.words = nn.Embedding(len(meanings), width)
        self.register_buffer("meanings", meanings)
        self.paint = nn.Sequential(nn.Linear(3, 64), nn.GELU(), nn.Linear(64, width))
        self.form = nn.Sequential(nn.Linear(FORM, 64), nn.GELU(), nn.Linear(64, width))
        self.starts = nn.Parameter(torch.randn(1, 3, width) * 0.5)
        self.place = nn.Parameter(torch.randn(1, MAX_TOKENS, width) * 0.1)
        self.layers = nn.ModuleList([Layer(width), Layer(width)])

    def embed(self, words: torch.Tensor, measured: torch.Tensor | None) -> torch.Tensor:
        """A word for a colour or a form is that and nothing else: one never read is understood too."""
        meant = F.embedding(words, self.meanings)
        is_color, is_form = meant[..., :1], meant[..., 4:5]
        color, form = meant[..., 1:4], meant[..., 5:]
        if measured is not None:
            form = form.clone()
            is_measured, own = measured[..., :1] > 0, measured[..., 1:]
            form[..., PROPORTIONS] = torch.where(is_measured, own, form[..., PROPORTIONS])
            # What a word means has no sharp edges.
            color = color + BLUR * torch.randn_like(color)
            form = form + BLUR * torch.randn_like(form)
        own = self.words(words) * (1 - is_color - is_form)
        return own + self.paint(color) * is_color + self.form(form) * is_form

    def forward(self, words: torch.Tensor, measured: torch.Tensor | None = None) -> torch.Tensor:
        """words (Q, T), measured (Q, T, 3) in training alone: 1 where a noun's own proportions
        stand for the word's → (Q, 3, W)
        """
        q, t = words.shape
        x = self.embed(words, measured) + self.place[:, :t]
        x = torch.cat([self.starts.expand(q, 3, x.shape[2]), x], 1)
        hidden = torch.cat([torch.zeros(q, 3, dtype=torch.bool, device=words.device), words == PAD], 1)
        for layer in self.layers:
            x = layer(x, hidden)
        return x[:, :3]


class Sight(nn.Module):
    """Whether the cells that a pointer points at show the colour and the form that its words mean.

    Both are read out and compared. So a colour that no picture of the training has is judged as well.
    """

    scale: torch.Tensor

    def __init__(self, width: int, fine: int) -> None:
        super().__init__()
        self.meant = nn.Sequential(nn.Linear(width, 64), nn.GELU(), nn.Linear(64, MEANT))
        # Whether the words name a colour, and a form.
        self.said = nn.Linear(width, 2)
        self.shown = nn.Sequential(nn.Linear(3 * fine, 64), nn.GELU(), nn.Linear(64, MEANT))
        self.judge = nn.Sequential(nn.Linear(2 * MEANT + 6, 48), nn.GELU(), nn.Linear(48, 1))
        self.register_buffer("scale", torch.tensor(MEANT_SCALE), persistent=False)

    def read(
        self, pointers: torch.Tensor, looks: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(..., 11) what the words mean; (..., 2) 0..1, colour or form said; (..., 11) what is shown."""
        return self.meant(pointers), torch.sigmoid(self.said(pointers)), self.shown(looks)

    def compare(
        self, meant: torch.Tensor, said: torch.Tensor, shown: torch.Tensor, signs: torch.Tensor
    ) -> torch.Tensor:
        """(..., 1): logit that they are of one thing; signs (..., 2): peak and spread of the pointer."""
        weight = torch.cat([said[..., :1].expand_as(meant[..., :3]), said[..., 1:].expand_as(meant[..., 3:])], -1)
        apart = (meant - shown) / self.scale * weight
        square = apart**2
        means = [torch.sqrt(part.mean(-1, keepdim=True) + 1e-4) for part in (square[..., :3], square[..., 3:])]
        return self.judge(torch.cat([apart.abs(), square.clamp(max=25) / 3, *means, said, signs], -1))

    def forward(self, pointers: torch.Tensor, looks: torch.Tensor, signs: torch.Tensor) -> torch.Tensor:
        """pointers (..., width); looks (..., 3 fine): cells and keys as the pointer gathers them, and the
        cell that it points at most.
        """
        meant, said, shown = self.read(pointers, looks)
        return self.compare(meant, said, shown, signs)


class Answerer(nn.Module):
    """Words and cells → answers."""

    def __init__(self, meanings: torch.Tensor, width: int, fine: int) -> None:
        super().__init__()
        self.reader = Reader(meanings, width)
        self.look = nn.ModuleList([Layer(width, crossing=True), Layer(width, crossing=True)])
        self.norm = nn.LayerNorm(width)
        self.point = nn.Linear(width, fine)
        self.kind = nn.Linear(width, len(KINDS))
        self.seen = nn.Sequential(nn.Linear(width + fine + 2, 64), nn.GELU(), nn.Linear(64, 1))
        # What says whether things are seen, where that was trained on its own: see `add_sight`. The answers
        # keep what `seen` says, which they were trained with.
        self.sight: Sight | None = None
        self.route_length = nn.Linear(width, len(QUANTITIES))
        self.route_relation = nn.Linear(width, RELATION_AXES)
        features = width + 2 * fine + len(QUANTITIES) + RELATION_AXES + 2 * GEOMETRY + 4
        self.mlp = nn.Sequential(
            nn.Linear(features, 256), nn.GELU(), nn.Linear(256, 256), nn.GELU()
        )
        self.length = nn.Linear(256, 3 * MIXTURE)
        self.relation = nn.Linear(256, 1)
        nn.init.zeros_(self.length.weight)
        nn.init.zeros_(self.relation.weight)
        with torch.no_grad():
            self.length.bias.copy_(torch.tensor([1.0, 0, 0, 0, 0, 0, -2, -1, 0]))

    def add_sight(self) -> None:
        """From now on, whether things are seen can be trained without a change of the answers."""
        self.sight = Sight(self.point.in_features, self.point.out_features)

    def forward(
        self,
        words: torch.Tensor,
        memory: torch.Tensor,
        cells: torch.Tensor,
        keys: torch.Tensor,
        geometry: torch.Tensor,
        measured: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """words (N, Q, T); measured (N, Q, T, 3), see Reader; the rest as the encoder gives it.
        See the return for shapes.
        """
        n, q, t = words.shape
        width = memory.shape[2]
        if measured is not None:
            measured = measured.reshape(n * q, t, 3)
        x = self.reader(words.reshape(n * q, t), measured).reshape(n, q * 3, width)
        for layer in self.look:
            assert isinstance(layer, Layer)
            x = self.step(layer, x, memory, n, q)
        x = self.norm(x).reshape(n, q, 3, width)
        pointers, asked = x[:, :, :2], x[:, :, 2]
        scores = (self.point(pointers).reshape(n, q * 2, -1) @ keys.transpose(1, 2)).float()
        scores = scores.reshape(n, q, 2, -1) * cells.shape[2] ** -0.5
        log_share = torch.log_softmax(scores, -1)
        share = log_share.exp()
        flat = share.reshape(n, q * 2, -1)
        gathered = (flat.to(cells.dtype) @ cells).reshape(n, q, 2, -1)
        shapes = (flat @ geometry.float()).reshape(n, q, 2, GEOMETRY)
        peak = torch.logsumexp(scores, -1, keepdim=True)
        # Of the pointer over the cells; 0 where it points at one.
        spread = -(share * log_share).sum(-1, keepdim=True)
        seen = self.seen(torch.cat([pointers, gathered, 0.2 * peak, spread], -1).to(pointers.dtype))
        lengths, relations = derive(shapes)
        u = torch.asinh(lengths / SCALE_M)
        features = torch.cat(
            [
                asked.float(),
                gathered.reshape(n, q, -1).float(),
                u,
                relations,
                shapes.reshape(n, q, -1),
                spread.reshape(n, q, 2),
                seen.reshape(n, q, 2).float(),
            ],
            -1,
        )
        deep = self.mlp(features)
        if self.sight is not None:
            best = scores.argmax(-1).reshape(n, q * 2, 1).expand(-1, -1, cells.shape[2])
            at_best = torch.gather(cells, 1, best).reshape(n, q, 2, -1)
            met = (flat.to(keys.dtype) @ keys).reshape(n, q, 2, -1)
            looks = torch.cat([gathered, met, at_best], -1)
            seen = self.sight(pointers, looks, torch.cat([0.2 * peak, spread], -1))
        base = (torch.softmax(self.route_length(asked).float(), -1) * u).sum(-1, keepdim=True)
        weights, offsets, scales = self.length(deep).float().split(MIXTURE, -1)
        held = (torch.tanh(self.route_relation(asked).float()) * 4 * relations).sum(-1)
        return {
            # (N, Q, 43)
            "kind": self.kind(asked).float(),
            # (N, Q, 2): logits that A and B can be seen.
            "seen": seen.reshape(n, q, 2).float(),
            # (N, Q, M): logistic mixture over u = asinh(metres / SCALE_M).
            "weights": torch.log_softmax(weights, -1),
            "means": base + offsets,
            "scales": F.softplus(scales) + 0.01,
            # (N, Q): logit of yes; of A; of the first relation.
            "held": held + self.relation(deep).float().squeeze(-1),
            # (N, Q, 2, cells)
            "scores": scores,
            # (N, Q, 2, 9)
            "shapes": shapes,
        }

    @staticmethod
    def step(layer: Layer, x: torch.Tensor, memory: torch.Tensor, n: int, q: int) -> torch.Tensor:
        """A question's three tokens look at each other; all tokens look at the picture."""
        width = x.shape[2]
        own = layer.norm(x).reshape(n * q, 3, width)
        x = x + layer.attention(own, own).reshape(n, q * 3, width)
        x = layer.look_at(memory, x)
        return x + layer.mlp(layer.norm_mlp(x))


def derive(shapes: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Lengths of the 13 quantity kinds (metres), and how far A is in the 6 relations' first words.

    shapes (N, Q, 2, 9). The gap is that of upright cylinders as wide as the boxes.
    """
    a, b = shapes[:, :, 0], shapes[:, :, 1]
    offset = a[..., :3] - b[..., :3]
    square = (offset**2).sum(-1)
    distance = torch.sqrt(square + 1e-6)
    rise = a[..., 3] - b[..., 3]
    level = torch.sqrt(F.relu(square - rise**2) + 1e-6)
    range_a = torch.sqrt((a[..., :3] ** 2).sum(-1) + 1e-6)
    range_b = torch.sqrt((b[..., :3] ** 2).sum(-1) + 1e-6)
    behind = range_a - range_b
    right = offset[..., 0]
    height_a, height_b = a[..., 4] - a[..., 5], b[..., 4] - b[..., 5]
    width_a = torch.exp(a[..., 6])
    radius = 0.25 * torch.exp(a[..., 7:9]).sum(-1) + 0.25 * torch.exp(b[..., 7:9]).sum(-1)
    above_gap = F.relu(torch.maximum(a[..., 5] - b[..., 4], b[..., 5] - a[..., 4]))
    gap = torch.sqrt(F.relu(level - radius) ** 2 + above_gap**2 + 1e-6)
    lengths = torch.stack(
        [
            distance,
            gap,
            height_a,
            width_a,
            a[..., 5],
            torch.abs(rise),
            level,
            a[..., 4] - b[..., 4],
            b[..., 5] - a[..., 5],
            behind,
            -behind,
            -right,
            right,
        ],
        -1,
    )
    volume = a[..., 7] + a[..., 8] - b[..., 7] - b[..., 8]
    volume = volume + torch.log(height_a.clamp(min=5e-3)) - torch.log(height_b.clamp(min=5e-3))
    size = torch.log(height_a.clamp(min=5e-3)) - torch.log(height_b.clamp(min=5e-3))
    relations = torch.stack(
        [
            -right / 0.05,
            rise / 0.03,
            behind / 0.05,
            size / 0.2,
            (a[..., 6] - b[..., 6]) / 0.2,
            volume / 0.4,
        ],
        -1,
    )
    return lengths, relations


class SpatialModel(nn.Module):
    def __init__(self, meanings: torch.Tensor, width: int, fine: int, base: int) -> None:
        super().__init__()
        self.encoder = Encoder(width, fine, base)
        self.answerer = Answerer(meanings, width, fine)

    def forward(
        self,
        image: torch.Tensor,
        lens: torch.Tensor,
        words: torch.Tensor,
        measured: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """The answers, and under "cells" and "forms" what each cell shows."""
        memory, cells, keys, geometry, forms, _ = self.encoder.look(image, lens)
        answers = self.answerer(words, memory, cells, keys, geometry, measured)
        return {**answers, "cells": geometry, "forms": forms}
