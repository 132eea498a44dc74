// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds the end of a request's or response's head in bytes that arrive in pieces (RFC 9112 §2.1).
///
/// Refuses at once what cannot become one, so that a peer that speaks something else is not waited for: control
/// characters, and lines that end without CR LF. Empty lines before the first are skipped (RFC 9112 §2.2).
struct HeadScanner {
    enum Outcome: Equatable {
        case incomplete
        /// Where the head begins and where what follows it does; the last four bytes before that are two line ends.
        case complete(start: Int, end: Int)
        case malformed
    }

    private var position = 0
    private var start = 0
    private var lineByteCount = 0
    private var isAfterCarriageReturn = false
    private var hasLine = false

    /// Goes on where the last call stopped. `bytes` are all bytes so far, from the first on.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        while self.position < bytes.count {
            let byte = bytes[self.position]
            self.position += 1
            switch byte {
            case 0x0A:
                guard self.isAfterCarriageReturn else { return .malformed }
                self.isAfterCarriageReturn = false
                if self.lineByteCount == 0, self.hasLine { return .complete(start: self.start, end: self.position) }
                if self.lineByteCount == 0 { self.start = self.position } else { self.hasLine = true }
                self.lineByteCount = 0
            case 0x0D where !self.isAfterCarriageReturn: self.isAfterCarriageReturn = true
            case 0x09, 0x20...0x7E, 0x80...0xFF:
                guard !self.isAfterCarriageReturn else { return .malformed }
                self.lineByteCount += 1
            default: return .malformed
            }
        }
        return .incomplete
    }
}
