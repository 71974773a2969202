#!/usr/bin/env bash
# Tests exports with LeRobot, robomimic and datasets: those of SRB_LEROBOT_PYTHON, or of a virtual
# environment in out/ that is made once (Python 3.12, 3 GB with PyTorch for the CPU, else 8 GB).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ -z ${SRB_LEROBOT_PYTHON:-} ]]; then
  venv=out/lerobot-venv
  if [[ ! -x $venv/bin/lerobot-train ]]; then
    python3.12 -m venv "$venv" || { echo "skipped: no Python 3.12"; exit 0; }
    # PyTorch for the CPU alone is smaller; where its index is away, PyPI's is taken.
    "$venv/bin/pip" install --quiet "torch<2.12" torchvision \
      --index-url https://download.pytorch.org/whl/cpu || echo "PyTorch comes from PyPI"
    "$venv/bin/pip" install --quiet "lerobot[dataset-viz,training,smolvla]==0.6.1"
    "$venv/bin/pip" install --quiet --no-deps robomimic==0.3.0
    "$venv/bin/pip" install --quiet h5py imageio matplotlib six tensorboardX termcolor
  fi
  SRB_LEROBOT_PYTHON=$PWD/$venv/bin/python
fi
export SRB_LEROBOT_PYTHON
exec npx vitest run test/lerobot
