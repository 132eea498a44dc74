// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
package import NIOCore
package import Realtime
import WebSocketProtocol

/// Plain JSON over WebSocket, in one platform's words: every frame is one text frame with one JSON value, made from the
/// contract's templates.
package struct PlainDialect: Dialect {
    private let definition: PlatformDefinition
    private let publication: Template
    package let kind: DialectKind

    package init(_ definition: PlatformDefinition) {
        self.definition = definition
        self.publication = definition.frames.publication
        self.kind = .plain
    }

    /// The dialect of connections that ask for positions; `nil`: the contract gives none.
    package init?(withPositions definition: PlatformDefinition) {
        guard let recovery = definition.recovery else { return nil }
        self.definition = definition
        self.publication = recovery.publication
        self.kind = .plainWithPositions
    }

    package var name: String { "websocket" }

    package func encode(_ publication: TemplateScope.Publication, to channels: [ChannelName]) -> [EncodedFrame] {
        var scope = TemplateScope(now: nil)
        scope.publication = publication
        let template = self.publication
        guard template.usesChannel, !channels.isEmpty else { return [Self.frame(template, in: scope)] }
        return channels.map { channel in
            scope.channel = channel.rawValue
            scope.channelPattern = self.definition.match(channel.rawValue)?.rules.pattern
            return Self.frame(template, in: scope)
        }
    }

    package func encode(_ notice: Notice, in scope: TemplateScope) -> ByteBuffer? {
        let template: Template? =
            switch notice {
            case .connected: self.definition.frames.connected
            case .subscriptionEnded: self.definition.frames.unsubscribed
            case .lost: self.definition.frames.lost
            case .expired, .revoked: self.definition.frames.expired
            case .resume: self.definition.frames.resume
            case .failed: self.definition.frames.error
            }
        return template.map { Self.frame($0, in: scope).bytes }
    }

    /// JSON text as one WebSocket text frame.
    static func frame(_ text: [UInt8]) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: text.count + FrameHeader.maximumByteCount)
        WebSocketFrame.appendHeader(.text, payloadByteCount: text.count, to: &buffer)
        buffer.writeBytes(text)
        return buffer
    }

    /// A template's text as one WebSocket text frame.
    static func frame(_ template: Template, in scope: TemplateScope) -> EncodedFrame {
        // What the values are likely to need; most of a publication's frame is its data.
        var output = TemplateOutput(capacity: 192 + (scope.publication?.data.rawRange.count ?? 0))
        template.append(to: &output, in: scope)
        var buffer = ByteBufferAllocator().buffer(capacity: output.bytes.count + FrameHeader.maximumByteCount)
        WebSocketFrame.appendHeader(.text, payloadByteCount: output.bytes.count, to: &buffer)
        let headerByteCount = buffer.readableBytes
        buffer.writeBytes(output.bytes)
        return EncodedFrame(
            bytes: buffer,
            timeHoles: output.timeHoles.map { $0 + headerByteCount },
            idHoles: output.idHoles.map { $0 + headerByteCount })
    }
}
