#!/usr/bin/env bash
# Lint, types and tests of training/, in a virtual environment of its own below out/.
#
#   training/check.sh            what needs PyTorch is skipped; about 100 MB are downloaded
#   training/check.sh --torch    with PyTorch (about 3 GB): trains a little, exports, asks
#
# Where Python or its packages are not at hand, it says so and is no failure.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=out/training-venv
python=$venv/bin/python
requirements=(-r training/requirements-dev.txt)
if [ "${1:-}" = --torch ]; then
  venv=out/training-venv-torch
  python=$venv/bin/python
  requirements+=(-r training/requirements.txt)
fi

skip() {
  echo "training: SKIPPED, nothing of it was checked: $1"
  exit 0
}

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "Python 3.10 or newer is needed"
if [ ! -x "$python" ]; then
  python3 -m venv "$venv" >/dev/null 2>&1 || skip "python3 -m venv fails (on Debian: apt install python3-venv)"
fi
"$python" -m pip install --quiet --disable-pip-version-check "${requirements[@]}" ||
  skip "the packages of training/requirements-dev.txt cannot be installed"

"$python" -m ruff check training
"$python" -m mypy --config-file training/pyproject.toml --cache-dir "$venv/mypy" training
"$python" -m pytest -c training/pyproject.toml -q -p no:cacheprovider training
