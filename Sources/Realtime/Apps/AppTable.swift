// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The apps of a platform: those of its contract's manifest, and those that were registered while it ran. Threads: any.
///
/// No two apps in force have an id, a key or the beginning of an event's name in common. The manifest goes first: what was registered
/// and stands against it is kept, and not in force as long as it does.
package final class AppTable: Sendable {
    /// Apps that may be registered beside the manifest's; more are refused. Each change compares all with each other.
    static let maximumRegisteredCount = 256

    private struct State {
        var rules: AppRules?
        var registered: [String: App] = [:]
        /// On their way to the store, by id; `nil`: to their end.
        var entering: [String: App?] = [:]
        var apps: [String: App] = [:]
        var idsByKey: [String: String] = [:]
        var idsByPrefix: [String: String] = [:]

        /// Works out what is in force.
        mutating func settle() {
            (self.apps, self.idsByKey, self.idsByPrefix) = ([:], [:], [:])
            guard let rules = self.rules else { return }
            for app in rules.manifest + self.registered.values.sorted(by: { $0.id < $1.id })
            where Self.conflict(of: app, with: self.apps.values) == nil {
                self.apps[app.id] = app
                if let key = app.keyHash { self.idsByKey[key] = app.id }
                for prefix in app.allPrefixes { self.idsByPrefix[prefix] = app.id }
            }
        }

        /// Those that are registered or soon will be.
        var expectedCount: Int {
            self.registered.count + self.entering.count { $0.value != nil && self.registered[$0.key] == nil }
        }

        /// Whose keys and prefixes are taken.
        var others: [App] {
            (self.rules?.manifest ?? []) + Array(self.registered.values) + self.entering.values.compactMap(\.self)
        }

        static func conflict(of app: App, with others: some Sequence<App>) -> String? {
            for other in others where !(other.id == app.id && other.origin == app.origin) {
                if other.id == app.id { return "\"\(app.id)\" is an app of the manifest" }
                if let key = app.keyHash, key == other.keyHash { return "\"\(other.id)\" has the same key" }
                for prefix in app.allPrefixes {
                    if let taken = other.allPrefixes.first(where: { AppPrefix.overlap($0, prefix) }) {
                        return "events of \"\(other.id)\" begin with \"\(taken):\" already"
                    }
                }
            }
            return nil
        }
    }

    private let state: Mutex<State>
    package let counts = AppCounts()

    init(_ stored: EngineState = EngineState(), rules: AppRules? = nil) {
        var state = State(rules: rules)
        for registration in stored.registrations where registration.kind == .app {
            guard let app = App(stored: registration) else { continue }
            state.registered[app.id] = app
        }
        state.settle()
        self.state = Mutex(state)
    }

    // MARK: Who is there

    package func app(_ id: String) -> App? { self.state.withLock { $0.apps[id] } }

    /// The app whose key this is. What is compared are digests, whose likeness tells nothing of a key.
    package func app(withKey key: String) -> App? {
        let hash = SecretText.key(of: key)
        return self.state.withLock { state in state.idsByKey[hash].flatMap { state.apps[$0] } }
    }

    /// The app whose prefix an event's name begins with.
    package func app(owning event: String) -> App? {
        let candidates = AppPrefix.candidates(of: event)
        return self.state.withLock { state in
            for prefix in candidates {
                if let id = state.idsByPrefix[prefix] { return state.apps[id] }
            }
            return nil
        }
    }

    /// Those in force, by their ids.
    package var all: [App] { self.state.withLock { $0.apps.values.sorted { $0.id < $1.id } } }

    /// Those that were registered and are not in force, by their ids.
    package var suppressed: [App] {
        self.state.withLock { state in
            // Where the contract has no apps at all, nothing stands against them.
            state.rules == nil
                ? [] : state.registered.values.filter { state.apps[$0.id] != $0 }.sorted { $0.id < $1.id }
        }
    }

    // MARK: Changes

    /// Begins a change of a registration: until ``leave(_:)`` nobody else changes it, and nobody gets the key and the prefixes that it is to have.
    ///
    /// - Parameter change: gets the registration as it is and says what it is to be; `nil`: it ends.
    /// - Returns: what it is to be.
    func enter(_ id: String, _ change: (App?) throws(RequestError) -> App?) throws(RequestError) -> App? {
        let outcome = self.state.withLock { state -> Result<App?, RequestError> in
            if state.rules?.manifest.contains(where: { $0.id == id }) == true {
                return .failure(.conflict("\"\(id)\" is an app of the manifest, and is changed there"))
            }
            guard !state.entering.keys.contains(id) else {
                return .failure(.conflict("\"\(id)\" is being changed at this moment"))
            }
            do throws(RequestError) {
                let app = try change(state.registered[id])
                if app != nil, !state.registered.keys.contains(id), state.expectedCount >= Self.maximumRegisteredCount {
                    throw .conflict(
                        "\(Self.maximumRegisteredCount) apps are registered, which is the most there may be")
                }
                if let app, let conflict = State.conflict(of: app, with: state.others) { throw .conflict(conflict) }
                state.entering[id] = .some(app)
                return .success(app)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    func leave(_ id: String) { _ = self.state.withLock { $0.entering.removeValue(forKey: id) } }

    func adopt(_ rules: AppRules?) {
        self.state.withLock { state in
            state.rules = rules
            state.settle()
        }
    }

    /// Takes over a change that was kept; changes of other kinds are ignored.
    func apply(_ change: StateChange) {
        switch change {
        case .putRegistration(let registration) where registration.kind == .app:
            guard let app = App(stored: registration) else { return }
            self.state.withLock { state in
                state.registered[app.id] = app
                state.settle()
            }
        case .removeRegistration(.app, let id):
            self.state.withLock { state in
                state.registered[id] = nil
                state.settle()
            }
        default: return
        }
    }
}

extension RequestError {
    static func conflict(_ message: String) -> RequestError { RequestError(.conflict, message) }
}
