#!/usr/bin/env bash
# Lint, types and tests of python/, in a virtual environment of its own below out/. They ask the
# built server: run `npm run build` before. About 100 MB are downloaded the first time.
#
# Where Python or its packages are not at hand, it says so and is no failure. Without OpenGL the
# tests with MuJoCo's cameras are skipped, and pytest says so.
set -euo pipefail
cd "$(dirname "$0")"

venv=../out/python-venv
python=$venv/bin/python

skip() {
  echo "python: SKIPPED, nothing of it was checked: $1"
  exit 0
}

command -v python3 >/dev/null || skip "python3 is not installed"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || skip "Python 3.10 or newer is needed"
if [ ! -x "$python" ]; then
  python3 -m venv "$venv" >/dev/null 2>&1 || skip "python3 -m venv fails (on Debian: apt install python3-venv)"
fi
"$python" -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt ||
  skip "the packages of python/requirements-dev.txt cannot be installed"

"$python" -m ruff check --no-cache .
"$python" -m ruff format --no-cache --check .
"$python" -m mypy --cache-dir "$venv/mypy" src tests
"$python" -m pytest -q -p no:cacheprovider
