// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Runs one test's program in Node:  node node.js OPTIONS.json PROGRAM
//
// A program that ends in .mjs is a module, which may import socket.io-client; any other is run as a browser runs a
// classic script, so that the lines which the test sends later (one JSON text each, on standard input) see its names.

'use strict';

const fs = require('fs');
const path = require('path');
const readline = require('readline');
const url = require('url');
const vm = require('vm');
const prepare = require('./prelude.js');

const [options, program] = process.argv.slice(2);
const harness = JSON.parse(fs.readFileSync(options, 'utf8'));

Object.assign(globalThis, require('./page.js'));
globalThis.require = require('module').createRequire(path.resolve(program));
prepare(globalThis, harness, require(harness.client));

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => vm.runInThisContext(JSON.parse(line), 'test'));
lines.on('close', () => process.exit());

if (program.endsWith('.mjs')) {
  import(url.pathToFileURL(program).href);
} else {
  vm.runInThisContext(fs.readFileSync(program, 'utf8'), program);
}
