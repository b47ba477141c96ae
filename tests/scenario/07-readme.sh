# The README's three commands, as they are written there: an edited mixer is built, reloaded,
# and the listener hears it ten decibels down without a gap.
top=$(cd "$(dirname "$scenario")/../.." && pwd)
mkdir "$room/tree" "$room/plugins"
cp -r "$top"/{Makefile,abi,plugins,host,demo,tests} "$room/tree"
cp "$BUILD"/plugins/*.so "$room/plugins"
sed -n 's/^    \(sed -i .*\)$/\1/p' "$top/README.md" >"$room/commands"
[ "$(wc -l <"$room/commands")" = 1 ] || fail "the README has no edit, or several"
(cd "$room/tree" && bash "$room/commands")
! diff -rq "$top/plugins/mixer" "$room/tree/plugins/mixer" >/dev/null || fail "the README's edit changes nothing"
env -u MAKEFLAGS make -s -C "$room/tree" BUILD=out ${SAN:+SAN="$SAN"} out/plugins/mixer.so >/dev/null

# Noise is as loud everywhere, so only the edit can change what is heard.
mkdir "$room/crate"
for seed in 1 2; do
    ffmpeg -v error -f lavfi -i "anoisesrc=color=pink:seed=$seed:duration=150" "$room/crate/noise $seed.wav"
done

# dB of what is heard in a few seconds
level() {
    curl -s -m 20 "$url/all.mp3?burst=0" | head -c 100000 >"$room/heard.mp3"
    ffmpeg -hide_banner -i "$room/heard.mp3" -af volumedetect -f null - 2>&1 |
        sed -n 's/.*mean_volume: \(-\?[0-9]*\)\..*/\1/p'
}
serve "$room/crate" --plugins "$room/plugins"
is_past_the_fade_in() { before=$after after=$(level); [ "$before" -eq "$after" ] && [ "$after" -gt -60 ]; }
after=-99
eventually 120 is_past_the_fade_in
silent=$(status "it['silent_frames']")
cp "$room/tree/out/plugins/mixer.so" "$room/plugins/mixer.so.tmp"
mv "$room/plugins/mixer.so.tmp" "$room/plugins/mixer.so"
ask reload mixer now >"$room/answer" || true # the watch may have been first: nothing to reload
eventually_quieter() {
    after=$(level)
    [ $((before - after)) -ge 9 ] && [ $((before - after)) -le 12 ]
}
eventually 60 eventually_quieter
[ "$(status "it['silent_frames']")" = "$silent" ]
