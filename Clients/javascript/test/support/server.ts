// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

const root = new URL('../../../../', import.meta.url).pathname;
const program = `${Deno.env.get('SWITCHBOARD_BIN_DIR') ?? `${root}.build/debug`}/switchboard`;
const secret = 'a-secret-of-the-tests-that-is-long-enough';
const key = 'key-of-the-client-tests-0123456789';

/** The server under test with one platform, in a process of its own on free ports. */
export interface TestServer {
  /** `http://127.0.0.1:PORT` of the platform's listener. */
  readonly origin: string;
  /** The same for sockets. */
  readonly sockets: string;
  /** Publishes an event over the administrative API. */
  publish(event: string, data: unknown, more?: Record<string, unknown>): Promise<void>;
  /** Asks the administrative API below the platform's path, and gives the answer's body. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends the process as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and data. */
  start(): Promise<void>;
  /** Kills it and removes its data. */
  end(): Promise<void>;
}

/** Below the range that outgoing connections take their ports from. */
function freePort(): number {
  for (;;) {
    const port = 18_100 + Math.floor(Math.random() * 1900);
    try {
      Deno.listen({ hostname: '0.0.0.0', port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** @param platform the contract's name; variables of its contract may be added */
export async function startServer(platform: string, variables: Record<string, string> = {}): Promise<TestServer> {
  const data = await Deno.makeTempDir({ prefix: 'switchboard-client-' });
  const [port, adminPort, internalPort] = [freePort(), freePort(), freePort()];
  const name = platform.toUpperCase();
  const admin = `http://127.0.0.1:${adminPort}`;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  let process: Deno.ChildProcess | undefined;

  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${admin}/v1/platforms/${platform}${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const kill = async () => {
    process?.kill('SIGKILL');
    await process?.status;
    process = undefined;
  };
  const start = async () => {
    process = new Deno.Command(program, {
      args: ['serve', `${root}Contracts/${platform}.yaml`, '--data', data],
      env: {
        SWITCHBOARD_API_KEY: key,
        SWITCHBOARD_ADMIN_PORT: String(adminPort),
        SWIFT_BACKTRACE: 'enable=no',
        [`${name}_PORT`]: String(port),
        [`${name}_INTERNAL_PORT`]: String(internalPort),
        [`${name}_JWT_SECRET`]: secret,
        ...variables,
      },
      stdin: 'null',
      stdout: 'null',
      stderr: 'null',
    }).spawn();
    const end = Date.now() + 30_000;
    for (;;) {
      const isReady = await fetch(`${admin}/health/ready`).then(
        (answer) => answer.text().then(() => answer.ok),
        () => false,
      );
      if (isReady) return;
      if (Date.now() > end) {
        await kill();
        throw new Error(`${program} was not ready within 30 s; is it built?`);
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };
  await start();
  return {
    origin: `http://127.0.0.1:${port}`,
    sockets: `ws://127.0.0.1:${port}`,
    ask,
    publish: async (event, payload, more = {}) => {
      await ask('POST', '/events', { event, data: payload, ...more });
    },
    kill,
    start,
    async end() {
      await kill();
      await Deno.remove(data, { recursive: true });
    },
  };
}

/** A token that the server takes (HS256). @param expiresIn seconds */
export async function tokenFor(user: string, expiresIn = 3600): Promise<string> {
  const text = new TextEncoder();
  const encode = (bytes: Uint8Array) =>
    btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: 'HS256', typ: 'JWT' }, { sub: user, iat: now, exp: now + expiresIn }]
    .map((part) => encode(text.encode(JSON.stringify(part)))).join('.');
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const signer = await crypto.subtle.importKey('raw', text.encode(secret), algorithm, false, ['sign']);
  return `${parts}.${encode(new Uint8Array(await crypto.subtle.sign('HMAC', signer, text.encode(parts))))}`;
}

/** Waits until something is so. @param what for the message when it does not become so within 20 s */
export async function eventually(isSo: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within 20 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
