#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of fingerprint and palm templates, written from docs/FORMAT.md alone, must see
what the library sees. TAP.

format.py LIBRARY
"""
import ctypes
import math
import sys
from ctypes import (POINTER, Structure, byref, c_char_p, c_float, c_int32, c_size_t, c_uint32,
                    c_void_p)

FINGER, PALM = 1, 2
POSITION = 7
LEFT_PALM = 23
REGION = 1


class Minutia(Structure):
    _fields_ = [("x_px", c_float), ("y_px", c_float), ("angle_rad", c_float), ("type", c_uint32),
                ("quality", c_uint32)]


class ExtractOpts(Structure):
    _fields_ = [("struct_size", c_uint32), ("modality", c_uint32), ("position", c_uint32),
                ("flags", c_uint32), ("pad", c_uint32), ("reserved", c_uint32),
                ("recogniser", c_char_p)]


def load(path):
    lib = ctypes.CDLL(path)
    handle = POINTER(c_void_p)
    signatures = {
        "bf_engine_open": (c_int32, [c_void_p, handle]),
        "bf_engine_free": (None, [c_void_p]),
        "bf_session_open": (c_int32, [c_void_p, handle]),
        "bf_session_free": (None, [c_void_p]),
        "bf_synth_finger_create": (c_int32, [c_void_p, c_void_p, handle]),
        "bf_synth_finger_free": (None, [c_void_p]),
        "bf_synth_impression_create": (c_int32, [c_void_p, c_void_p, c_void_p, handle]),
        "bf_synth_impression_image": (c_void_p, [c_void_p]),
        "bf_synth_impression_free": (None, [c_void_p]),
        "bf_image_create": (c_int32, [c_void_p, c_char_p, c_uint32, c_uint32, c_size_t, c_uint32,
                                      c_uint32, handle]),
        "bf_image_free": (None, [c_void_p]),
        "bf_extract_opts_init": (None, [POINTER(ExtractOpts)]),
        "bf_template_extract_with": (c_int32, [c_void_p, c_void_p, POINTER(ExtractOpts), handle]),
        "bf_template_extract": (c_int32, [c_void_p, c_void_p, c_uint32, c_uint32, handle]),
        "bf_template_parse": (c_int32, [c_void_p, c_char_p, c_size_t, handle]),
        "bf_template_free": (None, [c_void_p]),
        "bf_template_bytes": (c_void_p, [c_void_p, POINTER(c_size_t)]),
        "bf_template_quality": (c_uint32, [c_void_p]),
        "bf_template_quality_reasons": (c_uint32, [c_void_p]),
        "bf_template_minutiae": (c_size_t, [c_void_p, POINTER(Minutia), c_size_t]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class Tap:
    number = 0
    failed = False

    def check(self, good, name):
        self.number += 1
        self.failed |= not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}")


def crc16(data):
    crc = 0xffff
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xffff
    return crc


class Bits:
    """Most significant first."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def get(self, count):
        value = 0
        for _ in range(count):
            value = value << 1 | self.data[self.at // 8] >> (7 - self.at % 8) & 1
            self.at += 1
        return value

    def whole_byte(self):
        """Skip to a whole byte. @return whether only zeros were skipped"""
        return self.get(-self.at % 8) == 0


def read(data):
    """docs/FORMAT.md sections 1 and 2."""
    t = {"magic": data[:2], "modality": data[2], "version": data[3], "position": data[4],
         "quality": data[5], "reasons": data[6] << 8 | data[7],
         "crc": (data[8] << 8 | data[9]) == crc16(data[:8] + data[10:])}
    b = Bits(data[10:])
    t["size"] = (b.get(16), b.get(16))
    minutiae, points = b.get(8), b.get(8)
    t["grid"] = [b.get(8) for _ in range(4)]
    t["minutiae"] = [(b.get(12), b.get(12), b.get(8), b.get(1), b.get(7)) for _ in range(minutiae)]
    t["points"] = [(b.get(1), b.get(12), b.get(12), b.get(7)) for _ in range(points)]
    mask = [b.get(1) for _ in range(t["grid"][2] * t["grid"][3])]
    zeros = b.whole_byte()
    t["cells"] = sum(mask)
    t["orientations"] = [b.get(5) for _ in range(t["cells"])]
    t["padding"] = b.whole_byte() and zeros
    t["rest"] = len(data) - 10 - b.at // 8
    return t


def read_palm(data):
    """docs/FORMAT.md sections 1 and 8."""
    t = {"magic": data[:2], "modality": data[2], "version": data[3], "position": data[4],
         "crc": (data[8] << 8 | data[9]) == crc16(data[:8] + data[10:])}
    b = Bits(data[10:])
    t["by"], t["zero"] = b.get(8), b.get(8)
    for scale, cells in (("fine", 1024), ("coarse", 256)):
        codes = [b.get(6) for _ in range(cells)]
        t[scale] = [c if v else None if not c else "stray"
                    for c, v in zip(codes, [b.get(1) for _ in range(cells)])]
    t["rest"] = len(data) - 10 - b.at // 8
    return t


def bars():
    """A region with light lines 12 px apart: level above, upright below, nothing on the right."""
    rows = []
    for y in range(128):
        rows.append(bytes(100 if x >= 96 else 160 if (y if y < 64 else x) % 12 < 4 else 80
                          for x in range(128)))
    return b"".join(rows)


def check_palm(tap, lib, session):
    image, template, opts = c_void_p(), c_void_p(), ExtractOpts()
    lib.bf_extract_opts_init(byref(opts))
    opts.modality, opts.position, opts.flags = PALM, LEFT_PALM, REGION
    made = not (lib.bf_image_create(session, bars(), 128, 128, 128, 1, 500, byref(image))
                or lib.bf_template_extract_with(session, image, byref(opts), byref(template)))
    tap.check(made, "a region of bars has a template")
    if made:
        size = c_size_t()
        data = ctypes.string_at(lib.bf_template_bytes(template, byref(size)), size.value)
        t = read_palm(data)
        tap.check((t["magic"], t["modality"], t["version"], t["position"], t["crc"], t["by"],
                   t["zero"], t["rest"]) == (b"BF", PALM, 1, LEFT_PALM, True, 1, 0, 0),
                  "palm header and length")
        fine = t["fine"]
        tap.check("stray" not in fine + t["coarse"] and None in fine
                  and None not in [fine[32 * y + x] for y in range(32) for x in range(20)],
                  "cells are valid where there is something to see")
        # pixel 4 x + 2 of a cell lies on a light line when it is one of the first four of twelve
        level = [fine[32 * y + x] & 1 == int((4 * y + 2) % 12 < 4)
                 for y in range(3, 12) for x in range(4, 18)]
        upright = [fine[32 * y + x] >> 3 & 1 == int((4 * x + 2) % 12 < 4)
                   for y in range(20, 29) for x in range(4, 18)]
        tap.check(all(level) and all(upright), "bits 0 and 3 are level and upright light lines")
        compare_refusals(tap, lib, session, data)
    lib.bf_template_free(template)
    lib.bf_image_free(image)


def as_stored(m):
    return (m.x_px, m.y_px, round(m.angle_rad / (2 * math.pi) * 256) % 256, m.type - 1, m.quality)


def compare_readers(tap, lib, template, data):
    t = read(data)
    tap.check((t["magic"], t["modality"], t["version"], t["position"]) ==
              (b"BF", FINGER, 1, POSITION), "header")
    tap.check(t["crc"], "checksum")
    tap.check((t["quality"], t["reasons"]) == (lib.bf_template_quality(template),
                                               lib.bf_template_quality_reasons(template)),
              "quality and reasons")
    seen = (Minutia * 255)()
    count = lib.bf_template_minutiae(template, seen, 255)
    tap.check(count > 10 and [as_stored(m) for m in seen[:count]] == t["minutiae"],
              f"{count} minutiae, field by field")
    qualities = [m[4] for m in t["minutiae"]]
    tap.check(qualities == sorted(qualities, reverse=True), "best minutiae first")
    first_x, first_y, cols, rows = t["grid"]
    width, height = t["size"]
    tap.check(t["cells"] > 50 and (first_x + cols - 1) * 16 < width
              and (first_y + rows - 1) * 16 < height,
              f"{t['cells']} cells of orientation, inside the picture")
    tap.check(t["rest"] == 0 and t["padding"], "nothing is left over, and padding is zero")


def compare_refusals(tap, lib, session, data):
    """Cut off, longer, changed: refused; as it is: read."""
    again = c_void_p()

    def status(changed):
        code = lib.bf_template_parse(session, changed, len(changed), byref(again))
        if not code:
            lib.bf_template_free(again)
        return code

    later = bytearray(data)
    later[3] = 2
    crc = crc16(later[:8] + later[10:])
    later[8], later[9] = crc >> 8, crc & 255
    tap.check(status(data) == 0 and all(status(data[:n]) for n in range(0, len(data), 7))
              and status(data + b"\0") and status(data[:20] + bytes([data[20] ^ 1]) + data[21:])
              and status(bytes(later)), "cut off, longer, changed and later templates are refused")


def main():
    lib, tap = load(sys.argv[1]), Tap()
    engine, session, finger, touch, template = (c_void_p() for _ in range(5))
    made = not (lib.bf_engine_open(None, byref(engine))
                or lib.bf_session_open(engine, byref(session))
                or lib.bf_synth_finger_create(session, None, byref(finger))
                or lib.bf_synth_impression_create(session, finger, None, byref(touch))
                or lib.bf_template_extract(session, lib.bf_synth_impression_image(touch), FINGER,
                                           POSITION, byref(template)))
    tap.check(made, "a synthetic print has a template")
    if made:
        size = c_size_t()
        data = ctypes.string_at(lib.bf_template_bytes(template, byref(size)), size.value)
        compare_readers(tap, lib, template, data)
        compare_refusals(tap, lib, session, data)
        check_palm(tap, lib, session)
    lib.bf_template_free(template)
    lib.bf_synth_impression_free(touch)
    lib.bf_synth_finger_free(finger)
    lib.bf_session_free(session)
    lib.bf_engine_free(engine)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
