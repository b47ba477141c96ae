# A build that has passed its probation is said to have, and stays if the engine dies later:
# a codec after a second, a mixer when it has planned. What is planned goes on, also with a
# brain that listens in another way. A library that is out of reach when an engine starts
# again is waited for.
export FOREVER_BUILD=$BUILD
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
echo '{"stream": {"buffer_s": 8}, "engine": {"probation_s": 1}}' >"$room/forever.json"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"

slot() { ask plugins | get "it['plugins']['$1']$2"; }
has_passed() { [ "$(slot "$1" "['on_probation']")" = False ]; }
engine() { status "it['engine']['pid']"; }
is_another_engine() { [ "$(engine)" != "$1" ] && [ "$(status "it['engine']['ready']")" = True ]; }

segments="[(s['start'], s['end']) for s in it['segments']]"
mkdir "$room/built"
for plugin in codec mixer; do # other files
    { cat "$BUILD/plugins/$plugin.so" && echo; } >"$room/built/$plugin.so"
done
cp "$BUILD/tests/zoo/newer_analysis.so" "$room/built/brain.so"
for plugin in codec mixer brain; do
    cp "$room/built/$plugin.so" "$room/plugins/$plugin.so.tmp"
    mv "$room/plugins/$plugin.so.tmp" "$room/plugins/$plugin.so"
    ask reload $plugin | get "it['ok']" | grep -qx True
    hash=$(slot $plugin "['current']['hash']")
    [ $plugin != mixer ] || ask skip | get "it['ok']" | grep -qx True
    eventually 20 has_passed $plugin
    planned=$(ask timeline | get "$segments[-1]")
    old=$(engine)
    kill -9 "$old"
    eventually 20 is_another_engine "$old"
    [ "$(slot $plugin "['current']['hash']")" = "$hash" ]
    ask timeline | get "$planned in $segments" | grep -qx True
done

# whoever asks for its state does not call a mixer while it plays
cp "$BUILD/tests/zoo/one_thread.so" "$room/plugins/mixer.so"
ask reload mixer now | get "it['ok']" | grep -qx True
restarts=$(status "it['engine']['restarts']")
for _ in {1..30}; do ask state mixer | get "it['ok']" | grep -qx True; done
[ "$(status "it['engine']['restarts']")" = "$restarts" ]

old=$(engine)
mkdir "$room/library"
mv "$state"/library.db* "$room/library"
mkdir "$state/library.db"
kill -9 "$old"
is_missed() { grep -q "cannot use the library" "$room/serve.log"; }
eventually 20 is_missed
rmdir "$state/library.db"
mv "$room/library"/* "$state"
eventually 20 is_another_engine "$old"
