// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Realtime

/// A schema that the contract names under `schemas`.
package struct SchemaOutline: Sendable {
    package var name: String
    /// JSON Schema as JSON text.
    package var json: String
    package var location: SourceLocation
}
