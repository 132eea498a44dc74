// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A pattern as parsed (ECMA-262 §22.2.1). Which characters a group captured and whether a quantifier is
/// lazy do not change whether a text matches, so neither is kept.
indirect enum PatternSyntax {
    case one(ScalarSet)
    case sequence([PatternSyntax])
    case alternatives([PatternSyntax])
    case repeated(PatternSyntax, minimum: Int, maximum: Int?)
    case start
    case end
    case wordBoundary(isNegated: Bool)
    case ahead(PatternSyntax, isNegated: Bool)
}
