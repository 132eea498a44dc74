// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import NIOCore

/// Says once, with advice, that connections cannot be accepted for want of open files.
///
/// Accepting goes on by itself: NIO tries again after a second.
final class AcceptFaultReporter: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger
    private var hasReported = false

    init(logger: Logger) { self.logger = logger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == EMFILE || error.errnoCode == ENFILE, !self.hasReported {
            self.hasReported = true
            self.logger.error(
                "cannot accept connections: too many open files; raise the limit (ulimit -n, LimitNOFILE= in systemd)")
        }
        context.fireErrorCaught(error)
    }
}
