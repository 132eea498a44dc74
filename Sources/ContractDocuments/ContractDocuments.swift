// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import ContractOutline

/// Writes the documents of a contract. Nothing in them is secret, and nothing of a contract is taken for markup.
package struct ContractDocuments: Sendable {
    private let facts: ContractFacts

    package init(_ outline: ContractOutline) { self.facts = ContractFacts(outline) }

    package func text(_ format: DocumentFormat) -> String {
        switch format {
        case .asyncAPIYAML: return self.asyncAPI.yaml
        case .asyncAPIJSON: return self.asyncAPI.json() + "\n"
        case .openAPIYAML: return OpenAPIDocument(self.facts).document().yaml
        case .openAPIJSON: return OpenAPIDocument(self.facts).document().json() + "\n"
        case .markdown: return MarkdownText(self.guide).text
        case .html: return PageText(self.guide, facts: self.facts).html
        }
    }

    private var asyncAPI: DocumentValue {
        var document = AsyncAPIDocument(self.facts)
        return document.document()
    }

    private var guide: Guide { GuideMaker(self.facts).guide() }
}
