# A station on a feed over HTTP: tracks are fetched before they are needed, those that can't be
# are set aside with a line each; requests, bans and moves are obeyed, outlive a swap and a
# restart, and what is announced as settled is what plays.
export FAKE_MUSIC=$BUILD/crate
mkfifo "$room/port" "$room/end"
python3 "$tests/brain/fake_server.py" <"$room/end" >"$room/port" &
pids+=($!)
exec 9>"$room/end"
read -r port <"$room/port"
feed=http://127.0.0.1:$port/happy/music/feed.json
config() {
    echo '{"stream": {"buffer_s": 4}, "sources": {"private": '"$1"', "retry_ms": 10}}' \
        >"$room/forever.json"
}

# a feed leads nowhere inside the network unless that is configured
config 0
status=0
timeout 60 "$forever" serve "$feed" -c "$room/forever.json" --http 127.0.0.1:0 \
    --state "$room/other" 2>"$room/refused.log" || status=$?
[ $status = 1 ]
grep -q 'inside a private network' "$room/refused.log"

config 1
"$forever" order "$feed" -c "$room/forever.json" --state "$room/other" --json >"$room/tour.json"
get "len(it['order'])" <"$room/tour.json" | grep -qx 15

know_crate
serve "$feed"
ask now | get "it['title']" | grep -q '^Artist .* - Title '
queue() { ask queue | get "$1"; }
settled="[t for t in it['queue'] if t['settled']]"
free="[t for t in it['queue'] if not t['settled']]"
has_three() { [ "$(ls "$state"/cache/audio/*.mp3 | wc -l)" -ge 3 ]; }
eventually 60 has_three # ahead of what plays
has_license() { queue "$settled[-1]['license']" | grep -qx 'CC BY 4.0'; }
eventually 20 has_license

# requests
has_free() { [ "$(queue "len($free)")" -ge 6 ]; }
eventually 60 has_free
wish=$(queue "$free[5]['uri']")
ask add "$wish" next | get "it['position']" | grep -qx 1
# next of what may still change, or settled meanwhile
is_next() { queue "[t['uri'] for t in $settled[-1:] + $free[:1]]" | grep -qF "'$1'"; }
eventually 20 is_next "$wish"
banned=$(queue "[t['uri'] for t in $free if t['uri'] != '$wish'][3]")
ask ban "$banned" | get "it['tracks']" | grep -qx 1
moved=$(queue "[t['uri'] for t in $free if t['uri'] not in ('$wish', '$banned')][2]")
ask move "$moved" 2 | get "it['ok']" | grep -qx True
fails ask add "file:///etc/passwd"
fails ask add "http://me:pw@127.0.0.1/x.mp3"
fails ask move "$moved" nowhere
fails ask remove nothing
ask order | get "len(it['order']) > 3" | grep -qx True
printf '%s\nhttp://x y/\n# words\nnothing at all\n' "$BUILD/crate/$(ls "$BUILD/crate" | grep mp3 | head -n 1)" \
    >"$state/inject.txt"

# what is settled is what plays, in that order
is_heard() { ask now | get "[t['id'] for t in it['segment']['tracks']]" | grep -qF "'$1'"; }
for id in $(queue "' '.join(t['id'] for t in $settled[:2])"); do
    eventually 60 ask skip now
    eventually 60 is_heard "$id"
done

# a new brain and a new program go on with it
ask reload brain | get "it['ok']" | grep -qx True
was_asked_for() { grep -q "inject.txt: .*/crate/.* plays next" "$room/serve.log"; }
eventually 90 was_asked_for
[ "$(grep -c 'inject.txt: refused' "$room/serve.log")" = 2 ]

# so does what is settled and was not heard yet; an engine that is killed forgets no wish
kept=$(realpath "$BUILD"/crate/02*.mp3)
ask add "$kept" next >/dev/null
is_settled() { queue "[t['uri'] for t in $settled]" | grep -qF "'$kept'"; }
skip_on() { # while others are settled, so that it is not on air at once
    is_settled || { [ "$(queue "len($settled)")" -lt 2 ] || ask skip now; false; }
}
eventually 90 skip_on
asked=$(realpath "$BUILD"/crate/03*.mp3)
ask add "$asked" >/dev/null
kill -KILL "$(status "it['engine']['pid']")"
eventually 30 is_settled
ask state brain | get "{'uri': '$asked', 'request': True} in it['state']['order']" | grep -qx True
ask shutdown >/dev/null
wait "$server"
python3 - "$state/show.json" "$kept" <<'PY'
import json, sys
ready = [track["uri"] for track in json.load(open(sys.argv[1]))["ready"]]
assert sys.argv[2] in ready, ready
PY
serve "$feed"
is_settled || ask now | get "[t['uri'] for t in it['segment']['tracks']]" | grep -qF "'$kept'"
ask state brain | get "'$banned' in it['state']['bans']" | grep -qx True
ask queue | get "[t['uri'] for t in it['queue']]" | fails grep -qF "$banned'"
[ "$(status "it['silent_frames']")" -lt 500 ] # while it waited for its first track
fails grep -q 'pw@' "$room/serve.log"

# many hands at once: everybody is answered, whoever comes first
asking=()
for n in 1 2 3 4 5; do
    for command in "skip now" "reload mixer now" "reload all"; do
        ask $command >"$room/answer.$n.${command// /-}" &
        asking+=("$!")
    done
done
for pid in "${asking[@]}"; do wait "$pid" || true; done
for answer in "$room"/answer.*; do get "it['ok'] or len(it['error']) > 0" <"$answer" | grep -qx True; done
is_on_air
