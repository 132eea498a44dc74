// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import BackendClient
import Foundation
import Server

/// How to reach a running server's admin API.
struct AdminOptions: ParsableArguments {
    @Option(
        name: .customLong("admin"),
        help: "The admin API's address. (default: http://127.0.0.1:9000, or the port of $SWITCHBOARD_ADMIN_PORT)")
    var address: String?

    @Option(
        name: .customLong("key"),
        help: "The admin API's key. (default: $SWITCHBOARD_API_KEY, else the one in the data folder)")
    var key: String?

    @OptionGroup var trust: TrustOptions
    @OptionGroup var data: DataOptions

    func client() throws -> AdminClient {
        let environment = ProcessInfo.processInfo.environment
        let address = self.address ?? "http://127.0.0.1:\(environment["SWITCHBOARD_ADMIN_PORT"] ?? "9000")"
        guard let backend = BackendAddress(address) else {
            throw ValidationError("\"\(address)\" is not an address like http://127.0.0.1:9000")
        }
        // An empty variable is none, as it is for the server.
        let given = self.key ?? environment["SWITCHBOARD_API_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        return AdminClient(
            address: backend, key: try given ?? Self.keptKey(in: self.data.path), trust: try self.trust.loaded())
    }

    private static func keptKey(in folder: String) throws -> String {
        guard let key = try DataFolder.secrets(in: folder)["SWITCHBOARD_API_KEY"] else {
            throw ValidationError(
                "no API key: give --key or SWITCHBOARD_API_KEY, or name the server's data folder with --data "
                    + "(\"\(folder)\" has none)")
        }
        return key
    }
}
