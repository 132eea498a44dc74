// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Platform {
    /// Registers an app, or takes an earlier registration's place. The key of an earlier one stays.
    ///
    /// - Parameter completion: gets the key of a new app, which is shown this once; runs exactly once, on any thread.
    package func putApp(
        _ app: App, completion: @escaping @Sendable (Result<String?, RequestError>) -> Void
    ) {
        if let name = self.definition.ownName(beginningWithOneOf: app.allPrefixes) {
            return completion(
                .failure(.conflict("\"\(name)\" is the platform's own, so no app's events begin so")))
        }
        let fresh = SecretText.make()
        let hash = SecretText.key(of: fresh)
        self.changeApp(app.id) { known in
            var app = app
            app.keyHash = known?.keyHash ?? hash
            return app
        } completion: { result in
            completion(result.map { $0?.keyHash == hash ? fresh : nil })
        }
    }

    /// Gives a registered app another key; the old one holds no more.
    ///
    /// - Parameter completion: gets the key, which is shown this once; runs exactly once, on any thread.
    package func renewKey(
        ofApp id: String, completion: @escaping @Sendable (Result<String, RequestError>) -> Void
    ) {
        let key = SecretText.make()
        self.changeApp(id) { known throws(RequestError) in
            guard var app = known else { throw .unknownApp(id) }
            app.keyHash = SecretText.key(of: key)
            return app
        } completion: { result in
            completion(result.map { _ in key })
        }
    }

    /// Ends a registration.
    package func removeApp(_ id: String, completion: @escaping @Sendable (Result<Void, RequestError>) -> Void) {
        self.changeApp(id) { known throws(RequestError) in
            guard known != nil else { throw .unknownApp(id) }
            return nil
        } completion: { result in
            completion(result.map { _ in })
        }
    }

    /// Tells the operator which registrations the manifest stands against.
    func reportSuppressedApps() {
        let ids = self.apps.suppressed.map { "\"\($0.id)\"" }
        guard !ids.isEmpty else { return }
        self.report(
            "registered apps that do not hold, as the manifest has their ids, keys or prefixes: \(ids.joined(separator: ", "))"
        )
    }

    /// Changes one registration: nobody else does so until that is kept.
    ///
    /// - Parameter completion: gets what it is now.
    private func changeApp(
        _ id: String,
        _ change: (App?) throws(RequestError) -> App?,
        completion: @escaping @Sendable (Result<App?, RequestError>) -> Void
    ) {
        let app: App?
        do throws(RequestError) {
            app = try self.apps.enter(id, change)
        } catch {
            return completion(.failure(error))
        }
        self.change([app.map { .putRegistration($0.stored) } ?? .removeRegistration(.app, key: id)]) { result in
            self.apps.leave(id)
            completion(result.map { app })
        }
    }
}

extension RequestError {
    fileprivate static func unknownApp(_ id: String) -> RequestError {
        RequestError(.unknownApp, "this platform has no app \"\(id)\"")
    }
}
