// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    private static let events = #"""
        events:
          health:
            to: [ global ]
            record: { global: { status: "{status}" } }
            data: { type: object, required: [ service, status ], properties: { service: { type: string }, status: { type: string } } }
          gone: { to: [ global ] }
        """#

    static let monitor: [BrokenContract] = [
        BrokenContract(
            "nothing says how health is told",
            #"""
            monitor: {}
            """#,
            #"""
            c.yaml:8:10: error: "update" is missing
              hint: the event that tells of a service's health: update: { event: health:update, data: { … } }
            """#),
        BrokenContract(
            "services",
            #"""
            \#(Self.events)
            monitor:
              every: 500ms
              lost: 5s
              broadcast: some
              services:
                "a b": { url: http://a }
                b: { url: "ftp://b", every: 2d }
                c: { url: "http://c", health: status, port: 70000 }
                d: { health: http://d/health }
                e: { url: "${E:-}", health: "${F:-}", intervall: 3s }
              update: { event: health, data: { service: "{service.name}", status: "{service.status}" } }
            """#,
            #"""
            c.yaml:15:10: error: "every" must be 1s to 24h
            c.yaml:16:9: error: every service would be lost between two questions: "lost" is shorter than "every"
            c.yaml:17:14: error: "broadcast" must be changes or all, is "some"
            c.yaml:19:5: error: "a b" is no name of a service
              hint: a service's name is 1 to 128 of a-z, A-Z, 0-9 and _ - . :
            c.yaml:20:15: error: "url" is no address such as http://auth.internal:4000
            c.yaml:20:33: error: "every" must be 1s to 24h
            c.yaml:21:35: error: "health" is neither an address nor a path such as /health
            c.yaml:21:49: error: "port" must be 1 to 65535, is 70000
            c.yaml:22:8: error: "url" is missing
              hint: where the service is, such as url: http://auth.internal:4000
            c.yaml:23:43: error: unknown key "intervall" in a service
              hint: known here: url, health, port, version, every
            """#),
        BrokenContract(
            "a list of services",
            #"""
            \#(Self.events)
            monitor:
              lost: 5s
              services: [ "a=http://a/health", "b", "a=http://b", "c=c" ]
              update: { event: health, data: { service: "{service.name}", status: "{service.status}" } }
            """#,
            #"""
            c.yaml:15:9: error: every service would be lost between two questions: "lost" is shorter than "every"
            c.yaml:16:36: error: "services" must be a map, or texts such as auth=http://localhost:20002/health
            c.yaml:16:41: error: the service "a" is named twice
            c.yaml:16:55: error: "url" is no address such as http://auth.internal:4000
            """#),
        BrokenContract(
            "announcements",
            #"""
            \#(Self.events)
            monitor:
              update: { event: health, data: { service: "{service.name}", status: "{service.reason}" } }
              discovered: { event: gon, data: { service: "{service.nam}", at: "{now}", who: "{user.id}" } }
              removed: { event: health, data: { service: "{service.name}" } }
              metrics: { event: gone, if: changed }
            """#,
            #"""
            c.yaml:15:11: error: what is told of a service's health is not kept, so that nothing says what is news
              hint: write under events: health: record: { "service:{service}": { status: "{status}" } }
            c.yaml:15:34: error: "data" breaks the schema of health: "status" must be a string, is null
            c.yaml:15:71: error: "{service.reason}": there is no such value
              hint: known here: {service.name}, {service.url}, {service.port}, {service.version}, {service.status}, {service.checks}, {service.metrics}
            c.yaml:16:24: error: there is no event "gon"
              hint: did you mean "gone"?
            c.yaml:16:46: error: "{service.nam}": there is no such value
              hint: did you mean {service.name}?
            c.yaml:16:81: error: "{user.id}": "user" is not known in the data of "discovered"
              hint: known here: service, now
            c.yaml:17:35: error: "data" breaks the schema of health: it must have the member "status"
            c.yaml:18:12: error: "data" is missing
              hint: write data: { service: "{service.name}", timestamp: "{now}" }
            c.yaml:18:27: error: unknown key "if" in "metrics"
              hint: known here: event, data
            """#),
        BrokenContract(
            "what is not kept",
            #"""
            \#(Self.events)
            monitor: { update: { event: gone, data: { service: "{service.name}" } } }
            """#,
            #"""
            c.yaml:14:20: error: what is told of a service's health is not kept, so that nothing says what is news
              hint: write under events: gone: record: { "service:{service}": { status: "{status}" } }
            """#),
    ]
}
