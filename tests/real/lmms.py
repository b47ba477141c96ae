"""What an LMMS project says about its beats: tempo, tempo automation, time signature."""

import sys
import zlib
import xml.etree.ElementTree as ET

TICKS = 48  # of a quarter note


def read(path):
    raw = open(path, "rb").read()
    text = zlib.decompress(raw[4:]).decode("utf-8", "replace")
    return ET.fromstring(text)


def value(head, name, default):
    """A model is an attribute, or an element when something controls it."""
    if head.get(name) is not None:
        return float(head.get(name)), None
    child = head.find(name)
    if child is None:
        return default, None
    return float(child.get("value", default)), child.get("id")


def automation(root, ident):
    """[(tick, value)] of the song's automation of a model, with the way it moves."""
    points, smooth = [], False
    if ident is None:
        return points, smooth
    for pattern in root.iter("automationpattern"):
        if ident not in [o.get("id") for o in pattern.iter("object")]:
            continue
        start = max(0, int(pattern.get("pos", 0)))
        smooth = smooth or pattern.get("prog", "0") != "0"
        points += [(start + int(t.get("pos")), float(t.get("value")))
                   for t in pattern.iter("time")]
    return sorted(points), smooth


def beats(path, upto):
    """([(time, begins a bar)], beats per bar), or a reason why not."""
    root = read(path)
    head = root.find("head")
    bpm, ident = value(head, "bpm", 140.0)
    top, top_id = value(head, "timesig_numerator", 4)
    bottom, bottom_id = value(head, "timesig_denominator", 4)
    points, smooth = automation(root, ident)
    if len({v for _, v in points}) > 1:
        return "its tempo glides" if smooth else "its tempo changes"
    if any(len({v for _, v in automation(root, i)[0]}) > 1 for i in (top_id, bottom_id)):
        return "its time signature changes"
    bpm = points[0][1] if points else bpm
    bar = int(round(top * 4 / bottom))  # quarter notes
    bar = 4 if bar == 8 else bar
    count = int(upto * bpm / 60.0)
    return [(k * 60.0 / bpm, k % bar == 0) for k in range(count)], bar


if __name__ == "__main__":
    for name in sys.argv[1:]:
        root = read(name)
        head = root.find("head")
        bpm = value(head, "bpm", 140.0)
        print(name.split("/")[-1], bpm, value(head, "timesig_numerator", 4),
              value(head, "timesig_denominator", 4), automation(root, bpm[1]))
