// SPDX-License-Identifier: Apache-2.0
// For tests: a FlatBuffer written from plain objects, small models made of them, and an ONNX file
// read back.

/** A field of a table: its kind and value. */
export const i8 = (value) => ({ size: 1, put: (b, at) => b.writeInt8(value, at) });
export const i32 = (value) => ({ size: 4, put: (b, at) => b.writeInt32LE(value, at) });
export const f32 = (value) => ({ size: 4, put: (b, at) => b.writeFloatLE(value, at) });
export const bytes = (value, count = value.length) => ({ size: 4, child: { count, value } });
export const string = (value) => bytes(Buffer.from(value));
export const i32s = (list) => bytes(Buffer.from(Int32Array.from(list).buffer), list.length);
export const ints = (list) => bytes(Buffer.from(Int32Array.from(list).buffer));
export const floats = (list) => bytes(Buffer.from(Float32Array.from(list).buffer));
export const table = (fields) => ({ size: 4, child: { fields } });
export const tables = (list) => ({ size: 4, child: { list } });

/** A FlatBuffer whose root table has these fields: { number: field }. */
export function flatbuffer(fields, identifier) {
    const out = Buffer.alloc(65536);
    let end = 8;
    out.write(identifier, 4, 'latin1');
    const take = (n) => {
        end += n;
        return end - n;
    };
    const link = (slot, child) => {
        if (child) out.writeUInt32LE(write(child) - slot, slot);
    };
    const write = (c) => {
        if (c.fields) return writeTable(c.fields);
        const length = c.list ? c.list.length : c.count;
        const at = take(4);
        out.writeUInt32LE(length, at);
        if (c.value) c.value.copy(out, take(c.value.length));
        else {
            const slots = take(4 * length);
            c.list.forEach((f, i) => link(slots + 4 * i, { fields: f }));
        }
        return at;
    };
    const writeTable = (content) => {
        const numbers = Object.keys(content).map(Number);
        const vtable = take(4 + 2 * (Math.max(-1, ...numbers) + 1));
        const at = take(4);
        out.writeUInt16LE(at - vtable, vtable); // the table follows, so this is its own length
        out.writeInt32LE(at - vtable, at);
        const slots = numbers.map((n) => [n, take(content[n].size)]);
        for (const [n, slot] of slots) {
            out.writeUInt16LE(slot - at, vtable + 4 + 2 * n);
            content[n].put?.(out, slot);
            link(slot, content[n].child);
        }
        return at;
    };
    out.writeUInt32LE(writeTable(fields), 0);
    return out.subarray(0, end);
}

/** A .tflite file. tensors: [{ shape, data?, type?, name? }]; operators: [{ code, inputs, outputs,
 * options? }]; data and options are fields as above. */
export function tflite({ tensors, operators, inputs, outputs }) {
    const codes = [...new Set(operators.map((o) => o.code))];
    const buffers = [{}, ...tensors.map((t) => (t.data ? { 0: t.data } : {}))];
    const graph = {
        0: tables(tensors.map((t, i) => ({
            0: i32s(t.shape), 1: i8(t.type ?? 0), 2: i32(i + 1), 3: string(t.name ?? `t${i}`) }))),
        1: i32s(inputs),
        2: i32s(outputs),
        3: tables(operators.map((o) => ({
            0: i32(codes.indexOf(o.code)), 1: i32s(o.inputs), 2: i32s(o.outputs),
            ...(o.options && { 4: table(o.options) }) }))),
    };
    return flatbuffer({
        0: i32(3),
        1: tables(codes.map((c) => ({ 3: i32(c) }))),
        2: tables([graph]),
        4: tables(buffers),
    }, 'TFL3');
}

function varint(b, at) {
    let [value, shift] = [0n, 0n];
    for (;; at++, shift += 7n) {
        value |= BigInt(b[at] & 127) << shift;
        if (b[at] < 128) return [Number(BigInt.asIntN(64, value)), at + 1];
    }
}

/** Fields of a protocol buffer message: { number: [values] }. */
function message(b) {
    const out = {};
    for (let at = 0; at < b.length;) {
        let key, value;
        [key, at] = varint(b, at);
        if ((key & 7) === 0) [value, at] = varint(b, at);
        else if ((key & 7) === 5) [value, at] = [b.readFloatLE(at), at + 4];
        else {
            let size;
            [size, at] = varint(b, at);
            [value, at] = [b.subarray(at, at + size), at + size];
        }
        (out[key >> 3] ??= []).push(value);
    }
    return out;
}

function attribute(b) {
    const a = message(b);
    const value = { 1: a[2]?.[0], 2: a[3]?.[0], 3: a[4]?.[0].toString(), 7: a[8] ?? [] };
    return [a[1][0].toString(), value[a[20][0]]];
}

function weight(b) {
    const w = message(b);
    const raw = Uint8Array.from(w[9][0]).buffer;
    const data = w[2][0] === 1 ? new Float32Array(raw) : new BigInt64Array(raw);
    return [w[8][0].toString(), { shape: w[1] ?? [], data: Array.from(data, Number) }];
}

function value(b) {
    const v = message(b);
    const dims = message(message(message(v[2][0])[1][0])[2][0])[1];
    return { name: v[1][0].toString(), shape: dims.map((d) => message(d)[1][0]) };
}

/** What an .onnx file has: { ir, opset, nodes, weights, inputs, outputs }. */
export function readOnnx(file) {
    const model = message(file);
    const graph = message(model[7][0]);
    const texts = (list) => (list ?? []).map(String);
    return {
        ir: model[1][0],
        opset: message(model[8][0])[2][0],
        nodes: (graph[1] ?? []).map(message).map((n) => ({
            op: n[4][0].toString(), inputs: texts(n[1]), outputs: texts(n[2]),
            ...Object.fromEntries((n[5] ?? []).map(attribute)) })),
        weights: Object.fromEntries((graph[5] ?? []).map(weight)),
        inputs: graph[11].map(value),
        outputs: graph[12].map(value),
    };
}
