// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import NIOCore
package import Realtime

/// Socket.IO in one platform's words. A publication is the event of its name with its data, and its position as a second argument
/// (ALL-D09); what the server says by itself is an event named after it, with the contract's frame as its data.
package struct SocketIODialect: Dialect {
    private let frames: PlatformDefinition.Frames
    private let expiry: AuthRules.ExpiryNotice?

    package init(_ definition: PlatformDefinition) {
        self.frames = definition.frames
        self.expiry = definition.auth.expiryNotice
    }

    package var name: String { "socket.io" }

    package var kind: DialectKind { .socketIO }

    package func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame] {
        // Clients would end their connection for it.
        guard EventText.mayBeSent(publication.event) else { return [EncodedFrame(bytes: ByteBuffer())] }
        return [EventText.frame(of: publication)]
    }

    package func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer? {
        if case .expired = notice, let emits = self.expiry?.emits, !emits.isEmpty {
            return Self.frames(emits, in: scope)
        }
        if case .revoked = notice { return self.expiry.map { Self.frames($0.revokedEmits, in: scope) } }
        let (name, template): (String, Template?) =
            switch notice {
            case .expired, .revoked: ("expired", self.frames.expired)
            case .connected: ("connected", self.frames.connected)
            case .subscriptionEnded: ("unsubscribed", self.frames.unsubscribed)
            case .lost: ("lost", self.frames.lost)
            case .resume: ("resume", self.frames.resume)
            case .failed: ("error", self.frames.error)
            }
        return template.map { EventText.frame(name, data: $0.rendered(in: scope)) }
    }

    private static func frames(_ events: [(event: String, data: Template)], in scope: TemplateScope) -> ByteBuffer {
        var buffer = ByteBuffer()
        for (event, data) in events {
            buffer.writeImmutableBuffer(EventText.frame(event, data: data.rendered(in: scope)))
        }
        return buffer
    }
}
