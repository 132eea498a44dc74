// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** How a mock server is started. */
export interface MockServerOptions {
  /** What the mock backend does, a file; if not given, it publishes the contract's examples. */
  readonly scenario?: string;
  /** Its tracks take no step until `resume()`, so that the test alone says what happens. */
  readonly paused?: boolean;
  /** The program; if not given, that of the variable SWITCHBOARD, else `switchboard` on the path. */
  readonly binary?: string;
  /** Milliseconds; 60,000 if not given. */
  readonly startTimeout?: number;
  /** Variables of the contract: `{ ROOMS_APPS: 'apps/rooms.yaml' }`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What is broken on purpose. */
export interface Outage {
  /** New connections, or whatever tokens come with them. */
  readonly refuse?: 'connections' | 'tokens';
  /** Open connections end with this code. */
  readonly close?: number;
  /** Seconds by which handshakes and answers of apps come later. */
  readonly slow?: number;
  /** Seconds; until `mend()` if not given. */
  readonly for?: number;
}

/** A user of the scenario: `token` is what he connects with, or `session` where the contract knows sessions. */
export interface MockUser {
  readonly id: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly token?: string;
  readonly session?: string;
}

/** The server did not start, or refused what was asked of it. The message says why. */
export class MockError extends Error {
  override name = 'MockError';
}

/** `port: ${ROOMS_PORT:-4000}` */
const PORT = /port:\s*\$\{(\w+)/g;
const NAME = /^contract:\s*([a-z][a-z0-9-]*)/m;

/**
 * Starts `switchboard serve CONTRACT --mock` in a process of its own, on free ports, and gives it when clients may connect.
 *
 * ```ts
 * const server = await mockServer('Contracts/rooms.yaml', { scenario: 'Examples/scenarios/rooms.yaml' });
 * const socket = connectRooms(server.address, { auth: { token: await server.token('usr_alice') } });
 * await server.play('winner');
 * await server.stop();
 * ```
 */
export async function mockServer(contract: string, options: MockServerOptions = {}): Promise<MockServer> {
  let text: string;
  try {
    text = readFileSync(contract, 'utf8');
  } catch (cause) {
    throw new MockError(`${contract} cannot be read: ${(cause as Error).message}`);
  }
  const platform = NAME.exec(text)?.[1];
  if (!platform) throw new MockError(`${contract} is no contract: it does not begin with contract: NAME`);
  const variables = [...text.matchAll(PORT)].map((found) => found[1]);
  // A port that another program takes between its choice and the start is chosen again.
  for (let attempt = 1;; attempt++) {
    const server = new MockServer(contract, platform, options);
    try {
      await server.start(variables);
      if (options.paused) await server.reset(true);
      return server;
    } catch (error) {
      await server.stop();
      if (attempt === 5 || !String(error).includes('in use')) throw error;
    }
  }
}

/** A server of a contract for tests: see `mockServer`. */
export class MockServer {
  readonly platform: string;
  /** Where clients connect, in the order of the contract: `ws://localhost:41234/ws`. */
  addresses: readonly string[] = [];
  /** What the server has written so far. */
  log = '';
  private readonly contract: string;
  private readonly options: MockServerOptions;
  private readonly key = randomBytes(32).toString('hex');
  private readonly folder = mkdtempSync(join(tmpdir(), 'switchboard-'));
  private admin = '';
  private child: ChildProcess | undefined;

  /** Starts nothing. */
  constructor(contract: string, platform: string, options: MockServerOptions) {
    this.contract = contract;
    this.platform = platform;
    this.options = options;
  }

  /** Where clients connect first: `ws://localhost:41234/ws`, or, for Socket.IO, `http://localhost:41234`. */
  get address(): string {
    return this.addresses[0].replace(/\/socket\.io$/, '');
  }

  /** Starts the process, each of these variables naming a free port. */
  async start(ports: readonly string[]): Promise<void> {
    const { binary = process.env.SWITCHBOARD || 'switchboard', scenario, startTimeout = 60_000, variables } =
      this.options;
    const environment: Record<string, string | undefined> = {
      ...process.env,
      SWITCHBOARD_API_KEY: this.key,
      SWITCHBOARD_ADMIN_PORT: String(await freePort()),
    };
    for (const name of ports) environment[name] = String(await freePort());
    delete environment.SWITCHBOARD_ENV;
    const given = ['serve', this.contract, '--mock', '--data', join(this.folder, 'data')];
    const child = spawn(binary, scenario ? [...given, '--scenario', scenario] : given, {
      env: { ...environment, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    // A test that ends without `stop` leaves no server behind.
    process.once('exit', () => child.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      const fail = (text: string) => reject(new MockError(`${text}${this.log ? `:\n${this.log}` : ''}`));
      const timer = setTimeout(() => fail(`the server was not ready within ${startTimeout} ms`), startTimeout);
      const read = (text: unknown) => {
        this.log += text;
        if (/^ready$/m.test(this.log)) resolve();
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.on('error', (cause) => fail(`${binary} cannot be started: ${cause.message}`));
      child.on('close', (code) => {
        clearTimeout(timer);
        fail(`the server ended with ${code}`);
      });
    });
    const lines = this.log.split('\n');
    const mine = `${this.platform}: `;
    this.addresses = lines.filter((line) => line.startsWith(mine)).map((line) =>
      line.slice(mine.length).split(/\s/)[0]
    );
    this.admin = lines.find((line) => line.startsWith('admin API: '))?.slice('admin API: '.length).trim() ?? '';
  }

  /** Ends the process and removes its data. Harmless when it has ended. */
  async stop(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  // MARK: Leading the mock

  /** What this user of the scenario connects with: a token, or, where the contract knows sessions, a session. */
  async token(user: string): Promise<string> {
    const { users } = await this.status();
    const known = users.find(({ id }) => id === user);
    if (!known) {
      throw new MockError(
        `the scenario has no user ${user}; it has: ${users.map(({ id }) => id).join(', ') || 'none'}`,
      );
    }
    const credential = known.token ?? known.session;
    if (credential === undefined) throw new MockError(`the server makes no tokens for ${this.platform}`);
    return credential;
  }

  /** What the mock backend does, and what it could, as the API describes it. */
  status(): Promise<{ readonly users: readonly MockUser[]; readonly [member: string]: unknown }> {
    return this.ask('GET', 'mock') as Promise<{ users: MockUser[] }>;
  }

  /** Begins a moment, a track or a named step now, with these variables; gives the number of the run. */
  async play(name: string, variables?: Record<string, unknown>): Promise<number> {
    return (await this.ask('POST', 'mock/play', variables ? { name, with: variables } : { name }) as { run: number })
      .run;
  }

  /** Lets no track take a further step. */
  async pause(): Promise<void> {
    await this.ask('POST', 'mock/pause');
  }

  /** Lets the tracks go on. */
  async resume(): Promise<void> {
    await this.ask('POST', 'mock/resume');
  }

  /** Everything from the beginning, with nothing broken; `paused`: held before the first step. */
  async reset(paused = false): Promise<void> {
    await this.ask('POST', 'mock/reset', { paused });
  }

  /** Breaks something on purpose. */
  async break(outage: Outage): Promise<void> {
    await this.ask('PUT', 'mock/outage', outage);
  }

  /** Mends what is broken. */
  async mend(): Promise<void> {
    await this.ask('DELETE', 'mock/outage');
  }

  // MARK: What a backend does

  /** Publishes as the platform's own backend would; `channels` and `users` say where to, when the event does not. */
  publish(
    event: string,
    data: Record<string, unknown>,
    to: { readonly channels?: readonly string[]; readonly users?: readonly string[] } = {},
  ): Promise<unknown> {
    return this.ask('POST', 'events', { event, data, ...to });
  }

  /** Exactly these users belong to the channel from now on. */
  async setMembers(channel: string, ...users: string[]): Promise<void> {
    await this.ask('PUT', `channels/${encodeURIComponent(channel)}/members`, { users });
  }

  private async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    if (!this.child) throw new MockError('the server is not running');
    const answer = await fetch(`${this.admin}/v1/platforms/${this.platform}/${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return text === '' ? undefined : JSON.parse(text);
    let message = text;
    try {
      message = JSON.parse(text).error.message;
    } catch {
      // Not the API's own words.
    }
    throw new MockError(`${method} ${path}: ${answer.status} ${message}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
