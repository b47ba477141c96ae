"""Whether music keeps to the bars that its sequencer says: does it repeat at them?

A shuffle may be written as triplets, and as dotted notes in bars that it never fills. The
beats of those are nobody's: what repeats every three, six or twelve of them and never
every four, eight or sixteen is in other bars than are written.
"""

STEPS = 12  # of a beat
CLEARLY = 0.1


def likeness(notes, lag):
    """Of how many notes begin at each step and `lag` steps later; 1 is the same."""
    mean = sum(notes) / len(notes)
    off = [n - mean for n in notes]
    power = sum(o * o for o in off)
    return sum(a * b for a, b in zip(off, off[lag:])) / power if power > 0 else 0.0


def in_other_bars(at, bar):
    """at: beats at which notes begin, each note once."""
    notes = [0] * (int(max(at, default=0) * STEPS) + 2)
    for beat in at:
        notes[round(beat * STEPS)] += 1
    fours, threes = (max(likeness(notes, beats * STEPS) for beats in lags)
                     for lags in ((4, 8, 16), (3, 6, 12)))
    return bar == 4 and threes > fours + CLEARLY or bar == 3 and fours > threes + CLEARLY
