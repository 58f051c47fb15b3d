// SPDX-License-Identifier: Apache-2.0
// One rule per operator: how it is written in ONNX, and the shape of what it makes.
// A node is { op, inputs, outputs, attributes }; `l` is the Lowering. Shapes are NHWC.
import { count, ModelError, permute } from './tensor.mjs';
import { real } from './onnx.mjs';

const need = (ok, what) => {
    if (!ok) throw new ModelError(what);
};

/** Padding of one axis as [before, after] and its size after the operator. */
function padded(size, kernel, stride, dilation, padding) {
    const span = (kernel - 1) * dilation + 1;
    if (padding === 'SAME') {
        const out = Math.ceil(size / stride);
        const all = Math.max((out - 1) * stride + span - size, 0);
        return { pad: [all >> 1, all - (all >> 1)], out };
    }
    const pad = Array.isArray(padding) ? padding : [0, 0];
    const out = Math.floor((size + pad[0] + pad[1] - span) / stride) + 1;
    need(out > 0, `a window of ${span} does not fit into ${size}`);
    return { pad, out };
}

/** Window of a convolution or pooling over height and width. */
function window2d(shape, kernel, a) {
    const dilation = a.dilation ?? [1, 1];
    const axis = (i) => {
        const p = a.padding === 'SAME' || a.padding === 'VALID' ? a.padding : a.padding[i];
        return padded(shape[1 + i], kernel[i], a.stride[i], dilation[i], p);
    };
    const [y, x] = [axis(0), axis(1)];
    return {
        size: [y.out, x.out],
        attributes: {
            kernel_shape: kernel,
            strides: a.stride,
            pads: [y.pad[0], x.pad[0], y.pad[1], x.pad[1]],
            ...(a.dilation && { dilations: a.dilation }),
        },
    };
}

/** Write the activation fused into an operator, if any. */
function activate(l, name, activation) {
    if (!activation) return name;
    if (activation === 'Relu6') {
        const bounds = [0, 6].map((b) => l.weight([], Float32Array.of(b)));
        return l.write('Clip', [name, ...bounds]);
    }
    need(['Relu', 'Tanh', 'Sigmoid'].includes(activation), `no rule for activation ${activation}`);
    return l.write(activation, [name]);
}

function conv(l, n) {
    const [x, w, b] = n.inputs;
    const weight = l.constantOf(w);
    need(weight && weight.shape.length === 4, `weights ${w} are not constant`);
    const shape = l.shape(x);
    const group = n.attributes.group ?? 1;
    const [out, per, ...kernel] = weight.shape;
    need(per * group === shape[3], `weights ${w} are for ${per * group} channels, not ${shape[3]}`);
    const { size, attributes } = window2d(shape, kernel, n.attributes);
    const inputs = [l.planes(x), l.weight(weight.shape, weight.data)];
    if (b) inputs.push(l.get(b, 'pixels'));
    const y = l.write('Conv', inputs, { ...attributes, group });
    const done = n.attributes.slope
        ? prelu(l, y, l.constantOf(n.attributes.slope))
        : activate(l, y, n.attributes.activation);
    l.set(n.outputs[0], [shape[0], ...size, out], 'planes', done);
}

/**
 * PReLU is written as max(x, 0) * (1 - slope) + x * slope, the factors as convolutions of one pixel
 * and one channel. ONNX Runtime has no PRelu in the blocked order of its fast convolutions: each
 * would cost two reorderings. MobileFaceNet takes 5.5 ms instead of 12.1, FaceMesh 1.8 for 4.0.
 */
function prelu(l, name, slope) {
    need(slope, 'the slope of a PReLU is not constant');
    const c = slope.shape.at(-1) ?? 1;
    need(count(slope.shape) === c, 'only one slope per channel is supported');
    const one = { kernel_shape: [1, 1], strides: [1, 1], pads: [0, 0, 0, 0], group: c };
    const times = (x, data) => l.write('Conv', [x, l.weight([c, 1, 1, 1], data)], one);
    const positive = times(l.write('Relu', [name]), slope.data.map((v) => 1 - v));
    return l.write('Add', [positive, times(name, slope.data)]);
}

const pool = (op) => (l, n) => {
    const [x] = n.inputs;
    const shape = l.shape(x);
    const { size, attributes } = window2d(shape, n.attributes.kernel, n.attributes);
    const y = l.write(op, [l.planes(x)], attributes);
    const done = activate(l, y, n.attributes.activation);
    l.set(n.outputs[0], [shape[0], ...size, shape[3]], 'planes', done);
};

/** Shape of two tensors spread over each other; axes are matched from the last. */
function spread(a, b) {
    const rank = Math.max(a.length, b.length);
    const at = (s, i) => s[i - rank + s.length] ?? 1;
    return Array.from({ length: rank }, (_, i) => {
        const [p, q] = [at(a, i), at(b, i)];
        need(p === q || p === 1 || q === 1, `shapes [${a}] and [${b}] do not fit`);
        return p === 1 ? q : p;
    });
}

const binary = (op) => (l, n) => {
    const { inputs } = n;
    const shape = inputs.map((x) => l.shape(x)).reduce(spread);
    const images = inputs.filter((x) => !l.constantOf(x));
    const planes =
        images.every((x) => l.shape(x).length === 4) && images.some((x) => l.hasPlanes(x));
    const name = (x) => {
        const c = l.constantOf(x);
        if (!planes) return l.pixels(x);
        if (!c) return l.planes(x);
        if (count(c.shape) === 1) return l.weight([], c.data);
        const full = { shape: [1, 1, 1, 1, ...c.shape].slice(-4), data: c.data };
        const t = permute(full, [0, 3, 1, 2]);
        return l.weight(t.shape, t.data);
    };
    let y = name(inputs[0]);
    for (const x of inputs.slice(1)) y = l.write(op, [y, name(x)]);
    const done = activate(l, y, n.attributes.activation);
    l.set(n.outputs[0], shape, planes ? 'planes' : 'pixels', done);
};

/** An operator that makes each number from one number: write(l, name, attributes) -> name. */
const each = (write) => (l, n) => {
    const [x] = n.inputs;
    const order = l.hasPlanes(x) ? 'planes' : 'pixels';
    l.set(n.outputs[0], l.shape(x), order, write(l, l.get(x, order), n.attributes));
};
const unary = (op) => each((l, x) => l.write(op, [x]));

/** Numbers of a constant tensor that an operator takes as a list. */
function list(l, name) {
    const c = l.constantOf(name);
    need(c, `${name} must be constant`);
    return Array.from(c.data);
}

function reshape(l, n) {
    const [x] = n.inputs;
    const all = count(l.shape(x));
    const wish = n.attributes.shape ?? list(l, n.inputs[1]);
    const known = wish.filter((d) => d !== -1).reduce((a, d) => a * d, 1);
    const shape = wish.map((d) => (d === -1 ? all / known : d));
    need(count(shape) === all, `cannot reshape [${l.shape(x)}] to [${wish}]`);
    l.set(n.outputs[0], shape, 'pixels', l.write('Reshape', [l.flat(x), l.integers(shape)]));
}

/** y = x * weights + bias; weights as [out, in]. */
function dense(l, n) {
    const [x, w, b] = n.inputs;
    const weight = l.constantOf(w);
    need(weight && weight.shape.length === 2, `weights ${w} are not a constant matrix`);
    const [out, inner] = weight.shape;
    const rows = count(l.shape(x)) / inner;
    need(Number.isInteger(rows), `weights ${w} are for ${inner} numbers, not [${l.shape(x)}]`);
    const plain = l.shape(x).length === 2;
    const flat = plain ? l.pixels(x) : l.write('Reshape', [l.flat(x), l.integers([rows, inner])]);
    const inputs = [flat, l.weight(weight.shape, weight.data)];
    if (b) inputs.push(l.pixels(b));
    const y = l.write('Gemm', inputs, { transB: 1 });
    l.set(n.outputs[0], [rows, out], 'pixels', activate(l, y, n.attributes.activation));
}

/** Axis of NHWC where it lies in planes. */
const planeAxis = (a) => [0, 2, 3, 1][a];

function concat(l, n) {
    const shapes = n.inputs.map((x) => l.shape(x));
    const rank = shapes[0].length;
    const axis = (n.attributes.axis + rank) % rank;
    const shape = shapes[0].map((d, i) =>
        i === axis ? shapes.reduce((sum, s) => sum + s[i], 0) : d);
    const planes = rank === 4 && n.inputs.some((x) => l.hasPlanes(x));
    const names = n.inputs.map((x) => l.get(x, planes ? 'planes' : 'pixels'));
    const y = l.write('Concat', names, { axis: planes ? planeAxis(axis) : axis });
    const done = activate(l, y, n.attributes.activation);
    l.set(n.outputs[0], shape, planes ? 'planes' : 'pixels', done);
}

function pad(l, n) {
    const [x] = n.inputs;
    const shape = l.shape(x);
    const pairs = list(l, n.inputs[1]);
    need(pairs.length === 2 * shape.length, `padding of ${x} has ${pairs.length} numbers`);
    const planes = l.hasPlanes(x);
    const axes = planes ? [0, 3, 1, 2] : shape.map((_, i) => i);
    const pads = [...axes.map((a) => pairs[2 * a]), ...axes.map((a) => pairs[2 * a + 1])];
    const order = planes ? 'planes' : 'pixels';
    const y = l.write('Pad', [l.get(x, order), l.integers(pads)], { mode: 'constant' });
    l.set(n.outputs[0], shape.map((d, i) => d + pairs[2 * i] + pairs[2 * i + 1]), order, y);
}

/** Do the axes that stay keep their order in planes? They do if height and width go. */
const staysInOrder = (axes) => axes.includes(1) && axes.includes(2);

const reduce = (op) => (l, n) => {
    const [x] = n.inputs;
    const shape = l.shape(x);
    const axes = list(l, n.inputs[1]).map((a) => (a + shape.length) % shape.length);
    const keep = n.attributes.keep ? 1 : 0;
    const planes = l.hasPlanes(x) && (keep || staysInOrder(axes));
    const at = (planes ? axes.map(planeAxis) : axes).sort((p, q) => p - q);
    const source = planes ? l.planes(x) : l.pixels(x);
    const y = l.write(op, [source], { axes: at, keepdims: keep });
    const gone = (i) => axes.includes(i) && !keep;
    const out = shape.map((d, i) => (axes.includes(i) ? 1 : d)).filter((_, i) => !gone(i));
    l.set(n.outputs[0], out, keep && planes ? 'planes' : 'pixels', y);
};

function resize(l, n) {
    const [x] = n.inputs;
    const shape = l.shape(x);
    const size = list(l, n.inputs[1]);
    const mode = n.attributes.alignCorners ? 'align_corners'
        : n.attributes.halfPixel ? 'half_pixel' : 'asymmetric';
    const sizes = l.integers([shape[0], shape[3], ...size]);
    const y = l.write('Resize', [l.planes(x), '', '', sizes],
        { mode: n.attributes.mode, coordinate_transformation_mode: mode });
    l.set(n.outputs[0], [shape[0], ...size, shape[3]], 'planes', y);
}

/** One slice by constant begin, end, stride; attributes.shrink lists the axes that go away. */
function slice(l, n) {
    const [x, b, e, s] = n.inputs;
    const shape = l.shape(x);
    const [begin, end, step] = [b, e, s].map((t) => list(l, t));
    need(step.every((d) => d > 0), 'slices backwards are not supported');
    const range = begin.map((from, i) => {
        const at = (p) => Math.min(Math.max(p < 0 ? p + shape[i] : p, 0), shape[i]);
        const first = n.attributes.beginOpen?.includes(i) ? 0 : at(from);
        const shrink = n.attributes.shrink?.includes(i);
        const last = shrink ? first + 1 : n.attributes.endOpen?.includes(i) ? shape[i] : at(end[i]);
        return [first, last, Math.max(Math.ceil((last - first) / step[i]), 0)];
    });
    const lists = [range.map((r) => r[0]), range.map((r) => r[1]), range.map((_, i) => i), step];
    let y = l.write('Slice', [l.pixels(x), ...lists.map((v) => l.integers(v))]);
    const sizes = shape.map((d, i) => range[i]?.[2] ?? d);
    const out = sizes.filter((_, i) => !n.attributes.shrink?.includes(i));
    if (out.length !== shape.length) y = l.write('Reshape', [y, l.integers(out)]);
    l.set(n.outputs[0], out, 'pixels', y);
}

const normalise = (l, n) => {
    const [x] = n.inputs;
    const order = l.hasPlanes(x) ? 'planes' : 'pixels';
    const axis = order === 'planes' ? 1 : l.shape(x).length - 1;
    const y = l.write('LpNormalization', [l.get(x, order)], { axis, p: 2 });
    l.set(n.outputs[0], l.shape(x), order, y);
};

const softmax = (l, n) => {
    const [x] = n.inputs;
    l.set(n.outputs[0], l.shape(x), 'pixels', l.write('Softmax', [l.pixels(x)], { axis: -1 }));
};

const compare = (op) => (l, n) => {
    const [a, b] = n.inputs;
    const y = l.write(op, [l.pixels(a), l.pixels(b)]);
    l.set(n.outputs[0], spread(l.shape(a), l.shape(b)), 'pixels', y);
};

const preluOf = (l, n) => {
    const [x, slope] = n.inputs;
    need(l.shape(x).length === 4, 'PReLU of a vector is not supported');
    l.set(n.outputs[0], l.shape(x), 'planes', prelu(l, l.planes(x), l.constantOf(slope)));
};

export const rules = {
    Conv: conv,
    Dense: dense,
    MaxPool: pool('MaxPool'),
    AveragePool: pool('AveragePool'),
    Add: binary('Add'),
    Sub: binary('Sub'),
    Mul: binary('Mul'),
    Div: binary('Div'),
    Less: compare('Less'),
    GreaterOrEqual: compare('GreaterOrEqual'),
    Cast: each((l, x) => l.write('Cast', [x], { to: 1 })),
    Relu: unary('Relu'),
    Relu6: each((l, x) => activate(l, x, 'Relu6')),
    Tanh: unary('Tanh'),
    Sigmoid: unary('Sigmoid'),
    Abs: unary('Abs'),
    LeakyRelu: each((l, x, a) => l.write('LeakyRelu', [x], { alpha: real(a.alpha) })),
    Identity: unary('Identity'),
    PRelu: preluOf,
    Softmax: softmax,
    L2Normalize: normalise,
    Reshape: reshape,
    Concat: concat,
    Pad: pad,
    Mean: reduce('ReduceMean'),
    Resize: resize,
    Slice: slice,
};

