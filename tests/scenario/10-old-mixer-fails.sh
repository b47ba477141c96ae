# A mixer that nothing came before fails on air: there is silence, but a good build can be
# put in its place, and is heard.
export FOREVER_BUILD=$BUILD
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
cp "$BUILD/tests/zoo/noise_later.so" "$room/plugins/mixer.so"
echo '{"stream": {"buffer_s": 8}}' >"$room/forever.json"
is_on_air() { [ "$(status "it['engine']['frames'] > 0")" = True ]; } # and not for long
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"

is_silent() { [ "$(status "it['state']")" = silent ]; }
is_on_air() { [ "$(status "it['state']")" = 'on air' ]; }
is_good() { ask plugins | get "it['plugins']['mixer']['current']['name']" | grep -qx hands; }
eventually 60 is_silent
cp "$BUILD/plugins/mixer.so" "$room/plugins/mixer.so.tmp"
mv "$room/plugins/mixer.so.tmp" "$room/plugins/mixer.so"
eventually 60 is_good
eventually 60 is_on_air
[ "$(status "it['engine']['restarts']")" = 0 ]
