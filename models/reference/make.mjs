// SPDX-License-Identifier: Apache-2.0
// Makes the reference outputs in this folder: each model as its package has it, run by the runtime
// it was made for, on two made-up pictures. Not part of any build; made once, and again when a pin
// changes. In an empty folder:
//
//   npm install --legacy-peer-deps --ignore-scripts @tensorflow/tfjs-core@4.22.0 \
//       @tensorflow/tfjs-converter@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0 \
//       @tensorflow/tfjs-tflite@0.0.1-alpha.10
//   node TREE/models/reference/make.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { expect, fetchPackage } from '../package.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.cwd(), 'x.js'));
const pins = JSON.parse(readFileSync(join(HERE, '..', 'models.json'), 'utf8'));
const TFLITE = 'TensorFlow Lite, XNNPACK (@tensorflow/tfjs-tflite 0.0.1-alpha.10)';
const TFJS = 'TensorFlow.js, cpu (@tensorflow/tfjs-core 4.22.0)';

/** value = (pixel - mean) * scale; `outputs` are the names kept. */
const MODELS = {
    mobilefacenet: { px: 112, mean: [127.5, 127.5, 127.5], scale: 1 / 128 },
    facemesh: { px: 192, mean: [0, 0, 0], scale: 1 / 255 },
    hand_landmark: { px: 224, mean: [0, 0, 0], scale: 1 / 255 },
    face_anti_spoofing: { px: 256, mean: [0, 0, 0], scale: 1 / 255 },
    dlib_resnet: { px: 150, mean: [122.782, 117.001, 104.298], scale: 1 / 255 },
    blazeface_back: { px: 256, mean: [127.5, 127.5, 127.5], scale: 1 / 127.5, nhwc: true,
        outputs: ['Identity:0', 'Identity_1:0'],
        source: { package: '@vladmandic/human', kind: 'tfjs',
            paths: ['models/blazeface.json', 'models/blazeface.bin'] } }, // the same weights
};

/** Waves with some noise (pattern 1) or noise alone (2), in whole numbers 0..255. */
export function pattern(which, px) {
    const wave = (t) => ((t & 255) < 128 ? 2 * (t & 127) : 255 - 2 * (t & 127));
    const out = new Uint8Array(3 * px * px);
    let state = which;
    for (let i = 0; i < out.length; i++) {
        const [x, y, c] = [Math.floor(i / 3) % px, Math.floor(i / (3 * px)), i % 3];
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const noise = state >>> 24;
        const smooth = (wave(2 * x + 3 * y + 50 * c) + wave(5 * x + 200 - y)) >> 1;
        out[i] = which === 1 ? (7 * smooth + noise) >> 3 : noise;
    }
    return out;
}

const input = ({ mean, scale, px }, which) =>
    Float32Array.from(pattern(which, px), (v, i) => (v - mean[i % 3]) * scale);

async function tfliteRunner() {
    const wasm = join(process.cwd(), 'node_modules/@tensorflow/tfjs-tflite/wasm/tflite_web_api_cc');
    Object.assign(globalThis, { self: globalThis, window: globalThis, location: { href: 'x:/' } });
    const code = readFileSync(`${wasm}.js`, 'utf8');
    vm.runInThisContext(code.replace('var tflite_web_api_ModuleFactory', 'globalThis.factory'));
    const lib = await globalThis.factory({ wasmBinary: readFileSync(`${wasm}.wasm`) });
    const list = (v) => Array.from({ length: v.size() }, (_, i) => v.get(i));
    return ([model], x) => {
        const at = lib._malloc(model.length);
        lib.HEAPU8.set(model, at);
        const options = { numThreads: 1, enableWebNNDelegate: false, webNNDevicePreference: 0,
            enableProfiling: false, maxProfilingBufferEntries: 0 };
        const made = lib.TFLiteWebModelRunner.CreateFromBufferAndOptions(at, model.length, options);
        if (!made.ok()) throw new Error(made.errorMessage());
        const runner = made.value();
        const to = list(runner.GetInputs())[0].data();
        for (let i = 0; i < to.length; i += x.length) to.set(x, i);
        runner.Infer();
        return Object.fromEntries(list(runner.GetOutputs()).map((t) => {
            const batch = to.length / x.length;
            return [t.name, Array.from(t.data()).slice(0, t.data().length / batch)];
        }));
    };
}

async function tfjsRunner(tf) {
    const { loadGraphModel } = require('@tensorflow/tfjs-converter');
    return async ([json, ...bins], x, px) => {
        const model = JSON.parse(json);
        const bytes = Uint8Array.from(Buffer.concat(bins));
        const weightSpecs = model.weightsManifest.flatMap((g) => g.weights);
        const net = await loadGraphModel({
            load: async () => ({ ...model, weightSpecs, weightData: bytes.buffer }) });
        const names = model.modelTopology.node.map((n) => n.name);
        const outputs = names.filter((n) => /^Identity(_\d)?$/.test(n));
        const image = { [net.inputs[0].name]: tf.tensor4d(x, [1, px, px, 3]) };
        const y = await net.executeAsync(image, outputs);
        return Object.fromEntries(outputs.map((n, i) => [n, Array.from(y[i].dataSync())]));
    };
}

/** The layers as face-api's FaceRecognitionNet has them, one operator at a time. */
function dlibRunner(tf) {
    return ([manifest, bin], x, px) => {
        const specs = JSON.parse(manifest).flatMap((g) => g.weights);
        const w = tf.io.decodeWeights(Uint8Array.from(bin).buffer, specs);
        const conv = (t, name, step, padding) => {
            const raw = tf.conv2d(t, w[`${name}/conv/filters`], step, padding);
            const y = tf.add(raw, w[`${name}/conv/bias`]);
            return tf.add(tf.mul(y, w[`${name}/scale/weights`]), w[`${name}/scale/biases`]);
        };
        const zeros = (t, axis, n) => {
            const shape = [...t.shape];
            shape[axis] = n;
            return n ? tf.concat([t, tf.zeros(shape)], axis) : t;
        };
        const block = (t, name) => {
            const halves = name.includes('down');
            const [step, padding] = halves ? [2, 'valid'] : [1, 'same'];
            const first = tf.relu(conv(t, `${name}/conv1`, step, padding));
            let y = conv(first, `${name}/conv2`, 1, 'same');
            const by = halves ? tf.avgPool(t, 2, 2, 'valid') : t;
            for (const axis of [1, 2]) y = zeros(y, axis, by.shape[axis] - y.shape[axis]);
            return tf.relu(tf.add(y, zeros(by, 3, y.shape[3] - by.shape[3])));
        };
        let t = tf.relu(conv(tf.tensor4d(x, [1, px, px, 3]), 'conv32_down', 2, 'valid'));
        t = tf.maxPool(t, 3, 2, 'valid');
        const blocks = new Set(specs.map((s) => s.name.split('/')[0]).slice(4, -1));
        for (const name of blocks) t = block(t, name);
        return { embedding: Array.from(tf.matMul(tf.mean(t, [1, 2]), w.fc).dataSync()) };
    };
}

async function sourceFiles(model, pin) {
    const { package: name, paths = Object.keys(pin.files) } = model.source ?? pin;
    const content = await fetchPackage(name, pins.packages[name]);
    for (const [path, hash] of Object.entries(model.source ? {} : pin.files))
        expect(content.get(path), hash, path);
    return paths.map((p) => content.get(p));
}

const tf = require('@tensorflow/tfjs-core');
require('@tensorflow/tfjs-backend-cpu');
await tf.setBackend('cpu');
const runners = { tflite: await tfliteRunner(), tfjs: await tfjsRunner(tf), dlib: dlibRunner(tf) };
for (const [name, model] of Object.entries(MODELS)) {
    const pin = pins.models[name];
    const kind = model.source?.kind ?? pin.kind;
    const files = await sourceFiles(model, pin);
    const lines = [];
    for (const which of [1, 2]) {
        const outputs = await runners[kind](files, input(model, which), model.px);
        for (const [from, values] of Object.entries(outputs)) {
            const called = pin.rename?.[from] ?? (model.nhwc ? `${from}:0` : from);
            if (model.outputs && !model.outputs.includes(called)) continue;
            const numbers = values.map((v) => Number(v.toPrecision(7))).join(',');
            lines.push(`{"pattern":${which},"output":"${called}","values":[${numbers}]}`);
        }
    }
    const head = { model: name, runtime: kind === 'tflite' ? TFLITE : TFJS, px: model.px,
        nhwc: model.nhwc ?? false, mean: model.mean, scale: model.scale };
    const text = `${JSON.stringify(head).slice(0, -1)},"outputs":[\n${lines.join(',\n')}]}\n`;
    writeFileSync(join(HERE, `${name}.json`), text);
    process.stdout.write(`${name}: ${lines.length} outputs\n`);
}
