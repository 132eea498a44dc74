// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Realtime

extension BindingReading {
    /// What an app said of its events.
    func appEvents() -> Operation? {
        if !self.compiler.hasApps { self.reportNoApps(at: self.map.keyLocation("does")) }
        _ = self.map.required("app", hint: "whose events: app: \"{path.appId}\"")
        let reply = self.requiredReply([.result])
        return self.text("app").map { .appEvents(app: $0, reply: reply) }
    }

    /// What an app may ask for.
    func checkForApp(at location: SourceLocation) {
        if !self.compiler.hasApps { self.reportNoApps(at: location) }
        guard self.name == .publish else {
            if self.name == .reply || self.name == .appEvents { return }
            return self.faults.error(
                "an app publishes, and may do nothing else", at: self.map.keyLocation("does"),
                hint: "write does: publish"
            )
        }
        _ = self.map.required("channels", hint: "an app names the room: channels: [ \"room:{path.roomId}\" ]")
        for key in ["users", "otherwise"] where self.map[key] != nil {
            self.faults.error("an app publishes into rooms alone", at: self.map.keyLocation(key))
        }
    }

    func reportNoApps(at location: SourceLocation) {
        self.faults.error(
            "the platform has no apps", at: location, hint: "write apps: { channel: \"room:{roomId}\" }")
    }
}
