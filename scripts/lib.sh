# Shared by the scripts: where things live, and how they speak. Sourced, never run.
# shellcheck shell=bash

set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
HANZO_CACHE="${HANZO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hanzo}"
# Outside the clone, so that a fresh clone builds warm.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HANZO_CACHE/target}"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
die() {
    printf '\033[31merror:\033[0m %s\n' "$*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif have sudo; then sudo "$@"; else
        die "need root (or sudo) to run: $*"
    fi
}

# Rustup puts cargo where login shells find it; this makes it found everywhere.
[ -d "$HOME/.cargo/bin" ] && case ":$PATH:" in *":$HOME/.cargo/bin:"*) ;; *) PATH="$HOME/.cargo/bin:$PATH" ;; esac
# Set-up records here a toolchain that is not the first one on the PATH.
[ -f "$HANZO_CACHE/env" ] && . "$HANZO_CACHE/env"
export PATH
cd "$ROOT"
