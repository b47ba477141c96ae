# What an operator may send or change by mistake does not end the program, and is answered.
# /all.mp3 is there whatever the mounts are called
echo '{"stream": {"buffer_s": 4}, "mounts": [{"path": "/main.mp3", "kbps": 128}]}' \
    >"$room/forever.json"
know_crate
mkdir "$state/run.killed" # what a front that was killed has left
touch "$state/run.killed/mixer.1.so"
serve "$BUILD/crate"
[ ! -e "$state/run.killed" ]

# the track that is planned behind the one on air outlives all processes
has_planned() { ask queue | get "it['queue'][0]['start'] > 10" | grep -qx True; }
eventually 20 has_planned
next=$(ask queue | get "it['queue'][0]['uri']")
is_written() { get "'$next' in [track['uri'] for track in it['ready']]" <"$state/show.json" | grep -qx True; }
eventually 20 is_written
kill -KILL "$server" "$(status "it['engine']['pid']")"
wait "$server" || true
serve "$BUILD/crate"
ask now | get "it['segment']['tracks'][0]['uri'] == '$next'" | grep -qx True

# say BYTES: one answer each line, as JSON; what is no UTF-8 is answered, too
say() {
    timeout 20 python3 -c '
import json, socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
sent = sys.stdin.buffer.read()
client.sendall(sent)
client.shutdown(socket.SHUT_WR)
got = b""
try:
    while more := client.recv(65536):
        got += more
except ConnectionResetError:
    pass  # not all was read
answers = [json.loads(line) for line in got.splitlines()]
print(" ".join("yes" if answer["ok"] else "no" for answer in answers))
' "$state/admin.sock"
}
long=$(printf 'é%.0s' {1..400})
[ "$(printf 'foo\xff\nstatus\n' | say)" = "no yes" ]
[ "$(printf 'log %s\nstatus\n' "$long" | say)" = "no yes" ]
[ "$(printf 'config %s\n' "$long" | say)" = "no" ]
[ "$(printf 'state \xff\nreload %s\nstatus\n' "$long" | say)" = "no no yes" ]
[ "$(printf 'add /nope/%s.mp3\nadd /nope/x%s.mp3\nadd /nope/\xff.mp3\n' "$long" "$long" | say)" = "no no no" ]
[ "$(printf 'remove \xff\nexplain \xff \xfe\n' | say)" = "no no" ]
# a line of 8192 bytes is the longest, the first or a later one; what follows is not read
line=$(printf 'x%.0s' {1..8192})
[ "$(printf '%s\nstatus\n' "$line" | say)" = "no yes" ]
[ "$(printf '%sx\nstatus\n' "$line" | say)" = "no" ]
[ "$(printf 'reload mixer\nstatus\n%s%s%s\nstatus\n' "$line" "$line" "$line" | say)" = "yes yes no" ]
[ "$(yes status | head -n 1000 | say | wc -w)" = 1000 ]
# blanks behind a word are none of it, and a word that is not known is not left out
[ "$(printf ' status \t\r\nlog info \nstate mixer \n  \nnow\n' | say)" = "yes yes yes yes" ]
[ "$(printf 'skip nwo\nreload mixer nwo\nreload mixer not now\n' | say)" = "no no no" ]
[ "$(printf 'upgrade dry\ndrain off\norder all\nshutdown -c\n' | say)" = "no no no no" ]

is_on_air

# an artist's ban is lifted however it is written
has_four() { ask queue | get "it['queue'][3]['artist']"; }
eventually 60 has_four
artist=$(ask queue | get "it['queue'][3]['artist']")
ask ban "${artist^^}" >/dev/null
ask unban "${artist,,}" | get "it['ok']" | grep -qx True

# whom the configuration bans is soon none of those that come
is_settled() { ask queue | get "[s['settled'] for s in it['queue'][2:4]]" | grep -qx '\[True, False\]'; }
eventually 60 is_settled
artist=$(ask queue | get "it['queue'][3]['artist']")
echo "{\"stream\": {\"buffer_s\": 4}, \"mounts\": [{\"path\": \"/main.mp3\", \"kbps\": 128}],
    \"blacklist\": {\"artist\": [\"$artist\"]}}" >"$room/forever.json"
ask config reload | get "it['ok']" | grep -qx True
is_gone() { ask queue | get "any(s['artist'] == '$artist' and not s['settled'] for s in it['queue'])" | grep -qx False; }
eventually 10 is_gone

# two names with blanks in them are two names
crate=$(realpath "$BUILD/crate")
[ "$(echo explain "$crate"/01*.mp3 "$crate"/02*.mp3 | say)" = yes ]

# mounts that wait for the next start are none for the next engine either
echo '{"stream": {"buffer_s": 4}, "mounts": [{"path": "/main.mp3", "kbps": 320}]}' \
    >"$room/forever.json"
curl -s "$url/all.mp3" -o "$room/heard.mp3" &
listening=$!
silent=$(status "it['silent_frames']") # a slow machine begins with some
ask config reload | get "it['ok']" | grep -qx True
kill -KILL "$(status "it['engine']['pid']")"
has_restarted() { [ "$(status "(it['engine']['restarts'], it['engine']['ready'])")" = "(1, True)" ]; }
eventually 30 has_restarted
frame=$(status "it['frame']")
is_further() { [ "$(status "it['frame']")" -ge $((frame + 200)) ]; }
eventually 30 is_further
[ "$(status "it['engine']['restarts']")" = 1 ]
[ "$(status "it['silent_frames']")" = "$silent" ]
kill $listening
python3 - "$room/heard.mp3" <<'PY'
import sys
data, at = open(sys.argv[1], "rb").read(), 0
while at + 4 < len(data):
    assert data[at] == 255 and data[at + 2] >> 4 == 9, at  # a frame at 128 kbit/s
    at += 417 + (data[at + 2] >> 1 & 1)
PY

# a file that is no socket is not taken for a dead one's
echo dear >"$room/precious"
fails timeout 20 "$forever" serve "$BUILD/crate" --http 127.0.0.1:0 --state "$room/other" \
    --admin "$room/precious" 2>"$room/other.log"
grep -qx dear "$room/precious"

# a drained station takes no new listeners, and ends with its last
curl -s "$url/all.mp3" -o "$room/last.mp3" &
listening=$!
is_heard() { [ "$(stat -c %s "$room/last.mp3")" -gt "$1" ]; }
eventually 10 is_heard 10000
ask drain | get "(it['ok'], it['listeners'])" | grep -qx '(True, 1)'
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/all.mp3")" = 503 ]
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/healthz")" = 503 ]
status "it['state']" | grep -qx draining
eventually 20 is_heard $(($(stat -c %s "$room/last.mp3") + 50000))
kill $listening
is_over() { ! kill -0 "$server" 2>/dev/null; }
eventually 20 is_over
wait "$server"
