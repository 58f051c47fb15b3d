// SPDX-License-Identifier: Apache-2.0
// Operators that stand for one: TensorFlow 1 writes PReLU as relu(x) + m (x - |x|), which is
// x for x >= 0 and 2 m x below: five operators over the whole picture.

/** The graph with that pattern replaced by PRelu with slope 2 m (exact: a power of two). */
export function fusePrelu(graph) {
    const maker = new Map();
    const users = new Map();
    for (const n of graph.nodes) {
        n.outputs.forEach((o) => maker.set(o, n));
        n.inputs.forEach((i) => users.set(i, (users.get(i) ?? 0) + 1));
    }
    graph.outputs.forEach((o) => users.set(o, (users.get(o) ?? 0) + 1));
    const gone = new Set();
    const made = (name, op) => {
        const n = maker.get(name);
        return n?.op === op && users.get(name) === 1 && !n.attributes.activation ? n : null;
    };
    const fuse = (add) => {
        if (add.op !== 'Add' || add.inputs.length !== 2 || add.attributes.activation) return add;
        const relu = made(add.inputs[0], 'Relu');
        const mul = made(add.inputs[1], 'Mul');
        const m = mul && graph.constants.get(mul.inputs[0]);
        const sub = m && m.shape.length === 1 && made(mul.inputs[1], 'Sub');
        const abs = sub && made(sub.inputs[1], 'Abs');
        const x = relu?.inputs[0];
        if (!abs || !x || sub.inputs[0] !== x || abs.inputs[0] !== x) return add;
        const slope = `${mul.inputs[0]} twice`;
        graph.constants.set(slope, { shape: m.shape, data: m.data.map((v) => 2 * v) });
        [relu, mul, sub, abs].forEach((n) => gone.add(n));
        return { op: 'PRelu', inputs: [x, slope], outputs: add.outputs, attributes: {} };
    };
    const nodes = graph.nodes.map(fuse);
    return { ...graph, nodes: nodes.filter((n) => !gone.has(n)) };
}
