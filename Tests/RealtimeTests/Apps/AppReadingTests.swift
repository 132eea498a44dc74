// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Realtime

struct AppReadingTests {
    private func read(_ text: String, id: String = "app_quiz_v1") -> (app: App, faults: [String]) {
        var reading = AppReading()
        let app = reading.app(id, JSONDocument.of(text).root, origin: .registry)
        return (app, reading.faults.map { "\($0.pointer) \($0.message) | \($0.hint ?? "")" })
    }

    @Test func `what is left out has a value`() {
        let (app, faults) = self.read("{}")
        #expect(app == App(id: "app_quiz_v1") && faults.isEmpty)
        #expect(app.prefixes == ["quiz"] && app.rooms == nil && app.permissions.isEmpty)
    }

    @Test(arguments: [
        (
            #"{"permissions":["realtime:publsh"]}"#,
            "/permissions/0 there is no permission \"realtime:publsh\" | did you mean \"realtime:publish\"?"
        ),
        (#"{"prefixs":["a"]}"#, "/prefixs unknown key \"prefixs\" in an app | did you mean \"prefixes\"?"),
        (
            #"{"prefixes":["a b"]}"#,
            "/prefixes/0 \"a b\" is no beginning of events' names | write lottery for lottery:draw_started"
        ),
        (#"{"prefixes":[]}"#, "/prefixes is empty | leave it out for the prefix that the id implies"),
        (#"{"rooms":"r1"}"#, "/rooms must be a list of at most 10000 texts | "),
        (
            #"{"webhook":{"url":"ftp://x","secret":"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}"#,
            "/webhook/url must be an http or https address without user and fragment | such as https://quiz.example/calls"
        ),
        (
            #"{"webhook":{"url":"http://me@x/","secret":"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}"#,
            "/webhook/url must be an http or https address without user and fragment | such as https://quiz.example/calls"
        ),
        (
            #"{"webhook":{"url":"http://x","secret":"hush"}}"#,
            "/webhook/secret must be whsec_ and the base64 of 24 to 64 random bytes | "
        ),
        (#"{"webhook":{"url":"http://x"}}"#, "/webhook \"secret\" is missing | "),
        (
            #"{"events":{"lottery:x":{}}}"#,
            "/events/lottery:x \"lottery:x\" is no event of this app | the names of its events begin with quiz: or app_quiz_v1:"
        ),
        (
            #"{"events":{"quiz:x":{"schema":{"typ":"object"}}}}"#,
            "/events/quiz:x/schema/typ schema: \"typ\" is not a keyword | did you mean \"type\"?"
        ),
        (
            #"{"events":{"quiz:x":{"schema":{"type":"object","properties":{"n":{"type":"integer"}}},"example":{"n":"1"}}}}"#,
            "/events/quiz:x/example/n the example breaks the schema of quiz:x: it must be an integer, is a string | "
        ),
    ])
    func `each fault says where, what and what to do`(text: String, fault: String) {
        #expect(self.read(text).faults == [fault])
    }

    @Test func `all faults are told at once`() {
        #expect(self.read(#"{"nme":1,"rooms":[1],"permissions":["x"]}"#, id: "a b").faults.count == 4)
        #expect(
            self.read("[]").faults == ["/ must be an object | "] || self.read("[]").faults == [" must be an object | "])
    }
}
