// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

/// JSON text under construction, with the places where a publication's time and id are still to be written.
///
/// A publication is encoded before it has its place among the others; time and id, which are given in that
/// moment, have a fixed length and are written into the finished bytes.
package struct TemplateOutput {
    package var bytes: [UInt8] = []
    /// Where the 24 bytes of the time go.
    package private(set) var timeHoles: [Int] = []
    /// Where the 16 bytes of the id go.
    package private(set) var idHoles: [Int] = []

    /// - Parameter capacity: bytes that the text will probably have.
    package init(capacity: Int = 0) { self.bytes.reserveCapacity(capacity) }

    mutating func append(_ time: Timestamp) {
        self.bytes.append(UInt8(ascii: "\""))
        time.append(to: &self.bytes)
        self.bytes.append(UInt8(ascii: "\""))
    }

    mutating func append(_ text: String?) -> Bool {
        guard let text else { return false }
        JSONWriter.appendString(text, to: &self.bytes)
        return true
    }

    mutating func append(_ texts: [String]?) -> Bool {
        guard let texts else { return false }
        self.bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.enumerated() {
            if index > 0 { self.bytes.append(UInt8(ascii: ",")) }
            JSONWriter.appendString(text, to: &self.bytes)
        }
        self.bytes.append(UInt8(ascii: "]"))
        return true
    }

    mutating func appendTime(_ time: Timestamp?) {
        guard let time else {
            self.timeHoles.append(self.bytes.count + 1)
            self.appendHole(Timestamp.byteCount)
            return
        }
        self.append(time)
    }

    mutating func appendID(_ id: String?) {
        guard let id else {
            self.idHoles.append(self.bytes.count + 1)
            self.appendHole(PublicationID.byteCount)
            return
        }
        JSONWriter.appendString(id, to: &self.bytes)
    }

    /// Appends text as one JSON string.
    mutating func append(_ text: TextTemplate, in scope: borrowing TemplateScope) {
        self.bytes.append(UInt8(ascii: "\""))
        for part in text.parts {
            switch part {
            case .literal(let literal): self.appendContent(literal)
            case .value(let path) where !scope.isOpen(path.source): self.appendContent(scope.text(of: path) ?? "")
            case .value(let path):
                if path.source == .publicationID || path.source == .publicationPosition {
                    self.idHoles.append(self.bytes.count)
                    self.bytes.append(contentsOf: repeatElement(0x30, count: PublicationID.byteCount))
                } else {
                    self.timeHoles.append(self.bytes.count)
                    self.bytes.append(contentsOf: repeatElement(0x30, count: Timestamp.byteCount))
                }
            }
        }
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// What stands between a JSON string's quotes.
    private mutating func appendContent(_ text: String) {
        let start = self.bytes.count
        JSONWriter.appendString(text, to: &self.bytes)
        self.bytes.removeLast()
        self.bytes.remove(at: start)
    }

    private mutating func appendHole(_ count: Int) {
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(contentsOf: repeatElement(0x30, count: count))
        self.bytes.append(UInt8(ascii: "\""))
    }
}
