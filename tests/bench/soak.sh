#!/usr/bin/env bash
# 200 tracks through one process, as fast as it goes: resident memory after the first tenth
# and at the end, of `render` and of an engine and a front under a fast clock of credits.
# Then a track of three hours and more, heard while another plays.
set -eu
build=${BUILD:-build}
tracks=${TRACKS:-200}
room=$(mktemp -d)
trap 'kill $pid 2>/dev/null || true; rm -rf "$room"' EXIT
"$build/forever" render "$build/crate" -o "$room/first.wav" --duration 1m --state "$room/state" \
    --order "$room/order.json" >/dev/null 2>&1
python3 - "$build/crate" "$tracks" >"$room/long.json" <<'PY'
import glob, json, sys
files = sorted(glob.glob(sys.argv[1] + "/*.mp3"))
print(json.dumps({"order": [files[i % len(files)] for i in range(int(sys.argv[2]))]}))
PY
"$build/forever" render -o "$room/out.mp3" --order "$room/long.json" --state "$room/state" \
    2>/dev/null &
pid=$!
rss() { awk '/VmRSS/ {print $2}' "/proc/$1/status" 2>/dev/null; }
size() { stat -c %s "$room/out.mp3.partial" 2>/dev/null || echo 0; }
early=0 late=0 peak=0
while kill -0 $pid 2>/dev/null; do
    now=$(rss $pid || true)
    [ -n "$now" ] || break
    [ "$early" != 0 ] || [ "$(size)" -lt $((tracks * 100000)) ] || early=$now
    late=$now
    [ "$now" -le "$peak" ] || peak=$now
    read -r -t 0.5 <> <(:) || true
done
wait $pid
echo "render of $tracks tracks: resident $early kB after a tenth, $late kB at the end, peak $peak kB"
[ "$early" -gt 0 ] && [ $((late - early)) -lt 8192 ] || { echo "memory grows"; exit 1; }

# the same through front and engine: each skip plans, renders and sends two tracks anew
"$build/forever" serve "$build/crate" --http 127.0.0.1:0 --state "$room/state" 2>"$room/log" &
pid=$!
ctl() { timeout 30 "$build/forever" ctl --state "$room/state" "$@" 2>/dev/null; }
engine() { ctl status | python3 -c 'import json,sys; print(json.load(sys.stdin)["engine"]["pid"])'; }
until ctl status | grep -q '"on air"'; do read -r -t 0.2 <> <(:) || true; done
skipped=0 front_early=0 engine_early=0
while [ $skipped -lt "$tracks" ]; do
    if ctl skip now >/dev/null; then
        skipped=$((skipped + 1))
    else
        read -r -t 0.2 <> <(:) || true # the next track is not ready yet
    fi
    if [ $skipped = $((tracks / 10)) ]; then
        front_early=$(rss $pid) engine_early=$(rss "$(engine)")
    fi
done
front=$(rss $pid) engine=$(rss "$(engine)")
echo "$tracks tracks skipped: front $front_early kB, then $front kB; engine $engine_early kB, then $engine kB"
[ $((front - front_early)) -lt 4096 ] && [ $((engine - engine_early)) -lt 8192 ] ||
    { echo "memory grows"; exit 1; }
[ "$front" -lt 65536 ] && [ "$engine" -lt 65536 ] || { echo "more than 64 MB"; exit 1; }
kill $pid
wait $pid || true

mkdir "$room/crate"
ln -s "$(ls -S "$(cd "$build" && pwd)"/crate/*.mp3 | tail -n 1)" "$room/crate"
for _ in 1 2 3 4 5; do
    printf "file '%s'\n" "$(cd "$build/crate" && pwd)"/*.mp3
done >"$room/list"
ffmpeg -v error -f concat -safe 0 -i "$room/list" -c copy -metadata title="Three Hours" \
    "$room/crate/long.mp3"
echo '{"brain": {"max_length_s": 20000}}' >"$room/forever.json"
"$build/forever" serve "$room/crate" -c "$room/forever.json" --http 127.0.0.1:0 \
    --state "$room/state" 2>"$room/log" &
pid=$!
known() { # until it is analysed it is called after its file
    ctl queue | python3 -c 'import json, sys
sys.exit(not any(it["title"] == "Three Hours" for it in json.load(sys.stdin)["queue"]))'
}
until ctl status | grep -q '"on air"'; do read -r -t 0.2 <> <(:) || true; done
! known || { echo "the first sound waited for the long track"; exit 1; }
until known; do read -r -t 0.2 <> <(:) || true; done
engine=$(awk '/VmHWM/ {print $2}' "/proc/$(engine)/status")
echo "a track of three hours heard: engine's peak $engine kB"
[ "$engine" -lt 65536 ] || { echo "more than 64 MB"; exit 1; }
