// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/** A dot-separated path to a member of a frame: `data.channels`. */
export type Path = string;

/** Members with fixed values: `{ is: { type: 'connected' } }`. */
export interface Shape {
  readonly is: Readonly<Record<Path, string>>;
}

/** How channels are named in a command: one in the member `channel`, several in `channels`. `channels` is used where it is given. */
export interface ChannelCommand {
  readonly name: string;
  readonly channel?: string;
  readonly channels?: string;
}

/**
 * How a contract's plain WebSocket speaks: which members name commands, channels and events. Data only, so that
 * `switchboard generate typescript FILE` can write it.
 *
 * Frames are told apart by the shapes in the order of this interface; the first that fits counts. What fits none and has
 * an event name is an event.
 */
export interface Dialect {
  /** The member of a client's message that names its command: `type`. */
  readonly command: string;
  readonly subscribe?: ChannelCommand;
  readonly unsubscribe?: ChannelCommand;
  /** The command that the server answers with `pong`; without both there is no heartbeat of the application's own. */
  readonly ping?: string;
  /** The member that holds what `send(name, data)` sends; absent: its members stand beside the command. */
  readonly data?: string;
  /** The first frame of a connection; absent: the connection counts as open when its socket is. */
  readonly welcome?: Shape;
  readonly subscribed?: Shape & { readonly channel?: Path; readonly channels?: Path; readonly recovered?: Path };
  readonly unsubscribed?: Shape & { readonly channel?: Path; readonly channels?: Path };
  readonly pong?: Shape;
  readonly error?: Shape & { readonly message?: Path; readonly code?: Path; readonly channel?: Path };
  readonly event: {
    readonly name: Path;
    readonly data: Path;
    /** Where a frame says when it was made, RFC 3339; frames that are no events may have it as well. */
    readonly time?: Path;
    /** Where an event has its id, which no other event has. */
    readonly id?: Path;
    /** Where an event has its position, by which a subscription can be taken up again. */
    readonly position?: Path;
  };
  /** The query parameter that carries the token; absent: none (cookies). */
  readonly token?: string;
  /** The query parameter that asks for positions, and the member of `subscribe` that names the last one. */
  readonly positions?: { readonly query: string; readonly since?: string };
}
