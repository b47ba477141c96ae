# What ears do with sounds that are no music, through every decoder: finite numbers, doubt,
# and no more time than music takes. The same music from any file has the same beats.
make_sound() { ffmpeg -v error -f lavfi -i "$2" "${@:3}" "$room/bad/$1"; }
mkdir "$room/bad" "$room/same"
make_sound silence.flac anullsrc=r=44100 -t 30
make_sound noise.mp3 "anoisesrc=d=30:a=0.5:r=44100"
make_sound second.wav "anoisesrc=d=1:a=0.5:r=44100"
mv "$room/bad/second.wav" "$room/bad/$(printf 's\351cond.wav')" # a name that is no UTF-8
make_sound narrow.wav "sine=f=440:d=30:r=8000" -ac 1
make_sound wide.wav "aevalsrc=$(printf '0.1*sin(900*t)|%.0s' 1 2 3 4 5 6 7)0.1*sin(700*t):s=192000:d=6"
make_sound dc.flac "aevalsrc=0.7:s=44100:d=30"
make_sound square.mp3 "aevalsrc=3*sgn(sin(2765*t)):s=44100:d=30"
make_sound sweep.ogg "aevalsrc=0.8*sin(60*t+1500*t*t):s=44100:d=30" -c:a libvorbis
python3 - "$room/bad" <<'PY'
import array, random, struct, sys
def wav(name, samples, promised=None):
    body = samples.tobytes()
    size = len(body) if promised is None else promised
    head = b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 3, 2, 44100, 44100 * 8, 8, 32) + b"data" + struct.pack("<I", size)
    open(sys.argv[1] + "/" + name, "wb").write(head + body)
dice = random.Random(3)
strange = [float("nan"), float("inf"), -float("inf"), 1e38, 1e-42]
wav("nan.wav", array.array("f", (
    strange[n // 777 % 5] if n % 777 == 0 else dice.uniform(-.1, .1) for n in range(20 * 88200))))
click = array.array("f", bytes(20 * 88200 * 4))
click[88200] = click[88201] = 1.0
wav("click.wav", click)
wav("promise.wav", click, promised=0x7ffffff0)
PY
cut() { head -c $(($(wc -c <"$room/bad/$1") * 2 / 3 + 7)) "$room/bad/$1" >"$room/bad/cut-$1"; }
for name in noise.mp3 dc.flac sweep.ogg nan.wav; do cut $name; done
mv "$room/bad/cut-dc.flac" "$room/cut.flac" # the only one that says itself that it is cut
fails "$forever" analyze --json --state "$state" "$room/cut.flac" >"$room/found" 2>"$room/cut.log"
[ "$(wc -l <"$room/cut.log")" = 1 ] && grep -q 'cut short' "$room/cut.log" || fail "$(cat "$room/cut.log")"
"$forever" analyze --json --state "$state" "$room"/bad/* >"$room/found" 2>"$room/bad.log" ||
    fail "$(cat "$room/bad.log")"
python3 - "$room/found" <<'PY'
import json, math, sys
def numbers(it):
    if isinstance(it, dict):
        it = list(it.values())
    if isinstance(it, list):
        return [n for part in it for n in numbers(part)]
    return [it] if isinstance(it, (int, float)) else []
def refuse(word):
    raise ValueError(word)
seen = 0
for line in open(sys.argv[1]):
    it = json.loads(line, parse_constant=refuse) # NaN, Infinity
    assert all(math.isfinite(n) for n in numbers(it)), it["path"]
    assert it["tempo_confidence"] <= 0.5 and it["duration"] < 31, (it["path"], it["tempo_confidence"])
    seen += 1
assert seen == 14, seen
PY

# one piece in five files, of other sizes and other encoder delays
source=$(ls "$BUILD"/crate/*.mp3 | sed -n 2p)
ffmpeg -v error -i "$source" -ss 10 -t 70 -map_metadata -1 -ac 2 -ar 44100 "$room/same/a.wav"
ffmpeg -v error -i "$room/same/a.wav" "$room/same/b.flac"
lame --quiet -b 128 "$room/same/a.wav" "$room/same/c.mp3"
lame --quiet -V 2 "$room/same/a.wav" "$room/same/d.mp3"
ffmpeg -v error -i "$room/same/a.wav" -c:a libmp3lame -b:a 192k "$room/same/e.mp3"
"$forever" analyze --json --state "$state" "$room"/same/* >"$room/found" 2>"$room/same.log" ||
    fail "$(cat "$room/same.log")"
python3 - "$room/found" <<'PY'
import json, sys
all = [json.loads(line) for line in open(sys.argv[1])]
assert len(all) == 5 and len(all[0]["beats"]) > 60
for it in all:
    assert len(it["beats"]) == len(all[0]["beats"]), it["path"]
    worst = max(abs(a - b) for a, b in zip(it["beats"], all[0]["beats"]))
    assert worst < 0.001, (it["path"], worst)
PY
