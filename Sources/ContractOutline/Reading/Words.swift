// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Quantities as a contract writes them.
enum Words {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
    ]

    /// Milliseconds: `7d`, `90s`, `1500ms`.
    static func duration(_ milliseconds: Int64) -> String {
        for unit in Self.units where milliseconds != 0 && milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }

    /// Bytes: `1MiB`, `64KiB`, `1000000B`.
    static func size(_ count: Int) -> String {
        if count >= 1024 * 1024, count % (1024 * 1024) == 0 { return "\(count / 1024 / 1024)MiB" }
        return count >= 1024 && count % 1024 == 0 ? "\(count / 1024)KiB" : "\(count)B"
    }

    /// What a rate is counted in: `min` for 60,000 ms.
    static func window(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case 1000: "s"
        case 60_000: "min"
        case 3_600_000: "h"
        default: Self.duration(milliseconds)
        }
    }
}
