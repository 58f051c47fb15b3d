// SPDX-License-Identifier: Apache-2.0
// The converter on tiny graphs made by hand, and on files that are damaged on purpose.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { convert } from '../../models/convert.mjs';
import { decode, half, ModelError, permute } from '../../models/tensor.mjs';
import { bytes, f32, floats, i32, i8, ints, readOnnx, tflite } from './made.mjs';

const [ADD, CONV, DEPTHWISE, DEQUANTIZE, DENSE, SUB, MUL, RELU, RESHAPE] =
    [0, 3, 4, 6, 9, 41, 18, 19, 22];
const [CONCAT, L2_NORMALIZE, RESIZE, SOFTMAX, TANH, DIV, SLICE] = [2, 11, 23, 25, 28, 42, 45];
const [ABS, MEAN, LEAKY, MAX_POOL, PAD, PRELU] = [101, 40, 98, 17, 34, 54];
const SAME = i8(0);
const VALID = i8(1);

const counted = (n, from = 1) => Array.from({ length: n }, (_, i) => i + from);
const tfliteToOnnx = (model) => readOnnx(convert('tflite', [tflite(model)], 'made'));
const ops = (onnx) => onnx.nodes.map((n) => n.op);

/** 4x4 picture of 2 channels -> convolution 3x3, stride 2 -> 3 channels. */
const convolution = (padding) => ({
    tensors: [{ shape: [1, 4, 4, 2], name: 'input' },
        { shape: [3, 3, 3, 2], data: floats(counted(54)) },
        { shape: [3], data: floats([1, 2, 3]) },
        { shape: [1, 2, 2, 3], name: 'output' }],
    operators: [{ code: CONV, inputs: [0, 1, 2], outputs: [3],
        options: { 0: padding, 1: i32(2), 2: i32(2), 3: i8(1) } }],
    inputs: [0],
    outputs: [3],
});

test('a convolution: planes, weights reordered, TensorFlow\'s uneven padding', () => {
    const onnx = tfliteToOnnx(convolution(SAME));
    const conv = onnx.nodes[0];
    assert.deepEqual(onnx.inputs, [{ name: 'input', shape: [1, 2, 4, 4] }]);
    assert.deepEqual([onnx.ir, onnx.opset], [7, 13]);
    assert.deepEqual(conv.pads, [0, 0, 1, 1]);
    assert.deepEqual([conv.strides, conv.group, conv.kernel_shape], [[2, 2], 1, [3, 3]]);
    const w = onnx.weights[conv.inputs[1]];
    assert.deepEqual(w.shape, [3, 2, 3, 3]);
    assert.deepEqual(w.data.slice(0, 10), [1, 3, 5, 7, 9, 11, 13, 15, 17, 2]);
    assert.deepEqual(ops(onnx), ['Conv', 'Relu', 'Transpose']);
    assert.deepEqual(onnx.outputs, [{ name: 'output', shape: [1, 2, 2, 3] }]);
});

test('a convolution without padding', () => {
    assert.deepEqual(tfliteToOnnx(convolution(VALID)).nodes[0].pads, [0, 0, 0, 0]);
    const small = convolution(VALID);
    small.tensors[0].shape = [1, 2, 2, 2];
    assert.throws(() => tfliteToOnnx(small), ModelError);
});

test('a depthwise convolution becomes groups', () => {
    const onnx = tfliteToOnnx({
        tensors: [{ shape: [1, 3, 3, 2] }, { shape: [1, 2, 2, 4], data: floats(counted(16)) },
            { shape: [1, 2, 2, 4] }],
        operators: [{ code: DEPTHWISE, inputs: [0, 1], outputs: [2],
            options: { 0: VALID, 1: i32(1), 2: i32(1), 3: i32(2) } }],
        inputs: [0],
        outputs: [2],
    });
    const { group, inputs } = onnx.nodes[0];
    assert.equal(group, 2);
    assert.deepEqual(onnx.weights[inputs[1]].shape, [4, 1, 2, 2]);
    assert.deepEqual(onnx.weights[inputs[1]].data.slice(0, 4), [1, 5, 9, 13]);
});

/** PReLU as TensorFlow 1 writes it; `m` per channel. `reorder` spoils the pattern. */
const longPrelu = (reorder) => ({
    tensors: [{ shape: [1, 2, 2, 2] }, { shape: [1, 2, 2, 2] }, { shape: [1, 2, 2, 2] },
        { shape: [1, 2, 2, 2] }, { shape: [2], data: floats([0.25, 0.5]) }, { shape: [1, 2, 2, 2] },
        { shape: [1, 2, 2, 2] }],
    operators: [{ code: RELU, inputs: [0], outputs: [1] }, { code: ABS, inputs: [0], outputs: [2] },
        { code: SUB, inputs: reorder ? [2, 0] : [0, 2], outputs: [3] },
        { code: MUL, inputs: [4, 3], outputs: [5] }, { code: ADD, inputs: [1, 5], outputs: [6] }],
    inputs: [0],
    outputs: [6],
});

test('five operators that are a PReLU become one, and only those', () => {
    const onnx = tfliteToOnnx(longPrelu(false));
    assert.deepEqual(ops(onnx), ['Relu', 'Conv', 'Conv', 'Add', 'Transpose']);
    const [, above, below] = onnx.nodes.map((n) => onnx.weights[n.inputs[1]]);
    assert.deepEqual([above.shape, above.data], [[2, 1, 1, 1], [0.5, 0]]);
    assert.deepEqual([below.data, onnx.nodes[2].group], [[0.5, 1], 2]);
    assert.deepEqual(ops(tfliteToOnnx(longPrelu(true))).slice(0, 5),
        ['Relu', 'Abs', 'Sub', 'Mul', 'Add']);
});

test('a constant beside an image is put into planes', () => {
    const onnx = tfliteToOnnx(longPrelu(true));
    const mul = onnx.nodes.find((n) => n.op === 'Mul');
    assert.deepEqual(onnx.weights[mul.inputs[0]].shape, [1, 2, 1, 1]);
});

/** A picture flattened and multiplied by a matrix of half floats. */
const dense = (px) => ({
    tensors: [{ shape: [1, px, px, 2] }, { shape: [1, px, px, 2] },
        { shape: [2], type: 2, data: ints([-1, 2 * px * px]) },
        { shape: [1, 2 * px * px] },
        { shape: [3, 2 * px * px], type: 1, data: bytes(Buffer.alloc(12 * px * px, 0x3c)) },
        { shape: [3, 2 * px * px] }, { shape: [1, 3] }],
    operators: [{ code: LEAKY, inputs: [0], outputs: [1], options: { 0: f32(0.25) } },
        { code: RESHAPE, inputs: [1, 2], outputs: [3] },
        { code: DEQUANTIZE, inputs: [4], outputs: [5] },
        { code: DENSE, inputs: [3, 5, -1], outputs: [6] }],
    inputs: [0],
    outputs: [6],
});

test('a picture is turned back into pixels before it is flattened, one pixel is not', () => {
    assert.deepEqual(ops(tfliteToOnnx(dense(2))), ['LeakyRelu', 'Transpose', 'Reshape', 'Gemm']);
    const onnx = tfliteToOnnx(dense(1));
    assert.deepEqual(ops(onnx), ['LeakyRelu', 'Reshape', 'Gemm']);
    assert.equal(onnx.nodes[0].alpha, 0.25);
    assert.equal(onnx.weights[onnx.nodes[2].inputs[1]].data[0], half(0x3c3c));
});

test('mean over height and width needs no reordering', () => {
    const onnx = tfliteToOnnx({
        tensors: [{ shape: [1, 4, 4, 3] }, { shape: [1, 2, 2, 3] },
            { shape: [2], type: 2, data: ints([1, 2]) }, { shape: [1, 3] }],
        operators: [{ code: MAX_POOL, inputs: [0], outputs: [1],
            options: { 0: VALID, 1: i32(2), 2: i32(2), 3: i32(2), 4: i32(2) } },
        { code: MEAN, inputs: [1, 2], outputs: [3] }],
        inputs: [0],
        outputs: [3],
    });
    assert.deepEqual(ops(onnx), ['MaxPool', 'ReduceMean']);
    assert.deepEqual([onnx.nodes[1].axes, onnx.nodes[1].keepdims], [[2, 3], 0]);
    assert.deepEqual(onnx.outputs[0].shape, [1, 3]);
});

test('padding is given in the order of planes, PReLU per channel', () => {
    const onnx = tfliteToOnnx({
        tensors: [{ shape: [1, 2, 2, 3] },
            { shape: [4, 2], type: 2, data: ints([0, 0, 1, 2, 3, 4, 0, 5]) },
            { shape: [1, 5, 9, 8] }, { shape: [1, 1, 8], data: floats(counted(8)) },
            { shape: [1, 5, 9, 8] }],
        operators: [{ code: PAD, inputs: [0, 1], outputs: [2] },
            { code: PRELU, inputs: [2, 3], outputs: [4] }],
        inputs: [0],
        outputs: [4],
    });
    assert.deepEqual(onnx.weights[onnx.nodes[0].inputs[1]].data, [0, 0, 1, 3, 0, 5, 2, 4]);
    assert.deepEqual(onnx.outputs[0].shape, [1, 5, 9, 8]);
});

test('operators no pinned model has, and slices', () => {
    const list = (numbers) => ({ shape: [numbers.length], type: 2, data: ints(numbers) });
    const picture = (px, channels) => ({ shape: [1, px, px, channels] });
    const onnx = tfliteToOnnx({
        tensors: [picture(4, 2), list([8, 8]), picture(8, 2), { shape: [2], data: floats([2, 4]) },
            picture(8, 2), picture(8, 2), picture(8, 2), picture(8, 4), list([0, 1, 0, 3]),
            list([1, 5, 8, 4]), list([1, 2, 1, 1]), { shape: [1, 2, 8] }, { shape: [1, 2, 8] }],
        operators: [
            { code: RESIZE, inputs: [0, 1], outputs: [2], options: { 3: i8(1) } },
            { code: DIV, inputs: [2, 3], outputs: [4] },
            { code: TANH, inputs: [4], outputs: [5] },
            { code: L2_NORMALIZE, inputs: [5], outputs: [6] },
            { code: CONCAT, inputs: [6, 4], outputs: [7], options: { 0: i32(-1) } },
            { code: SLICE, inputs: [7, 8, 9, 10], outputs: [11], options: { 4: i32(8) } },
            { code: SOFTMAX, inputs: [11], outputs: [12] }],
        inputs: [0],
        outputs: [12],
    });
    const [resize, div, , l2, concat, , slice, reshape, softmax] = onnx.nodes;
    const numbers = (name) => onnx.weights[name].data;
    assert.deepEqual(ops(onnx), ['Resize', 'Div', 'Tanh', 'LpNormalization', 'Concat', 'Transpose',
        'Slice', 'Reshape', 'Softmax']);
    assert.equal(resize.coordinate_transformation_mode, 'half_pixel');
    assert.deepEqual(numbers(resize.inputs[3]), [1, 2, 8, 8]);
    assert.deepEqual(onnx.weights[div.inputs[1]].shape, [1, 2, 1, 1]);
    assert.deepEqual([l2.axis, l2.p, concat.axis, softmax.axis], [1, 2, 1, -1]);
    assert.deepEqual(slice.inputs.slice(1).map(numbers),
        [[0, 1, 0, 3], [1, 5, 8, 4], [0, 1, 2, 3], [1, 2, 1, 1]]);
    assert.deepEqual(numbers(reshape.inputs[1]), [1, 2, 8]);
    assert.deepEqual(onnx.outputs[0].shape, [1, 2, 8]);
});

test('more than one image of a file becomes one', () => {
    const model = convolution(SAME);
    model.tensors[0].shape = [2, 4, 4, 2];
    assert.deepEqual(tfliteToOnnx(model).inputs[0].shape, [1, 2, 4, 4]);
});

const attr = (...list) => ({ list: { i: list.map(String) } });
const name64 = (s) => Buffer.from(s).toString('base64');
const dims = (list) => ({ shape: { shape: { dim: list.map((size) => ({ size: `${size}` })) } } });
const graphModel = () => ({
    format: 'graph-model',
    modelTopology: { node: [
        { name: 'x', op: 'Placeholder', attr: dims([-1, 2, 2, 1]) },
        { name: 'y', op: '_FusedConv2D', input: ['x', 'w', 'b', 'a'],
            attr: { strides: attr(1, 1, 1, 1), padding: { s: name64('VALID') },
                fused_ops: { list: { s: ['BiasAdd', 'Prelu'].map(name64) } } } },
    ] },
    weightsManifest: [{ paths: ['w.bin'], weights: [
        { name: 'w', shape: [1, 1, 1, 2], dtype: 'float32',
            quantization: { dtype: 'uint8', scale: 0.5, min: -1 } },
        { name: 'b', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
        { name: 'a', shape: [1, 1, 2], dtype: 'float32' }] }],
});
const shard = Buffer.concat([Buffer.from([0, 4]), Buffer.from([0, 0x3c, 0, 0xc0]),
    Buffer.from(Float32Array.of(0.25, 0.5).buffer)]);

test('TensorFlow.js: weights of bytes, half floats and floats; fused bias and PReLU', () => {
    const json = Buffer.from(JSON.stringify(graphModel()));
    const onnx = readOnnx(convert('tfjs', [json, shard], 'made', { y: 'out' }));
    assert.deepEqual(ops(onnx), ['Conv', 'Relu', 'Conv', 'Conv', 'Add', 'Transpose']);
    const numbers = (name) => onnx.weights[name].data;
    assert.deepEqual(numbers(onnx.nodes[0].inputs[1]), [-1, 1]);
    assert.deepEqual(numbers(onnx.nodes[0].inputs[2]), [1, -2]);
    assert.deepEqual(numbers(onnx.nodes[3].inputs[1]), [0.25, 0.5]);
    assert.equal(onnx.outputs[0].name, 'out');
});

test('TensorFlow.js: weights too short, too long, of no known kind', () => {
    const json = Buffer.from(JSON.stringify(graphModel()));
    const one = Buffer.from([0]);
    assert.throws(() => convert('tfjs', [json, shard.subarray(1)], 'made'), ModelError);
    assert.throws(() => convert('tfjs', [json, shard, one], 'made'), ModelError);
    const odd = graphModel();
    odd.weightsManifest[0].weights[2].dtype = 'string';
    const oddJson = Buffer.from(JSON.stringify(odd));
    assert.throws(() => convert('tfjs', [oddJson, shard], 'made'), ModelError);
    assert.throws(() => convert('tfjs', [Buffer.from('{'), shard], 'made'), ModelError);
    const whole = JSON.stringify(graphModel());
    for (const part of ['"shape":', '"attr":', '"dim":', '"weights":', '"name":']) {
        const without = Buffer.from(whole.replaceAll(part, '"other":'));
        assert.throws(() => convert('tfjs', [without, shard], 'made'), ModelError, part);
    }
});

test('half floats: all 65,536 against the machine\'s own arithmetic', () => {
    for (let bits = 0; bits < 65536; bits++) {
        const [e, f] = [(bits >> 10) & 31, bits & 1023];
        const size = e === 31 ? (f ? NaN : Infinity) : e ? 2 ** (e - 25) * (1024 + f) : f / 2 ** 24;
        assert.ok(Object.is(half(bits), bits & 0x8000 ? -size : size) || Number.isNaN(size));
    }
});

test('axes are reordered as they should', () => {
    const t = permute({ shape: [2, 3, 4], data: Float32Array.from(counted(24, 0)) }, [2, 0, 1]);
    assert.deepEqual(t.shape, [4, 2, 3]);
    for (let i = 0; i < 24; i++) {
        const [c, a, b] = [Math.floor(i / 6), Math.floor(i / 3) % 2, i % 3];
        assert.equal(t.data[i], 12 * a + 4 * b + c);
    }
    assert.throws(() => decode('float32', Buffer.alloc(7), 2), ModelError);
});

test('the same model gives the same bytes', () => {
    const twice = [1, 2].map(() => convert('tflite', [tflite(dense(2))], 'made'));
    assert.ok(twice[0].equals(twice[1]));
});

test('a file cut at any byte is refused with a message', () => {
    const whole = tflite(dense(2));
    for (let n = 0; n < whole.length; n++) {
        try {
            convert('tflite', [whole.subarray(0, n)], 'made');
        } catch (error) {
            assert.ok(error instanceof ModelError, `cut at ${n}: ${error.stack}`);
        }
    }
    assert.throws(() => convert('tflite', [whole.subarray(0, 300)], 'made'), ModelError);
});

test('files with any byte altered are converted or refused, nothing else', () => {
    let refused = 0;
    for (const model of [convolution(SAME), dense(2), longPrelu(false)]) {
        const whole = tflite(model);
        for (let at = 0; at < whole.length; at++) {
            for (const value of [0, 1, 127, 128, 255]) {
                const bad = Buffer.from(whole);
                bad[at] = value;
                try {
                    convert('tflite', [bad], 'made');
                } catch (error) {
                    assert.ok(error instanceof ModelError, `byte ${at} = ${value}: ${error.stack}`);
                    refused++;
                }
            }
        }
    }
    assert.ok(refused > 100);
});

test('the program says in one line what is wrong with a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bonafide-test-'));
    const program = fileURLToPath(new URL('../../models/convert.mjs', import.meta.url));
    const run = (...args) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
    try {
        const bad = join(folder, 'bad.tflite');
        writeFileSync(bad, tflite(dense(2)).subarray(0, 400));
        const cut = run(bad, join(folder, 'out.onnx'));
        assert.equal(cut.status, 3);
        assert.match(cut.stderr, /^convert: .*bad\.tflite: [^\n]+\n$/);
        assert.equal(run(join(folder, 'none.tflite'), 'x').status, 3);
        assert.equal(run().status, 2);
        writeFileSync(bad, tflite(dense(2)));
        assert.equal(run(bad, join(folder, 'out.onnx')).status, 0);
    } finally {
        rmSync(folder, { recursive: true });
    }
});
