#!/usr/bin/env python3
"""get.py - what scenarios ask of JSON, all by one interpreter.

Reads pairs that each end in a zero byte: an expression of `it`, a document. Answers each
with "+" and the value, or "-" and what was wrong, and a zero byte.
"""
import json
import sys


def texts():
    text = b""
    while part := sys.stdin.buffer.read1():
        *whole, text = (text + part).split(b"\0")
        yield from whole


asked = texts()
for expression in asked:
    try:
        answer = "+%s" % (eval(expression, {"it": json.loads(next(asked))}),)
    except Exception as error:
        answer = "-%s: %r" % (expression.decode(), error)
    sys.stdout.write(answer + "\0")
    sys.stdout.flush()
