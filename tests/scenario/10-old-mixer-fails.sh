# A mixer that nothing came before, and that fails on air, ends the engine over and over;
# a good build can be put in its place all the time, and is heard.
export FOREVER_BUILD=$BUILD
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
cp "$BUILD/tests/zoo/noise_later.so" "$room/plugins/mixer.so"
echo '{"stream": {"buffer_s": 8}}' >"$room/forever.json"
serve "$BUILD/crate" --plugins "$room/plugins"

has_restarted() { [ "$(status "it['engine']['restarts']")" -gt 0 ]; }
is_good() { ask plugins | get "it['plugins']['mixer']['current']['name']" | grep -qx hands; }
has_sent() { [ "$(status "it['frame']")" -ge "$1" ]; }
eventually 30 has_restarted
cp "$BUILD/plugins/mixer.so" "$room/plugins/mixer.so.tmp"
mv "$room/plugins/mixer.so.tmp" "$room/plugins/mixer.so"
eventually 60 is_good
frame=$(status "it['frame']")
eventually 30 has_sent $((frame + 400))
is_good
[ "$(status "it['state']")" = 'on air' ]
