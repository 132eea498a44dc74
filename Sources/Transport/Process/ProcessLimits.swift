// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a server sets for its whole process before it listens.
package enum ProcessLimits {
    /// Raises the soft limit of open files to the hard one and returns the limit now in force, which is what bounds the
    /// number of connections. NIO does not do it, and a soft limit of 1,024 is usual.
    @discardableResult
    package static func raiseOpenFiles() -> UInt64 {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 0 }
        guard limits.rlim_cur < limits.rlim_max else { return UInt64(limits.rlim_cur) }
        var raised = limits
        raised.rlim_cur = limits.rlim_max
        let isRaised = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0
        return UInt64(isRaised ? raised.rlim_cur : limits.rlim_cur)
    }

    /// Makes writing to a closed connection an error, not the end of the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
