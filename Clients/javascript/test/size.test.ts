// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

/** Bytes that the core may have as a page loads it, compressed. */
const most = 6 * 1024;

describe('size', () => {
  it('the core has at most 6 KB gzipped', async (test) => {
    const output = await Deno.makeTempFile({ suffix: '.js' });
    const entry = new URL('../src/index.ts', import.meta.url).pathname;
    const build = new Deno.Command('esbuild', {
      args: [
        entry,
        '--bundle',
        '--minify',
        '--target=es2020',
        '--format=iife',
        '--global-name=Switchboard',
        `--outfile=${output}`,
        '--log-level=error',
      ],
    });
    const ended = await build.output().catch(() => undefined);
    if (!ended) return test.skip('there is no esbuild');
    assert.equal(ended.code, 0, new TextDecoder().decode(ended.stderr));
    const text = await Deno.readFile(output);
    await Deno.remove(output);
    const gzipped = new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip')));
    const size = (await gzipped.arrayBuffer()).byteLength;
    console.log(`the core: ${text.length} bytes, ${size} gzipped`);
    assert.ok(size <= most, `${size} bytes are more than ${most}`);
  });
});
