# Every plugin is rebuilt and the engine is killed while 50 listeners hold every frame
# against a render of the same plan: with unchanged sources nothing may differ.
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"

"$BUILD/tests/listen" "$http" 50 4000 "$show" &
listening=$!
generation() { ask plugins | get "it['plugins']['$1']['current']['generation']"; }
engine() { status "it['engine']['pid']"; }
is_generation() { [ "$(generation "$1")" -ge "$2" ]; }
is_another_engine() { [ "$(engine)" != "$1" ] && [ "$(status "it['engine']['ready']")" = True ]; }

for plugin in codec mixer brain; do # as a build does it: link beside, then rename
    before=$(generation $plugin)
    cp "$BUILD/plugins/$plugin.so" "$room/plugins/$plugin.so.tmp"
    mv "$room/plugins/$plugin.so.tmp" "$room/plugins/$plugin.so"
    eventually 20 is_generation $plugin $((before + 1))
done
ask reload mixer now | get "it['ok'] and it['frame'] > 0" | grep -qx True
ask reload codec now | get "it['ok'] and it['ms'] >= 0" | grep -qx True
ask rollback mixer | get "it['ok']" | grep -qx True
for round in 1 2; do
    old=$(engine)
    kill -9 "$old"
    eventually 20 is_another_engine "$old"
done
ask reload all | get "it['ok']" | grep -qx True
listen_on 7 # what was made by the last of them, too
[ "$(status "it['silent_frames']")" = 0 ]
[ "$(status "it['engine']['restarts']")" = 2 ]

# A long buffer is made anew from two seconds ahead of the listeners on.
kill $server
wait $server || true
rm "$state/show.json"
echo '{"stream": {"buffer_s": 600}}' >"$room/forever.json"
serve "$BUILD/crate" --plugins "$room/plugins"
is_full() { status "it['buffered_s'] > 590" | grep -qx True; }
eventually 120 is_full
"$BUILD/tests/listen" "$http" 1 400 "$show" &
listening=$!
ask reload mixer now | get "it['ok']" | grep -qx True
wait $listening
