// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Bytes of a message, or of a control frame, that has not wholly arrived.
///
/// It exists only in that time, so an idle connection has none. Memory grows with what has arrived, never with
/// what was announced: a peer that declares a large frame and stops holds no more than it has sent, twice over.
final class PartialPayload {
    private var storage: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init() { self.storage = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit { self.storage.deallocate() }

    /// What has arrived. Valid until the next `append` and as long as this object lives.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self.storage.prefix(self.count)) }

    /// Adds `bytes`. `expected` is how many more the peer has announced for the frame: memory is not grown past
    /// what they need.
    func append(_ bytes: UnsafeRawBufferPointer, expected: Int) {
        let needed = self.count + bytes.count
        if needed > self.storage.count {
            let announced = needed.addingReportingOverflow(expected)
            let ceiling = announced.overflow ? needed : announced.partialValue
            self.grow(to: max(needed, min(ceiling, max(256, 2 * needed))))
        }
        UnsafeMutableRawBufferPointer(rebasing: self.storage[self.count..<needed]).copyMemory(from: bytes)
        self.count = needed
    }

    private func grow(to byteCount: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        larger.copyMemory(from: self.bytes)
        self.storage.deallocate()
        self.storage = larger
    }
}
