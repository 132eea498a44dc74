// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime
import Testing

@testable import Contract

@Suite struct FaultCollectorTests {
    private func place(_ line: Int) -> Realtime.SourceLocation { .init(file: "c.yaml", line: line, column: 1) }

    @Test func `any number of warnings leaves room for an error, without which the contract would be served`() {
        let faults = FaultCollector()
        for line in 1...1000 { faults.warning("doubtful", at: self.place(line)) }
        faults.error("wrong", at: self.place(1001))
        #expect(faults.errorCount == 1)
        #expect(faults.faults.last?.message == "wrong")
        #expect(faults.faults.count < 1000)
    }

    @Test func `the same fault at the same place counts once`() {
        let faults = FaultCollector()
        for _ in 1...3 { faults.error("wrong", at: self.place(1)) }
        #expect(faults.errorCount == 1)
        #expect(faults.faults.count == 1)
    }
}
