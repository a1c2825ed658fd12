#!/bin/sh
# Installs Debian's packages: scripts/apt.sh PACKAGE...
set -eu
if ! command -v apt-get >/dev/null; then
    echo "Please install these, or what they are called on this system: $*" >&2
    exit 1
fi
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
echo "Installing Debian's $*"
$sudo apt-get -qq update
# Another installation may hold the lock for a while.
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@" >/dev/null
