// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What a browser has and Node 18 and 20 have not, as far as socket.io-client needs it: one XMLHttpRequest per request on
// a connection of its own, as the client's package for Node does, FileReader for Blobs, and a WebSocket by `ws`.

'use strict';

const http = require('http');
const https = require('https');

class XMLHttpRequest {
  constructor() {
    this.readyState = 0;
    this.status = 0;
    this.responseText = '';
    this.responseType = '';
    this.withCredentials = false;
    this.timeout = 0;
    this.onreadystatechange = () => {};
    this.headers = {};
    this.isAborted = false;
  }

  open(method, address) {
    this.method = method;
    this.address = new URL(address);
    this.#enter(1);
  }

  setDisableHeaderCheck() {}

  setRequestHeader(name, value) { this.headers[name] = value; }

  getResponseHeader(name) {
    const value = this.response && this.response.headers[name.toLowerCase()];
    return value === undefined ? null : value;
  }

  send(body) {
    const bytes = body === null || body === undefined ? null : Buffer.from(body);
    const headers = { ...this.headers, ...(bytes ? { 'Content-Length': bytes.length } : {}) };
    const start = this.address.protocol === 'https:' ? https.request : http.request;
    this.request = start(this.address, { method: this.method, headers, agent: false, timeout: this.timeout || undefined });
    this.request.on('response', (response) => {
      this.response = response;
      this.status = response.statusCode;
      this.#enter(2);
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => {
        this.responseText = Buffer.concat(pieces).toString('utf8');
        this.#enter(3);
        this.#enter(4);
      });
      response.on('error', () => this.#fail());
    });
    this.request.on('timeout', () => this.request.destroy(new Error('timeout')));
    this.request.on('error', () => this.#fail());
    this.request.end(bytes || undefined);
  }

  abort() {
    this.isAborted = true;
    if (this.request) { this.request.destroy(); }
  }

  #fail() {
    if (this.readyState === 4) { return; }
    this.status = 0;
    this.#enter(4);
  }

  #enter(state) {
    this.readyState = state;
    if (!this.isAborted) { this.onreadystatechange(); }
  }
}

class FileReader {
  readAsDataURL(blob) {
    blob.arrayBuffer().then((bytes) => {
      this.result = `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`;
      if (this.onload) { this.onload({ target: this }); }
    });
  }
}

module.exports = { XMLHttpRequest, FileReader, WebSocket: require('ws') };
