#!/bin/sh
# Prints the Python to make environments with: the one that is asked for or, for plain
# "python3", the first new enough. If there is none: one line that says so, and exit 1.
wanted=${1:-python3}
candidates=$wanted
[ "$wanted" = python3 ] && candidates="python3 python3.13 python3.12 python3.11"

found=""
for each in $candidates; do
    version=$("$each" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        found=${found:-"$each is Python $version"}
    elif ! "$each" -c 'import ensurepip, venv' 2>/dev/null; then
        found="$each can't make virtual environments (Debian, Ubuntu: apt-get install python3-venv)"
    else
        command -v "$each"
        exit 0
    fi
done
echo "Python 3.11 or newer is needed, and ${found:-there is no $wanted}. Name one: PYTHON=/path/to/python3" >&2
exit 1
