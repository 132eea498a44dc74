// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A stretch of time on the command line: a whole number with its unit, such as `90s` or `7d`; up to a hundred years.
struct Lifetime: ExpressibleByArgument {
    private static let longest: Int64 = 36_525 * 86_400

    let seconds: Int64

    init(seconds: Int64) { self.seconds = seconds }

    init?(argument: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()) else {
            return nil
        }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        guard !isTooLong, (-Self.longest...Self.longest).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { "\(self.seconds)s" }
}
