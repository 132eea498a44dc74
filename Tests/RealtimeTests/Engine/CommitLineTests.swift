// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import Realtime

@Suite struct CommitLineTests {
    private let channel = ChannelName(known: "room:1")

    private func commit(_ number: Int) -> Commit {
        Commit(changes: [.setRecord(channel: self.channel, record: Array("\(number)".utf8))])
    }

    @Test func `an answer that asks for the next commit is answered, and in order`() {
        let engine = EngineDouble()
        let line = CommitLine(engine)
        let order = Mutexed<[Int]>([])
        line.enter {
            CommitLine.Entry(commit: self.commit(1)) { _ in
                line.enter { CommitLine.Entry(commit: self.commit(2)) { _ in order.change { $0.append(2) } } }
                order.change { $0.append(1) }
            }
        }
        #expect(order.value == [1, 2])
        #expect(engine.committed.count == 2)
    }

    @Test func `commits of several threads reach the engine in the order in which they were made`() async {
        let engine = EngineDouble()
        let line = CommitLine(engine)
        let made = Mutexed(0)
        let answered = Mutexed<[Int]>([])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<250 {
                        line.enter {
                            made.change { $0 += 1 }
                            let number = made.value
                            return CommitLine.Entry(commit: self.commit(number)) { _ in
                                answered.change { $0.append(number) }
                            }
                        }
                    }
                }
            }
        }
        #expect(answered.value == Array(1...2000))
        #expect(engine.committed.map(\.changes) == (1...2000).map { self.commit($0).changes })
    }
}
