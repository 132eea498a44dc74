// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A number of bytes on the command line: a whole number with its unit, such as `64KB` or `100MB`; 4 KB to 1 TB.
struct ByteCount: ExpressibleByArgument {
    let count: Int

    init(_ count: Int) { self.count = count }

    init?(argument: String) {
        let units = [("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000)]
        guard let (name, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Int(argument.dropLast(name.count))
        else { return nil }
        let (count, overflows) = number.multipliedReportingOverflow(by: factor)
        guard !overflows, (4000...1_000_000_000_000).contains(count) else { return nil }
        self.count = count
    }

    var defaultValueDescription: String { "\(self.count / 1_000_000)MB" }
}
