// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A stretch of time on the command line: a whole number with its unit, such as `90s` or `7d`.
struct Lifetime: ExpressibleByArgument {
    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            abs(count) <= 36_500
                || unit < 86_400 && abs(count) <= 3_000_000_000 / unit
        else { return nil }
        self.seconds = count * unit
    }

    var defaultValueDescription: String { "\(self.seconds)s" }
}
