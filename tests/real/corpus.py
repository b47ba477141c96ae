"""corpus.py TOOLS OUT: real music from Debian's packages, and the truth about its beats.

OUT/NAME.wav is at 44.1 kHz, at most two and a half minutes of it; OUT/NAME.truth as truth.h
says. The truth is the sequencer's: what can't be told from it with certainty is left out,
with a line that says why. What is there already is not made again.
"""

import glob
import math
import os
import struct
import subprocess
import sys

import lmms
import midi
import repeats
import rows

LONGEST_S = 150
SLOWEST, FASTEST = 60.0, 180.5
STEADY_S = 0.003  # beats whose lengths differ by less are of one tempo
MODULES = ["/usr/share/" + place for place in (
    "games/**/*.%s", "pingus/**/*.%s", "*/music/*.%s", "*/sound/*.%s", "sounds/*/*.%s", "bb/*.%s",
    "open-invaders/*.%s", "rockdodger/*.%s")]
MIDI = ["/usr/share/" + place for place in (
    "games/openttd/**/*.mid", "games/simutrans/music/*.mid", "games/dink/dink/Sound/*.mid",
    "planetblupi/music/*.mid", "mma/lib/pflib/*.mid", "games/pinball/hurd/*.mid",
    "perl5/auto/share/dist/Games-PangZero/*.mid")]
FONT = "/usr/share/sounds/sf2/FluidR3_GM.sf2"


class LeftOut(Exception):
    pass


def run(*command, **more):
    result = subprocess.run(command, capture_output=True, text=True, **more)
    if result.returncode:
        raise LeftOut("%s fails" % os.path.basename(command[0]))
    return result.stdout


def write(tools, out, name, sounds, beats, bar, lag_s=0.0):
    """Cut the sound, and write those beats that lie within it."""
    if isinstance(beats, str):
        raise LeftOut(beats)
    part = os.path.join(out, name + ".part.wav")
    first, end = map(float, run(tools + "/cut", str(LONGEST_S), part, *sounds).split())
    beats = [(t + lag_s, m) for t, m in beats if first - 0.02 <= t + lag_s <= end]
    if len(beats) < 32 or bar not in (3, 4):
        raise LeftOut("too short, or not in three or four")
    lengths = sorted(b[0] - a[0] for a, b in zip(beats, beats[1:]))
    steady = lengths[-1] - lengths[0] < STEADY_S
    length = (beats[-1][0] - beats[0][0]) / (len(beats) - 1)
    bpm = 60.0 / (length if steady else lengths[len(lengths) // 2])
    if not SLOWEST <= bpm <= FASTEST:
        raise LeftOut("%.0f beats a minute" % bpm)
    with open(os.path.join(out, name + ".truth"), "w") as to:
        to.write("%.5f %d %d\n" % (bpm, steady, bar))
        to.writelines("%.6f %d\n" % (t, m) for t, m in beats)
    os.rename(part, os.path.join(out, name + ".wav"))


def module(tools, out, name, path):
    wav, text = os.path.join(out, "raw.wav"), os.path.join(out, "raw.rows")
    run(tools + "/module", path, wav, text, str(LONGEST_S))
    played = rows.read(text)
    if len(played) < 64:
        raise LeftOut("too short")
    count, bpm = rows.rows_per_beat(played)
    speed = sum(r[3] for r in played) / len(played)
    if len({(r[3], r[4]) for r in played}) > 1:
        raise LeftOut("speed or tempo changes")
    if abs(math.log2(speed * count / 24.0)) > 0.3:
        raise LeftOut("a beat of %d rows of %d ticks is a guess" % (count, speed))
    if rows.odd_parts(played, 4 * count)[0] > 0.02:
        raise LeftOut("patterns are no whole bars")
    if rows.on_beats(played, count)[0] < 1.25:
        raise LeftOut("no more notes on beats than elsewhere")
    if repeats.in_other_bars(rows.note_beats(played, count), 4):
        raise LeftOut("its notes repeat in other bars than bars of four beats")
    write(tools, out, name, [wav], rows.beats(played, count), 4)


def project(tools, out, name, path):
    raw = os.path.join(out, "raw.wav")
    run("lmms", "--allowroot", "render", path, "-f", "wav", "-x", "1", "-o", raw, timeout=600,
        env=dict(os.environ, QT_QPA_PLATFORM="offscreen", HOME=out, XDG_RUNTIME_DIR=out))
    found = lmms.beats(path, LONGEST_S)
    write(tools, out, name, [raw], *(found if not isinstance(found, str) else (found, 4)))


def general_midi(tools, out, name, path):
    raw = os.path.join(out, "raw.wav")
    found = midi.doubt(path) or midi.beats(path, LONGEST_S)
    if isinstance(found, str):
        raise LeftOut(found)
    run("fluidsynth", "-ni", "-F", raw, "-r", "44100", "-T", "wav", "-O", "float", FONT, path)
    write(tools, out, name, [raw], *found)


def chart(tools, out, name, path):
    """A chart is the player's: the recording may lie some ms beside it, all the way alike."""
    found = midi.beats(path, LONGEST_S)
    if isinstance(found, str):
        raise LeftOut(found)
    sounds = sorted(glob.glob(glob.escape(os.path.dirname(path)) + "/*.ogg"))
    write(tools, out, name, sounds, *found)
    wav, truth = (os.path.join(out, name + end) for end in (".wav", ".truth"))
    lag_ms = float(run(tools + "/lag", wav, truth))
    write(tools, out, name, sounds, *found, lag_s=lag_ms / 1000.0)


def files(*patterns):
    found = {os.path.realpath(p) for pattern in patterns
             for p in glob.glob(pattern, recursive=True)}
    return sorted(found, key=os.path.basename)


def music_in(wad, out):
    """Write the music of a game's archive to files, each piece once; returns their paths."""
    raw, paths, known = open(wad, "rb").read(), [], set()
    count, start = struct.unpack("<ii", raw[4:12])
    for at in range(start, start + 16 * count, 16):
        begin, size, name = struct.unpack("<ii8s", raw[at:at + 16])
        music = raw[begin:begin + size]
        if name.startswith(b"D_") and music.startswith(b"MThd") and music not in known:
            known.add(music)
            name = name[2:].rstrip(b"\0").decode("ascii").lower()
            paths.append("%s/%s-%s.mid" % (out, os.path.basename(wad)[:-4], name))
            with open(paths[-1], "wb") as to:
                to.write(music)
    return paths


GROUPS = {
    "electronic": (project, files("/usr/share/lmms/projects/**/*.mmpz")),
    "rock": (chart, files("/usr/share/games/fretsonfire/data/songs/*/*/notes.mid")),
    "tracker": (module, files(*(m % e for m in MODULES for e in ("xm", "it", "s3m", "mod", "MOD")))),
    "midi": (general_midi, files(*MIDI)),
}
WADS = files("/usr/share/games/doom/*.wad")


def main(tools, out):
    os.makedirs(out, exist_ok=True)
    archived = (general_midi, [path for wad in WADS for path in music_in(wad, out)])
    names = set()
    for group, (make, paths) in (*GROUPS.items(), ("doom", archived)):
        for k, path in enumerate(paths):
            base = path.split("/")[-2] if make is chart else os.path.basename(path)
            name = "%s-%s" % (group, base.rsplit(".", 1)[0].replace(" ", "_"))
            if name in names:
                name += "-of-" + path.split("/")[-2]
            names.add(name)
            done = os.path.join(out, name + ".truth")
            if os.path.exists(done) or os.path.exists(done + ".none"):
                continue
            print("%s %d of %d: %s" % (group, k + 1, len(paths), base), flush=True)
            try:
                make(tools, out, name, path)
            except (LeftOut, subprocess.TimeoutExpired) as why:
                print("  left out: %s" % why)
                open(done + ".none", "w").write("%s\n" % why)
    for rest in glob.glob(out + "/raw.*") + glob.glob(out + "/*.part.wav"):
        os.remove(rest)


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
