// SPDX-License-Identifier: Apache-2.0
// The graph of dlib's face recognition network (dlib_face_recognition_resnet_model_v1): a residual
// network of 29 convolutions [King2017]. Its package holds the weights alone, so the layers are
// written out here. Each convolution is followed by a factor and an offset per channel, which are
// multiplied into its weights.
import { readWeights } from './tfjs.mjs';
import { ModelError, permute } from './tensor.mjs';

const INPUT_PX = 150;
/** Residual blocks in order: name, and whether the block halves the image. */
const BLOCKS = [
    ['conv32_1'], ['conv32_2'], ['conv32_3'],
    ['conv64_down', true], ['conv64_1'], ['conv64_2'], ['conv64_3'],
    ['conv128_down', true], ['conv128_1'], ['conv128_2'],
    ['conv256_down', true], ['conv256_1'], ['conv256_2'], ['conv256_down_out', true],
];

class Builder {
    constructor(weights) {
        this.weights = weights;
        this.constants = new Map();
        this.nodes = [];
    }
    taken(name) {
        const w = this.weights.get(name);
        if (!w) throw new ModelError(`weights ${name} are missing`);
        return w;
    }
    add(op, inputs, attributes = {}) {
        const name = `${op}${this.nodes.length}`;
        this.nodes.push({ op, inputs, outputs: [name], attributes });
        return name;
    }
    list(numbers) {
        const name = `list${this.constants.size}`;
        this.constants.set(name, { shape: [numbers.length], data: Int32Array.from(numbers) });
        return name;
    }

    /** Convolution `name` of the package with its factor and offset, then perhaps a rectifier. */
    conv(x, name, stride, padding, activation) {
        const w = permute(this.taken(`${name}/conv/filters`), [3, 2, 0, 1]);
        const bias = this.taken(`${name}/conv/bias`).data;
        const factor = this.taken(`${name}/scale/weights`).data;
        const offset = this.taken(`${name}/scale/biases`).data;
        const per = w.data.length / w.shape[0];
        const data = w.data.map((v, i) => v * factor[Math.floor(i / per)]);
        const b = bias.map((v, i) => v * factor[i] + offset[i]);
        this.constants.set(`${name} w`, { shape: w.shape, data });
        this.constants.set(`${name} b`, { shape: [b.length], data: b });
        const inputs = [x.name, `${name} w`, `${name} b`];
        const attributes = { stride: [stride, stride], padding, activation };
        const px = padding === 'SAME' ? x.px : Math.floor((x.px - w.shape[2]) / stride) + 1;
        return { name: this.add('Conv', inputs, attributes), px, channels: w.shape[0] };
    }
    /** `x` with rows and columns (below, right) and channels of zeros added. */
    grow(x, px, channels) {
        if (px === x.px && channels === x.channels) return x;
        const more = this.list([0, 0, 0, px - x.px, 0, px - x.px, 0, channels - x.channels]);
        return { name: this.add('Pad', [x.name, more]), px, channels };
    }
    block(x, [name, halves]) {
        const [step, padding] = halves ? [2, 'VALID'] : [1, 'SAME'];
        const first = this.conv(x, `${name}/conv1`, step, padding, 'Relu');
        let y = this.conv(first, `${name}/conv2`, 1, 'SAME', null);
        let by = x;
        if (halves) {
            const window = { kernel: [2, 2], stride: [2, 2], padding: 'VALID' };
            const pooled = this.add('AveragePool', [x.name], window);
            by = this.grow({ ...x, name: pooled, px: x.px >> 1 }, x.px >> 1, y.channels);
            y = this.grow(y, by.px, y.channels);
        }
        return { ...y, name: this.add('Add', [y.name, by.name], { activation: 'Relu' }) };
    }
}

/** Graph of the network from its weights manifest (parsed JSON) and weight file. */
export function readDlib(manifest, bytes, name) {
    const b = new Builder(readWeights(manifest, bytes));
    let x = b.conv({ name: 'input', px: INPUT_PX, channels: 3 }, 'conv32_down', 2, 'VALID', 'Relu');
    const pooled = b.add('MaxPool', [x.name], { kernel: [3, 3], stride: [2, 2], padding: 'VALID' });
    x = { ...x, name: pooled, px: Math.floor((x.px - 3) / 2) + 1 };
    for (const block of BLOCKS) x = b.block(x, block);
    const mean = b.add('Mean', [x.name, b.list([1, 2])], { keep: false });
    b.constants.set('fc', permute(b.taken('fc'), [1, 0]));
    const out = 'embedding';
    b.nodes.push({ op: 'Dense', inputs: [mean, 'fc'], outputs: [out], attributes: {} });
    const inputs = [{ name: 'input', shape: [1, INPUT_PX, INPUT_PX, 3] }];
    return { name, inputs, outputs: [out], nodes: b.nodes, constants: b.constants };
}
