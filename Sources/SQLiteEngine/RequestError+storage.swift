// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// What publishers are told. Paths and SQLite's own words go to the log instead.
extension RequestError {
    static let storageClosed = RequestError(.storageUnavailable, "the server's storage is closed; nothing was kept")
    static let storageOverloaded = RequestError(
        .storageUnavailable, "more is waiting for the server's storage than it takes; nothing was kept, try again later"
    )
    static let storageRefusesSize = RequestError(
        .invalidPayload,
        "this is larger than the server's storage takes; nothing was kept, and trying again will not help")
    static let storageRefusesValue = RequestError(
        .storageUnavailable, "the server's storage does not take this; nothing was kept")
    static let storageFull = RequestError(
        .storageUnavailable, "the server's storage is full; nothing was kept, try again later")
    static let storageFailed = RequestError(
        .storageUnavailable, "the server's storage does not take writes at present; nothing was kept, try again later")
    static let readsOverloaded = RequestError(
        .storageUnavailable, "too many reads of what is kept are waiting; try again later")
    static let readFailed = RequestError(
        .storageUnavailable, "what is kept cannot be read at present; try again later")
}
