// SPDX-License-Identifier: Apache-2.0
// Fetching and installing, from a registry of our own on this machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { install } from '../../models/install.mjs';
import { fetchPackage, PackageError, sha256, untar } from '../../models/package.mjs';

/** A tar archive of [path, text, prefix?] entries; a path of more than 100 bytes goes into pax. */
function tar(entries) {
    const block = (path, prefix, type, body) => {
        const header = Buffer.alloc(512);
        header.write(path.slice(0, 100), 0);
        header.write(body.length.toString(8).padStart(11, '0'), 124);
        header.write(type, 156);
        header.write(prefix, 345);
        return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
    };
    const one = ([path, content, prefix = '']) => {
        const file = block(path, prefix, '0', Buffer.from(content));
        if (path.length <= 100) return file;
        const record = ` path=${path}\n`;
        const pax = Buffer.from(`${record.length + 3}${record}`);
        return Buffer.concat([block('pax', '', 'x', pax), file]);
    };
    return Buffer.concat([...entries.map(one), Buffer.alloc(1024)]);
}

const model = Buffer.from('an onnx file');
const archive = gzipSync(tar([['package/LICENSE', 'do as you like'], ['package/m.onnx', model],
    ['package/demo/face.jpg', 'pixels']]));
const pins = (changes = {}) => ({
    packages: { '@made/up': { version: '1.0.0', sha256: sha256(archive), ...changes.package } },
    models: { facemesh: { package: '@made/up', kind: 'onnx', files: { 'm.onnx': sha256(model) },
        sha256: sha256(model), ...changes.model } },
    runtime: { [process.arch]: null },
    photos: { package: '@made/up', files: { 'demo/face.jpg': sha256(Buffer.from('pixels')) } },
});

let server, folder, asked;
const kept = { ...process.env };
before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bonafide-test-'));
    server = createServer((request, answer) => {
        asked.push(request.url);
        answer.statusCode = request.url === '/@made/up/-/up-1.0.0.tgz' ? 200 : 404;
        answer.end(answer.statusCode === 200 ? archive : '');
    });
    await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
    process.env.PATH = ''; // no npm: Node fetches by itself
    process.env.npm_config_registry = `http://127.0.0.1:${server.address().port}`;
    delete process.env.BF_OFFLINE;
    asked = [];
});
after(async () => {
    process.env.PATH = kept.PATH;
    server.close();
    await rm(folder, { recursive: true });
});

test('files of a package by their path in it', async () => {
    const files = await fetchPackage('@made/up', pins().packages['@made/up']);
    assert.deepEqual([...files.keys()], ['LICENSE', 'm.onnx', 'demo/face.jpg']);
    assert.equal(files.get('m.onnx').toString(), 'an onnx file');
});

test('long paths, by prefix and by extended header', () => {
    const long = `package/${'x'.repeat(120)}.bin`;
    const files = untar(tar([['b', '1', 'package/a'], [long, '2']]));
    assert.deepEqual([...files.keys()], ['package/a/b', long]);
    assert.throws(() => untar(tar([['a', 'b'.repeat(600)]]).subarray(0, 1100)), PackageError);
});

test('an altered package, no such package, no registry: one line each', async () => {
    const pin = pins().packages['@made/up'];
    const altered = { ...pin, sha256: '0'.repeat(64) };
    await assert.rejects(fetchPackage('@made/up', altered), /@made\/up 1\.0\.0: SHA-256 is /);
    const other = { ...pin, version: '2.0.0' };
    await assert.rejects(fetchPackage('@made/up', other), /HTTP status 404.*BF_OFFLINE=1/);
    const registry = process.env.npm_config_registry;
    process.env.npm_config_registry = 'http://127.0.0.1:9';
    await assert.rejects(fetchPackage('@made/up', pin), PackageError);
    process.env.npm_config_registry = registry;
});

test('installed once, again only what is missing or altered', async () => {
    await install(folder, pins());
    assert.deepEqual((await readdir(folder)).sort(),
        ['facemesh.md', 'facemesh.onnx', 'licences', 'photos']);
    const licence = await readFile(join(folder, 'licences/made-up-LICENSE'), 'utf8');
    assert.equal(licence, 'do as you like');
    asked = [];
    await install(folder, pins());
    assert.deepEqual(asked, []);
    await writeFile(join(folder, 'facemesh.onnx'), 'altered');
    await install(folder, pins());
    assert.equal(asked.length, 1);
    assert.equal(await readFile(join(folder, 'facemesh.onnx'), 'utf8'), 'an onnx file');
});

test('a file or a result that is not what is pinned is not installed', async () => {
    const empty = join(folder, 'empty');
    const wrong = '1'.repeat(64);
    await assert.rejects(install(empty, pins({ model: { files: { 'm.onnx': wrong } } })),
        /m\.onnx: SHA-256 is .*pinned is 1111/);
    await assert.rejects(install(empty, pins({ model: { sha256: wrong } })), /facemesh\.onnx/);
    await assert.rejects(install(empty, pins({ model: { files: { 'n.onnx': wrong } } })),
        /n\.onnx is not in it/);
    assert.deepEqual((await readdir(empty)), ['licences']);
});

test('BF_OFFLINE=1 fetches nothing', async () => {
    process.env.BF_OFFLINE = '1';
    asked = [];
    await install(join(folder, 'offline'), pins());
    delete process.env.BF_OFFLINE;
    assert.deepEqual(asked, []);
});

test('tools/get-models without Node.js says what to do in one line', () => {
    const program = fileURLToPath(new URL('../../tools/get-models', import.meta.url));
    const run = spawnSync('/bin/sh', [program], { env: { PATH: '' }, encoding: 'utf8' });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^models: node is missing [^\n]*tools\/install-deps\n$/);
});

test('the program: one line and exit code 1 where there is no registry', () => {
    const program = fileURLToPath(new URL('../../models/install.mjs', import.meta.url));
    const env = { PATH: '', npm_config_registry: 'http://127.0.0.1:9', HOME: folder };
    const args = [program, join(folder, 'no')];
    const run = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
    assert.equal(run.status, 1);
    assert.match(run.stderr, /^models: [^\n]* cannot be fetched [^\n]*make models[^\n]*\n$/);
});
