// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

struct SocketIOPacketTests {
    private func read(_ text: String) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            SocketIOPacket(UnsafeRawBufferPointer(bytes)).map {
                let id = $0.id.map(String.init) ?? "-"
                return "\($0.kind) \($0.namespace) \(id) \(String(decoding: $0.payload, as: UTF8.self))"
            }
        }
    }

    @Test(arguments: [
        (#"0{"sid":"a"}"#, #"connect / - {"sid":"a"}"#), ("0", "connect / - "),
        (#"0/admin,{"sid":"a"}"#, #"connect /admin - {"sid":"a"}"#), ("0/admin", "connect /admin - "),
        (#"2["a",1]"#, #"event / - ["a",1]"#), (#"212["a"]"#, #"event / 12 ["a"]"#),
        (#"2/n,7["a"]"#, #"event /n 7 ["a"]"#), (#"2/n?q=1,["a"]"#, #"event /n - ["a"]"#),
        ("30[]", "answer / 0 []"), (#"4{"message":"x"}"#, #"refusal / - {"message":"x"}"#),
        ("1/n,", "disconnect /n - "),
        (
            #"51-["a",{"_placeholder":true,"num":0}]"#,
            #"binaryEvent / - ["a",{"_placeholder":true,"num":0}]"#
        ),
        ("61-/n,3[]", "binaryAnswer /n 3 []"), ("2/", "event / - "),
        // No id that fits is none.
        (#"299999999999999999999["a"]"#, #"event / - ["a"]"#),
    ])
    func `packets are read by their parts`(text: String, parts: String) { #expect(self.read(text) == parts) }

    @Test(arguments: ["", "7", "9[]", "x", "5[]", "5x-[]", "-1"])
    func `what is no packet is none`(text: String) { #expect(self.read(text) == nil) }

    @Test func `packets are written as stock clients write them`() {
        #expect(SocketIOPacket.text(.event, "/", #"["a"]"#) == #"42["a"]"#)
        #expect(SocketIOPacket.text(.event, "/n", id: 0, #"["a"]"#) == #"42/n,0["a"]"#)
        #expect(SocketIOPacket.text(.connect, "/n", "{}") == "40/n,{}")
        #expect(SocketIOPacket.text(.disconnect, "/n", "") == "41/n,")
    }
}
