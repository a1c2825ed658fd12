#!/usr/bin/env bash
# Runs the tests marked `databases` on PostgreSQL and on MariaDB, and those of many hands at
# once on SQLite too: scripts/databases.sh PYTHON
# The servers: PG_URL and MARIADB_URL, else those at their usual local ports, else Debian's.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1

# What Debian's servers are given, and what a later run finds again.
account=senoffer
errors=$(mktemp)
said=$(mktemp -d)
trap 'rm -rf "$errors" "$said"' EXIT

connects() {
    "$python" - "$1" 2>"$errors" <<'PYTHON'
import sys

import dj_database_url
from django.conf import settings

settings.configure(DATABASES={"default": dj_database_url.parse(sys.argv[1])})

from django.db import connection

with connection.cursor() as cursor:
    cursor.execute("SELECT 1")
PYTHON
}

# Prints the first of the addresses at which a server answers.
first_that_connects() {
    local url
    for url in "$@"; do
        if connects "$url"; then
            echo "$url"
            return
        fi
    done
    return 1
}

give_up() {
    echo "$1: $(grep . "$errors" | tail -1)" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

postgresql_addresses=(
    postgres://postgres@127.0.0.1:5432/postgres
    postgres://root@127.0.0.1:5432/postgres
    "postgres://$account:$account@127.0.0.1:5432/postgres"
)
mariadb_addresses=(
    mysql://root@127.0.0.1:3306/
    "mysql://$account:$account@127.0.0.1:3306/"
)

start_postgresql() {
    scripts/apt.sh postgresql >&2
    local version
    version=$(find /etc/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -V | tail -1)
    as_root pg_ctlcluster --skip-systemctl-redirect "$version" main start >&2 || true
    (cd / && as_root su postgres -c "psql -qc \"CREATE ROLE $account SUPERUSER LOGIN PASSWORD '$account'\"") >&2
}

start_mariadb() {
    scripts/apt.sh mariadb-server >&2
    as_root service mariadb start >&2 || true
    as_root mariadb -e "GRANT ALL ON *.* TO $account@127.0.0.1 IDENTIFIED BY '$account'
        WITH GRANT OPTION; GRANT ALL ON *.* TO $account@localhost IDENTIFIED BY '$account'" >&2
}

# Prints the address of a server; installs and starts Debian's if there is none.
server() {
    local chosen=$1 start=$2 name=$3 each
    shift 3
    if [ -n "$chosen" ]; then
        connects "$chosen" && echo "$chosen" && return
        give_up "No $name answers at the address that you gave"
    fi
    first_that_connects "$@" && return
    "$start"
    for each in 1 2 3 4 5 6 7 8 9 10; do
        first_that_connects "$@" && return
        sleep "$each"
    done
    give_up "$name is installed, but does not answer on this machine"
}

run() {
    # The tests make a database of their own, named test_<this name>. Nothing that was said
    # is lost with a process that crashes.
    DATABASE_URL="${2%/*}/$account" exec "$python" -u -X faulthandler -m pytest \
        -m "databases and not browser" --no-cov --create-db -q -p no:cacheprovider >"$said/$1" 2>&1
}

tell() {
    echo "The tests marked databases, on $1"
    cat "$said/$1"
}

# Waits for the tests on one server, tells what they said, and how they ended if not well.
await() {
    local status=0
    wait "$2" || status=$?
    tell "$1"
    [ "$status" = 0 ] || { echo "On $1 they ended with $status" >&2 && failed=$status; }
}

ended_from_outside() {
    kill "$first" "$second" 2>/dev/null || true
    echo "Ended before the tests were. Until then they said:"
    tell PostgreSQL
    tell MariaDB
    exit 143
}

postgresql=$(server "${PG_URL:-}" start_postgresql PostgreSQL "${postgresql_addresses[@]}")
mariadb=$(server "${MARIADB_URL:-}" start_mariadb MariaDB "${mariadb_addresses[@]}")

# Both at once: most of the time they wait for their servers.
run PostgreSQL "$postgresql" &
first=$!
run MariaDB "$mariadb" &
second=$!
trap ended_from_outside INT TERM
failed=0
await PostgreSQL "$first"
await MariaDB "$second"
trap - INT TERM
[ "$failed" = 0 ] || exit "$failed"

echo "The tests marked load, on SQLite"
env -u DATABASE_URL "$python" -m pytest -m load --no-cov -q
