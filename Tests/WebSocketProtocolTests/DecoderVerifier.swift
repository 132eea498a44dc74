// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebSocketProtocol

/// Feeds a decoder the same bytes whole, byte by byte and cut in two at every place, and expects the same of each.
struct DecoderVerifier {
    /// A message with its bytes copied.
    enum Recorded: Equatable {
        case text(String)
        case binary([UInt8])
        case ping([UInt8])
        case pong([UInt8])
        case close(UInt16?, String)
        case violation(UInt16)
    }

    var role = WebSocketRole.server
    var maximumMessageByteCount = 1024

    /// What a fresh decoder makes of `pieces`, fed one after another.
    func decode(_ pieces: [[UInt8]]) -> [Recorded] {
        var decoder = MessageDecoder(role: self.role, maximumMessageByteCount: self.maximumMessageByteCount)
        var recorded: [Recorded] = []
        for piece in pieces {
            var piece = piece
            piece.withUnsafeMutableBytes { bytes in
                var input = bytes
                do throws(ProtocolViolation) {
                    while let message = try decoder.next(&input) { recorded.append(Self.record(message)) }
                    if !input.isEmpty { Issue.record("input was left behind") }
                } catch {
                    recorded.append(.violation(error.closeCode))
                }
            }
        }
        return recorded
    }

    /// Expects `expected` of `bytes`, however they are cut.
    func verify(
        _ bytes: [UInt8], _ expected: [Recorded], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(self.decode([bytes]) == expected, "whole", sourceLocation: sourceLocation)
        #expect(self.decode(bytes.map { [$0] }) == expected, "byte by byte", sourceLocation: sourceLocation)
        for cut in bytes.indices where bytes.count <= 400 {
            let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
            #expect(self.decode(pieces) == expected, "cut at \(cut)", sourceLocation: sourceLocation)
        }
    }

    private static func record(_ message: ReceivedMessage) -> Recorded {
        switch message {
        case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .binary(let bytes): .binary(Array(bytes))
        case .ping(let bytes): .ping(Array(bytes))
        case .pong(let bytes): .pong(Array(bytes))
        case .close(let payload): .close(payload.code, String(decoding: payload.reason, as: UTF8.self))
        }
    }
}
