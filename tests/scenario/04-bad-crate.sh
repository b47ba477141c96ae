# A crate of everything that is wrong with files: each is set aside with its reason, none
# costs the stream a frame.
crate=$room/crate
mkdir "$crate"
good=$(ls "$BUILD"/crate/*.mp3 | head -n 1)
other=$(ls "$BUILD"/crate/*.mp3 | tail -n 1)
third=$(ls "$BUILD"/crate/*.mp3 | sed -n 3p)
cp "$good" "$crate/good.mp3"
: >"$crate/empty.mp3"
head -c 3000 "$good" >"$crate/cut-short.mp3"
head -c 300000 /dev/urandom >"$crate/noise.mp3"
echo "these are words" >"$crate/words.flac"
ffmpeg -v error -i "$good" -t 3 "$crate/three-seconds.wav"
ffmpeg -v error -f lavfi -i anullsrc=r=44100 -t 40 "$crate/silent.flac"
ffmpeg -v error -f lavfi -i anullsrc=r=8000:cl=mono -t 10800 -c:a flac "$crate/three-hours.flac"
ffmpeg -v error -i "$good" -t 60 -filter:a volume=30dB "$crate/clipped.wav"
ffmpeg -v error -i "$third" -t 50 -map_metadata -1 "$crate/plain.mp3"
python3 - "$crate" <<'PY'
import sys
folder = sys.argv[1]
audio = open(folder + "/plain.mp3", "rb").read()
if audio[:3] == b"ID3":
    audio = audio[10 + sum(b << s for b, s in zip(audio[6:10], (21, 14, 7, 0))):]
def tagged(name, frames, size=None):
    body = b"".join(k + len(v).to_bytes(4, "big") + b"\0\0" + v for k, v in frames)
    n = len(body) if size is None else size
    head = b"ID3\x03\0\0" + bytes((n >> s) & 127 for s in (21, 14, 7, 0))
    open(folder + "/" + name, "wb").write(head + body + audio)
tagged("utf16.mp3", [(b"TIT2", b"\x01" + "Gr\u00fc\u00dfe \u266b".encode("utf-16"))])
tagged("latin1.mp3", [(b"TIT2", b"\0Caf\xe9")])
tagged("control.mp3", [(b"TIT2", b"\0one\x07\x1b[31m\ntwo\x00rest"), (b"TPE1", b"\0A\tB")])
tagged("broken-tag.mp3", [(b"TIT2", b"\0Broken")], size=2 << 20)
PY
rm "$crate/plain.mp3"
ln -s loop.mp3 "$crate/loop.mp3"
ln -s . "$crate/round"
ln -s nowhere.mp3 "$crate/dangling.mp3"
mkdir "$crate/folder.mp3" "$crate/deeper"
cp "$other" "$crate/deeper/"$'new\nline.mp3'
cp "$third" "$crate/unreadable.mp3"
chmod 000 "$crate/unreadable.mp3"

echo '{"stream": {"buffer_s": 4}, "brain": {"doubles": 1}}' >"$room/forever.json" # many are the same sound
serve "$crate"
silent=$(status "it['silent_frames']") # while it waited for its first track
set_aside() { ask queue | get "sum(1 for s in it['set_aside'] if s['uri'].endswith('$1') and s['reason'])"; }
is_set_aside() { [ "$(set_aside "$1")" = 1 ]; }
for name in empty.mp3 cut-short.mp3 noise.mp3 words.flac three-seconds.wav silent.flac \
    three-hours.flac loop.mp3 dangling.mp3; do
    eventually 90 is_set_aside "/$name"
    [ "$(grep -c "set aside .*/$name: " "$room/serve.log")" = 1 ] || fail "not one line: $name"
done
[ "$(id -u)" = 0 ] || eventually 30 is_set_aside /unreadable.mp3
fails grep -q "$(printf '\033')" "$room/serve.log"

# what can be played is, under a clean name
titles() { # of what plays and what comes
    status "it['title']"
    ask queue | get "' '.join(s['title'] for s in it['queue'])"
}
shows() { titles | grep -q "$1"; }
eventually 60 shows "Grüße"
eventually 60 shows "Café"
eventually 60 shows "one.*two"
[ "$(status "it['silent_frames']")" = "$silent" ]

# a track that is taken away while it plays is heard to its end, and the stream goes on
find "$crate" ! -type d -delete
curl -s -m 5 "$url/all.mp3?burst=0" -o "$room/heard.mp3" || true
[ "$(wc -c <"$room/heard.mp3")" -gt 60000 ]
[ "$(status "it['silent_frames']")" = "$silent" ]

# a crate that has become empty: the last tracks are repeated
for round in 1 2 3; do ask skip now >"$room/skip.json" || eventually 20 ask skip now; done
[ "$(status "it['silent_frames']")" = "$silent" ]
is_on_air

# at the start, a crate that is missing or empty is one line and exit 1
mkdir "$room/nothing"
for missing in "$room/nothing" "$room/nowhere" "$room/nowhere.m3u"; do
    status=0
    timeout 30 "$forever" serve "$missing" --http 127.0.0.1:0 --state "$room/other" \
        2>"$room/missing.log" || status=$?
    [ $status = 1 ] || fail "exit status $status for $missing"
    [ "$(grep -vc ' listen at \| stopping$' "$room/missing.log")" = 1 ] ||
        { cat "$room/missing.log"; fail "not one line for $missing"; }
done

# a path that JSON can't carry is refused by name
strange=$(printf '%s/cr\351te' "$room")
mkdir -p "$strange"
status=0
timeout 30 "$forever" render "$strange" -o "$room/no.wav" 2>"$room/strange.log" || status=$?
[ $status = 2 ] && grep -q 'not UTF-8: rename' "$room/strange.log" || fail "$(cat "$room/strange.log")"
