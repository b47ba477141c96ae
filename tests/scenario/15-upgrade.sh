# Another program takes the place of the one that runs, twice over, while plain, ICY
# and slow listeners hold every frame against a render of the same plan. One that can't go on is
# refused, and nobody hears that either.
export FOREVER_BUILD=$BUILD
echo '{"stream": {"buffer_s": 20}}' >"$room/forever.json"
know_crate
put() { # as a build does it: beside, and renamed
    cp "$1" "$room/forever.new"
    chmod 755 "$room/forever.new"
    mv "$room/forever.new" "$room/forever"
}
put "$forever"
forever=$room/forever serve "$BUILD/crate" --plugins "$BUILD/plugins"
"$BUILD/tests/listen" "$http" 10 8000 "$show" &
listening=$!
curl -s -m 200 -H 'Icy-MetaData: 1' "$url/all.mp3" -o "$room/icy.mp3" &
icy=$!
mkfifo "$room/go"
python3 - "$http" "$room/go" <<'PY' &
import socket, sys
# One that does not read while all this happens: its socket is full, in the middle of a frame.
slow = socket.socket()
slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
host, port = sys.argv[1].rsplit(":", 1)
slow.connect((host, int(port)))
slow.sendall(b"GET /all.mp3 HTTP/1.1\r\nHost: a\r\n\r\n")
open(sys.argv[2]).read()
data = b""
while len(data) < 600000 and (more := slow.recv(65536)):
    data += more
at = data.index(b"\r\n\r\n") + 4
while at + 4 < len(data):
    assert data[at] == 255 and data[at + 1] & 0xe0 == 0xe0, at
    at += 626 + (data[at + 2] >> 1 & 1)
assert len(data) >= 600000, len(data)
PY
slow=$!
pids+=("$slow")
has_listeners() { [ "$(status "it['listeners']")" = 12 ]; }
eventually 20 has_listeners
pid=$(status "it['pid']")
ids() { ask listeners | get "sorted((l['id'], l['peer']) for l in it['listeners'])"; }
heard_by=$(ids)

is_up() { [ "$(status "it['engine']['ready'] and it['buffered_s'] > 10")" = True ]; }
for n in 1 2; do
    eventually 40 is_up
    up=$(status "it['uptime_s']")
    log=$(grep -c 'goes on with 12 listeners' "$room/serve.log" || true)
    put "$BUILD/forever"
    while kill -HUP "$pid"; do "$(type -P true)"; done 2>/dev/null & # also before it listens
    hangups=$!
    pids+=("$hangups")
    ask upgrade | get "it['ok']" | grep -qx True
    for _ in {1..10}; do ask now >/dev/null; done # who asks meanwhile waits
    kill "$hangups"
    has_upgraded() { [ "$(grep -c 'goes on with 12 listeners' "$room/serve.log")" = $((log + 1)) ]; }
    eventually 20 has_upgraded
    eventually 20 has_listeners
    [ "$(status "it['pid']")" = "$pid" ]
    [ "$(status "it['uptime_s'] > $up")" = True ]
    [ "$(ids)" = "$heard_by" ]
done

behind=$(($(status "it['frame']") + 22 * 39))
is_behind() { [ "$(status "it['frame']")" -ge $behind ]; }

# what can't take over is refused: no program, one that fails, crashes, or hangs
refuses() {
    ask upgrade >"$room/answer" || true
    get "it['ok']" <"$room/answer" | grep -qx False || fail "$(cat "$room/answer")"
    get "it['error']" <"$room/answer" | grep -qF "$1" || fail "$(cat "$room/answer")"
}
echo text >"$room/other"
put "$room/other"
refuses 'cannot start'
printf '#!/bin/sh\nexit 3\n' >"$room/other"
put "$room/other"
refuses "can't go on from here (status 3)"
printf '#!/bin/sh\nkill -SEGV $$\n' >"$room/other"
put "$room/other"
refuses 'crashed'
printf '#!/bin/sh\nexec sleep 100\n' >"$room/other"
put "$room/other"
refuses 'has not answered in 2 s'
rm "$room/forever"
refuses 'cannot start'
printf '#!/bin/sh\nrm -- "$0"\n' >"$room/other" # tried it is there, then it is gone
put "$room/other"
ask upgrade | get "it['ok']" | grep -qx True
has_stayed() { grep -qF "cannot become $room/forever" "$room/serve.log"; }
eventually 20 has_stayed
eventually 20 is_up
[ "$(status "it['engine']['restarts']")" = 0 ] # no build is to blame
put "$BUILD/forever"
echo '{"stream": {"buffer_s": "long"}}' >"$room/forever.json"
refuses "can't go on from here (status"
eventually 40 is_up
[ "$(status "it['silent_frames']")" = 0 ]

echo >"$room/go"
wait $slow
eventually 60 is_behind # what was made since the last upgrade is heard, too
listen_on 0
kill $icy
python3 - "$room/icy.mp3" <<'PY'
import sys
data, at, sound, titles = open(sys.argv[1], "rb").read(), 0, b"", 0
while at + 16000 < len(data):
    sound += data[at:at + 16000]
    length = 16 * data[at + 16000]
    block = data[at + 16001:at + 16001 + length]
    assert length == 0 or block.startswith(b"StreamTitle='"), (at, block[:40])
    titles += length > 0
    at += 16001 + length
assert titles >= 1 and len(sound) > 500000, (titles, len(sound))
at = 0
while at + 4 < len(sound):
    assert sound[at] == 255 and sound[at + 1] & 0xe0 == 0xe0, at
    at += 626 + (sound[at + 2] >> 1 & 1)
PY

# who wants it to end while the next program is tried is heard
echo '{}' >"$room/forever.json"
printf '#!/bin/sh\n[ $PPID != %s ] || kill $PPID\nexec "%s" "$@"\n' "$pid" "$BUILD/forever" >"$room/other"
put "$room/other"
ask upgrade | get "it['ok']" | grep -qx True
has_ended() { ! kill -0 "$pid" 2>/dev/null; }
eventually 20 has_ended
