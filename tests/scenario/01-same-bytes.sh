# One plan, the same bytes: rendered twice, on one processor and on all, and as heard.
crate=$BUILD/crate
"$forever" render "$crate" -o "$room/a.mp3" --duration 3m --state "$state" \
    --timeline "$room/a.json" --order "$room/order.json"
"$forever" render "$crate" -o "$room/b.mp3" --duration 3m --state "$state" --threads 1
cmp "$room/a.mp3" "$room/b.mp3"
"$forever" render "$crate" -o "$room/c.mp3" --duration 3m --state "$room/other" \
    --order "$room/order.json"
cmp "$room/a.mp3" "$room/c.mp3"
"$forever" render "$crate" -o "$room/d.mp3" --duration 3m --state "$state" --seed 7
if cmp -s "$room/a.mp3" "$room/d.mp3"; then fail "another seed is the same show"; fi

# decoded, it has exactly the length that was asked for
ffmpeg -v error -i "$room/a.mp3" -f s16le -ac 2 - | wc -c | grep -qx $((180 * 44100 * 4))

serve "$crate"
"$BUILD/tests/listen" "$http" 3 400 "$room/a.mp3" silent # before the first, on a slow machine
curl -s -m 20 "$url/all.json" | get "[s['kind'] for s in it['segments']][:2]" |
    grep -qx "\['fadein', 'play'\]"
