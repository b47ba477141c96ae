"""What a tracker module's played rows say about its beats and bars.

24 ticks are a beat, as trackers have it; where the speed does not divide it, the power
of two of rows nearest to that which stays within 60 to 180 BPM. Four beats are a bar,
and a pattern begins one.
"""

import math
from collections import Counter, defaultdict

RATE = 44100.0


def read(path):
    rows = []
    for line in open(path):
        frame, order, row, speed, tempo, *voices = map(int, line.split())
        rows.append((frame / RATE, order, row, speed, tempo, voices))
    return rows


def rows_per_beat(rows):
    """The rows whose length is nearest to 24 ticks, and the tempo that makes."""
    length = (rows[-1][0] - rows[0][0]) / (len(rows) - 1)
    speed = sum(r[3] for r in rows) / len(rows)
    best = None
    for count in (1, 2, 4, 8, 16):
        bpm = 60.0 / (length * count)
        far = abs(math.log2(speed * count / 24.0))
        if 60.0 <= bpm <= 180.5 and (best is None or far < best[0]):
            best = far, count, bpm
    return best[1:] if best else (4, 60.0 / (length * 4))


def on_beats(rows, count):
    """Notes on beat rows over notes on the average row."""
    notes = [0] * count
    for _, _, row, _, _, voices in rows:
        notes[row % count] += len(voices)
    return notes[0] * count / max(1, sum(notes)), notes


def backbeats(rows, count):
    """Instruments that strike every other beat only: what a snare does, if any does."""
    where = defaultdict(Counter)
    for _, _, row, _, _, voices in rows:
        for voice in set(voices):
            where[voice][row % (4 * count)] += 1
    found = []
    for voice, at in where.items():
        total = sum(at.values())
        for step in (count // 2, count, 2 * count):
            if step and total >= 16:
                hits = at[step] + (at[step + 2 * step] if 3 * step < 4 * count else 0)
                if step == count // 2:
                    hits = sum(at[k] for k in range(step, 4 * count, 2 * step))
                if hits >= 0.7 * total:
                    found.append((voice, step, total))
    return found


def note_beats(rows, count):
    """At which beat each note begins."""
    return [k / count for k, row in enumerate(rows) for _ in row[5]]


def odd_parts(rows, bar):
    """Of the patterns played, those that are not whole bars long, as a share of time."""
    parts, start = Counter(), 0
    for k in range(1, len(rows) + 1):
        if k == len(rows) or rows[k][1] != rows[start][1]:
            if k < len(rows):
                parts[k - start] += k - start
            start = k
    odd = {n: c for n, c in parts.items() if n % bar}
    return sum(odd.values()) / max(1, sum(parts.values())), dict(parts)


def beats(rows, count):
    """[(time, begins a bar)]"""
    return [(time, row % (4 * count) == 0)
            for time, _, row, _, _, _ in rows if row % count == 0]
