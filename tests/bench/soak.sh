#!/usr/bin/env bash
# 200 tracks through one process, as fast as it goes: resident memory after the first tenth
# and at the end, of `render` and of an engine and a front under a fast clock of credits.
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
