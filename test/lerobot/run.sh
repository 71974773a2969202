#!/usr/bin/env bash
# Tests exports with LeRobot, robomimic and datasets: those of SRB_LEROBOT_PYTHON, or of a virtual
# environment in out/ that is made once (Python 3.12, 3 GB with PyTorch for the CPU).
set -euo pipefail
cd "$(dirname "$0")/../.."
if [[ -z ${SRB_LEROBOT_PYTHON:-} ]]; then
  venv=out/lerobot-venv
  if [[ ! -x $venv/bin/lerobot-train ]]; then
    python3.12 -m venv "$venv" || { echo "skipped: no Python 3.12"; exit 0; }
    "$venv/bin/pip" install --quiet torch torchvision --index-url https://download.pytorch.org/whl/cpu
    "$venv/bin/pip" install --quiet "lerobot[dataset_viz,training]==0.6.1"
    "$venv/bin/pip" install --quiet --no-deps robomimic==0.3.0
    "$venv/bin/pip" install --quiet h5py six termcolor tensorboardX
  fi
  SRB_LEROBOT_PYTHON=$PWD/$venv/bin/python
fi
export SRB_LEROBOT_PYTHON
exec npx vitest run test/lerobot
