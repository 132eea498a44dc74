// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A figure of a platform that somebody has to look at when it is too high.
package struct AlertRule: Sendable, Hashable {
    /// What is counted, on this node.
    package enum Figure: String, Sendable, CaseIterable {
        /// Connections that ended, for whatever reason.
        case disconnects
        /// Connections that were let in.
        case connects
        /// Errors that clients were told.
        case errors
        /// Times that a client met one of the contract's limits.
        case limited
    }

    /// Who is told, besides metric and log.
    package struct Webhook: Sendable, Hashable {
        package var url: String
        /// Of Standard Webhooks: `whsec_` and base64.
        package var secret: String

        package init(url: String, secret: String) {
            self.url = url
            self.secret = secret
        }
    }

    package var figure: Figure
    /// More than so many within the time raise the alert.
    package var above: LimitRules.Rate
    /// So many or fewer within the same time clear it.
    package var below: Int
    /// Milliseconds for which it must have been too much before the alert is raised.
    package var delay: Int64
    package var webhook: Webhook?

    package init(
        _ figure: Figure, above: LimitRules.Rate, below: Int, delay: Int64 = 0, webhook: Webhook? = nil
    ) {
        self.figure = figure
        self.above = above
        self.below = below
        self.delay = delay
        self.webhook = webhook
    }

    /// Milliseconds between two looks at the figure.
    package var interval: Int64 { min(max(self.above.window / AlertWatch.stepCount, 50), 3000) }
}

extension LoopStatistics {
    /// How often it has happened since the start.
    package func total(of figure: AlertRule.Figure) -> UInt64 {
        switch figure {
        case .disconnects: self.connectionsOpened - min(UInt64(max(self.connections, 0)), self.connectionsOpened)
        case .connects: self.connectionsOpened
        case .errors: self.errors.values.reduce(0, &+)
        case .limited: LimitKind.allCases.reduce(0) { $0 &+ self.limited[$1] }
        }
    }
}
