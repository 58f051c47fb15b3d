// SPDX-License-Identifier: Apache-2.0
// From the graph a reader made (README.md, "The graph": TensorFlow's operators, images as rows of
// pixels of channels, NHWC) to ONNX, whose images are planes (NCHW).
//
// A tensor of four axes can be at hand in both orders. A rule asks for the order it needs and a
// Transpose is written only if that order is not there yet; element by element operators take
// what is there. So a convolutional network gets no Transpose at all but where a flat vector
// is read out of an image of more than one pixel and one channel.
import { constant, count, ModelError, permute } from './tensor.mjs';
import { rules } from './rules.mjs';

const TO_PLANES = [0, 3, 1, 2];
const TO_PIXELS = [0, 2, 3, 1];

/** What is known of one tensor: shape as in the source, and its names in ONNX by order. */
class Value {
    constructor(shape, order, name) {
        this.shape = shape;
        this.names = { [order]: name };
    }
}

export class Lowering {
    constructor(graph, rename) {
        this.graph = graph;
        this.rename = rename;
        const ends = [...graph.inputs.map((v) => v.name), ...graph.outputs];
        this.taken = new Set(ends.map((n) => this.called(n)));
        if (!graph.inputs.length || !graph.outputs.length || this.taken.size !== ends.length)
            throw new ModelError('inputs and outputs are missing or of one name');
        this.values = new Map();
        this.model = { name: graph.name, inputs: [], outputs: [], weights: [], nodes: [] };
        this.next = 0;
    }

    /** The name in ONNX of an input or output. */
    called(name) {
        return this.rename[name] ?? name;
    }

    fresh(prefix) {
        const name = `${prefix}${this.next++}`;
        return this.taken.has(name) ? this.fresh(prefix) : name;
    }

    constantOf(name) {
        return this.graph.constants.get(name);
    }

    shape(name) {
        const c = this.constantOf(name);
        if (c) return c.shape;
        const v = this.values.get(name);
        if (!v) throw new ModelError(`tensor ${name} is used before it is made`);
        return v.shape;
    }

    /** A constant of ONNX with these numbers: its name. */
    weight(shape, data) {
        const name = this.fresh('w');
        this.model.weights.push({ name, ...constant(shape, data) });
        return name;
    }
    /** A list of whole numbers as ONNX's operators take it. */
    integers(list) {
        return this.weight([list.length], Int32Array.from(list));
    }

    write(op, inputs, attributes = {}) {
        const name = this.fresh('t');
        this.model.nodes.push({ op, inputs, outputs: [name], attributes });
        return name;
    }

    /** Is the order of the numbers in memory the same in planes and in pixels? */
    static sameOrder(shape) {
        return shape.length !== 4 || shape[3] === 1 || shape[1] * shape[2] === 1;
    }

    /** The ONNX name of tensor `name` in 'planes' or 'pixels' (the latter if not of 4 axes). */
    get(name, order) {
        const c = this.constantOf(name);
        if (c) {
            const t = order === 'planes' ? permute(c, TO_PLANES) : c;
            return this.weight(t.shape, t.data);
        }
        const value = this.values.get(name);
        if (!value) throw new ModelError(`tensor ${name} is used before it is made`);
        if (!value.names[order]) {
            const other = order === 'planes' ? 'pixels' : 'planes';
            const perm = order === 'planes' ? TO_PLANES : TO_PIXELS;
            value.names[order] = this.write('Transpose', [value.names[other]], { perm });
        }
        return value.names[order];
    }

    planes(name) {
        const axes = this.shape(name).length;
        if (axes !== 4) throw new ModelError(`tensor ${name} has ${axes} axes, an image has 4`);
        return this.get(name, 'planes');
    }
    pixels(name) {
        return this.get(name, 'pixels');
    }
    /** Any name whose numbers lie in the source's order when read as one list. */
    flat(name) {
        const v = this.values.get(name);
        if (v && !v.names.pixels && Lowering.sameOrder(v.shape)) return v.names.planes;
        return this.pixels(name);
    }
    /** Are the planes of this tensor at hand? */
    hasPlanes(name) {
        return Boolean(this.values.get(name)?.names.planes);
    }

    set(name, shape, order, onnxName) {
        count(shape);
        if (order === 'planes' && shape.length !== 4)
            throw new ModelError(`an image of ${shape.length} axes`);
        this.values.set(name, new Value(shape, order, onnxName));
    }

    /** Make tensor `name` an output of the model called `to`. */
    output(name, to) {
        const { model } = this;
        const from = this.pixels(name);
        const maker = model.nodes.find((n) => n.outputs[0] === from);
        if (maker && !model.outputs.some((o) => o.name === from)) {
            const renamed = (x) => (x === from ? to : x);
            for (const n of model.nodes) {
                n.inputs = n.inputs.map(renamed);
                n.outputs = n.outputs.map(renamed);
            }
            const { names } = this.values.get(name);
            for (const order of Object.keys(names)) names[order] = renamed(names[order]);
        } else model.nodes.push({ op: 'Identity', inputs: [from], outputs: [to] });
        model.outputs.push({ name: to, shape: this.shape(name) });
    }

    run() {
        const { graph, model } = this;
        for (const { name, shape } of graph.inputs) {
            const image = shape.length === 4;
            const to = this.called(name);
            this.set(name, shape, image ? 'planes' : 'pixels', to);
            const onnxShape = image ? TO_PLANES.map((a) => shape[a]) : shape;
            model.inputs.push({ name: to, shape: onnxShape });
        }
        for (const n of graph.nodes) {
            const rule = Object.hasOwn(rules, n.op) ? rules[n.op] : null;
            if (!rule) throw new ModelError(`no rule for operator ${n.op}`);
            n.inputs.forEach((x) => this.shape(x));
            if (!n.inputs.length || n.outputs[0] === undefined)
                throw new ModelError(`operator ${n.op} without input or output`);
            rule(this, n);
        }
        graph.outputs.forEach((name) => this.output(name, this.called(name)));
        return model;
    }
}

/** ONNX model (see onnx.mjs) of a graph; `rename` maps its inputs and outputs to better names. */
export function lower(graph, rename = {}) {
    return new Lowering(graph, rename).run();
}
