#!/usr/bin/env bash
# An order of 20,000 tracks of a feed's metadata: at most 10 s and 512 MB.
set -eu
room=$(mktemp -d "${TMPDIR:-/tmp}/forever.XXXXXX")
trap 'rm -rf "$room"' EXIT
python3 - "$room" <<'PY'
import json, random, sys
random.seed(1)
tempos, genres = [90, 110, 124, 128, 140, 174], ["Techno", "House", "Trance", "Drum & Bass", "Dub"]
tracks = [{"url": "http://example.org/%d.mp3" % i, "title": "T%d" % i,
           "artist": "A%d" % random.randrange(6000), "genre": random.choice(genres),
           "bpm": round(random.gauss(random.choice(tempos), 4), 2),
           "key": "%d%s" % (random.randrange(1, 13), random.choice("AB")),
           "duration": random.randrange(120, 420)} for i in range(20000)]
json.dump({"tracks": tracks}, open(sys.argv[1] + "/feed.json", "w"))
json.dump({"brain": {"pool": 100000}}, open(sys.argv[1] + "/forever.json", "w"))
PY
python3 - "$1" "$room" <<'PY'
import resource, subprocess, sys, time
forever, room = sys.argv[1:]
began = time.monotonic()
out = subprocess.run([forever, "order", room + "/feed.json", "-c", room + "/forever.json",
                      "--state", room + "/state"], stdout=subprocess.PIPE, text=True, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(out.stdout.splitlines()[-1])
print("%.1f s, %.1f s of processor time, %d MB" % (
    time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024))
sys.exit(used.ru_utime + used.ru_stime > 10 or used.ru_maxrss > 512 * 1024)
PY
