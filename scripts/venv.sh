#!/bin/sh
# Makes a virtual environment, or completes one: scripts/venv.sh FOLDER PYTHON [what pip installs]
set -eu
folder=$1
python=$2
shift 2
if ! "$folder/bin/python" -c '' 2>/dev/null; then
    python=$(scripts/python.sh "$python")
    "$python" -m venv --clear "$folder"
fi
echo "Installing into $folder (the first time takes a minute or two)"
# Quiet but for errors. Dependency groups are new in pip 25.1.
"$folder/bin/python" -m pip install -qq --disable-pip-version-check --upgrade "pip>=25.1"
"$folder/bin/python" -m pip install -qq "$@"
