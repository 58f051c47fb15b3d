// SPDX-License-Identifier: Apache-2.0
// Reads a TensorFlow Lite model into a graph. Field numbers are those of TensorFlow's schema.fbs.
// Weights are reordered to [out, in, height, width] and half floats widened here.
import { Table } from './flatbuffer.mjs';
import { constant, count, decode, ModelError, permute } from './tensor.mjs';

const TYPES = ['float32', 'float16', 'int32', 'uint8', 'int64', 'string', 'bool', 'int16',
    'complex64', 'int8'];
const ACTIVATIONS = [null, 'Relu', 'Relu1', 'Relu6', 'Tanh'];
const MAX_NODES = 20000;

const activation = (t, n) => {
    const code = t ? t.int8(n) : 0;
    if (!(code in ACTIVATIONS)) throw new ModelError(`fused activation ${code} is not supported`);
    return ACTIVATIONS[code];
};
const padding = (t) => (t.int8(0) === 0 ? 'SAME' : 'VALID');
const bits = (mask) => Array.from({ length: 32 }, (_, i) => i).filter((i) => (mask >> i) & 1);

function conv(t, r, [x, w, b]) {
    return {
        op: 'Conv',
        inputs: [x, r.reorder(w, [0, 3, 1, 2]), ...(b === undefined ? [] : [b])],
        attributes: { padding: padding(t), stride: [t.int32(2), t.int32(1)],
            activation: activation(t, 3), dilation: [t.int32(5, 1), t.int32(4, 1)] },
    };
}
function depthwise(t, r, [x, w, b]) {
    const channels = r.shape(w)[3] / Math.max(t.int32(3), 1);
    return {
        op: 'Conv',
        inputs: [x, r.reorder(w, [3, 0, 1, 2]), ...(b === undefined ? [] : [b])],
        attributes: { padding: padding(t), stride: [t.int32(2), t.int32(1)], group: channels,
            activation: activation(t, 4), dilation: [t.int32(6, 1), t.int32(5, 1)] },
    };
}
const pool = (op) => (t) => ({
    op,
    attributes: { padding: padding(t), stride: [t.int32(2), t.int32(1)],
        kernel: [t.int32(4), t.int32(3)], activation: activation(t, 5) },
});
const fused = (op) => (t) => ({ op, attributes: { activation: activation(t, 0) } });
const plain = (op) => () => ({ op });

function stridedSlice(t) {
    if (t.int32(2) || t.int32(3))
        throw new ModelError('slices with ellipsis or new axes are not supported');
    const [beginOpen, endOpen, shrink] = [0, 1, 4].map((n) => bits(t.int32(n)));
    return { op: 'Slice', attributes: { beginOpen, endOpen, shrink } };
}

/** By number of the built-in operator: (options table, reader, input names) -> part of a node. */
const OPERATORS = {
    0: fused('Add'),
    1: pool('AveragePool'),
    2: (t) => ({ op: 'Concat', attributes: { axis: t.int32(0), activation: activation(t, 1) } }),
    3: conv,
    4: depthwise,
    9: (t) => ({ op: 'Dense', attributes: { activation: activation(t, 0) } }),
    11: plain('L2Normalize'),
    14: plain('Sigmoid'),
    17: pool('MaxPool'),
    18: fused('Mul'),
    19: plain('Relu'),
    21: plain('Relu6'),
    22: (t, r, [x, shape]) => (shape === undefined
        ? { op: 'Reshape', inputs: [x], attributes: { shape: r.batched(t.int32s(0)) } }
        : { op: 'Reshape', inputs: [x], attributes: { shape: r.batched(r.list(shape)) } }),
    23: (t) => ({ op: 'Resize',
        attributes: { mode: 'linear', alignCorners: t.int8(2), halfPixel: t.int8(3) } }),
    25: plain('Softmax'),
    28: plain('Tanh'),
    34: plain('Pad'),
    40: (t) => ({ op: 'Mean', attributes: { keep: t.int8(0) } }),
    41: fused('Sub'),
    42: fused('Div'),
    45: stridedSlice,
    53: plain('Cast'),
    54: plain('PRelu'),
    58: plain('Less'),
    62: plain('GreaterOrEqual'),
    98: (t) => ({ op: 'LeakyRelu', attributes: { alpha: t.float32(0) } }),
    101: plain('Abs'),
    106: plain('Add'),
};
const DEQUANTIZE = 6;

class Reader {
    constructor(bytes) {
        if (bytes.subarray(4, 8).toString('latin1') !== 'TFL3')
            throw new ModelError('not a TensorFlow Lite model');
        this.model = Table.root(bytes);
        this.buffers = this.model.tables(4);
        const graphs = this.model.tables(2);
        if (graphs.length !== 1) throw new ModelError(`${graphs.length} graphs in one file`);
        this.source = graphs[0];
        this.tensors = this.source.tables(0).map((t, i) => this.describe(t, i));
        this.constants = new Map();
        this.batch = this.tensor(this.source.int32s(1)[0]).shape[0];
    }

    describe(t, i) {
        const shape = t.int32s(0);
        count(shape);
        const type = TYPES[t.int8(1)];
        return { name: `${t.string(3)}#${i}`, title: t.string(3), shape, type, buffer: t.int32(2) };
    }
    tensor(i) {
        const t = this.tensors[i];
        if (!t) throw new ModelError(`tensor ${i} is not in the file`);
        return t;
    }
    byName(name) {
        return this.tensors[Number(name.slice(name.lastIndexOf('#') + 1))];
    }
    shape(name) {
        return this.byName(name).shape;
    }

    /** Name of tensor `i`; its numbers are taken in if the file has them. */
    name(i) {
        if (i === -1) return undefined;
        const t = this.tensor(i);
        const data = this.buffers[t.buffer]?.vector(0, 1);
        if (data?.length && !this.constants.has(t.name))
            this.constants.set(t.name, constant(t.shape, decode(t.type, data, count(t.shape))));
        return t.name;
    }
    reorder(name, order) {
        const c = this.constants.get(name);
        if (!c || c.shape.length !== 4) throw new ModelError(`weights ${name} are not constant`);
        const to = `${name} ${order.join('')}`;
        this.constants.set(to, permute(c, order));
        return to;
    }
    list(name) {
        const c = this.constants.get(name);
        if (!c) throw new ModelError(`${name} must be constant`);
        return Array.from(c.data);
    }
    /** A shape with the file's number of images in front: ours is one image. */
    batched(shape) {
        return this.batch !== 1 && shape[0] === this.batch ? [1, ...shape.slice(1)] : shape;
    }

    node(operator, codes) {
        const code = codes[operator.int32(0)];
        const inputs = operator.int32s(1).map((i) => this.name(i));
        while (inputs.length && inputs.at(-1) === undefined) inputs.pop();
        const outputs = operator.int32s(2).map((i) => this.tensor(i).name);
        if (code === DEQUANTIZE && this.constants.has(inputs[0])) {
            this.constants.set(outputs[0], this.constants.get(inputs[0]));
            return [];
        }
        const rule = Object.hasOwn(OPERATORS, code) ? OPERATORS[code] : null;
        if (!rule) throw new ModelError(`no rule for TensorFlow Lite operator ${code}`);
        const options = operator.table(4) ?? NOTHING;
        return [{ inputs, outputs, attributes: {}, ...rule(options, this, inputs) }];
    }

    graph(name) {
        const codes = this.model.tables(1).map((c) => Math.max(c.int8(0) & 255, c.int32(3)));
        const operators = this.source.tables(3);
        if (operators.length > MAX_NODES) throw new ModelError('too many operators');
        const inputs = this.source.int32s(1).map((i) => ({
            name: this.tensor(i).name, shape: this.batched(this.tensor(i).shape) }));
        const outputs = this.source.int32s(2).map((i) => this.tensor(i).name);
        const nodes = operators.flatMap((o) => this.node(o, codes));
        return { name, inputs, outputs, nodes, constants: this.constants };
    }
}

/** An options table that was left out: every field has its default. */
const absent = (n, value = 0) => value;
const NOTHING = { int32: absent, int8: absent, float32: absent, int32s: () => [] };

/** Graph of the model in `bytes`, the content of a .tflite file. */
export function readTflite(bytes, name) {
    return new Reader(bytes).graph(name);
}
