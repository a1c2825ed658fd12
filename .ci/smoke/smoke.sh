#!/usr/bin/env bash
# Builds the wheel and publishes a report with it, as a new user's site would, outside this
# repository: .ci/smoke/smoke.sh PYTHON_WITH_BUILD PYTHON_TO_INSTALL_WITH
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$root/$1" -m build --outdir "$folder/dist" . >"$folder/build.log" 2>&1 || {
    cat "$folder/build.log"
    exit 1
}
"$root/$1" .ci/smoke/contents.py "$folder"/dist/*.whl "$folder"/dist/*.tar.gz

scripts/venv.sh "$folder/venv" "$2" "$folder"/dist/*.whl
mkdir "$folder/site"
cp .ci/smoke/{settings,urls,publish}.py "$folder/site"
cd "$folder/site"
export DJANGO_SETTINGS_MODULE=settings
unset PYTHONPATH DATABASE_URL
"$folder/venv/bin/python" -W ignore -m django check --pythonpath . --fail-level WARNING
"$folder/venv/bin/python" -W ignore -m django migrate --pythonpath . --verbosity 0
"$folder/venv/bin/python" publish.py
