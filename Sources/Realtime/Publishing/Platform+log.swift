// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Platform {
    /// Writes the lines that the contract wants for a publication.
    func log(_ publication: PreparedPublication) {
        for match in publication.channels {
            // The channel that stands for all of a pattern has the publication beside its own.
            guard let template = match.rules.log, !match.isWildcard else { continue }
            var scope = TemplateScope(now: self.clock.now())
            scope.channel = match.name.rawValue
            scope.channelPattern = match.rules.pattern
            scope.publication = .init(
                event: publication.event, data: publication.data, id: publication.id ?? "",
                time: publication.time ?? self.clock.now())
            if let line = template.text(in: scope) { self.lines(line) }
        }
    }
}
