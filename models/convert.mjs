// SPDX-License-Identifier: Apache-2.0
// A model of TensorFlow Lite or TensorFlow.js to ONNX; always the same bytes.
//
//   node models/convert.mjs MODEL.tflite OUT.onnx
//   node models/convert.mjs MODEL.json OUT.onnx        TensorFlow.js, weight files beside it
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDlib } from './dlib.mjs';
import { fusePrelu } from './fuse.mjs';
import { lower } from './lower.mjs';
import { writeOnnx } from './onnx.mjs';
import { ModelError } from './tensor.mjs';
import { readTfjs } from './tfjs.mjs';
import { readTflite } from './tflite.mjs';

function parse(bytes) {
    try {
        return JSON.parse(bytes.toString('utf8'));
    } catch {
        throw new ModelError('not JSON');
    }
}

const READERS = {
    tflite: ([model], name) => readTflite(model, name),
    tfjs: ([json, ...weights], name) => readTfjs(parse(json), Buffer.concat(weights), name),
    dlib: ([json, ...weights], name) => readDlib(parse(json), Buffer.concat(weights), name),
};

/** Names of inputs and outputs in the source start so; TensorFlow Lite's carry a number. */
function titles(graph, rename) {
    const names = [...graph.inputs.map((v) => v.name), ...graph.outputs];
    const title = (n) => n.replace(/#\d+$/, '') || n;
    return Object.fromEntries(names.map((n) => [n, rename[title(n)] ?? title(n)]));
}

/**
 * @param kind   'onnx' (taken as it is), 'tflite', 'tfjs' or 'dlib'
 * @param files  [Buffer]: the model, then its weight files
 * @param name   of the graph
 * @param rename names of inputs and outputs -> better ones
 * @return bytes of an .onnx file
 */
export function convert(kind, files, name, rename = {}) {
    if (kind === 'onnx') return files[0];
    const graph = fusePrelu(READERS[kind](files, name));
    return writeOnnx(lower(graph, titles(graph, rename)));
}

function filesOf(path) {
    const model = readFileSync(path);
    if (!path.endsWith('.json')) return ['tflite', [model]];
    const groups = parse(model).weightsManifest;
    if (!Array.isArray(groups)) throw new ModelError('not a TensorFlow.js graph model');
    const paths = groups.flatMap((g) => g.paths).map((p) => join(dirname(path), basename(p)));
    return ['tfjs', [model, ...paths.map((p) => readFileSync(p))]];
}

function main([path, out]) {
    if (!path || !out) {
        process.stderr.write('usage: node models/convert.mjs MODEL.tflite|MODEL.json OUT.onnx\n');
        return 2;
    }
    try {
        const [kind, files] = filesOf(path);
        writeFileSync(out, convert(kind, files, basename(out).replace(/\.onnx$/, '')));
        return 0;
    } catch (error) {
        if (!(error instanceof ModelError) && !error.code) throw error;
        process.stderr.write(`convert: ${path}: ${error.message.split('\n')[0]}\n`);
        return 3;
    }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
    process.exitCode = main(process.argv.slice(2));
