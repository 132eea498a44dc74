// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Gets the bytes of a key set from an address. The seam between deciding when to fetch and doing it.
///
/// `fetch` is called on any thread and returns at once; `completion` runs exactly once, on any thread, within
/// the implementation's deadline. Not more than ``JSONWebKeys/maximumByteCount`` bytes are handed over. Only an answer
/// that says that it is the key set counts: an issuer's error page, or another address that it names, does not.
package protocol KeyFetcher: Sendable {
    /// - Parameter address: `http://` or `https://`, as it was configured.
    func fetch(_ address: String, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void)
}
