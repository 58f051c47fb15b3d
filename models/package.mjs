// SPDX-License-Identifier: Apache-2.0
// Files of an npm package of one exact version, fetched from the registry and checked by SHA-256.
// npm does the fetching where it is installed (it knows the operator's registry and proxy); Node
// itself does otherwise. Nothing of a package is ever run.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

const REGISTRY = 'https://registry.npmjs.org/';
const TIMEOUT_MS = 300000;
const UNPACKED_MAX_BYTES = 512 * 1024 * 1024;

/** What could not be fetched or is not what it should be: one line that names the fix. */
export class PackageError extends Error {}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Throw unless `bytes` has this hash; `what` names it. */
export function expect(bytes, hash, what) {
    const got = sha256(bytes);
    if (got !== hash) throw new PackageError(`${what}: SHA-256 is ${got}, pinned is ${hash}`);
}

async function byNpm(spec) {
    const folder = await mkdtemp(join(tmpdir(), 'bonafide-models-'));
    try {
        const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=2000'];
        const args = ['pack', spec, '--ignore-scripts', '--pack-destination', folder, ...patience];
        await promisify(execFile)('npm', args, { timeout: TIMEOUT_MS, cwd: folder });
        const [name] = await readdir(folder);
        return await readFile(join(folder, name));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** The registry of the environment or of the user's .npmrc, as npm would find it. */
async function registryOf() {
    if (process.env.npm_config_registry) return process.env.npm_config_registry;
    const settings = await readFile(join(homedir(), '.npmrc'), 'utf8').catch(() => '');
    return /^\s*registry\s*=\s*(\S+)/m.exec(settings)?.[1] ?? REGISTRY;
}

async function byNode(name, version) {
    const registry = (await registryOf()).replace(/\/?$/, '/');
    const url = new URL(`${name}/-/${name.split('/').at(-1)}-${version}.tgz`, registry);
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
}

async function download(name, version) {
    try {
        return await byNpm(`${name}@${version}`);
    } catch (error) {
        if (error.code === 'ENOENT' && error.syscall?.startsWith('spawn'))
            return byNode(name, version);
        const said = /npm (?:ERR!|error) code (\S+)/.exec(error.stderr ?? '');
        throw new Error(said?.[1] ?? error.message.split('\n')[0]);
    }
}

const text = (bytes) => bytes.subarray(0, bytes.indexOf(0) < 0 ? bytes.length : bytes.indexOf(0))
    .toString('utf8');

/** Plain files of a tar archive: Map of path to bytes. */
export function untar(tar) {
    const files = new Map();
    let longName = null;
    for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
        const header = tar.subarray(at, at + 512);
        const size = parseInt(text(header.subarray(124, 136)).trim(), 8);
        if (!(size >= 0 && at + 512 + size <= tar.length))
            throw new PackageError('a package is cut short or no tar archive');
        const body = tar.subarray(at + 512, at + 512 + size);
        const type = String.fromCharCode(header[156]);
        if (type === 'x') longName = /\d+ path=(.*)\n/.exec(body.toString('utf8'))?.[1] ?? null;
        else {
            const prefix = text(header.subarray(345, 500));
            const short = text(header.subarray(0, 100));
            if (type === '0' || type === '\0')
                files.set(longName ?? (prefix ? `${prefix}/${short}` : short), body);
            longName = null;
        }
        at += 512 + Math.ceil(size / 512) * 512;
    }
    return files;
}

/** Files of package `name` as `pin` ({ version, sha256 }) says: Map of path in it to bytes. */
export async function fetchPackage(name, pin) {
    let archive;
    try {
        archive = await download(name, pin.version);
    } catch (error) {
        throw new PackageError(`${name} ${pin.version} cannot be fetched (${error.message}): ` +
            'connect to an npm registry and run make models again, or set BF_OFFLINE=1');
    }
    expect(archive, pin.sha256, `${name} ${pin.version}`);
    const tar = gunzipSync(archive, { maxOutputLength: UNPACKED_MAX_BYTES });
    const files = new Map();
    for (const [path, body] of untar(tar)) files.set(path.replace(/^[^/]*\//, ''), body);
    return files;
}
