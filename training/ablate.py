"""The paper's ablations in small: a frozen encoder, and noise on the lengths that teach.

    python -m training.ablate data/a data/b --run runs/ablation

Five short runs of the same model. The first learns to point at things only, as a vision encoder
trained on captions knows what is where; the others go on from it with the whole lesson.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from .cli import prepared, vocabulary_of
from .train import Config, train

RUNS: dict[str, dict[str, Any]] = {
    "unfrozen": {},
    "frozen": {"encoder": "heads"},
    "noise 0.1": {"length_noise": 0.1},
    "noise 0.3": {"length_noise": 0.3},
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.ablate", description=__doc__)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=600, help="of each run")
    parser.add_argument("--batch", type=int, default=32)
    arguments = parser.parse_args()
    caches = [prepared(data, "train") for data in arguments.data]
    checks = {"val": [prepared(data, "val") for data in arguments.data]}
    vocabulary = vocabulary_of(caches)
    config = Config(steps=arguments.steps, batch=arguments.batch, warmup=100, every=arguments.steps)
    train(replace(config, teach="pointing"), arguments.run / "pointing", caches, checks, vocabulary)
    start = str(arguments.run / "pointing" / "last.pt")
    found = {}
    for name, changes in RUNS.items():
        run = arguments.run / name.replace(" ", "_")
        train(replace(config, start=start, **changes), run, caches, checks, vocabulary)
        last = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
        found[name] = [line for line in last if "check" in line][-1]
    (arguments.run / "ablation.json").write_text(json.dumps(found, indent=1))
    for name, figures in found.items():
        print(f"{name:10}", {key: figures[key] for key in ("distance 10 %", "distance x2", "length 10 %", "relations")})


if __name__ == "__main__":
    main()
