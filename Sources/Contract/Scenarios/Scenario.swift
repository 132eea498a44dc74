// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// What a mock backend does for one platform: its users, what it keeps, and what it publishes, step by step. Checked as a whole when
/// it is read, with its payloads. `docs/testing.md` describes the language.
package struct Scenario: Sendable {
    /// Somebody for whom the mock gives out a token or a session.
    package struct User: Sendable, Equatable {
        package var id: String
        package var name: String?
        package var avatar: String?
        package var roles: [String] = []
        /// Further claims of the token, as JSON texts.
        package var claims: [Claim] = []

        package init(id: String) { self.id = id }
    }

    package struct Claim: Sendable, Equatable {
        package var name: String
        package var json: [UInt8]
    }

    /// Steps with a name. A track starts by itself, a moment when it is asked for.
    package struct Track: Sendable {
        package var name: String
        /// Variables that the steps see unless whoever plays them gives others.
        package var defaults: [Assignment] = []
        package var steps: [ScenarioStep]
        package var location: SourceLocation

        package init(
            name: String, defaults: [Assignment] = [], steps: [ScenarioStep], location: SourceLocation
        ) {
            self.name = name
            self.defaults = defaults
            self.steps = steps
            self.location = location
        }
    }

    package struct Assignment: Sendable {
        package var name: String
        package var value: ScenarioValue
    }

    /// The platform's name.
    package var platform: String
    package var title: String
    package var file: String
    /// The same seed makes the same choices, in each track on its own.
    package var seed: UInt64 = 1
    package var users: [User] = []
    /// Who belongs to which channel from the start.
    package var members: [(channel: ChannelName, users: [UserID])] = []
    /// The last known state of channels from the start, as JSON texts.
    package var records: [(channel: ChannelName, record: [UInt8])] = []
    /// Seen by every step.
    package var variables: [Assignment] = []
    package var tracks: [Track] = []
    package var moments: [Track] = []
    package var reactions: [ScenarioReaction] = []
    package var location: SourceLocation

    /// The channels that this user belongs to from the start.
    package func channels(of user: String) -> [String] {
        self.members.filter { $0.users.contains(UserID(user)) }.map(\.channel.rawValue)
    }

    /// Steps with a name of their own, wherever they stand, each as a moment of its own.
    package var namedSteps: [Track] {
        let all = self.tracks + self.moments
        return all.flatMap { track in
            ScenarioStep.all(in: track.steps).compactMap { step in
                step.name.map {
                    Track(name: $0, defaults: track.defaults, steps: [step], location: step.location)
                }
            }
        }
    }

    /// What can be played by this name: a moment, a track or a step.
    package func track(_ name: String) -> Track? {
        self.moments.first { $0.name == name } ?? self.tracks.first { $0.name == name }
            ?? self.namedSteps.first { $0.name == name }
    }

    /// Every name that can be played.
    package var names: [String] { (self.moments + self.tracks + self.namedSteps).map(\.name) }
}
