// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The page that lists the platforms of a server, each with its documents.
package struct DocumentList {
    private let platforms: [(name: String, title: String)]

    package init(_ platforms: [(name: String, title: String)]) { self.platforms = platforms }

    /// What a browser lets it do.
    package static let policy = PagePolicy.ofList + "; frame-ancestors 'none'"

    package var html: String {
        let entries = self.platforms.map { name, title -> HTMLText in
            """
            <article class="entry">
            <h2><a href="docs/\(name)">\(title)</a></h2>
            <p class="links">For programs: <a href="docs/\(name).asyncapi.yaml">AsyncAPI</a> (<a href="docs/\(name).asyncapi.json">JSON</a>), \
            <a href="docs/\(name).openapi.json">OpenAPI</a> (<a href="docs/\(name).openapi.yaml">YAML</a>), \
            <a href="docs/\(name).md">Markdown</a></p>
            </article>

            """
        }
        let page: HTMLText = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>Platforms of this server</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>\(HTMLText(trusted: PageStyle.text))</style>
            </head>
            <body>
            <main>
            <h1>Platforms of this server</h1>
            <p class="lead">What clients may rely on, from the contracts that the server runs by. Its own administrative API is described by \
            <a href="openapi.yaml">openapi.yaml</a>.</p>
            \(entries)
            </main>
            </body>
            </html>

            """
        return page.html
    }
}
