# A codec fails to encode now and then. If nothing came before it, its encoders are made
# anew at the frame that was due; if it is new, the one before it is taken back. No listener
# hears either.
export FOREVER_BUILD=$BUILD
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
cp "$BUILD/tests/zoo/encode_stumbles.so" "$room/plugins/codec.so"
echo '{"stream": {"buffer_s": 8}, "engine": {"probation_s": 0}}' >"$room/forever.json"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"
"$BUILD/tests/listen" "$http" 3 4000 "$show" &
listening=$!

put() {
    cp "$1" "$room/plugins/codec.so.tmp"
    mv "$room/plugins/codec.so.tmp" "$room/plugins/codec.so"
}
codec() { ask plugins | get "it['plugins']['codec']$1"; }
has_stumbled() { [ "$(grep -c 'the codec cannot encode' "$room/serve.log")" -ge 3 ]; }
has_restarted() { [ "$(status "it['engine']['restarts']")" = 1 ]; }
is_back() { [ "$(codec "['current']['hash']")" = "$good" ]; }

eventually 60 has_stumbled
[ "$(status "it['engine']['restarts']")" = 0 ]
put "$BUILD/plugins/codec.so"
ask reload codec | get "it['ok']" | grep -qx True
good=$(codec "['current']['hash']") # which has passed; the next is on probation
echo '{"stream": {"buffer_s": 8}}' >"$room/forever.json"
ask config reload | get "it['ok']" | grep -qx True
put "$BUILD/tests/zoo/encode_stumbles.so"
eventually 60 has_restarted
eventually 30 is_back
codec "['refused']" | grep -q 'the engine died with it'
listen_on 5
has_restarted
[ "$(status "it['silent_frames']")" = 0 ]
