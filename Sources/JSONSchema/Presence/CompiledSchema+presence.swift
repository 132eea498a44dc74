// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension CompiledSchema {
    /// What values of this schema have at a path: for refusing, before any value arrives, what reads a path that
    /// none can have.
    ///
    /// Follows `properties`, `required`, `additionalProperties`, `patternProperties`, `unevaluatedProperties`,
    /// `prefixItems`, `items`, `type`, `enum`, `const`, references, `allOf`, `anyOf`, `oneOf`, `then` and `else`. A schema
    /// that names members without a `type` is taken to mean objects. What it does not follow can only make the
    /// answer more permissive.
    /// Limits: what takes more than ``PresenceSearch/greatestWork`` steps, with many alternatives inside each
    /// other, is `unknown`.
    ///
    /// - Parameter path: member names from the outside in; `[]` stands for any element of an array, and digits
    ///   for one element where the value is an array. The empty path is the value itself.
    package func property(_ path: [String]) -> Presence {
        var search = PresenceSearch(tables: self.tables)
        return search.presence(of: path[...], in: [self.root])
    }
}
