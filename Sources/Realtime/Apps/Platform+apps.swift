// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Platform {
    /// Registers an app, or takes an earlier registration's place. The key of an earlier one stays.
    ///
    /// - Parameter completion: gets the key of a new app, which is shown this once; runs exactly once, on any thread.
    package func putApp(
        _ app: App, completion: @escaping @Sendable (Result<String?, RequestError>) -> Void
    ) {
        var app = app
        var key: String?
        if let known = self.apps.registered(app.id), known.keyHash != nil {
            app.keyHash = known.keyHash
        } else {
            let fresh = SecretText.make()
            app.keyHash = SecretText.key(of: fresh)
            key = fresh
        }
        self.keep(app) { [key] result in completion(result.map { key }) }
    }

    /// Gives a registered app another key; the old one holds no more.
    ///
    /// - Parameter completion: gets the key, which is shown this once; runs exactly once, on any thread.
    package func renewKey(
        ofApp id: String, completion: @escaping @Sendable (Result<String, RequestError>) -> Void
    ) {
        guard var app = self.apps.registered(id) else { return completion(.failure(self.noRegistration(of: id))) }
        let key = SecretText.make()
        app.keyHash = SecretText.key(of: key)
        self.keep(app) { result in completion(result.map { key }) }
    }

    package func removeApp(_ id: String, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void) {
        guard self.apps.registered(id) != nil else { return completion(.failure(self.noRegistration(of: id))) }
        self.change([.removeRegistration(.app, key: id)], completion: completion)
    }

    private func keep(_ app: App, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void) {
        if let name = self.definition.ownName(beginningWithOneOf: app.allPrefixes) {
            let message = "\"\(name)\" is the platform's own, so no app's events begin so"
            return completion(.failure(RequestError(.conflict, message)))
        }
        if let conflict = self.apps.enter(app) { return completion(.failure(RequestError(.conflict, conflict))) }
        self.change([.putRegistration(app.stored)]) { result in
            self.apps.leave(app.id)
            completion(result)
        }
    }

    private func noRegistration(of id: String) -> RequestError {
        self.apps.app(id) == nil
            ? RequestError(.unknownApp, "this platform has no app \"\(id)\"")
            : RequestError(.conflict, "\"\(id)\" is an app of the manifest, and is changed there")
    }
}
