// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// `docs/openapi.yaml`, byte for byte, so that the binary needs no file beside it.
enum OpenAPIDescription {
    static let text =
        Self.paths + Self.connections + Self.services + Self.apps + Self.mock + Self.components + Self.schemas
}
