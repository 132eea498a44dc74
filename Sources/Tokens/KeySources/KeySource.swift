// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A place that verification keys come from.
package struct KeySource: Sendable {
    enum Place: Sendable {
        case keys([TokenKey])
        case file(path: String)
        case address(KeyAddress, interval: Duration, fetcher: any KeyFetcher)
    }

    let place: Place

    /// Keys that do not change while the process runs.
    package static func keys(_ keys: [TokenKey]) -> KeySource { KeySource(place: .keys(keys)) }

    /// A JWK set or a JWK in a file, which is looked at each second and read again when it has changed.
    package static func file(_ path: String) -> KeySource { KeySource(place: .file(path: path)) }

    /// A JWK set at an `http` or `https` address.
    ///
    /// - Parameter interval: how long keys are used before they are fetched again, at least a second. Ten minutes
    ///   is what issuers plan for when they withdraw a key.
    package static func address(
        _ address: String, interval: Duration = .seconds(600), fetcher: any KeyFetcher
    ) throws(KeyFault) -> KeySource {
        KeySource(
            place: .address(try KeyAddress(address), interval: max(interval, .seconds(1)), fetcher: fetcher))
    }
}
