// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a process has used, from /proc: processor time in microseconds, resident memory in bytes.
struct ProcessUsage {
    var processorMicroseconds: Double
    var residentByteCount: Int

    /// - Returns: `nil` when there is no such process.
    init?(of process: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let nameEnd = stat.lastIndex(of: ")")
        else { return nil }
        // Fields behind the name, which may hold anything: state is the first, utime and stime the 12th and 13th.
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        self.processorMicroseconds = (user + system) * 1e6 / Double(sysconf(Int32(_SC_CLK_TCK)))
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }?.split(separator: " ")
        self.residentByteCount = (resident.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 1024
    }
}
