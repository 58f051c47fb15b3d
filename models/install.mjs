// SPDX-License-Identifier: Apache-2.0
// Fetch, check, convert and install what models.json pins. What is there already with the right
// hash is left alone, so a second run needs no network and does nothing.
//
//   node models/install.mjs [FOLDER]      default: $BF_MODELS, else models/installed
//
// BF_OFFLINE=1: fetch nothing, say what is missing, succeed.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convert } from './convert.mjs';
import { expect, fetchPackage, PackageError, sha256 } from './package.mjs';
import { ModelError } from './tensor.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const say = (line) => process.stdout.write(`models: ${line}\n`);

/** Everything to install: { path, sha256, package, files, make }, path inside the folder. */
export function targets(pins, arch) {
    const list = [];
    const runtime = pins.runtime[arch];
    if (runtime) list.push({ path: 'libonnxruntime.so', ...runtime, kind: 'onnx' });
    for (const [name, m] of Object.entries(pins.models))
        list.push({ path: `${name}.onnx`, name, ...m });
    for (const [file, hash] of Object.entries(pins.photos.files)) {
        const { package: from } = pins.photos;
        const path = `photos/${basename(file)}`;
        list.push({ path, package: from, files: { [file]: hash }, sha256: hash, kind: 'onnx' });
    }
    return list;
}

async function isThere(folder, target) {
    try {
        return sha256(await readFile(join(folder, target.path))) === target.sha256;
    } catch {
        return false;
    }
}

/** Written whole or not at all. */
async function put(path, bytes) {
    await mkdir(dirname(path), { recursive: true });
    const fresh = `${path}.${process.pid}.new`;
    await writeFile(fresh, bytes);
    await rename(fresh, path);
}

function make(target, content) {
    const files = Object.entries(target.files).map(([path, hash]) => {
        const bytes = content.get(path);
        if (!bytes) throw new PackageError(`${target.package}: ${path} is not in it`);
        expect(bytes, hash, `${target.package}: ${path}`);
        return bytes;
    });
    const bytes = convert(target.kind, files, target.name, target.rename);
    expect(bytes, target.sha256, target.path);
    return bytes;
}

/** What a package says of its licence: its text if it has one, else its package.json. */
async function putLicence(folder, name, content) {
    const text = ['LICENSE', 'LICENSE.md', 'LICENCE', 'package.json'].find((f) => content.has(f));
    const to = `licences/${name.replace('@', '').replace('/', '-')}-${text}`;
    await put(join(folder, to), content.get(text));
}

/** The cards as they are in the source now. */
async function putCards(folder, pins) {
    for (const name of Object.keys(pins.models)) {
        const card = await readFile(join(HERE, `${name}.md`));
        const target = { path: `${name}.md`, sha256: sha256(card) };
        if (!(await isThere(folder, target))) await put(join(folder, target.path), card);
    }
}

/** Bring `folder` to what `pins` (models.json) says. */
export async function install(folder, pins) {
    const missing = [];
    for (const t of targets(pins, process.arch)) if (!(await isThere(folder, t))) missing.push(t);
    if (!pins.runtime[process.arch])
        say(`no runtime library is pinned for ${process.arch}: install Debian's libonnxruntime`);
    if (!missing.length) {
        await putCards(folder, pins);
        return say(`all in ${folder}`);
    }
    if (process.env.BF_OFFLINE === '1')
        return say(`skipped, BF_OFFLINE=1: ${missing.length} files are missing in ${folder}`);
    for (const name of new Set(missing.map((t) => t.package))) {
        const pin = pins.packages[name];
        say(`fetching ${name} ${pin.version} (${pin.licence}, ${pin.megabytes} MB)`);
        const content = await fetchPackage(name, pin);
        await putLicence(folder, name, content);
        for (const t of missing.filter((m) => m.package === name))
            await put(join(folder, t.path), make(t, content));
    }
    await putCards(folder, pins);
    return say(`${missing.length} files installed in ${folder}`);
}

async function main(argument) {
    const folder = argument || process.env.BF_MODELS || join(HERE, 'installed');
    try {
        const pins = JSON.parse(await readFile(join(HERE, 'models.json'), 'utf8'));
        await install(folder, pins);
        return 0;
    } catch (error) {
        const known = error instanceof PackageError || error instanceof ModelError || error.code;
        if (!known) throw error;
        process.stderr.write(`models: ${error.message.split('\n')[0]}\n`);
        return 1;
    }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    process.exitCode = await main(process.argv[2]);
