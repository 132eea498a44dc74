// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A schema with an identifier of its own (Core §4.3.5), or a whole document.
struct SchemaResource {
    /// Absolute as far as its base allows, without fragment.
    let uri: URIReference
    /// What `#` and `#/…` count from.
    let root: SchemaLocation
    var dialect: SchemaDialect
    var anchors: [String: SchemaLocation] = [:]
    var dynamicAnchors: [String: SchemaLocation] = [:]
}

/// Which vocabularies apply (Core §8.1).
struct SchemaDialect: Equatable {
    var validates = true
    var assertsFormats: Bool
}
