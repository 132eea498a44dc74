// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import JSON
package import Realtime

/// One thing that a mock backend does.
package struct ScenarioStep: Sendable {
    package indirect enum Action: Sendable {
        case publish(Publication)
        /// Milliseconds, chosen in this range.
        case wait(ClosedRange<Int64>)
        case loop(Loop)
        case each(Each)
        case set([Scenario.Assignment])
        /// One of these moments, in its place.
        case play([String], with: [Scenario.Assignment])
        case disconnect(ScenarioValue?)
        case outage(Outage)
    }

    package struct Publication: Sendable {
        package var event: String
        package var data: ScenarioValue
        /// Instead of where the event goes by itself.
        package var channels: [ScenarioValue]?
        package var users: [ScenarioValue]?
        package var id: ScenarioValue?
        /// The app that publishes it; `nil`: the backend.
        package var app: String?
    }

    package struct Loop: Sendable {
        /// `nil`: for ever.
        package var times: Int?
        /// Milliseconds from the beginning of one round to that of the next; `nil`: at once.
        package var every: Int64?
        package var steps: [ScenarioStep]
    }

    package struct Each: Sendable {
        package var list: ScenarioValue.Choices
        package var name: String
        package var steps: [ScenarioStep]
    }

    /// What goes wrong on purpose, until it is over.
    package struct Outage: Sendable, Equatable {
        package enum Refusal: String, Sendable, CaseIterable {
            /// Nobody can connect: 503.
            case connections
            /// Every token is refused as one that is not valid.
            case tokens
        }

        package var refusal: Refusal?
        /// Open connections end with this code.
        package var close: UInt16?
        /// Milliseconds by which handshakes and answers of apps come later.
        package var slow: Int64?
        /// Milliseconds; `nil`: until the scenario is reset.
        package var length: Int64?

        package init() {}
    }

    /// By which it can be played alone.
    package var name: String?
    package var action: Action
    package var location: SourceLocation

    /// The steps within it.
    package var inner: [ScenarioStep] {
        switch self.action {
        case .loop(let loop): loop.steps
        case .each(let each): each.steps
        default: []
        }
    }

    /// These steps and those within them, in the order of the file.
    static func all(in steps: [ScenarioStep]) -> [ScenarioStep] {
        steps.flatMap { [$0] + Self.all(in: $0.inner) }
    }
}

/// What a mock backend does when a client sends something.
package struct ScenarioReaction: Sendable {
    package enum Trigger: Sendable, Equatable {
        /// What a client sends to an app.
        case call(String)
        /// A command of a client, when the server has taken it.
        case command(String)
    }

    package var trigger: Trigger
    /// Only for this app.
    package var app: String?
    /// Only when what the client sends has these values.
    package var conditions: [Condition] = []
    package var answer: ScenarioValue?
    /// Milliseconds, chosen in this range, before the answer.
    package var after: ClosedRange<Int64>?
    /// What the value says: `no`, or how the app fails.
    package var failure: ScenarioValue?
    /// What a client sends, for the check of the steps; `nil`: they are not checked against schemas.
    package var example: ScenarioValue?
    package var steps: [ScenarioStep]
    package var location: SourceLocation

    package struct Condition: Sendable {
        /// Keys in turn.
        package var path: [String]
        package var value: JSONDocument
    }

    package enum Failure: String, CaseIterable, Sendable {
        case no
        /// No answer within the contract's deadline.
        case late
        /// The app is not there.
        case unavailable
        /// The app answers with an error of its own.
        case failed
    }

    /// The name in the trigger may end with `*`.
    ///
    /// - Parameter args: what the client has sent.
    package func answers(to event: String, args: JSONNode?, app: String? = nil) -> Bool {
        let pattern =
            switch self.trigger {
            case .call(let name), .command(let name): name
            }
        if let wanted = self.app, let app, wanted != app { return false }
        guard pattern.last == "*" ? event.hasPrefix(pattern.dropLast()) : event == pattern else { return false }
        return self.conditions.allSatisfy { condition in
            args?.descendant(at: JSONPointer(condition.path))?.isSameValue(as: condition.value.root) == true
        }
    }
}
