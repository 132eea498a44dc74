// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension StoredPublication {
    /// With the id and time that it got, where it has none of its own.
    func filled(with stamp: Stamp) -> Self {
        var publication = self
        publication.position = stamp.id
        if publication.id.isEmpty { publication.id = publication.position }
        if publication.time == .unknown { publication.time = stamp.time }
        return publication
    }
}

extension Timestamp {
    /// Stands for the moment in which a publication gets its place.
    static let unknown = Timestamp(milliseconds: .min)
}
