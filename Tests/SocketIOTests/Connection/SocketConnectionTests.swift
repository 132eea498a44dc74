// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Connections
import EngineIO
import NIOCore
import NIOEmbedded
import Testing

@testable import SocketIO

@Suite("One connection's namespaces")
struct SocketConnectionTests {
    // MARK: CONNECT

    @Test("The answer to a CONNECT, ids that differ, auth as it came (checklist 49, 51)")
    func connect() {
        let stage = Stage()
        stage.text("40")
        stage.text("40/custom,{\"token\":\"é\"}")
        #expect(stage.port.sent == ["40{\"sid\":\"a\"}", "40/custom,{\"sid\":\"b\"}"])
        #expect(stage.gate.auths == ["{}", "{\"token\":\"é\"}"])
        #expect(stage.gate.links.map(\.namespace) == ["/", "/custom"])
        #expect(!stage.isClosed)
    }

    @Test("A pid in the answer (checklist 75)")
    func pid() {
        let stage = Stage()
        stage.gate.answer = .later
        stage.text("40")
        stage.gate.accept(stage.gate.links[0], pid: "secret")
        #expect(stage.port.sent == ["40{\"sid\":\"a\",\"pid\":\"secret\"}"])
    }

    @Test("A refusal leaves the session and other namespaces alone, and may be tried again (checklist 50)")
    func refusal() {
        let stage = Stage()
        stage.text("40")
        stage.gate.answer = .refuse
        stage.text("40/random,")
        stage.text("40/random,")
        let refusal = "44/random,{\"message\":\"Invalid namespace\"}"
        #expect(stage.port.sent == ["40{\"sid\":\"a\"}", refusal, refusal])
        stage.text("42[\"still\"]")
        #expect(stage.handler(0).events == ["[\"still\"]"])
        #expect(!stage.gate.links[1].isOpen && !stage.gate.links[1].isPending)
    }

    @Test("A refusal with data; the gate's second answer counts for nothing (checklist 52)")
    func refusalWithData() {
        let stage = Stage()
        stage.gate.answer = .later
        stage.text("40/x,")
        let link = stage.gate.links[0]
        link.refuse(message: "not \"you\"", data: Array("{\"code\":7}".utf8))
        link.refuse(message: "again")
        let handler = stage.gate.accept(link)
        #expect(stage.port.sent == ["44/x,{\"message\":\"not \\\"you\\\"\",\"data\":{\"code\":7}}"])
        #expect(handler.ended.count == 1)
    }

    @Test("What is sent before the answer leaves before it")
    func sendingBeforeTheAnswer() {
        let stage = Stage()
        stage.gate.answer = .later
        stage.text("40/x,")
        stage.gate.links[0].send(SocketPacketWriter.event(Array("[\"session\"]".utf8)))
        stage.gate.accept(stage.gate.links[0])
        #expect(stage.port.sent == ["42/x,[\"session\"]", "40/x,{\"sid\":\"a\"}"])
    }

    @Test("A second CONNECT: ignored while the first waits, the end once it was accepted (checklist 53)")
    func secondConnect() {
        let stage = Stage()
        stage.gate.answer = .later
        stage.text("40")
        stage.text("40")
        #expect(stage.gate.links.count == 1)
        #expect(!stage.isClosed)
        let handler = stage.gate.accept(stage.gate.links[0])
        #expect(stage.port.sent == ["40{\"sid\":\"a\"}"])
        stage.text("40")
        #expect(stage.port.closed == .forcedClose)
        #expect(handler.ended == [.forcedServerClose])
    }

    @Test("Packets while the CONNECT waits end the session (checklist 53)", arguments: ["42[\"a\"]", "43[1]", "41"])
    func packetsBeforeTheAnswer(packet: String) {
        let stage = Stage()
        stage.gate.answer = .later
        stage.text("40")
        stage.text(packet)
        #expect(stage.isClosed)
        let handler = stage.gate.accept(stage.gate.links[0])
        #expect(handler.ended == [.forcedServerClose])
        #expect(handler.events.isEmpty)
    }

    // MARK: Events and answers

    @Test("Events and answers reach their namespace (checklist 60, 61)")
    func packets() {
        let stage = Stage()
        stage.text("40")
        stage.text("40/custom,")
        stage.text("420[\"a\"]")
        stage.text("42/custom,[\"b\"]")
        stage.text("431[2]")
        stage.text("43/custom,1")
        stage.text("43[3]")
        stage.text("451-7[\"c\",{\"_placeholder\":true,\"num\":0}]")
        stage.binary([1])
        stage.text("461-8[{\"_placeholder\":true,\"num\":0}]")
        stage.binary([2])
        #expect(
            stage.handler(0).events == ["[\"a\"]#0", "[\"c\",{\"_placeholder\":true,\"num\":0}]#7+1"])
        #expect(stage.handler(0).answers == ["1:[2]", "8:[{\"_placeholder\":true,\"num\":0}]+2"])
        #expect(stage.handler(1).events == ["[\"b\"]"])
        #expect(stage.handler(1).answers == ["1:[]"])
        stage.gate.links[1].acknowledge(0, Array("[]".utf8))
        #expect(stage.port.sent.last == "43/custom,0[]")
    }

    @Test(
        "What is no packet ends the session at once (checklist 58)",
        arguments: ["4", "4abc", "42{}", "451-[\"a\"", "44{}"])
    func invalid(packet: String) {
        let stage = Stage()
        stage.text("40")
        stage.text(packet)
        stage.text("42[\"late\"]")
        #expect(stage.port.closed == .forcedClose)
        #expect(stage.handler(0).ended == [.forcedClose])
        #expect(stage.handler(0).events.isEmpty)
        stage.connection.closed(.forcedClose)
        #expect(stage.handler(0).ended.count == 1)
        #expect(stage.gate.closed == [.forcedClose])
    }

    @Test(
        "Packets for a namespace never joined end the session (checklist 57)",
        arguments: ["42/no,[\"a\"]", "43/no,1[]", "41/no,"])
    func neverJoined(packet: String) {
        let stage = Stage()
        stage.text("40")
        stage.text(packet)
        #expect(stage.isClosed)
        #expect(stage.handler(0).ended == [.forcedServerClose])
    }

    // MARK: Leaving

    @Test("Leaving by the client, late packets, and coming back (checklist 56)")
    func leaving() {
        let stage = Stage()
        stage.text("40/x,")
        stage.text("41/x,")
        #expect(stage.handler(0).ended == [.clientNamespaceDisconnect])
        stage.text("42/x,[\"late\"]")
        stage.text("43/x,0[]")
        stage.text("41/x,")
        #expect(!stage.isClosed)
        stage.text("40/x,")
        stage.text("42/x,[\"new\"]")
        #expect(stage.port.sent == ["40/x,{\"sid\":\"a\"}", "40/x,{\"sid\":\"b\"}"])
        #expect(stage.handler(0).events.isEmpty)
        #expect(stage.handler(1).events == ["[\"new\"]"])
    }

    @Test("Leaving by the server (checklist 56)")
    func leavingByTheServer() {
        let stage = Stage()
        stage.text("40")
        stage.text("40/x,")
        stage.gate.links[1].leave()
        stage.gate.links[1].leave()
        stage.gate.links[1].send(SocketPacketWriter.event(Array("[\"never\"]".utf8)))
        stage.text("42/x,[\"late\"]")
        stage.gate.links[0].leave()
        #expect(stage.port.sent.suffix(2) == ["41/x,", "41"])
        #expect(stage.handler(0).ended == [.serverNamespaceDisconnect])
        #expect(stage.handler(1).ended == [.serverNamespaceDisconnect])
        #expect(stage.handler(1).events.isEmpty)
        #expect(!stage.isClosed)
    }

    @Test("Closing the session says nothing to the client and tells every namespace once (checklist 48, 74)")
    func closing() {
        let stage = Stage()
        stage.text("40")
        stage.text("40/x,")
        _ = stage.port.takeSent()
        stage.gate.links[0].close(.transportError, code: .tryAgainLater)
        #expect(stage.port.closed == .transportError)
        #expect(stage.port.closeCode == .tryAgainLater)
        stage.connection.closed(.transportError)
        #expect(stage.port.sent.isEmpty)
        #expect(stage.handler(0).ended == [.transportError])
        #expect(stage.handler(1).ended == [.transportError])
    }

    @Test(
        "The session's reason is the namespace's (checklist 74)",
        arguments: [EngineCloseReason.transportClose, .transportError, .pingTimeout, .parseError, .serverShuttingDown])
    func reasons(reason: EngineCloseReason) {
        let stage = Stage()
        stage.text("40")
        stage.connection.closed(reason)
        #expect(stage.handler(0).ended.map(\.rawValue) == [reason.rawValue])
        #expect(stage.gate.closed == [reason])
    }

    // MARK: Deadlines and limits

    @Test("No namespace joined in time, refused ones do not count (checklist 54)")
    func connectDeadline() {
        let stage = Stage { $0.connectTimeout = 1000 }
        stage.gate.answer = .refuse
        stage.text("40/x,")
        stage.loop.advanceTime(by: .milliseconds(999))
        #expect(!stage.isClosed)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(stage.isClosed)
    }

    @Test("Once joined, the deadline is off for good (checklist 54)")
    func joinedAndLeft() {
        let stage = Stage { $0.connectTimeout = 1000 }
        stage.text("40")
        stage.text("41")
        stage.loop.advanceTime(by: .seconds(60))
        #expect(!stage.isClosed)
    }

    @Test("Attachments have to come in time")
    func attachmentDeadline() {
        let stage = Stage { $0.attachmentTimeout = 1000 }
        stage.text("40")
        stage.text("451-[\"a\"]")
        stage.loop.advanceTime(by: .milliseconds(500))
        stage.binary([1])
        stage.loop.advanceTime(by: .milliseconds(900))
        stage.text("451-[\"b\"]")
        stage.loop.advanceTime(by: .milliseconds(999))
        #expect(!stage.isClosed)
        stage.loop.advanceTime(by: .milliseconds(1))
        #expect(stage.isClosed)
        #expect(stage.handler(0).events == ["[\"a\"]+1"])
    }

    @Test("Namespaces past the limit are refused")
    func namespaceLimit() {
        let stage = Stage { $0.namespacesPerConnection = 2 }
        for name in ["/a", "/b", "/c"] { stage.text("40\(name),") }
        #expect(stage.port.sent.last == "44/c,{\"message\":\"Too many namespaces\"}")
        #expect(stage.gate.links.count == 2)
        stage.text("41/a,")
        stage.text("40/c,")
        #expect(stage.port.sent.last == "40/c,{\"sid\":\"c\"}")
        #expect(!stage.isClosed)
    }

    @Test("A flood of CONNECTs that wait for their answer ends the session")
    func pendingLimit() {
        let stage = Stage { $0.pendingConnects = 3 }
        stage.gate.answer = .later
        for number in 0..<3 { stage.text("40/\(number),") }
        #expect(!stage.isClosed)
        stage.text("40/3,")
        #expect(stage.isClosed)
    }

    @Test("Names of namespaces that were left do not pile up")
    func leftNamespaces() {
        let stage = Stage { $0.namespacesPerConnection = 2 }
        for name in ["/a", "/b", "/c"] {
            stage.text("40\(name),")
            stage.text("41\(name),")
        }
        stage.text("42/b,[\"late\"]")
        #expect(!stage.isClosed)
        stage.text("42/a,[\"late\"]")
        #expect(stage.isClosed)
    }
}
