# Bad usage is one line and exit 2; formats of all kinds are played; analyze tells the truth.
usage() {
    status=0
    timeout 20 "$forever" "$@" >"$room/out" 2>"$room/err" || status=$?
    [ $status = 2 ] && [ "$(wc -l <"$room/err")" = 1 ] || { cat "$room/err"; fail "$*: $status"; }
}
usage
usage dance
usage serve --sate x
usage serve --state
usage serve --state "$state"
for option in --state --admin --plugins --config; do
    usage ctl "$option" '' now
    usage ctl "$option=" now
done
usage serve x --seed many --state "$state"
for listen in '' here 127.0.0.1 127.0.0.1:99999 ::1:8192 unix:/x; do
    usage serve "$BUILD/crate" --http "$listen" --state "$state"
done
usage render x --state "$state"
usage render x -o y.ogg --state "$state"
usage render x -o y.mp3 --duration soon --state "$state"
usage check
usage check "$BUILD/plugins/mixer.so" "$room/nothing.so"
usage analyze
usage order
usage order x --explain a
usage order x --budget soon
usage analyze x --threads many --state "$state"
usage render x -o y.mp3 --threads 257 --state "$state"
usage ctl --state "$state" $'add x\nshutdown' # two commands
for help in help --help -h 'serve --help' 'ctl -h'; do
    "$forever" $help | grep -q 'forever serve'
done
status=0 # what can't be written down ends nothing
(ulimit -f 0; exec "$forever" dance 2>"$room/err") || status=$?
[ $status = 2 ]
fails "$forever" help 2>"$room/err" >/dev/full
grep -q 'cannot write' "$room/err"
fails "$forever" ctl --admin "$room/none.sock" --state /dev/null/none status 2>"$room/err"
grep -q 'cannot reach .*/none.sock' "$room/err"
fails "$forever" check "$scenario" --state "$state" 2>"$room/err"
grep -q 'cannot use .*file too short\|invalid ELF' "$room/err"
"$forever" check "$BUILD/plugins/mixer.so" --state "$state" | grep -q 'a mixer'
"$forever" check "$BUILD/tests/zoo/hum.so" --state "$state" | grep -q '"hum" 1.0'

# any sample rate, mono and surround, any of the formats
source=$(ls "$BUILD"/crate/*.mp3 | head -n 1)
mkdir "$room/crate"
make_as() { ffmpeg -v error -i "$source" -t 40 "${@:2}" "$room/crate/$1"; }
make_as a.wav -ac 1 -ar 8000
make_as b.flac -ar 96000
make_as c.ogg -ar 48000 -c:a libvorbis
make_as d.opus -ac 1
make_as e.mp3 -ar 22050 -ac 1
make_as f.wav -ac 6 -ar 32000
make_as g.m4a -ar 48000
printf '#EXTM3U\n#EXTINF:1,x\na.wav\r\nfile://%s/b.flac\n\n%s/c.ogg\nhttp://127.0.0.1:1/x.mp3\n' \
    "$room/crate" "$room/crate" >"$room/crate/list.m3u8"
"$forever" analyze --json --state "$state" "$room"/crate/*.* 2>/dev/null >"$room/found" && fail "a playlist is no audio"
[ "$(wc -l <"$room/found")" = 7 ]
python3 - "$room/found" <<'PY'
import json, sys
for line in open(sys.argv[1]):
    it = json.loads(line)
    assert abs(it["duration"] - 40) < 0.1, it["path"]
    assert abs(it["loudness_lufs"]) < 40 and it["beats"], it["path"]
PY
echo '{"brain": {"doubles": 1}}' >"$room/doubles.json" # the same recording each time
"$forever" render "$room/crate" -o "$room/all.mp3" -c "$room/doubles.json" --state "$state" --timeline "$room/t.json"
python3 - "$room/t.json" <<'PY'
import json, sys
segments = json.load(open(sys.argv[1]))["segments"]
assert len({t["path"] for s in segments for t in s["tracks"]}) == 7
assert all(a["end"] == b["start"] for a, b in zip(segments, segments[1:]))
for s in segments:
    for t in s["tracks"]:
        assert t["warp"][0][0] == s["start"] and t["warp"][-1][0] == s["end"], s
PY
"$forever" render "$room/crate/list.m3u8" -o "$room/list.wav" --state "$state" --duration 90s
[ "$(wc -c <"$room/list.wav")" = $((44 + 90 * 44100 * 4)) ]

# one that is ended leaves nothing, and what was there before
"$forever" render "$room/crate" -o "$room/list.wav" --state "$state" --duration 24h &
pids+=($!)
has_begun() { [ -s "$room/list.wav.partial" ]; }
eventually 20 has_begun
kill -TERM ${pids[-1]}
status=0
wait ${pids[-1]} || status=$?
[ $status = 143 ]
fails has_begun
[ "$(wc -c <"$room/list.wav")" = $((44 + 90 * 44100 * 4)) ]

# without a duration each is played once, and what can't be played is not made up for
ids="len({t['id'] for s in it['segments'] for t in s['tracks']})"
"$forever" render "$room/crate" -o "$room/once.wav" --state "$state" --timeline "$room/t.json" 2>/dev/null
get "$ids" <"$room/t.json" | grep -qx 1 # the same recording each time
echo "[\"$room/crate/a.wav\", \"$room/nothing.wav\", \"$room/crate/b.flac\"]" >"$room/short.json"
"$forever" render --order "$room/short.json" -o "$room/once.wav" --state "$state" --timeline "$room/t.json" 2>/dev/null
get "$ids" <"$room/t.json" | grep -qx 2

# order tells the tour and why, and render plays it
"$forever" order "$room/crate" -c "$room/doubles.json" --state "$state" --json --matrix "$room/m.json" >"$room/tour.json"
get "len(it['order'])" <"$room/tour.json" | grep -qx 7
"$forever" order "$room/crate" --state "$state" --json 2>/dev/null |
    get "len(it['order']) + len(it['left_out']) == 7 and len(it['left_out']) > 2" |
    grep -qx True
get "len(it['distances']) == len(it['tracks']) == 7" <"$room/m.json" | grep -qx True
echo '{"brain": {"max_length_s": 35}}' >"$room/short.json"
"$forever" order "$room/crate" -c "$room/short.json" --state "$state" --json 2>/dev/null |
    get "(len(it['order']), {t['reason'] for t in it['left_out']})" | grep -qx "(0, {'too long'})"
"$forever" order "$room/crate" -c "$room/doubles.json" --state "$state" | grep -q '^7 tracks'
"$forever" order "$room/crate" -c "$room/doubles.json" --state "$state" --explain "$room/crate/a.wav" "$room/crate/b.flac" |
    grep -q '^tempo .* 1500 '
fails "$forever" order "$room/crate" -c "$room/doubles.json" --state "$state" --explain a.wav nothing.mp3 2>"$room/err"
grep -q 'no track of the pool' "$room/err"
"$forever" render "$room/crate" -c "$room/doubles.json" -o "$room/tour.mp3" --state "$state" --order "$room/tour.json" \
    --timeline "$room/t.json"
python3 - "$room/t.json" "$room/tour.json" <<'PY'
import json, sys
heard = []
for s in json.load(open(sys.argv[1]))["segments"]:
    heard += [t["path"] for t in s["tracks"] if t["path"] not in heard]
assert heard == [t["path"] for t in json.load(open(sys.argv[2]))["order"]], heard
PY
