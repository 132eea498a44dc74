// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import JSON
import Realtime

/// The wire language in which this program's own clients speak to a server.
enum ClientDialect: Sendable {
    case plain
    /// The events of one namespace. `auth` is the JSON object that goes with its CONNECT packet.
    case socketIO(namespace: String, auth: String)

    /// The one that the contract's first listener speaks, with the token where its clients put it.
    init(_ definition: PlatformDefinition, namespace: String = "/", token: String?) {
        guard definition.listeners.first?.isSocketIO == true else {
            self = .plain
            return
        }
        var auth = JSONWriter()
        auth.beginObject()
        if let token, case .auth(let name)? = definition.auth.credentials.first(where: { $0.kind == .jwt })?.place {
            auth.key(name)
            auth.string(token)
        }
        auth.endObject()
        self = .socketIO(namespace: namespace, auth: String(decoding: auth.bytes, as: UTF8.self))
    }

    /// The frame's text of what a client says: a message as it is, or the JSON array of an event and its arguments.
    func text(_ message: String) -> String {
        switch self {
        case .plain: message
        case .socketIO(let namespace, _): SocketIOClientSession.packet("42", namespace, message)
        }
    }

    /// The session that speaks on a connection for one that only hears messages, or events as JSON arrays.
    func session(on port: any ClientPort, for session: any ConnectionSession) -> any ConnectionSession {
        switch self {
        case .plain: session
        case .socketIO(let namespace, let auth):
            SocketIOClientSession(port: port, namespace: namespace, auth: auth, session: session)
        }
    }
}
