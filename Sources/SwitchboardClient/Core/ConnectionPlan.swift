// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import NIOCore
import Transport

/// What every connection of a client is made by.
struct ConnectionPlan: Sendable {
    let address: ServerAddress
    let wire: Wire
    let configuration: ClientConfiguration
    let loop: ClientLoop

    var settings: WebSocketSettings {
        var settings = WebSocketSettings()
        settings.maximumMessageByteCount = self.configuration.maximumMessageByteCount
        // What one burst of commands may take; a server that does not read is given up.
        settings.maximumQueuedByteCount = 16 * 1024 * 1024
        settings.closeTimeout = .seconds(2)
        return settings
    }

    /// What a Socket.IO client says of itself.
    ///
    /// - Parameter last: with which it comes back as who it was.
    func authentication(token: String?, last: (secret: String, offset: String?)?) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        if let last {
            writer.key("pid")
            writer.string(last.secret)
            if let offset = last.offset {
                writer.key("offset")
                writer.string(offset)
            }
        }
        // The program's own members win, as they do in the stock client: of a repeated name the last counts.
        if let token, let name = self.wire.dialect.socketIO?.auth {
            writer.key(name)
            writer.string(token)
        }
        if let root = (try? JSONDocument(parsing: self.configuration.authentication))?.root {
            for member in root.members {
                writer.key(member.name)
                writer.raw(member.value)
            }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
