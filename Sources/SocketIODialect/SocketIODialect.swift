// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import NIOCore
package import Realtime

/// Socket.IO in one platform's words. A publication is the event of its name with its data, and its position as a second argument
/// (ALL-D09); what the server says by itself is an event named after it, with the contract's frame as its data.
package struct SocketIODialect: Dialect {
    private let frames: PlatformDefinition.Frames

    package init(_ definition: PlatformDefinition) { self.frames = definition.frames }

    package var name: String { "socket.io" }

    package var kind: DialectKind { .socketIO }

    package func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame] {
        // Clients would end their connection for it.
        guard EventText.mayBeSent(publication.event) else { return [EncodedFrame(bytes: ByteBuffer())] }
        return [EventText.frame(of: publication)]
    }

    package func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer? {
        let (name, template): (String, Template?) =
            switch notice {
            case .connected: ("connected", self.frames.connected)
            case .subscriptionEnded: ("unsubscribed", self.frames.unsubscribed)
            case .lost: ("lost", self.frames.lost)
            case .resume: ("resume", self.frames.resume)
            case .failed: ("error", self.frames.error)
            }
        return template.map { EventText.frame(name, data: $0.rendered(in: scope)) }
    }
}
