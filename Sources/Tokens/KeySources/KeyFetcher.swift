// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Gets the bytes of a key set from an address. The seam between deciding when to fetch and doing it.
///
/// `fetch` is called on any thread and returns at once; `completion` runs exactly once, on any thread, within
/// the implementation's deadline. Not more than ``JSONWebKeys/maximumByteCount`` bytes are handed over.
protocol KeyFetcher: Sendable {
    func fetch(_ address: KeyAddress, completion: @escaping @Sendable (Result<[UInt8], KeyFault>) -> Void)
}
