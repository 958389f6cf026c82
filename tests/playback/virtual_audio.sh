#!/bin/bash
# Runs a command on a private virtual sound device, without speakers, dbus, systemd or a running sound server:
#
#     tests/playback/virtual_audio.sh DIR COMMAND...
#
# DIR keeps the server's files. The default device is a null sink "musicdesk" at 44.1 kHz, in real time (norewinds:
# without it the sink runs two seconds ahead while idle, and starts a second late). What was played is recorded with:
# parec --device=musicdesk.monitor --format=float32le --rate=44100 --channels=2 --raw
# The command finds MUSICDESK_VIRTUAL_SINK (the sink's name) and MUSICDESK_VIRTUAL_SERVER (the server's process id).
# Exit code: the command's own, or 97 if the server did not start.
# Needs (Debian): pulseaudio pulseaudio-utils libasound2-plugins libportaudio2
set -eu
[ $# -ge 2 ] || { echo "usage: $0 DIR COMMAND..." >&2; exit 2; }
folder=$(mkdir -p "$1" && cd "$1" && pwd)
shift
sink=musicdesk
socket=$folder/run/pulse/native
mkdir -p "$folder/run" "$folder/home"
chmod 700 "$folder/run"

export HOME=$folder/home XDG_RUNTIME_DIR=$folder/run
export PULSE_RUNTIME_PATH=$folder/run/pulse PULSE_STATE_PATH=$folder/state PULSE_COOKIE=$folder/cookie
export PULSE_SERVER=unix:$socket ALSA_CONFIG_PATH=$folder/alsa.conf

# ALSA's default device, which PortAudio opens, is the server.
cat > "$folder/asoundrc" <<'CONF'
pcm.!default { type pulse hint.description "Default via PulseAudio" }
ctl.!default { type pulse }
pcm.pulse { type pulse }
CONF
printf '</usr/share/alsa/alsa.conf>\n<%s>\n' "$folder/asoundrc" > "$ALSA_CONFIG_PATH"

(
  unset PULSE_SERVER
  exec pulseaudio -n --daemonize=no --exit-idle-time=-1 --disable-shm=yes --use-pid-file=no \
    --log-target=file:"$folder/pulse.log" \
    -L "module-native-protocol-unix socket=$socket auth-anonymous=1" \
    -L "module-null-sink sink_name=$sink sink_properties=device.description=$sink rate=44100 channels=2 norewinds=1"
) &
server=$!
trap 'code=$?; kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; exit $code' EXIT

for _ in $(seq 100); do
  pactl info > /dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
pactl info > "$folder/info" 2>&1 || { echo "The sound server did not start:" >&2; cat "$folder/info" "$folder/pulse.log" >&2; exit 97; }

export MUSICDESK_VIRTUAL_SINK=$sink MUSICDESK_VIRTUAL_SERVER=$server
"$@"
