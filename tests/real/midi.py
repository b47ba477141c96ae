"""What a MIDI file says about its beats: tempo map and time signatures."""

import struct

import repeats

NEAR = 0.035   # of a beat
ON_GRID = 0.8  # of the notes


def variable(raw, at):
    value = 0
    while True:
        value = value << 7 | raw[at] & 127
        at += 1
        if raw[at - 1] < 128:
            return value, at


def events(raw):
    """(tick, kind, bytes) of a track; kind is the status, or 0x100 + that of a meta event."""
    at = tick = status = 0
    while at < len(raw):
        delta, at = variable(raw, at)
        tick += delta
        if raw[at] >= 128:
            status, at = raw[at], at + 1
        if status == 0xFF:
            size, start = variable(raw, at + 1)
            yield tick, 0x100 + raw[at], raw[start:start + size]
            at = start + size
        elif status in (0xF0, 0xF7):
            size, start = variable(raw, at)
            at = start + size
        else:
            size = 1 if status >> 4 in (12, 13) else 2
            yield tick, status, raw[at:at + size]
            at += size


def read_events(path):
    """(ticks a quarter note, [(tick, kind, bytes)] track by track)"""
    raw = open(path, "rb").read()
    count, division = struct.unpack(">HH", raw[10:14])
    at, found = 14, []
    for _ in range(count):
        size = struct.unpack(">I", raw[at + 4:at + 8])[0]
        found += events(raw[at + 8:at + 8 + size])
        at += 8 + size
    return division, found


def as_variable(value):
    out = [value & 127]
    while value > 127:
        value >>= 7
        out.append(value & 127 | 128)
    return bytes(reversed(out))


def write_events(path, division, found):
    """One track of them all, in order of time."""
    body, last = b"", 0
    for tick, kind, content in sorted(found, key=lambda event: event[0]):
        body += as_variable(tick - last)
        last = tick
        if kind >= 0x100:
            body += bytes([0xFF, kind - 0x100]) + as_variable(len(content)) + content
        elif kind in (0xF0, 0xF7):
            body += bytes([kind]) + as_variable(len(content)) + content
        else:
            body += bytes([kind]) + content
    body += b"\0\xFF\x2F\0"
    with open(path, "wb") as to:
        to.write(b"MThd" + struct.pack(">IHHH", 6, 0, 1, division))
        to.write(b"MTrk" + struct.pack(">I", len(body)) + body)


def read(path):
    """(ticks a quarter note, [(tick, seconds a quarter)], [(tick, top, bottom)], [note's tick])"""
    division, found = read_events(path)
    tempos, meters, notes = [], [], []
    for tick, kind, content in found:
        if kind == 0x151:
            tempos.append((tick, int.from_bytes(content, "big") / 1e6))
        elif kind == 0x158:
            meters.append((tick, content[0], 2 ** content[1]))
        elif kind >> 4 == 9 and content[1] > 0:
            notes.append(tick)
    if not tempos or min(tempos)[0] > 0:
        tempos.append((0, 0.5))
    tempos.sort(key=lambda tempo: tempo[0])  # of two at one tick the later one holds
    return division, tempos, sorted(meters), notes


def seconds(division, tempos, tick):
    total = 0.0
    for k, (start, quarter) in enumerate(tempos):
        if start >= tick:
            break
        end = tempos[k + 1][0] if k + 1 < len(tempos) else tick
        total += (min(end, tick) - start) / division * quarter
    return total


def doubt(path):
    """Why the beats that it says are not those that are heard; None if they may well be."""
    division, _, meters, notes = read(path)
    at = [tick / division for tick in notes]
    bar = meters[0][1] if meters else 4
    on_grid = sum(any(abs(a * n - round(a * n)) < NEAR * n for n in (3, 4)) for a in at)
    if not at or on_grid < ON_GRID * len(at):
        return "its notes lie beside its beats"
    if (min(at) + NEAR) % bar > 2 * NEAR:
        return "its first note begins no bar"
    return None


def beats(path, upto):
    """([(time, begins a bar)], beats a bar), or a reason why not."""
    division, tempos, meters, notes = read(path)
    if len(meters) > 1 or meters and meters[0][2] != 4:
        return "its time signature changes, or is not of quarters"
    bar = meters[0][1] if meters else 4
    if repeats.in_other_bars([tick / division for tick in notes], bar):
        return "its notes repeat in other bars than it says"
    found, quarter, last = [], 0, max(notes, default=0)
    while quarter * division <= last:
        time = seconds(division, tempos, quarter * division)
        if time > upto:
            break
        found.append((time, quarter % bar == 0))
        quarter += 1
    return found, bar
