// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `apps.calls`.
struct AppCallCompiler {
    let faults: FaultCollector

    func rules(_ node: DocumentNode?) -> AppCallRules {
        var rules = AppCallRules()
        guard let node, let map = MapReader(node, ContractKeys.appCalls, what: "\"calls\"", self.faults) else {
            return rules
        }
        if let time = map["deadline"]?.duration("\"deadline\"", self.faults) {
            if time > 600_000 {
                self.faults.error("\"deadline\" must not be longer than 10m", at: map.keyLocation("deadline"))
            }
            rules.deadline = time
        }
        if let count = map["concurrency"]?.integer("\"concurrency\"", in: 1...100_000, self.faults) {
            rules.concurrency = count
        }
        if let count = map["failures"]?.integer("\"failures\"", in: 1...1_000_000, self.faults) {
            rules.failures = count
        }
        if let time = map["pause"]?.duration("\"pause\"", self.faults) { rules.pause = time }
        return rules
    }
}
