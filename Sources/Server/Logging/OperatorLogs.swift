// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Realtime

/// The files that an operator asked for: who did what, and which requests came. None unless configured.
struct OperatorLogs: Sendable {
    let audit: AuditLog?
    let access: AccessLog?
    /// By what metrics call them.
    private let files: [(name: String, file: LogFile)]

    /// - Parameter lines: standard output, for an access log called `-`.
    init(_ configuration: ServerConfiguration, lines: LineOutput, logger: Logger) throws(ServerError) {
        var files: [(name: String, file: LogFile)] = []
        func open(_ path: String, as name: String) throws(ServerError) -> LogFile {
            let file = try LogFile(path, maximumByteCount: configuration.logByteCount) { logger.error("\($0)") }
            files.append((name, file))
            return file
        }
        if let path = configuration.auditLog, path == configuration.accessLog {
            throw ServerError("error: the audit log and the access log cannot both be \"\(path)\"")
        }
        self.audit = try configuration.auditLog.map { path throws(ServerError) in
            AuditLog(file: try open(path, as: "audit"))
        }
        switch configuration.accessLog {
        case nil: self.access = nil
        case "-"?: self.access = AccessLog { lines.write(String(decoding: $0, as: UTF8.self)) }
        case let path?:
            let file = try open(path, as: "access")
            self.access = AccessLog { file.write($0) }
        }
        self.files = files
    }

    /// Opens the files by their names again.
    func reopen() { for entry in self.files { entry.file.reopen() } }

    func close() { for entry in self.files { entry.file.close() } }

    /// Lines that each file lacks.
    var losses: [(name: String, count: UInt64)] { self.files.map { ($0.name, $0.file.lostCount) } }
}
