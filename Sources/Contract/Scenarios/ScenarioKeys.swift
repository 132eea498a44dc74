// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every key that a scenario may have. `docs/testing.md` explains each, and a test compares the two.
package enum ScenarioKeys {
    package static let all: [KeySet] = [scenario, user, track, step, outage, reaction, value]

    static let scenario = KeySet(
        "",
        ["scenario", "title", "seed", "users", "members", "records", "variables", "tracks", "moments", "on"])
    static let user = KeySet("users.*", ["name", "avatar", "roles", "claims"])
    /// A track with variables; one without is the list of its steps.
    static let track = KeySet("tracks.*", ["with", "do"])
    static let step = KeySet("tracks.*.do[]", ["name"] + verbs + Array(companions.keys).sorted())
    static let outage = KeySet("tracks.*.do[].outage", ["refuse", "close", "slow", "for"])
    static let reaction = KeySet(
        "on[]", ["call", "command", "app", "when", "answer", "after", "fail", "example", "do"])
    /// A map with one of these alone is a value that is made anew each time.
    static let value = KeySet("…data", ["pick", "next", "count", "walk", "rise", "literal"])

    /// What a step does: it has one of these, or `repeat` and `every`.
    static let verbs = ["publish", "wait", "repeat", "every", "each", "set", "play", "disconnect", "outage"]
    /// Further keys of a step, by the verbs that they belong to.
    static let companions: [String: [String]] = [
        "data": ["publish"], "channels": ["publish"], "users": ["publish"], "id": ["publish"], "app": ["publish"],
        "do": ["repeat", "every", "each"], "as": ["each"], "with": ["play"],
    ]
}
