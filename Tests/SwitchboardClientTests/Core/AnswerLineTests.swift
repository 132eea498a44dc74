// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SwitchboardClient

struct AnswerLineTests {
    private func answer(_ name: String) -> Dialect.Answer { Dialect.Answer(is: ["type": name]) }

    @Test func `an answer is the first command's that it fits`() {
        var line = AnswerLine()
        line.append(.command(1, self.answer("a")))
        line.append(.command(2, self.answer("b")))
        line.append(.command(3, self.answer("b")))
        var taken = ["b", "c", "b"].map { name in line.take { $0 == self.answer(name) }?.id }
        #expect(line.hasCommands)
        taken.append(line.take { $0 == self.answer("a") }?.id)
        #expect(taken == [2, nil, 3, 1])
        #expect(!line.hasCommands)
    }

    @Test func `a command that nobody waits for keeps its place, unless too many do`() {
        var line = AnswerLine()
        for id in 1...3 as ClosedRange<UInt64> {
            line.append(.command(id, self.answer("a")))
            line.abandon(id, keeping: 2)
        }
        #expect(line.count == 2)
        let taken = (1...3).map { _ in line.take { _ in true }?.id }
        #expect(taken == [1, 2, nil])
    }

    @Test func `what was left waits for its own word`() {
        var line = AnswerLine()
        line.append(.leaving("a"))
        line.append(.channels(["a"]))
        line.append(.leaving("b"))
        line.resolve("a")
        guard case .leaving("a")? = line.takeFirst() else {
            Issue.record("the word of the subscription is not that of its end")
            return
        }
        line.resolveLeaving("c")
        line.resolveLeaving("b")
        if line.takeFirst() != nil { Issue.record("nothing else was asked") }
    }

    @Test func `an error without a channel is about what was asked first`() {
        var line = AnswerLine()
        line.append(.channels(["a", "b"]))
        line.append(.command(1, self.answer("x")))
        line.resolve("a")
        line.resolve("nobody")
        line.resolve("b")
        guard case .command(1, _)? = line.takeFirst() else {
            Issue.record("both channels were confirmed")
            return
        }
        if line.takeFirst() != nil { Issue.record("nothing else was asked") }
    }
}
