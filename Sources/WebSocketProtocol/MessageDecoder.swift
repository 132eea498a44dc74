// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Turns the bytes of one direction of a connection into messages (RFC 6455 §5), incrementally and for any input.
///
/// Feed it whatever the socket gave, call `next` until it returns nil, and feed it again: nil means that all was
/// taken. A small frame that lies whole in the input is unmasked where it lies and handed out from there, without
/// a copy and without an allocation. Anything else is gathered in memory that is given back with the message, so
/// that between two messages a decoder is only its own few dozen bytes.
///
/// Limits: a message, over all its fragments, has at most `maximumMessageByteCount` bytes; the announced length is
/// checked before anything is kept. A fragment counts as at least one byte, so the number of fragments is bounded
/// too. Errors: `ProtocolViolation`, once; everything after it, as after a close frame, is swallowed.
/// Not done here: extensions, so every reserved bit is refused; answering pings and closes.
package struct MessageDecoder {
    private enum Stage: UInt8 {
        case header
        case payload
        case ended
    }

    private let role: WebSocketRole
    private let maximumMessageByteCount: Int

    private var stage = Stage.header
    /// The first bytes of a header that was cut by the end of the input.
    private var headerStart: (UInt64, UInt64) = (0, 0)
    private var headerStartCount: UInt8 = 0

    /// The frame whose payload is being read.
    private var frameOpcode = Opcode.continuation
    private var frameIsFinal = true
    private var frameKey: MaskingKey?
    private var frameRemaining = 0

    /// Text or binary while a message is in progress, from its first frame's header on.
    private var messageOpcode: Opcode?
    /// What the message's fragments count against the limit.
    private var messageCharge = 0
    private var textCheck = UTF8Validator()
    private var message: PartialPayload?
    private var control: PartialPayload?
    /// Keeps what was handed out last in memory until the next call.
    private var handedOut: PartialPayload?

    /// - Parameter role: this process's side; a server refuses unmasked frames, a client masked ones.
    package init(role: WebSocketRole, maximumMessageByteCount: Int) {
        self.role = role
        self.maximumMessageByteCount = max(0, maximumMessageByteCount)
    }

    /// Whether bytes of an unfinished frame or message are kept.
    package var isMidMessage: Bool {
        self.stage == .payload || self.headerStartCount > 0 || self.messageOpcode != nil
    }

    /// Takes bytes from the start of `input`, which it shortens, until it has a message; nil when `input` is used up.
    ///
    /// The bytes taken are changed: masks are taken off in place.
    package mutating func next(
        _ input: inout UnsafeMutableRawBufferPointer
    ) throws(ProtocolViolation) -> ReceivedMessage? {
        if self.handedOut != nil { self.handedOut = nil }
        do {
            while true {
                switch self.stage {
                case .header:
                    guard let header = self.takeHeader(&input) else { return nil }
                    try self.begin(header)
                case .payload:
                    let arrived = self.takePayload(&input)
                    if let message = try self.received(arrived) { return message }
                    if self.stage == .payload { return nil }
                case .ended:
                    input = UnsafeMutableRawBufferPointer(rebasing: input[input.count...])
                    return nil
                }
            }
        } catch {
            self.stage = .ended
            self.message = nil
            self.control = nil
            throw error
        }
    }

    // MARK: - Headers

    private mutating func takeHeader(_ input: inout UnsafeMutableRawBufferPointer) -> FrameHeader? {
        if self.headerStartCount == 0, let header = FrameHeader(UnsafeRawBufferPointer(input)) {
            // The length as received, which may be longer than the header's own shortest form.
            input.removeFirstBytes(FrameHeader.byteCount(secondByte: input[1]))
            return header
        }
        while !input.isEmpty {
            let start = Int(self.headerStartCount)
            let byte = input[0]
            input.removeFirstBytes(1)
            let header = withUnsafeMutableBytes(of: &self.headerStart) { storage -> FrameHeader? in
                storage[start] = byte
                return FrameHeader(UnsafeRawBufferPointer(rebasing: storage[...start]))
            }
            if let header {
                self.headerStartCount = 0
                return header
            }
            self.headerStartCount &+= 1
        }
        return nil
    }

    /// Checks a header against RFC 6455 §5.2, §5.4 and §5.5 and against the limit, before any payload is kept.
    private mutating func begin(_ header: FrameHeader) throws(ProtocolViolation) {
        guard header.reservedBits == 0 else { throw .protocolError("reserved bit set") }
        guard let opcode = Opcode(rawValue: header.opcode) else { throw .protocolError("unknown opcode") }
        switch self.role {
        case .server:
            guard header.maskingKey != nil else { throw .protocolError("frame is not masked") }
        case .client:
            guard header.maskingKey == nil else { throw .protocolError("frame is masked") }
        }
        guard header.hasMinimalLength, header.payloadByteCount >> 63 == 0 else {
            throw .protocolError("invalid frame length")
        }
        if opcode.isControl {
            guard header.isFinal else { throw .protocolError("fragmented control frame") }
            guard header.payloadByteCount <= 125 else { throw .protocolError("control frame too long") }
        } else {
            try self.beginFragment(opcode, payloadByteCount: header.payloadByteCount)
        }
        self.frameOpcode = opcode
        self.frameIsFinal = header.isFinal
        self.frameKey = header.maskingKey
        self.frameRemaining = Int(truncatingIfNeeded: header.payloadByteCount)
        self.stage = .payload
    }

    private mutating func beginFragment(
        _ opcode: Opcode, payloadByteCount: UInt64
    ) throws(ProtocolViolation) {
        if opcode == .continuation {
            guard self.messageOpcode != nil else { throw .protocolError("continuation of nothing") }
        } else {
            guard self.messageOpcode == nil else { throw .protocolError("message inside a message") }
            self.messageOpcode = opcode
            self.messageCharge = 0
            self.textCheck = UTF8Validator()
        }
        let left = self.maximumMessageByteCount - self.messageCharge
        guard payloadByteCount <= UInt64(max(0, left)) else { throw .messageTooBig }
        // An empty fragment counts as one byte, so that endless ones use the limit up. The one byte of grace lets a
        // message of exactly the limit end with an empty fragment, as streaming senders do.
        self.messageCharge += max(1, Int(truncatingIfNeeded: payloadByteCount))
        guard self.messageCharge <= self.maximumMessageByteCount + 1 else { throw .messageTooBig }
    }

    // MARK: - Payloads

    /// Cuts what there is of the frame's payload off `input` and takes the mask off.
    private mutating func takePayload(_ input: inout UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        let count = min(self.frameRemaining, input.count)
        let arrived = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
        input.removeFirstBytes(count)
        self.frameRemaining -= count
        if let key = self.frameKey {
            key.apply(to: arrived)
            self.frameKey = key.advanced(by: count)
        }
        return UnsafeRawBufferPointer(arrived)
    }

    private mutating func received(
        _ arrived: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> ReceivedMessage? {
        if self.frameOpcode.isControl { return try self.receivedControl(arrived) }
        if self.messageOpcode == .text {
            guard self.textCheck.accept(arrived) else { throw .invalidUTF8 }
        }
        let isWhole = self.frameRemaining == 0
        if isWhole { self.stage = .header }
        guard isWhole, self.frameIsFinal else {
            self.keep(arrived)
            return nil
        }
        let isText = self.messageOpcode == .text
        if isText, !self.textCheck.isComplete { throw .invalidUTF8 }
        self.messageOpcode = nil
        guard self.message != nil else { return isText ? .text(arrived) : .binary(arrived) }
        self.keep(arrived)
        self.handedOut = self.message
        self.message = nil
        let whole = self.handedOut?.bytes ?? arrived
        return isText ? .text(whole) : .binary(whole)
    }

    private mutating func keep(_ arrived: UnsafeRawBufferPointer) {
        guard !arrived.isEmpty else { return }
        let message = self.message ?? PartialPayload()
        message.append(arrived, expected: self.frameRemaining)
        self.message = message
    }

    private mutating func receivedControl(
        _ arrived: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> ReceivedMessage? {
        var payload = arrived
        if self.frameRemaining > 0 || self.control != nil {
            let control = self.control ?? PartialPayload()
            control.append(arrived, expected: self.frameRemaining)
            self.control = control
            guard self.frameRemaining == 0 else { return nil }
            payload = control.bytes
            self.handedOut = control
            self.control = nil
        }
        self.stage = .header
        switch self.frameOpcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            self.stage = .ended
            return .close(try ClosePayload(payload))
        }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Shortens the view. `count` is at most its length.
    fileprivate mutating func removeFirstBytes(_ count: Int) {
        self = UnsafeMutableRawBufferPointer(rebasing: self[count...])
    }
}
