#!/usr/bin/env bash
# The same crates mixed three ways and scored by one tool: a plain six-second fade, Capsule
# as forever.fm had it, and ours. bench.sh CRATE...; DURATION=36m.
set -eu
build=${BUILD:-build}
duration=${DURATION:-36m}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
for rival in plain capsule ours; do
    mkdir "$room/$rival"
    cp "$build/plugins/brain.so" "$build/plugins/codec.so" "$room/$rival"
done
cp "$build/tests/mix/plain.so" "$room/plain/mixer.so"
cp "$build/tests/mix/capsule.so" "$room/capsule/mixer.so"
cp "$build/plugins/mixer.so" "$room/ours/mixer.so"
for crate in "$@"; do
    echo "== $crate, $duration"
    mixes=()
    for rival in plain capsule ours; do
        for out in mp3 wav; do
            "$build/forever" render "$crate" --plugins "$room/$rival" --state "$room/state" \
                --duration "$duration" -o "$room/$rival.$out" --timeline "$room/$rival.json" \
                ${ORDER:+--order "$room/order.json"} 2>>"$room/log" || { cat "$room/log"; exit 1; }
        done
        mixes+=("$rival" "$room/$rival.mp3" "$room/$rival.json" "$room/$rival.wav")
    done
    "$build/tests/mix/score-mix" "${mixes[@]}"
done
