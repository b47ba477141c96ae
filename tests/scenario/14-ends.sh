# What a plugin hangs in ends with the program, and with the engine that asked it.
export FOREVER_BUILD=$BUILD
zoo=$BUILD/tests/zoo
mkdir "$room/plugins"
cp "$BUILD"/plugins/*.so "$room/plugins"
echo '{"stream": {"buffer_s": 4}, "engine": {"stall_s": 8, "trial_s": 60}}' >"$room/forever.json"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins" >&- # as a service without a place for its output
put() {
    cp "$zoo/$1.so" "$room/plugins/mixer.so.tmp"
    mv "$room/plugins/mixer.so.tmp" "$room/plugins/mixer.so"
}
is_over() { ! kill -0 "$1" 2>/dev/null; }

# a trial is over when the engine is
put hang_in_create
engine=$(status "it['engine']['pid']")
is_tried() { trial=$(pgrep -P "$engine" | head -n 1) && [ -n "$trial" ]; }
eventually 20 is_tried
put ../../plugins/mixer # for the next engine
rm "$state"/library.db-* # which goes on without a library
echo damaged >"$state/library.db"
kill -KILL "$engine"
eventually 20 is_over "$trial"

# an engine that makes room for a fresh one has not died
has_engine() { [ "$(status "it['engine']['ready']")" = True ]; }
eventually 30 has_engine
restarts=$(status "it['engine']['restarts']")
engine=$(status "it['engine']['pid']")
while [ "$(status "it['engine']['pid']")" = "$engine" ]; do ask reload codec >>"$room/answers" || true; done
eventually 30 has_engine
[ "$(status "it['engine']['restarts']")" = "$restarts" ]
fails grep -F "(pid $engine)" "$room/serve.log"
fails grep -F "has died meanwhile" "$room/answers"

# nor has one that could not be started for want of open files: two are left where four are
# needed
engine=$(status "it['engine']['pid']")
limit=$(python3 - "$server" <<'PY'
import os, sys
used = {int(fd) for fd in os.listdir(f"/proc/{sys.argv[1]}/fd")}
print([fd for fd in range(1000) if fd not in used][1])
PY
)
prlimit --pid "$server" --nofile="$limit:"
kill -KILL "$engine"
is_refused() { grep -Eq "cannot (start the engine|make a socket pair)" "$room/serve.log"; }
eventually 20 is_refused
prlimit --pid "$server" --nofile=1024:
eventually 30 has_engine
[ "$(status "it['engine']['restarts']")" = $((restarts + 1)) ]

# an engine that hangs on air, and can't even end itself, does not keep the front from ending
put hang_later
engine=$(status "it['engine']['pid']")
is_hanging() { [ "$(status "it['buffered_s'] < 3")" = True ]; }
eventually 60 is_hanging
kill -STOP "$engine"
ask shutdown | get "it['ok']" | grep -qx True
eventually 60 is_over "$server"
wait "$server"
eventually 5 is_over "$engine"

# nor does a mixer keep an engine whose front is gone
echo '{"stream": {"buffer_s": 4}, "engine": {"stall_s": 2}}' >"$room/forever.json"
put hang_in_destroy
rm -r "$state"
know_crate
serve "$BUILD/crate" --plugins "$room/plugins"
engine=$(status "it['engine']['pid']")
kill -KILL "$server"
eventually 30 is_over "$engine"
