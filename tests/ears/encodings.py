"""Whether the ears find the same beats in the same music however it was encoded.

encodings.py FOREVER FOLDER...: the audio of the folders as WAV against FLAC and MP3 by two
encoders at four rates. Produced music, whose beats lie on a line, is counted apart from
played music.
"""

import bisect
import json
import os
import subprocess
import sys
import tempfile

LOUD = ".wav", ".flac", ".mp3", ".ogg"
STEADY_S = 1e-4  # by which beats of a line lie apart differently: they are rounded
WAYS = {
    "flac": ["ffmpeg", "-v", "error", "-y", "-i", "WAV", "OUT.flac"],
    "lame V0": ["lame", "--quiet", "-V", "0", "WAV", "OUT.mp3"],
    "lame V2": ["lame", "--quiet", "-V", "2", "WAV", "OUT.mp3"],
    "lame 128": ["lame", "--quiet", "-b", "128", "WAV", "OUT.mp3"],
    "ffmpeg 192": ["ffmpeg", "-v", "error", "-y", "-i", "WAV", "-c:a", "libmp3lame", "-b:a",
                   "192k", "OUT.mp3"],
}


def encode(source, room):
    """One file a way, the WAV first."""
    wav = os.path.join(room, "wav.wav")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, "-map_metadata", "-1", "-ar",
                    "44100", "-ac", "2", wav], check=True)
    paths = [wav]
    for number, command in enumerate(WAYS.values()):
        out = os.path.join(room, f"way{number}")
        command = [part.replace("WAV", wav).replace("OUT", out) for part in command]
        subprocess.run(command, check=True)
        paths.append(command[-1])
    return paths


def beats_of(forever, paths, room):
    lines = subprocess.run([forever, "analyze", "--json", "--state", os.path.join(room, "state")]
                           + paths, check=True, capture_output=True, text=True).stdout
    found = {track["path"]: track["beats"] for track in map(json.loads, lines.splitlines())}
    return [found[path] for path in paths]


def is_steady(beats):
    steps = [b - a for a, b in zip(beats, beats[1:])]
    mean = sum(steps) / len(steps)
    return (sum((s - mean) ** 2 for s in steps) / len(steps)) ** 0.5 < STEADY_S


def moves(beats, others):
    """How far each beat is from the nearest of the others, seconds."""
    out = []
    for beat in beats:
        at = bisect.bisect(others, beat)
        out.append(min(abs(beat - other) for other in others[max(at - 1, 0):at + 1]))
    return out


def main(forever, folders):
    sources = sorted(os.path.join(folder, name) for folder in folders
                     for name in os.listdir(folder) if name.endswith(LOUD))
    tally = {}  # (kind, way): files, files off, moves
    for number, source in enumerate(sources):
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(sources)}", end="", file=sys.stderr)
        with tempfile.TemporaryDirectory() as room:
            first, *rest = beats_of(forever, encode(source, room), room)
        if len(first) < 8:
            continue
        kind = "produced" if is_steady(first) else "played"
        for way, beats in zip(WAYS, rest):
            files = tally.setdefault((kind, way), [0, 0, []])
            here = moves(first, beats) if beats else [float("inf")] * len(first)
            files[0] += 1
            files[1] += max(here) > 0.001
            files[2] += here
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    print(f"{'':21}{'files':>6}{'beats':>8}{'> 1 ms':>9}{'> 3 ms':>9}{'worst':>12}{'files off':>11}")
    for (kind, way), (files, off, far) in sorted(tally.items(), reverse=True):
        share = [100 * sum(m > limit for m in far) / len(far) for limit in (0.001, 0.003)]
        print(f"{kind:10}{way:11}{files:6}{len(far):8}{share[0]:8.2f}%{share[1]:8.2f}%"
              f"{1000 * max(far):9.2f} ms{off:11}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
