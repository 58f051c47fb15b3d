// SPDX-License-Identifier: Apache-2.0
// Reads a TensorFlow.js graph model (model.json and its weights) into a graph. Weights may be kept
// as half floats or as whole numbers with a scale; here all become 32-bit floats.
import { constant, count, decode, ModelError, permute } from './tensor.mjs';

/** The numbers of one entry of a weights manifest, taken from `bytes` at `at`: [constant, next]. */
export function readWeight(entry, bytes, at) {
    const n = count(entry.shape);
    const q = entry.quantization;
    const type = q?.dtype ?? entry.dtype;
    const size = { float32: 4, int32: 4, float16: 2, uint16: 2, uint8: 1 }[type];
    if (!size) throw new ModelError(`weights of type ${type} are not supported`);
    const end = at + n * size;
    if (end > bytes.length) throw new ModelError(`weights end before ${entry.name}`);
    let data = decode(type, bytes.subarray(at, end), n);
    if (q && type !== 'float16') data = Float32Array.from(data, (v) => v * q.scale + q.min);
    return [constant(entry.shape, data), end];
}

/** All weights of a manifest: Map of name to constant. `bytes` is the weight files in a row. */
export function readWeights(manifest, bytes) {
    const weights = new Map();
    let at = 0;
    for (const group of manifest) {
        for (const entry of group.weights) {
            const [c, next] = readWeight(entry, bytes, at);
            weights.set(entry.name, c);
            at = next;
        }
    }
    if (at !== bytes.length) throw new ModelError(`${bytes.length - at} bytes of weights too many`);
    return weights;
}

const words = (attr) => (attr?.list?.s ?? []).map((s) => Buffer.from(s, 'base64').toString());
const word = (attr, absent) =>
    (attr?.s === undefined ? absent : Buffer.from(attr.s, 'base64').toString());
const middle = (attr) => (attr?.list?.i ?? [1, 1, 1, 1]).slice(1, 3).map(Number);

function windowOf(a) {
    if (word(a.data_format, 'NHWC') !== 'NHWC') throw new ModelError('only NHWC is supported');
    const padding = word(a.padding);
    if (padding !== 'SAME' && padding !== 'VALID')
        throw new ModelError(`padding ${padding} is not supported`);
    return { padding, stride: middle(a.strides) };
}

class Reader {
    constructor(json, bytes) {
        if (json?.format !== 'graph-model' || !Array.isArray(json.modelTopology?.node))
            throw new ModelError('not a TensorFlow.js graph model');
        this.json = json;
        this.constants = readWeights(json.weightsManifest, bytes);
    }

    reorder(name, order, shapeOf = (t) => t.shape) {
        const c = this.constants.get(name);
        if (!c || c.shape.length !== 4) throw new ModelError(`weights ${name} are not constant`);
        const to = `${name} ${order.join('')}`;
        const t = permute(c, order);
        this.constants.set(to, { shape: shapeOf(t), data: t.data });
        return to;
    }

    conv(n, group) {
        const a = n.attr;
        const [x, w, ...more] = n.inputs;
        const fused = words(a.fused_ops);
        const attributes = { ...windowOf(a), dilation: middle(a.dilations), activation: null };
        let weights;
        if (group) {
            weights = this.reorder(w, [2, 3, 0, 1], ({ shape: [i, m, h, k] }) => [i * m, 1, h, k]);
            attributes.group = this.constants.get(w).shape[2];
        } else weights = this.reorder(w, [3, 2, 0, 1]);
        const inputs = [x, weights];
        for (const f of fused) {
            if (f === 'BiasAdd') inputs.push(more.shift());
            else if (f === 'Prelu') attributes.slope = more.shift();
            else attributes.activation = f;
        }
        return { op: 'Conv', inputs, attributes };
    }

    dense(n) {
        const [x, w, b] = n.inputs;
        const c = this.constants.get(w);
        if (!c || c.shape.length !== 2) throw new ModelError(`weights ${w} are not constant`);
        if (n.attr.transpose_a?.b) throw new ModelError('a transposed input is not supported');
        const fused = words(n.attr.fused_ops);
        const to = `${w} out in`;
        this.constants.set(to, n.attr.transpose_b?.b ? c : permute(c, [1, 0]));
        const activation = fused.find((f) => f !== 'BiasAdd') ?? null;
        return { op: 'Dense', inputs: b ? [x, to, b] : [x, to], attributes: { activation } };
    }

    /** Node `n` of the file as a node of the graph. */
    node(n) {
        const a = n.attr;
        const same = (op, attributes = {}) => ({ op, inputs: n.inputs, attributes });
        switch (n.op) {
            case 'Conv2D':
            case '_FusedConv2D': return this.conv(n, false);
            case 'DepthwiseConv2dNative':
            case 'FusedDepthwiseConv2dNative': return this.conv(n, true);
            case 'MatMul':
            case '_FusedMatMul': return this.dense(n);
            case 'MaxPool': return same('MaxPool', { ...windowOf(a), kernel: middle(a.ksize) });
            case 'AvgPool': return same('AveragePool', { ...windowOf(a), kernel: middle(a.ksize) });
            case 'Add':
            case 'AddV2':
            case 'BiasAdd':
            case 'AddN': return same('Add');
            case 'Sub':
            case 'Mul':
            case 'Relu':
            case 'Relu6':
            case 'Abs':
            case 'Sigmoid':
            case 'Tanh':
            case 'Reshape':
            case 'Pad':
            case 'Identity': return same(n.op);
            case 'Prelu': return same('PRelu');
            case 'Mean': return same('Mean', { keep: a.keep_dims?.b });
            case 'Softmax': return same('Softmax');
            default: throw new ModelError(`no rule for TensorFlow operator ${n.op}`);
        }
    }

    graph(name) {
        const tensor = (t) => t.replace(/^\^/, '').replace(/:0$/, '');
        const inputs = [];
        const nodes = [];
        for (const source of this.json.modelTopology.node) {
            if (source.op === 'Const') continue;
            if (source.op === 'Placeholder') {
                const shape = source.attr.shape.shape.dim.map((d) => Math.abs(Number(d.size)));
                inputs.push({ name: source.name, shape });
                continue;
            }
            const from = (source.input ?? []).map(tensor);
            const n = { ...source, attr: source.attr ?? {}, inputs: from };
            nodes.push({ outputs: [n.name], ...this.node(n) });
        }
        const used = new Set(nodes.flatMap((n) => n.inputs));
        const listed = Object.values(this.json.signature?.outputs ?? {}).map((o) => tensor(o.name));
        const last = nodes.map((n) => n.outputs[0]).filter((o) => !used.has(o));
        const outputs = listed.length ? listed : last;
        return { name, inputs, outputs, nodes, constants: this.constants };
    }
}

/** Graph of the parsed `json` of a model.json with `bytes`, its weight files in a row. */
export function readTfjs(json, bytes, name) {
    try {
        return new Reader(json, bytes).graph(name);
    } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        throw new ModelError(`damaged: ${error.message}`); // any part of a JSON file may be missing
    }
}
