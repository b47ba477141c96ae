#!/usr/bin/env bash
# Speed of render, decode and analyse beside plain LAME, in turns in one run: this machine
# may be busy, so ratios are what counts. ROUNDS=3 DURATION=10m KBPS=192.
set -eu
build=${BUILD:-build}
rounds=${ROUNDS:-3}
duration=${DURATION:-10m}
kbps=${KBPS:-192}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
printf '{"mounts": [{"path": "/all.mp3", "kbps": %s}]}\n' "$kbps" >"$room/forever.json"
render() { "$build/forever" render "$build/crate" -c "$room/forever.json" --state "$room/state" \
    --duration "$duration" "$@" 2>/dev/null; }
# What is held against LAME alone has one core, as LAME has: threads that share one slow each
# other, and their seconds say more than the work is.
core=$(taskset -pc $$ | sed 's/.*: *//; s/[-,].*//')
alone() { taskset -c "$core" "$@"; }
render_alone() { alone "$build/forever" render "$build/crate" -c "$room/forever.json" \
    --state "$room/state" --duration "$duration" "$@" 2>/dev/null; }
# cpu COMMAND...: user and system seconds, and wall seconds, of a command
cpu() { TIMEFORMAT='%U %S %R'; { time "$@" >/dev/null 2>&1; } 2>&1 | awk '{print $1 + $2, $3}'; }

render -o "$room/warm.wav" # warms the analysis cache, and is what LAME gets
files=("$build"/crate/*.mp3)
ffmpeg -v error -i "$room/warm.wav" -ar 48000 "$room/48k.wav"
echo "round,what,cpu_s,wall_s,audio_s" >"$room/rows"
for round in $(seq "$rounds"); do
    read -r lame audio _ <<<"$(alone "$build/tests/bench/lame_alone" "$room/warm.wav" "$kbps")"
    echo "$round,lame,$lame,$lame,$audio" >>"$room/rows"
    read -r c _ <<<"$(alone "$build/tests/bench/lame_alone" "$room/warm.wav" "$kbps" as-codec)"
    echo "$round,LAME as the codec has it,$c,$c,$audio" >>"$room/rows"
    read -r c w <<<"$(cpu render_alone -o "$room/out.mp3" --threads 1)"
    echo "$round,render,$c,$w,$audio" >>"$room/rows"
    read -r c w <<<"$(cpu render -o "$room/out.mp3")"
    echo "$round,render on all cores,$c,$w,$audio" >>"$room/rows"
    read -r c w <<<"$(cpu render_alone -o "$room/out.wav")"
    echo "$round,mix without encoding,$c,$w,$audio" >>"$room/rows"
    read -r c audio <<<"$(alone "$build/tests/bench/decode_alone" "$build/plugins/codec.so" "${files[@]}")"
    echo "$round,decode MP3,$c,$c,$audio" >>"$room/rows"
    rm -rf "$room/cold"
    read -r c w <<<"$(cpu "$build/forever" analyze --state "$room/cold" "${files[@]}")"
    echo "$round,analyse (decoding included),$c,$w,$audio" >>"$room/rows"
    rm -rf "$room/cold"
    audio=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$room/48k.wav")
    read -r c w <<<"$(cpu "$build/forever" analyze --state "$room/cold" "$room/48k.wav")"
    echo "$round,analyse 48 kHz,$c,$w,$audio" >>"$room/rows"
done
python3 - "$room/rows" "$kbps" <<'PY'
import csv, statistics, sys
rows = list(csv.DictReader(open(sys.argv[1])))
lame = {r["round"]: r for r in rows if r["what"] == "lame"}
speed = lambda r, key: float(r["audio_s"]) / max(float(r[key]), 1e-3)
print(f"medians of {len(lame)} rounds at {sys.argv[2]} kbit/s; plain LAME is 100 %\n")
print(f"{'':32}{'audio s per':>12}{'of LAME':>9}{'audio s per':>13}{'of LAME':>9}")
print(f"{'':32}{'CPU s':>12}{'':>9}{'wall s':>13}")
for what in dict.fromkeys(r["what"] for r in rows):
    mine = [r for r in rows if r["what"] == what]
    med = lambda key: statistics.median(speed(r, key) for r in mine)
    rel = lambda key: statistics.median(speed(r, key) / speed(lame[r["round"]], key) for r in mine)
    print(f"{what:32}{med('cpu_s'):12.1f}{100 * rel('cpu_s'):8.0f}%{med('wall_s'):13.1f}{100 * rel('wall_s'):8.0f}%")
PY
