// SPDX-License-Identifier: Apache-2.0
// Tables of a FlatBuffer, read field by field with every offset checked against the file.
import { ModelError } from './tensor.mjs';

/** One table at byte `at` of `bytes` (a Buffer). Fields are counted as in the schema, from 0. */
export class Table {
    constructor(bytes, at) {
        this.bytes = bytes;
        this.at = at;
        this.vtable = at - inside(bytes, at, 4).readInt32LE(at);
        this.fields = (inside(bytes, this.vtable, 4).readUInt16LE(this.vtable) - 4) >> 1;
    }

    /** The root table of a file. */
    static root(bytes) {
        return new Table(bytes, inside(bytes, 0, 8).readUInt32LE(0));
    }

    /** Byte where field `n` lies, 0 if the file leaves it out. */
    where(n) {
        if (n >= this.fields) return 0;
        const entry = this.vtable + 4 + 2 * n;
        const offset = inside(this.bytes, entry, 2).readUInt16LE(entry);
        return offset ? this.at + offset : 0;
    }

    int32(n, absent = 0) {
        const p = this.where(n);
        return p ? inside(this.bytes, p, 4).readInt32LE(p) : absent;
    }
    int8(n, absent = 0) {
        const p = this.where(n);
        return p ? inside(this.bytes, p, 1).readInt8(p) : absent;
    }
    float32(n, absent = 0) {
        const p = this.where(n);
        return p ? inside(this.bytes, p, 4).readFloatLE(p) : absent;
    }

    /** Where the thing starts that field `n` refers to, 0 if left out. */
    target(n) {
        const p = this.where(n);
        return p ? p + inside(this.bytes, p, 4).readUInt32LE(p) : 0;
    }
    table(n) {
        const p = this.target(n);
        return p ? new Table(this.bytes, p) : null;
    }
    /** Bytes of a vector whose elements are `size` bytes; empty if left out. */
    vector(n, size) {
        const p = this.target(n);
        if (!p) return this.bytes.subarray(0, 0);
        const length = inside(this.bytes, p, 4).readUInt32LE(p) * size;
        inside(this.bytes, p + 4, length);
        return this.bytes.subarray(p + 4, p + 4 + length);
    }
    string(n) {
        return this.vector(n, 1).toString('utf8');
    }
    int32s(n) {
        const v = this.vector(n, 4);
        return Array.from({ length: v.length / 4 }, (_, i) => v.readInt32LE(4 * i));
    }
    tables(n) {
        const p = this.target(n);
        const length = this.vector(n, 4).length / 4;
        return Array.from({ length }, (_, i) => {
            const entry = p + 4 + 4 * i;
            return new Table(this.bytes, entry + this.bytes.readUInt32LE(entry));
        });
    }
}

function inside(bytes, at, size) {
    if (!(at >= 0 && at + size <= bytes.length))
        throw new ModelError('cut short or damaged: an offset leads out of the file');
    return bytes;
}
