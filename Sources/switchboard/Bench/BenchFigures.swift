// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a benchmark measured.
struct BenchFigures: Sendable {
    var seconds: Double
    var published: UInt32
    /// Deliveries that the server's answers promise.
    var expected: UInt64
    var delivered: UInt64
    var refused: UInt32
    var firstRefusal: String?
    /// Connections that were closed while they should have been open.
    var closed: Int
    var latencies: LatencyRecord
    var handshakesPerSecond: Double
    var handshakeMicroseconds: Double?
    /// The server's processor time while publications counted.
    var processorMicroseconds: Double?
    var startByteCount: Int?
    var idleByteCount: Int?
    var endByteCount: Int?
    var connections: Int

    var lost: Int64 { Int64(self.expected) - Int64(self.delivered) }

    var isComplete: Bool { self.lost == 0 && self.refused == 0 && self.closed == 0 && self.published > 0 }

    var lines: [String] {
        func rounded(_ value: Double, _ factor: Double = 100) -> String { "\((value * factor).rounded() / factor)" }
        var lines = [
            "connections       \(self.connections), \(rounded(self.handshakesPerSecond, 1)) handshakes/s",
            "published         \(self.published) in \(rounded(self.seconds)) s, \(rounded(Double(self.published) / self.seconds)) /s",
            "delivered         \(self.delivered) of \(self.expected), \(rounded(Double(self.delivered) / self.seconds, 1)) /s",
            "lost              \(self.lost), refused \(self.refused), closed \(self.closed)",
            "latency in ms     p50 \(rounded(self.latencies.milliseconds(atShare: 0.5))), p90 \(rounded(self.latencies.milliseconds(atShare: 0.9))), "
                + "p99 \(rounded(self.latencies.milliseconds(atShare: 0.99))), p99.9 \(rounded(self.latencies.milliseconds(atShare: 0.999))), "
                + "max \(rounded(Double(self.latencies.maximum) / 1e6))",
        ]
        if let time = self.processorMicroseconds {
            let each = self.delivered > 0 ? ", \(rounded(time / Double(self.delivered))) µs a delivery" : ""
            lines.append("server CPU        \(rounded(time / self.seconds / 10_000)) %\(each)")
        }
        if let time = self.handshakeMicroseconds {
            lines.append("                  \(rounded(time, 1)) µs a handshake with subscription")
        }
        if let start = self.startByteCount, let idle = self.idleByteCount, let end = self.endByteCount {
            let each = Double(idle - start) / Double(self.connections)
            lines.append(
                "server memory     \(start / 1024) KiB at start, \(idle / 1024) KiB idle (\(rounded(each, 1)) bytes a connection), \(end / 1024) KiB at the end"
            )
        }
        if let refusal = self.firstRefusal { lines.append("first refusal     \(refusal)") }
        return lines
    }
}
