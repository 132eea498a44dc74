// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a contract can be written as.
package enum DocumentFormat: CaseIterable, Sendable {
    /// AsyncAPI 3.0.
    case asyncAPIYAML, asyncAPIJSON
    /// OpenAPI 3.1.
    case openAPIYAML, openAPIJSON
    case markdown
    /// One file that needs nothing else.
    case html

    /// What follows the platform's name in the address of the document, such as `.md`; nothing for the page.
    package var ending: String {
        switch self {
        case .asyncAPIYAML: ".asyncapi.yaml"
        case .asyncAPIJSON: ".asyncapi.json"
        case .openAPIYAML: ".openapi.yaml"
        case .openAPIJSON: ".openapi.json"
        case .markdown: ".md"
        case .html: ""
        }
    }

    /// RFC 9512 has that of YAML, RFC 7763 that of Markdown.
    package var mediaType: String {
        switch self {
        case .asyncAPIYAML, .openAPIYAML: "application/yaml"
        case .asyncAPIJSON, .openAPIJSON: "application/json"
        case .markdown: "text/markdown; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        }
    }

    /// What a browser lets the document do.
    package var policy: String {
        switch self {
        case .html: PagePolicy.text + "; frame-ancestors 'none'"
        default: "default-src 'none'; frame-ancestors 'none'"
        }
    }
}
