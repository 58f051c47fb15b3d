// SPDX-License-Identifier: Apache-2.0
// Numbers of a model: typed arrays with a shape, half floats, and the reordering of axes.

/** A mistake in a model file or a thing this converter has no rule for: one line, no stack. */
export class ModelError extends Error {}

/** The largest tensor any model may name, in elements: beyond it the file is taken as hostile. */
export const MAX_ELEMENTS = 64 * 1024 * 1024;

/** Number of elements of `shape`, an array of sizes >= 0; throws on what no tensor can be. */
export function count(shape) {
    let n = 1;
    for (const d of shape) {
        if (!Number.isInteger(d) || d < 0) throw new ModelError(`shape [${shape}] is not one`);
        n *= d;
        if (n > MAX_ELEMENTS) throw new ModelError(`shape [${shape}] is too large`);
    }
    return n;
}

/** One half float (IEEE 754 binary16) given as 16 bits, as a number. */
export function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Little-endian bytes as a typed array of `type`; half floats are widened to 32 bits. */
export function decode(type, bytes, n) {
    const size = { float32: 4, int32: 4, float16: 2, uint16: 2, int8: 1, uint8: 1, int64: 8 }[type];
    if (!size) throw new ModelError(`numbers of type ${type} are not supported`);
    if (bytes.length !== n * size)
        throw new ModelError(`${bytes.length} bytes where ${n} of ${type} are ${n * size}`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const read = {
        float32: [Float32Array, (i) => view.getFloat32(4 * i, true)],
        float16: [Float32Array, (i) => half(view.getUint16(2 * i, true))],
        int32: [Int32Array, (i) => view.getInt32(4 * i, true)],
        int64: [Int32Array, (i) => Number(view.getBigInt64(8 * i, true))],
        uint16: [Uint16Array, (i) => view.getUint16(2 * i, true)],
        uint8: [Uint8Array, (i) => view.getUint8(i)],
        int8: [Int8Array, (i) => view.getInt8(i)],
    }[type];
    const out = new read[0](n);
    for (let i = 0; i < n; i++) out[i] = read[1](i);
    return out;
}

/** A constant: { shape, data }. */
export function constant(shape, data) {
    if (count(shape) !== data.length)
        throw new ModelError(`${data.length} numbers where shape [${shape}] has ${count(shape)}`);
    return { shape, data };
}

/** `t` with its axes reordered: axis i of the result is axis order[i] of `t`. */
export function permute(t, order) {
    const shape = order.map((a) => t.shape[a]);
    const stride = t.shape.map((_, a) => count(t.shape.slice(a + 1)));
    const steps = order.map((a) => stride[a]);
    const data = new t.data.constructor(t.data.length);
    const index = shape.map(() => 0);
    let from = 0;
    for (let to = 0; to < data.length; to++) {
        data[to] = t.data[from];
        for (let a = shape.length - 1; a >= 0; a--) {
            from += steps[a];
            if (++index[a] < shape[a]) break;
            from -= steps[a] * shape[a];
            index[a] = 0;
        }
    }
    return { shape, data };
}
