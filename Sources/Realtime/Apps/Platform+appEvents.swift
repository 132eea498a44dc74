// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON

extension Platform {
    /// What an app says of its events: `result.app` has `id` and `name`, `result.events` objects with `event` and, where the app gave them,
    /// `description`, `schema` and `example`.
    func answerAppEvents(
        _ id: TextTemplate, _ reply: Template?, in scope: TemplateScope
    ) -> Result<OperationAnswer, RequestError> {
        let id = id.text(in: scope) ?? ""
        guard let app = self.apps.app(id) else {
            let name = AppPrefix.isID(id) ? " \"\(id)\"" : ""
            return .failure(RequestError(.unknownApp, "there is no app\(name)"))
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("app")
        writer.beginObject()
        writer.key("id")
        writer.string(app.id)
        if let name = app.name {
            writer.key("name")
            writer.string(name)
        }
        writer.endObject()
        writer.key("events")
        writer.beginArray()
        for (name, event) in app.events.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.key("event")
            writer.string(name)
            event.writeMembers(to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return .success(Self.answer(reply, in: scope, result: writer.bytes))
    }
}
