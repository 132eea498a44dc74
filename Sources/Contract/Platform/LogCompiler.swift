// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Reads `log:`, lines on standard output.
struct LogCompiler {
    let faults: FaultCollector

    func log(_ node: DocumentNode?) -> PlatformDefinition.Log {
        var log = PlatformDefinition.Log()
        guard let node, let map = MapReader(node, ContractKeys.log, what: "log", self.faults) else { return log }
        func line(_ key: String, _ roots: [TemplateContext.Root]) -> TextTemplate? {
            let context = TemplateContext(name: "the line \"\(key)\"", roots: roots)
            return map[key].flatMap {
                TemplateCompiler(context: context, faults: self.faults).line($0, what: "\"\(key)\"")
            }
        }
        log.started = line("started", [.now])
        log.connected = line("connected", [.connection, .user, .now])
        log.disconnected = line("disconnected", [.connection, .user, .now])
        return log
    }
}
