// SPDX-License-Identifier: Apache-2.0
// Writes an ONNX model: protocol buffers by hand, always the same bytes for the same model.
//
// A model is { name, inputs, outputs, weights, nodes }:
//   inputs, outputs  [{ name, shape }], 32-bit floats
//   weights          [{ name, shape, data }], data a Float32Array or (written as int64) Int32Array
//   nodes            [{ op, inputs: [name], outputs: [name], attributes: { name: value } }]
// An attribute is a string, an array of integers, an integer, or real(x) for a float.
// Field numbers are those of onnx.proto; the operator set is 13.

const OPSET = 13;
const IR_VERSION = 7;
const FLOAT = 1;
const INT64 = 7;

/** Marks a number as a float attribute. */
export const real = (x) => ({ real: x });

function varint(n) {
    let v = BigInt.asUintN(64, BigInt(n));
    const out = [];
    while (v > 127n) {
        out.push(Number(v & 127n) | 128);
        v >>= 7n;
    }
    out.push(Number(v));
    return Buffer.from(out);
}
const integer = (field, n) => Buffer.concat([varint(field << 3), varint(n)]);
const bytes = (field, b) => Buffer.concat([varint((field << 3) | 2), varint(b.length), b]);
const text = (field, s) => bytes(field, Buffer.from(s, 'utf8'));
const message = (field, parts) => bytes(field, Buffer.concat(parts));
function float(field, x) {
    const b = Buffer.alloc(4);
    b.writeFloatLE(x);
    return Buffer.concat([varint((field << 3) | 5), b]);
}

function attribute(name, value) {
    const parts = [text(1, name)];
    if (typeof value === 'string') parts.push(text(4, value), integer(20, 3));
    else if (Array.isArray(value)) parts.push(...value.map((v) => integer(8, v)), integer(20, 7));
    else if (typeof value === 'number') parts.push(integer(3, value), integer(20, 2));
    else parts.push(float(2, value.real), integer(20, 1));
    return message(5, parts);
}

function node(n, i) {
    return message(1, [
        ...n.inputs.map((x) => text(1, x)),
        ...n.outputs.map((x) => text(2, x)),
        text(3, `${n.op}_${i}`),
        text(4, n.op),
        ...Object.entries(n.attributes ?? {}).map(([k, v]) => attribute(k, v)),
    ]);
}

function weight(w) {
    const real32 = w.data instanceof Float32Array;
    const raw = Buffer.alloc(w.data.length * (real32 ? 4 : 8));
    w.data.forEach((x, i) =>
        real32 ? raw.writeFloatLE(x, 4 * i) : raw.writeBigInt64LE(BigInt(x), 8 * i));
    return message(5, [
        ...w.shape.map((d) => integer(1, d)),
        integer(2, real32 ? FLOAT : INT64),
        text(8, w.name),
        bytes(9, raw),
    ]);
}

function valueInfo(field, v) {
    const shape = message(2, v.shape.map((d) => message(1, [integer(1, d)])));
    const tensor = message(1, [integer(1, FLOAT), shape]);
    return message(field, [text(1, v.name), message(2, [tensor])]);
}

/** The model as the bytes of an .onnx file. */
export function writeOnnx(model) {
    const graph = message(7, [
        ...model.nodes.map(node),
        text(2, model.name),
        ...model.weights.map(weight),
        ...model.inputs.map((v) => valueInfo(11, v)),
        ...model.outputs.map((v) => valueInfo(12, v)),
    ]);
    const opset = message(8, [text(1, ''), integer(2, OPSET)]);
    return Buffer.concat([integer(1, IR_VERSION), text(2, 'bonafide'), graph, opset]);
}
