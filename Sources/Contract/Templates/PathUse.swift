// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

/// Gathers what the templates of one binding name. Used by one task, never shared.
final class PathUse {
    var sources: Set<TemplatePath.Source> = []
}
