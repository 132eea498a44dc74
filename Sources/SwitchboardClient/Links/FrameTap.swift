// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Hears every frame of a link, both ways, as it is on the wire. Owned by the link's loop.
package protocol FrameTap: AnyObject {
    /// The bytes are only valid during the call.
    func frame(_ direction: RawFrame.Direction, _ text: UnsafeRawBufferPointer)

    func frame(_ direction: RawFrame.Direction, binary: UnsafeRawBufferPointer)
}

extension FrameTap {
    func frame(_ direction: RawFrame.Direction, _ text: String) {
        var text = text
        text.withUTF8 { self.frame(direction, UnsafeRawBufferPointer($0)) }
    }
}
