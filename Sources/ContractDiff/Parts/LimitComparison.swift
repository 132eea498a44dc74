// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ContractOutline
import Realtime

/// Limits, and the errors that tell of them and of everything else.
struct LimitComparison {
    let old: ContractOutline
    let new: ContractOutline

    func compare(into notes: inout ChangeNotes) {
        for limit in self.old.limits {
            guard let other = self.new.limits.first(where: { Self.isSame($0, limit) }) else {
                notes.safe(.everybody, limit.location, "limit \(limit.key) (\(limit.text)) is gone", "more is possible")
                continue
            }
            guard limit.amount != other.amount || limit.window != other.window else { continue }
            let what = "limit \(limit.key) is \(other.text), was \(limit.text)"
            // So many at once are too many now, or so many in the long run.
            if other.amount < limit.amount || Self.rate(other) < Self.rate(limit) {
                notes.breaking(.everybody, other.location, what, "whoever was within it may meet it now")
            } else {
                notes.safe(.everybody, other.location, what, "more is possible")
            }
        }
        for limit in self.new.limits where !self.old.limits.contains(where: { Self.isSame($0, limit) }) {
            notes.breaking(
                .everybody, limit.location, "limit \(limit.key) is new: \(limit.text)", "whoever does more is refused")
        }
        self.compareErrors(into: &notes)
        if self.old.heartbeat != self.new.heartbeat {
            let place = SourceLocation(file: self.new.file, line: 1, column: 1)
            notes.notable(
                .clients, place,
                "pings come every \(self.new.heartbeat.every) ms and wait \(self.new.heartbeat.timeout) ms, were \(self.old.heartbeat.every) and \(self.old.heartbeat.timeout)",
                "clients that watch them must know")
        }
    }

    private static func isSame(_ a: LimitOutline, _ b: LimitOutline) -> Bool {
        a.key == b.key && a.scope == b.scope && a.meaning == b.meaning
    }

    /// How much in how long; without a time it is the amount.
    private static func rate(_ limit: LimitOutline) -> Double {
        Double(limit.amount) / Double(limit.window ?? 1)
    }

    private func compareErrors(into notes: inout ChangeNotes) {
        for error in self.old.errors {
            guard let other = self.new.errors.first(where: { $0.code == error.code }) else { continue }
            let name = "error \(error.code)"
            if error.publicCode != other.publicCode {
                notes.breaking(
                    .everybody, other.location, "\(name) is told as \(other.publicCode), was \(error.publicCode)",
                    "whoever looks for the code does not find it")
            }
            if error.closeCode != other.closeCode {
                notes.breaking(
                    .clients, other.location, "\(name) \(Self.ending(other)), \(Self.ending(error, was: true))",
                    "clients decide by it whether to come back")
            }
            if error.status != other.status {
                notes.breaking(
                    .everybody, other.location, "\(name) has the HTTP status \(other.status), had \(error.status)",
                    "whoever compares the status takes it for something else")
            }
            if error.message != other.message {
                notes.notable(.everybody, other.location, "\(name) has other words", "they are for people")
            }
        }
    }

    private static func ending(_ error: ErrorOutline, was: Bool = false) -> String {
        guard let code = error.closeCode else { return was ? "left the connection open" : "leaves the connection open" }
        return was ? "closed with \(code)" : "closes with \(code)"
    }
}
