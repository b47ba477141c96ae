# Every animal of the zoo is put over a plugin that is on air, renamed into place and
# written over it, while 20 listeners hold every frame against a render of the same plan.
# Each is refused with its step and its reason, and no one hears it. Those that pass their
# trial and fail on air are taken back with the engine.
export FOREVER_BUILD=$BUILD
# under AddressSanitizer a crash shall be the signal that it is elsewhere
export ASAN_OPTIONS=$ASAN_OPTIONS:handle_segv=0:handle_sigbus=0:handle_abort=0
zoo=$BUILD/tests/zoo
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
echo '{"stream": {"buffer_s": 8}, "engine": {"stall_s": 3, "trial_s": 2}}' \
    >"$room/forever.json"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"
"$BUILD/tests/listen" "$http" 20 8000 "$show" &
listening=$!

slot() { ask plugins | get "it['plugins']['$1']$2"; }

# put FILE KIND: as a build does it, link beside and rename.
put() {
    cp "$1" "$room/plugins/$2.so.tmp"
    mv "$room/plugins/$2.so.tmp" "$room/plugins/$2.so"
}
# refuses KIND REASON: `reload` is answered with no, and why.
refuses() {
    ask reload "$1" >"$room/answer" || true
    get "it['ok']" <"$room/answer" | grep -qx False || fail "$1: $(cat "$room/answer")"
    get "it['error']" <"$room/answer" | grep -qF "$2" || fail "$1: $(cat "$room/answer")"
}
# bad FILE KIND REASON: refused either way of putting it there.
bad() {
    put "$1" "$2"
    refuses "$2" "$3"
    cp "$BUILD/plugins/$2.so" "$room/plugins/$2.so.good"
    mv "$room/plugins/$2.so.good" "$room/plugins/$2.so"
    cat "$1" >"$room/plugins/$2.so" # in place: the same file that was a plugin just now
    refuses "$2" "$3"
}

# First those that fail on air only: the build before them is back with the next engine, and
# theirs is refused until it changes. So are those that crash where they take over.
restarts=0
has_restarted() { [ "$(status "it['engine']['restarts']")" = $restarts ]; }
has_sent() { [ "$(status "it['frame']")" -ge "$1" ]; }
is_back() {
    [ "$(status "it['engine']['ready']")" = True ] &&
        [ "$(slot $plugin "['current']['hash']")" = "$good" ]
}
for animal in crash_in_takeover crash_in_refresh crash_later hang_later noise_later; do
    plugin=mixer
    [ $animal != crash_in_refresh ] || plugin=brain
    good=$(slot $plugin "['current']['hash']")
    put "$zoo/$animal.so" $plugin
    restarts=$((restarts + 1))
    eventually 60 has_restarted
    eventually 30 is_back
    slot $plugin "['refused']" | grep -q 'the engine died with it'
    touch "$room/plugins/$plugin.so" # the same bytes: noticed, and refused without a trial
    frame=$(status "it['frame']")
    eventually 20 has_sent $((frame + 60))
    is_back
    has_restarted
done

bad "$zoo/crash_on_load.so" mixer 'trial: it crashed'
put "$zoo/hang_in_create.so" mixer
refuses mixer 'trial: it has not answered'
put "$zoo/quiet_and_hanging.so" mixer
refuses mixer 'trial: it has not answered'
bad "$zoo/exits_in_create.so" mixer 'trial: it ended the process'
bad "$zoo/no_symbol.so" mixer 'load: no symbol'
bad "$zoo/wrong_major.so" mixer 'load: abi 2.0'
bad "$zoo/newer_minor.so" mixer 'load: abi 1.'
bad "$zoo/two_kinds.so" mixer 'load: it must be exactly one'
bad "$zoo/lacks_method.so" mixer 'load: it lacks a method'
bad "$zoo/crash_in_render.so" mixer 'trial: it crashed'
bad "$zoo/crash_in_destroy.so" mixer 'trial: it crashed'
put "$zoo/hang_in_render.so" mixer
refuses mixer 'trial: it has not answered'
bad "$zoo/nan_in_render.so" mixer 'rehearse: render gave samples'
put "$BUILD/plugins/brain.so" brain
refuses all 'cannot load mixer.so: rehearse: render gave samples'
bad "$zoo/loud_render.so" mixer 'rehearse: render gave samples'
bad "$zoo/refuses_state.so" mixer 'create: it cannot take over'
bad "$zoo/crash_in_analyse.so" brain 'trial: it crashed'
bad "$zoo/insane_analysis.so" brain 'rehearse: analyse did not'
bad "$BUILD/plugins/mixer.so" codec 'load: it is a mixer'
bad "$zoo/another_rate.so" codec 'rehearse: encode gave no whole MP3 frames at the bit rate'

for kind in codec mixer brain; do # half a file, a whole one that ends in zeros, no file
    strip -o "$room/whole" "$BUILD/plugins/$kind.so" # else half of it is debug information
    size=$(stat -c %s "$room/whole")
    head -c $((size / 2)) "$room/whole" >"$room/half"
    bad "$room/half" $kind "cannot load $kind.so: "
    cp "$room/half" "$room/zeros"
    truncate -s "$size" "$room/zeros"
    bad "$room/zeros" $kind "cannot load $kind.so: "
    : >"$room/empty"
    bad "$room/empty" $kind 'load: '
    rm "$room/plugins/$kind.so"
    refuses $kind 'copy: '
    put "$BUILD/plugins/$kind.so" $kind
    ask reload $kind | get "it['ok']" | grep -qx True
done
put "$BUILD/plugins/mixer.so" mixer
ask reload mixer | get "it['ok']" | grep -qx True

listen_on 9
has_restarted

# One that plans nothing is found out when a skip asks for a plan.
plugin=mixer
good=$(slot mixer "['current']['hash']")
put "$zoo/plan_fails_later.so" mixer
ask reload mixer | get "it['ok']" | grep -qx True
frame=$(status "it['frame']")
eventually 30 has_sent $((frame + 200))
ask skip || true # whose answer is lost with the engine
restarts=$((restarts + 1))
eventually 30 has_restarted
eventually 30 is_back
frame=$(status "it['frame']")
eventually 20 has_sent $((frame + 60))
[ "$(status "it['silent_frames']")" = 0 ]
