#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shared library from Python's ctypes, with what the public headers say and nothing more. TAP.

smoke.py LIBRARY
"""
import ctypes
import os
import sys
import tempfile
from ctypes import (POINTER, Structure, byref, c_char_p, c_float, c_int32, c_size_t, c_uint32,
                    c_void_p)

c_uint8_p = POINTER(ctypes.c_uint8)


class ImageOpts(Structure):
    _fields_ = [("struct_size", c_uint32), ("ppi", c_uint32), ("polarity", c_uint32),
                ("reserved", c_uint32)]


def load(path):
    lib = ctypes.CDLL(path)
    signatures = {
        "bf_version": (c_char_p, []),
        "bf_status_name": (c_char_p, [c_int32]),
        "bf_engine_open": (c_int32, [c_void_p, POINTER(c_void_p)]),
        "bf_engine_free": (None, [c_void_p]),
        "bf_engine_kernels": (c_char_p, [c_void_p]),
        "bf_session_open": (c_int32, [c_void_p, POINTER(c_void_p)]),
        "bf_session_free": (None, [c_void_p]),
        "bf_session_error": (c_char_p, [c_void_p]),
        "bf_image_opts_init": (None, [POINTER(ImageOpts)]),
        "bf_image_create": (c_int32, [c_void_p, c_char_p, c_uint32, c_uint32, c_size_t, c_uint32,
                                      c_uint32, POINTER(c_void_p)]),
        "bf_image_load": (c_int32, [c_void_p, c_char_p, POINTER(ImageOpts), POINTER(c_void_p)]),
        "bf_image_write_png": (c_int32, [c_void_p, c_void_p, c_char_p]),
        "bf_image_free": (None, [c_void_p]),
        "bf_image_width": (c_uint32, [c_void_p]),
        "bf_image_ppi": (c_uint32, [c_void_p]),
        "bf_image_pixels": (c_uint8_p, [c_void_p]),
        "bf_template_extract": (c_int32, [c_void_p, c_void_p, c_uint32, c_uint32,
                                          POINTER(c_void_p)]),
        "bf_template_parse": (c_int32, [c_void_p, c_char_p, c_size_t, POINTER(c_void_p)]),
        "bf_template_free": (None, [c_void_p]),
        "bf_compare": (c_int32, [c_void_p, c_void_p, c_void_p, POINTER(c_float)]),
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


def check_images(tap, lib, session, folder):
    width, height = 150, 120
    pixels = bytes((x * y) % 256 for y in range(height) for x in range(width))
    image = c_void_p()
    status = lib.bf_image_create(session, pixels, width, height, width, 1, 508, byref(image))
    tap.check(status == 0, "image from raw pixels")
    path = os.path.join(folder, "a.png").encode()
    tap.check(lib.bf_image_write_png(session, image, path) == 0, "written as PNG")
    opts = ImageOpts()
    lib.bf_image_opts_init(byref(opts))
    tap.check(opts.struct_size == ctypes.sizeof(ImageOpts), "struct_size is set")
    back = c_void_p()
    tap.check(lib.bf_image_load(session, path, byref(opts), byref(back)) == 0, "read back")
    tap.check(lib.bf_image_ppi(back) == 508, "with its resolution")
    got = ctypes.string_at(lib.bf_image_pixels(back), width * height)
    tap.check(got == pixels, "and its pixels")
    template = c_void_p()
    status = lib.bf_template_extract(session, back, 99, 0, byref(template))
    tap.check(lib.bf_status_name(status) == b"BF_EMODALITY", "an unknown modality is refused")
    for handle in (image, back):
        lib.bf_image_free(handle)


def main():
    lib = load(sys.argv[1])
    tap = Tap()
    tap.check(lib.bf_version().count(b".") == 2, "version")
    engine, session = c_void_p(), c_void_p()
    tap.check(lib.bf_engine_open(None, byref(engine)) == 0, "engine")
    tap.check(lib.bf_engine_kernels(engine) in (b"c", b"avx2", b"avx512", b"neon"), "kernel level")
    tap.check(lib.bf_session_open(engine, byref(session)) == 0, "session")
    with tempfile.TemporaryDirectory() as folder:
        check_images(tap, lib, session, folder)
        missing = c_void_p()
        status = lib.bf_image_load(session, b"/nowhere/a.png", None, byref(missing))
        tap.check(lib.bf_status_name(status) == b"BF_ENOENT", "a missing file is refused")
        tap.check(b"/nowhere/a.png: " in lib.bf_session_error(session), "with its name")
    template = c_void_p()
    status = lib.bf_template_parse(session, b"garbage", 7, byref(template))
    tap.check(lib.bf_status_name(status) == b"BF_EFORMAT", "garbage is no template")
    lib.bf_session_free(session)
    lib.bf_engine_free(engine)
    print(f"1..{tap.number}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
