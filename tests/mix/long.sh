#!/usr/bin/env bash
# A long mix of many tracks: resident memory while it is rendered, a tenth on and at the
# end, and its score. long.sh CRATE...; DURATION=10h. Ends with 1 if memory grows.
set -eu
build=${BUILD:-build}
duration=${DURATION:-10h}
room=$(mktemp -d)
pid=
trap 'kill $pid 2>/dev/null || true; rm -rf "$room"' EXIT
render="$build/forever render --state ${STATE:-$room/state}"
$render "$@" -o "$room/warm.wav" --duration 1m 2>"$room/log" # analyses all of them
$render "$@" -o "$room/long.mp3" --duration "$duration" --timeline "$room/long.json" \
    2>"$room/log" &
pid=$!
while kill -0 $pid 2>/dev/null; do
    awk '/VmRSS/ {print $2}' "/proc/$pid/status" >>"$room/rss" 2>/dev/null || true
    read -r -t 1 <> <(:) || true
done
wait $pid || { cat "$room/log"; exit 1; }
early=$(sed -n "$(($(wc -l <"$room/rss") / 10 + 1))p" "$room/rss")
late=$(tail -1 "$room/rss")
echo "$duration from $(find -L "$@" -name '*.truth.json' | wc -l) tracks:" \
    "resident $early kB after a tenth, $late kB at the end"
"$build/tests/mix/score-mix" "$duration" "$room/long.mp3" "$room/long.json" -
[ -z "${KEEP:-}" ] || cp "$room/long.mp3" "$room/long.json" "$KEEP"
[ $((late - early)) -lt 2048 ] || { echo "memory grows"; exit 1; }
