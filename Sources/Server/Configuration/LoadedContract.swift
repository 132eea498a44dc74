// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Contract
package import ContractOutline
package import Realtime

/// A contract without faults: what the server does by it, and what it says.
package struct LoadedContract: Sendable {
    package var definition: PlatformDefinition
    private let document: ContractDocument

    init(_ definition: PlatformDefinition, document: ContractDocument) {
        self.definition = definition
        self.document = document
    }

    /// What documents and generated code are made of; made anew each time.
    package var outline: ContractOutline { ContractOutline(self.definition, document: self.document) }
}
