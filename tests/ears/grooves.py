"""grooves.py OUT FIRST COUNT: songs of a minute played by MMA's grooves, NAME.flac and NAME.truth.

MMA (Musical MIDI Accompaniment) knows how two hundred styles are accompanied; the songs' chords,
form, tempo and melody are drawn here, from the song's number alone. FluidSynth plays them with
one of four sets of instruments.
"""

import glob
import multiprocessing
import os
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "real"))
import midi

LIBRARY = "/usr/share/mma/lib"
FOLDERS = ("stdlib", "casio", "pflib", "zoom", "kara", "yamaha", "alexis")
FONTS = ("sf2/FluidR3_GM.sf2", "sf2/TimGM6mb.sf2", "sf2/OPL-3_FM_128M.sf2", "sf3/MuseScore_General_Lite.sf3")
SEED = 20130206
LENGTH_S = 62
MIXED_FROM = 1920    # of what is played from MIDI most is played with the first font; from here on with all in turn
LEAD, DRUMS = 15, 9  # channels
END_OF_TRACK = 0x12F
EARLY = 1 / 8        # of a beat

# Tempos that a style is played at, by what its name holds; the first that fits.
TEMPOS = (
    ("slowrock|rockballad|pianoballad|guitarballad|stringballad|popballad|rb-ballad|ballad|bald|lullaby|serenade|hymn", 60, 88),
    ("slow", 60, 96), ("spiritual", 66, 110), ("hiphop|hip-hop|trip", 76, 108), ("reggae", 64, 92),
    ("dnb", 160, 182), ("punk|thr", 150, 182), ("metal|mtl|hrk", 96, 180), ("ska", 112, 172),
    ("house|disco", 112, 130), ("techno|rave|trance", 124, 150), ("ambient", 70, 110), ("dance", 112, 140),
    (r"funk|soul|motown|rb|r\+b|rnb|strut", 84, 124), ("16", 72, 112), ("8beat|beat8|basicrock", 84, 140),
    ("twist|jive", 140, 176), ("quickstep|charleston|fast", 150, 182), ("bolero|beguine|rhumba", 84, 124),
    ("tango", 108, 132), ("bossa", 108, 150), ("samba", 90, 120),
    ("salsa|mambo|merengue|chacha|afro|calypso|son|latin", 92, 136), ("waltz|34", 84, 176), ("march", 96, 124),
    ("polka|foxtrot", 104, 140), ("swing|bigband|jazz|bebop|dixie|gypsy|ragtime|bog+ie|boogie|basie", 100, 180),
    ("shuffle|blues", 76, 150), ("country|western|cntry|blue|folk|hill|zydeco", 80, 150), ("rock|rk", 92, 168),
    ("pop", 88, 136), ("", 80, 144))

# Written in other units than the beats that are heard, by name or by what the file says.
OTHER_BEATS = "68|128|54|metronome|count|intro|ending|none|mide"
DOUBLED = (r'doubl\w* (up )?(on )?(the|your)? ?("real" )?tempo|halving your tempo|notate with 4')

CHORDS = (
    "C Am F G", "C G Am F", "Am F C G", "Am G F E", "Am Dm E Am", "C F G C", "C F C G", "F G Em Am", "Dm G C C",
    "C C F F", "Am Am F G", "C Em F G", "Am C G D", "Am F Dm E", "C Bb F C", "Am Em F G", "C C C C", "Am Am Am Am",
    "Am Am G G", "C7 F7 C7 G7")
SCALE = (0, 2, 4, 5, 7, 9, 11)
LEADS = (0, 4, 11, 16, 21, 24, 25, 26, 27, 29, 30, 30, 30, 40, 48, 52, 56, 60, 61, 65, 66, 68, 71, 73, 75, 80, 80, 81,
         81, 87)


def read_library():
    """[(folder, file, beats a bar, [groove])] of what is in three or four quarters."""
    found = []
    for folder in FOLDERS:
        for path in sorted(glob.glob(f"{LIBRARY}/{folder}/*.mma")):
            text, name = open(path, errors="replace").read(), os.path.basename(path)[:-4]
            time = re.search(r"^\s*Time\s+(\d+)", text, re.M | re.I)
            signature = re.search(r"^\s*TimeSig\s+(\d+)\s+(\d+)", text, re.M | re.I)
            bar = int(time[1]) if time else 4
            grooves = re.findall(r"^\s*DefGroove\s+(\S+)", text, re.M | re.I)
            if (grooves and bar in (3, 4) and not re.search(OTHER_BEATS, name)
                    and not re.search(DOUBLED, text, re.I)
                    and (not signature or signature.groups() in (("4", "4"), ("3", "4")))):
                found.append((folder, name, bar, grooves))
    random.Random(7).shuffle(found)
    return found


def draw_tempo(dice, name):
    slowest, fastest = next(t[1:] for t in TEMPOS if re.search(t[0], name.lower()))
    return round(slowest * (fastest / slowest) ** dice.random())


def draw_chords(dice, bars):
    chords = dice.choice(CHORDS).split()
    each = dice.choice([1, 1, 1, 2, 0.5])  # bars a chord
    if each < 1:
        return [chords[2 * bar % 4] + " / " for bar in range(bars)]
    return [chords[bar // each % len(chords)] for bar in range(bars)]


class Form:
    """Grooves and sections of a song."""

    def __init__(self, dice, bars, grooves):
        special = re.compile(r"intro|end|fill|break|FA$|FB$|\dE$|_e$", re.I)
        self.main = [g for g in grooves if not special.search(g)] or list(grooves)
        self.intro = [g for g in grooves if re.search("intro", g, re.I)]
        self.fill = [g for g in grooves if re.search(r"fill|FA$|FB$", g, re.I)]
        self.end = [g for g in grooves if re.search(r"end|\dE$", g, re.I)]
        dice.shuffle(self.main)
        self.main = self.main[:dice.choice([1, 2, 2, 3])]
        self.transpose = dice.randrange(-5, 6)
        self.bars, self.sections, at = bars, [], 0  # (first bar, bars, is it the intro)
        if self.intro and dice.random() < 0.6:
            at = dice.choice([2, 4])
            self.sections.append((0, at, True))
        while at < bars:
            length = dice.choice([8, 8, 8, 4, 16])
            self.sections.append((at, min(length, bars - at), False))
            at += length

    def lines(self, dice):
        """What MMA reads of it."""
        for first, count, is_intro in self.sections:
            chords = draw_chords(dice, count)
            groove = dice.choice(self.intro if is_intro else self.main)
            for i in range(count):
                if i == 0:
                    yield "Groove " + groove
                if i == count - 1 and count > 2 and not is_intro and self.fill and dice.random() < 0.7:
                    yield "Groove " + dice.choice(self.fill)
                if first + i == self.bars - 1 and self.end and dice.random() < 0.5:
                    yield "Groove " + dice.choice(self.end)
                yield f"{first + i + 1} {chords[i]}"

    def section_at(self, bar, early):
        """First bar of the section; notes may be played a little early."""
        return max((s[0] for s in self.sections if bar >= s[0] - early), default=0)


def draw_motif(dice, beats):
    """[(beat, length, step of the scale)]"""
    grid = dice.choice([0.5, 0.5, 0.5, 1, 0.25, 1 / 3])
    at, motif = 0, []
    if dice.random() < 0.3:
        at += dice.choice([grid, 1, 2 * grid])
    step, dense = dice.randrange(14), dice.choice([0.4, 0.6, 0.8])
    while at < beats - 0.01:
        length = grid * dice.choice([1, 1, 2, 2, 3, 4])
        if dice.random() < dense:
            motif.append((at, min(length, beats - at), step))
        step = max(0, min(20, step + dice.choice([-2, -1, -1, 0, 1, 1, 2, 4, -4])))
        at += length
    return motif


def melody(dice, division, bar, first, count, transpose):
    """A motif of two bars, varied, as MIDI events."""
    motif, played = draw_motif(dice, 2 * bar), []
    for k in range(0, count - 1, 2):
        shift = dice.choice([0, 0, 0, -1, 1, 2])
        for at, length, step in motif:
            if dice.random() < 0.1:
                continue
            note = 60 + transpose + 12 * ((step + shift) // 7) + SCALE[(step + shift) % 7]
            start = int(((first + k) * bar + at) * division)
            played.append((start, 0x90 | LEAD, bytes([note, dice.randrange(70, 120)])))
            played.append((start + max(10, int(length * division * 0.9)), 0x80 | LEAD, bytes([note, 0])))
    return played


def arrange(dice, form, bar, division, events):
    """Leave out drums, or all else, for a section; other volumes; a melody."""
    silent = {}  # section: whether drums (True) or all others (False) rest there
    for first, _, _ in form.sections:
        chance = dice.random()
        if chance < 0.17:
            silent[first] = chance < 0.1
    gain = {channel: dice.uniform(0.55, 1.1) for channel in range(16)}
    gain[DRUMS] = dice.uniform(0.5, 1.27)
    kept = []
    for tick, kind, content in events:
        channel, is_note = kind & 15, kind < 0x100 and kind >> 4 == 9 and content[1] > 0
        section = form.section_at(tick / division / bar, EARLY / bar)
        if kind == END_OF_TRACK or is_note and silent.get(section) == (channel == DRUMS):
            continue
        if is_note:
            content = bytes([content[0], max(1, min(127, int(content[1] * gain[channel])))])
        kept.append((max(0, tick), kind, content))
    if dice.random() < 0.65:
        kept.append((0, 0xC0 | LEAD, bytes([dice.choice(LEADS)])))
        for first, count, is_intro in form.sections:
            if not is_intro and count >= 4 and dice.random() < 0.75:
                kept += melody(dice, division, bar, first, count, form.transpose)
    return kept


def make(job):
    out, number, (folder, file, bar, grooves) = job
    dice = random.Random(SEED + number)
    name = os.path.join(out, f"{number:05d}-{folder}-{file}")
    tempo = draw_tempo(dice, file)
    form = Form(dice, max(12, int(LENGTH_S * tempo / 60 / bar)), grooves)
    head = [f"Tempo {tempo}", f"Use {folder}/{file}", f"Transpose {form.transpose}", f"Rndseed {number + 1}"]
    with open(name + ".mma", "w") as to:
        to.write("\n".join(head + list(form.lines(dice))) + "\n")
    said = subprocess.run(["mma", name + ".mma", "-f", name + ".mid"], capture_output=True, text=True)
    os.remove(name + ".mma")
    if not os.path.exists(name + ".mid"):
        return f"{name}: {said.stdout.strip()[-100:]}"
    division, events = midi.read_events(name + ".mid")
    events = arrange(dice, form, bar, division, events)
    midi.write_events(name + ".mid", division, events)
    font = "/usr/share/sounds/" + (FONTS[number // 7 % len(FONTS)] if number >= MIXED_FROM else FONTS[0])
    subprocess.run(["fluidsynth", "-ni", "-g", "0.3", "-F", name + ".wav", "-r", "44100", "-T", "wav", "-O", "s16",
                    font, name + ".mid"], capture_output=True, check=True)
    subprocess.run(["flac", "-s", "-f", "--delete-input-file", name + ".wav"], check=True)
    os.remove(name + ".mid")
    last = max(tick for tick, kind, _ in events if kind < 0x100 and kind >> 4 == 9)
    with open(name + ".truth", "w") as to:
        to.write("%.5f 1 %d\n" % (tempo, bar))
        to.writelines("%.6f %d\n" % (k * 60 / tempo, k % bar == 0) for k in range(int(last / division) + 1))
    return None


def main():
    out, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(out, exist_ok=True)
    library = read_library()
    jobs = [(out, n, library[n % len(library)]) for n in range(first, first + count)]
    with multiprocessing.Pool() as pool:
        for done, fault in enumerate(pool.imap_unordered(make, jobs), 1):
            if fault:
                print(fault, file=sys.stderr)
            if sys.stderr.isatty():
                print(f"\r{done} of {count} songs", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
