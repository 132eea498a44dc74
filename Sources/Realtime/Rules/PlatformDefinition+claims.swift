// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension PlatformDefinition {
    /// Some template uses the claims of tokens, which are therefore kept with each connection. Looks through every
    /// template, so it is asked once.
    package var usesClaims: Bool {
        let frames: [Template?] = [
            self.frames.connected, self.frames.publication, self.frames.error, self.frames.unsubscribed,
        ]
        return frames.contains { $0?.usesClaims == true }
            || self.commands.values.contains { $0.operation.usesClaims }
            || RequestError.Code.all.contains { self.errors[$0].message?.usesClaims == true }
    }
}

extension Command.Operation {
    fileprivate var usesClaims: Bool {
        switch self {
        case .subscribe(let channels, let each), .unsubscribe(let channels, let each):
            channels.contains(where: \.usesClaims) || each?.usesClaims == true
        case .record(let channels, let reply): channels.contains(where: \.usesClaims) || reply.usesClaims
        case .reply(let template): template.usesClaims
        }
    }
}

extension Command.ChannelSource {
    fileprivate var usesClaims: Bool {
        switch self {
        case .text(let template): template.usesClaims
        case .each(let path): path.isClaim
        }
    }
}

extension TextTemplate {
    fileprivate var usesClaims: Bool {
        self.parts.contains { part in
            if case .value(let path) = part { path.isClaim } else { false }
        }
    }
}

extension TemplatePath {
    fileprivate var isClaim: Bool {
        if case .userClaims = self.source { true } else { false }
    }
}
