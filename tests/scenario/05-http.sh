# What players, browsers and programs get over HTTP, and what nonsense gets.
cat >"$room/forever.json" <<'JSON'
{"stream": {"buffer_s": 4}, "http": {"max_listeners": 30}, "station": {"name": "Radio \"Forever\"", "url": "http://example.org"},
 "mounts": [{"path": "/all.mp3", "kbps": 192}, {"path": "/low.mp3", "kbps": 96}]}
JSON
know_crate
ulimit -Sn 124 # room for 30 listeners and their pages
serve "$BUILD/crate"
ulimit -Sn "$(ulimit -Hn)"
page() { curl -s -m 10 "$url$1"; }
code() { curl -s -m 10 -o /dev/null -w '%{http_code}' "$@" || true; }
listen() { curl -s -m "$1" "$url$2" -o "$3" || true; }

# players play it, at each mount's bit rate
listen 4 /all.mp3 "$room/all.mp3"
listen 4 /low.mp3 "$room/low.mp3"
for name in all low; do
    ffmpeg -v error -xerror -i "$room/$name.mp3" -f null - 2>"$room/ffmpeg.log"
    grep -v 'Estimating duration' "$room/ffmpeg.log" | fails grep -q .
    mpg123 -q -t "$room/$name.mp3" 2>"$room/mpg123.log"
done
ffprobe -v error -show_entries stream=bit_rate,sample_rate,channels -of csv=p=0 "$room/low.mp3" |
    grep -qx "44100,2,96000"
# four seconds at once, and then no faster than they are played
bytes=$(wc -c <"$room/all.mp3")
[ "$bytes" -gt $((6 * 24000)) ] && [ "$bytes" -lt $((10 * 24000)) ]

curl -s -m 5 -I "$url/all.mp3" >"$room/head"
grep -qi '^content-type: audio/mpeg' "$room/head"
grep -qi '^icy-name: Radio "Forever"' "$room/head"
grep -qi '^icy-br: 192' "$room/head"
fails grep -qi '^icy-metaint' "$room/head"

# ICY: a block every 16000 bytes, with the title in the first
curl -s -m 6 -D "$room/head" -H 'Icy-MetaData: 1' "$url/all.mp3" -o "$room/icy" || true
grep -qi '^icy-metaint: 16000' "$room/head"
python3 - "$room/icy" <<'PY'
import sys
data, blocks, audio = open(sys.argv[1], "rb").read(), [], b""
while len(data) > 16001:
    audio += data[:16000]
    length = data[16000] * 16
    blocks.append(data[16001:16001 + length].rstrip(b"\0").decode())
    data = data[16001 + length:]
assert blocks[0].startswith("StreamTitle='") and blocks[0].endswith("';"), blocks
assert len(blocks) > 3 and not any(blocks[1:]), blocks
at = 0
while at + 4 < len(audio):
    assert audio[at] == 255 and audio[at + 1] & 254 == 250, at
    at += 144000 * 192 // 44100
PY

# one request a connection: what follows in the same packet is not read; a header may come in
# pieces; HEAD has no body
python3 - "$http" <<'PY'
import socket, sys
host, port = sys.argv[1].split(":")
def ask(*pieces):
    with socket.create_connection((host, int(port))) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            client.sendall(piece)
        got = b""
        while len(got) < 4000 and (more := client.recv(4000)):
            got += more
        return got
for one in b"GET /all.mp3?x", b"GET /healthz":
    one += b" HTTP/1.1\r\nHost: a\r\n\r\n"
    assert ask(one + one).count(b"HTTP/1.1 ") == 1
for path in b"/", b"/all.mp3", b"/events", b"/healthz", b"/nothing":  # a head alone
    assert ask(b"HEAD " + path + b" HTTP/1.1\r\nHost: a\r\n\r\n").endswith(b"\r\n\r\n"), path
head = b"GET /all.mp3 HTTP/1.1\r\nIcy-MetaData: 1\r\nHost: a\r\n\r\n"
assert b"icy-metaint" in ask(*(head[i:i + 1] for i in range(len(head))))
PY
is_on_air

# listeners behind a proxy on this machine are known by whom it asks for, if it says so
for from in '198.51.100.1, 203.0.113.7' $'::1%\xff' '2001:db8::7'; do
    curl -s -m 30 -H "X-Forwarded-For: $from" "$url/all.mp3" -o /dev/null &
    pids+=($!)
done
has_three() { ask listeners | get "it['count']" | grep -qx 3; }
eventually 10 has_three
ask listeners | get "sorted(l['peer'].split(':')[0] for l in it['listeners'])" |
    grep -qxF "['127.0.0.1', '2001', '203.0.113.7']"
for id in $(ask listeners | get "' '.join(str(l['id']) for l in it['listeners'])"); do
    ask kick "$id" >/dev/null
done

page /listen.m3u | grep -qx "$url/all.mp3"
curl -s -m 10 -H "X-Forwarded-Proto: https" "$url/listen.m3u" | # as behind a proxy
    grep -qx "https${url#http}/all.mp3"
page /listen.pls | grep -q "File2=$url/low.mp3"
page /all.json | get "it['sample_rate']" | grep -qx 44100
[ "$(ask status | get "sorted(it['plugins'].items())")" = "$(ask plugins | get "sorted(
    (kind, {'name': slot['current']['name'], 'version': slot['current']['version'],
            'generation': slot['current']['generation'], 'on_probation': slot['on_probation'],
            'refused': slot['refused']}) for kind, slot in it['plugins'].items())")" ]

# the waveform of what is on air: three bands from its begin to its end
track=$(page '/all.json?now=1' | get "it['segment']['tracks'][0]['id']")
page "/waveform/$track.json" | get "it['id'] == '$track' and all(
    abs(len(it[band]) * it['step'] - it['duration']) < 0.2 and max(it[band]) > 20 and
    set(map(type, it[band])) == {int} and 0 <= min(it[band]) and max(it[band]) <= 255
    for band in ('low', 'mid', 'high'))" | grep -qx True
for path in /waveform/ /waveform/$track /waveform/${track}x.json /waveform/.json; do
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$http$path")" = 404 ] || fail "$path"
done
page '/all.json?now=1' | get "bool(it['title']) and bool(it['segment']['kind'])" | grep -qx True
page '/all.json?now=1' | get "round(it['burst_s'])" | grep -qx 4
page /queue.json | get "it['queue'][0]['settled']" | grep -qx True
page /timing.json | get "it['time'] > 1e12" | grep -qx True
page /metrics | grep -q '^forever_up 1'
page / | grep -q '<audio'
page / | fails grep '"/' # below another path, behind a proxy, it works, too
[ "$(page /healthz)" = ok ]
(curl -s -m 3 -N "$url/events" || true) | grep -q '^event: segment'
# frames of a swap are counted as sent, there, too
curl -s -m 30 -N "$url/events" >"$room/events" &
pids+=($!)
eventually 10 grep -q '^event: status' "$room/events"
ask reload mixer >/dev/null
eventually 10 grep -A1 '^event: swap' "$room/events"
grep -A1 '^event: swap' "$room/events" | grep -q '"frame":'
# who begins to read /events is told how things are; who reads already is not told again
python3 - "$http" <<'PY'
import socket, sys
host, port = sys.argv[1].split(":")
def read():
    client = socket.create_connection((host, int(port)), timeout=10)
    client.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    return client.makefile("rb")
def events(reader):  # up to the next status, one a second
    found = []
    while not (line := reader.readline()).startswith(b"event: status"):
        if line.startswith(b"event: "):
            found.append((line, reader.readline()))
    return found
first = read()
said = events(first)
for _ in range(3):
    names = {name for name, _ in events(read())}
    assert {b"event: segment\n", b"event: title\n", b"event: listeners\n"} <= names, names
said += events(first) + events(first)
assert len(set(said)) == len(said), said
# they leave room for listeners
readers = [read() for _ in range(60)]
said = [reader.readline().split()[1] for reader in readers]
assert said[0] == b"200" and said[-1] == b"503", said
PY

[ "$(code "$url/nothing")" = 404 ]
page /monitor | grep -q "<h1>forever: monitor</h1>"
[ "$(code -X POST "$url/all.mp3")" = 405 ]

# a target with the host in it is the same; a page of another origin may ask for titles, and
# read icy-metaint; a proxy does not hold the stream back
[ "$(curl -s -x "$url" http://example.org/healthz)" = ok ]
curl -s -m 5 -X OPTIONS -D "$room/head" "$url/all.mp3"
grep -q '^HTTP/1.1 200' "$room/head"
grep -qi '^access-control-allow-headers: .*icy-metadata' "$room/head"
grep -qi '^allow: GET, HEAD' "$room/head"
for path in /all.mp3 /events; do
    curl -s -m 5 -I "$url$path" >"$room/head"
    grep -qi '^x-accel-buffering: no' "$room/head"
    grep -qi '^access-control-allow-origin: \*' "$room/head"
done
curl -s -m 5 -I "$url/all.mp3" | grep -qi '^access-control-expose-headers: \*'
[ "$(code -H 'Range: bytes=0-1' "$url/all.mp3")" = 206 ]
[ "$(code -H "X: $(head -c 20000 /dev/zero | tr '\0' x)" "$url/")" = 431 ]
[ "$(code "$url/$(head -c 3000 /dev/zero | tr '\0' y)")" = 431 ]
printf '\026\003\001garbage\r\n\r\n' | timeout 5 nc -q 2 "${http%:*}" "${http#*:}" | grep -q '^HTTP/1.1 400'
is_on_air

# an operator ends a listener; a full house says so
curl -s -m 30 "$url/all.mp3" -o /dev/null &
pids+=($!)
listening=$!
is_listening() { [ "$(status "it['listeners']")" = 1 ]; }
eventually 10 is_listening
id=$(ask listeners | get "it['listeners'][0]['id']")
fails ask kick "${id}x"
ask kick "$id" >/dev/null
wait $listening || true
fails ask kick 99999

python3 - "$room/forever.json" <<'PY'
import json, sys
config = json.load(open(sys.argv[1]))
config["http"] = {"max_listeners": 1}
json.dump(config, open(sys.argv[1], "w"), indent=1)
PY
ask config reload >/dev/null
curl -s -m 30 "$url/all.mp3" -o /dev/null &
pids+=($!)
eventually 10 is_listening
[ "$(code "$url/all.mp3")" = 503 ]

# a second one on the same state folder or the same port is one line more, and exit 1
for second in "--state $state --http 127.0.0.1:0" "--state $room/other --http $http"; do
    status=0
    timeout 20 "$forever" serve "$BUILD/crate" $second 2>"$room/second.log" || status=$?
    [ $status = 1 ] && grep -q 'address already in use: ' "$room/second.log"
done

# a bad new configuration is refused by name and line, and the old one stays
printf '{\n "seed": 2,\n "http": {"max_listners": 5}\n}\n' >"$room/forever.json"
fails ask config reload >"$room/answer"
get "it['error']" <"$room/answer" | grep -q ':3: "http.max_listners" is no setting'
engine=$(status "it['engine']['pid']")
kill -HUP "$engine" "$server" # as a terminal and a service manager do
eventually 10 grep -q 'keeping the old configuration' "$room/serve.log"
[ "$(code "$url/all.mp3")" = 503 ]
kill -INT "$engine" "$server"
wait "$server"
fails grep -F "(pid $engine) ended" "$room/serve.log" # it had to save what is settled
