// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BrokenContract {
    /// What is wrong with the file as YAML, with its keys and with its variables.
    static let documents: [BrokenContract] = [
        BrokenContract(
            "an empty file", isWhole: true,
            #"""

            """#,
            #"""
            c.yaml:1:1: error: the file is empty
            """#),
        BrokenContract(
            "a list instead of a map", isWhole: true,
            #"""
            - contract: shop
            """#,
            #"""
            c.yaml:1:1: error: a contract must be a map, is a list
            """#),
        BrokenContract(
            "a text that is no YAML", isWhole: true,
            #"""
            contract: [shop
            listen: ]]
            """#,
            #"""
            c.yaml:2:7: error: this is not YAML: while parsing a flow sequence in line 1: did not find expected ',' or ']'
            """#),
        BrokenContract(
            "tabs as indentation", isWhole: true,
            #"""
            contract: shop
            listen:
            	- port: 1
            """#,
            #"""
            c.yaml:3:1: error: this is not YAML: while scanning for the next token in line 3: found character that cannot start any token
            """#),
        BrokenContract(
            "two documents in one file", isWhole: true,
            #"""
            contract: shop
            ---
            contract: shop
            """#,
            #"""
            c.yaml:2:1: error: this is not YAML: expected a single document in the stream in line 1: but found another document
            """#),
        BrokenContract(
            "an empty map", isWhole: true,
            #"""
            {}
            """#,
            #"""
            c.yaml:1:1: error: "auth" is missing
              hint: say where tokens and keys come from, or write auth: { mode: none } to let everybody in
            c.yaml:1:1: error: "channels" is missing
            c.yaml:1:1: error: "contract" is missing
              hint: write the platform's name, such as contract: rangkai
            c.yaml:1:1: error: "listen" is missing
              hint: say where clients connect: listen: [ { port: 3000, websocket: /ws } ]
            """#),
        BrokenContract(
            "keys that stand twice, each told",
            #"""
            limits: { message: 1KiB, queue: 1MiB, message: 2KiB }
            limits: { payload: 1KiB }
            """#,
            #"""
            c.yaml:8:39: error: the key "message" stands twice in this map; the first is in line 8
            c.yaml:9:1: error: the key "limits" stands twice in this map; the first is in line 8
            """#),
        BrokenContract(
            "a key that stands twice under two spellings",
            #"""
            heartbeat: { every: 30s, "every": 20s }
            """#,
            #"""
            c.yaml:8:26: error: the key "every" stands twice in this map; the first is in line 8
            """#),
        BrokenContract(
            "an unknown key with a near one",
            #"""
            heartbeets: { every: 30s }
            limits: { mesage: 1KiB }
            """#,
            #"""
            c.yaml:8:1: error: unknown key "heartbeets" in a contract
              hint: did you mean "heartbeat"?
            c.yaml:9:11: error: unknown key "mesage" in limits
              hint: did you mean "message"?
            """#),
        BrokenContract(
            "an unknown key without a near one",
            #"""
            heartbeat: { zzz: 30s }
            """#,
            #"""
            c.yaml:8:14: error: unknown key "zzz" in heartbeat
              hint: known here: every, timeout
            """#),
        BrokenContract(
            "keys of later versions",
            #"""
            ingest: {}
            """#,
            #"""
            c.yaml:8:1: error: "ingest" is not available in this version
            """#),
        BrokenContract(
            "an alias without an anchor",
            #"""
            title: *titel
            """#,
            #"""
            c.yaml:8:8: error: nothing is anchored as &titel before this
            """#),
        BrokenContract(
            "an alias to an anchor of nearly this name",
            #"""
            title: &title Shop
            errors: { forbidden: { message: *titel } }
            """#,
            #"""
            c.yaml:9:33: error: nothing is anchored as &titel before this
              hint: did you mean *title?
            """#),
        BrokenContract(
            "a star that is no alias",
            #"""
            title: *.example.com
            """#,
            #"""
            c.yaml:8:8: error: a text that begins with * must be in quotes
            """#),
        BrokenContract(
            "an alias as a key",
            #"""
            title: &t Shop
            errors: { *t : {} }
            """#,
            #"""
            c.yaml:9:11: error: an alias cannot be a key
              hint: write the key out, or put it in quotes
            """#),
        BrokenContract(
            "a list as a key",
            #"""
            errors: { [a, b]: {} }
            """#,
            #"""
            c.yaml:8:11: error: a key must be a text
              hint: put a key with braces or brackets in quotes
            """#),
        BrokenContract(
            "a merge key that takes a text",
            #"""
            errors: { <<: text }
            """#,
            #"""
            c.yaml:8:15: error: << takes a map or a list of maps, not "text"
            """#),
        BrokenContract(
            "a tag",
            #"""
            title: !!binary aGk=
            limits: !limits {}
            """#,
            #"""
            c.yaml:8:8: error: tags such as tag:yaml.org,2002:binary are not supported
              hint: leave the tag out
            c.yaml:9:9: error: tags such as !limits are not supported
              hint: leave the tag out
            """#),
        BrokenContract(
            "a variable that is not set",
            #"""
            title: ${SHOP_TITLE}
            """#,
            #"""
            c.yaml:8:8: error: the variable SHOP_TITLE is not set
              hint: set it in the server's environment, or write ${SHOP_TITLE:-default}
            """#),
        BrokenContract(
            "a variable that is not closed",
            #"""
            title: "${SHOP_TITLE"
            limits: { message: "${ NAME}" }
            """#,
            #"""
            c.yaml:8:8: error: "${" begins no variable here
              hint: write ${NAME} or ${NAME:-default} in one line; write $${ for the text ${
            c.yaml:9:20: error: "${" begins no variable here
              hint: write ${NAME} or ${NAME:-default} in one line; write $${ for the text ${
            """#),
        BrokenContract(
            "a variable in a key",
            #"""
            errors: { "${NAME}": {} }
            """#,
            #"""
            c.yaml:8:11: error: a key cannot hold a variable
            """#),
        BrokenContract(
            "a map where a text is wanted",
            #"""
            title: { a: b }
            commandKey: [type]
            """#,
            #"""
            c.yaml:8:8: error: "title" must be a text, is a map
            c.yaml:9:13: error: "commandKey" must be a text, is a list
            """#),
        BrokenContract(
            "a number where a text is wanted",
            #"""
            title: 42
            """#,
            #"""
            c.yaml:8:8: error: "title" must be a text, is the number 42
              hint: put it in quotes
            """#),
        BrokenContract(
            "no required key at all", isWhole: true,
            #"""
            title: Shop
            """#,
            #"""
            c.yaml:1:1: error: "auth" is missing
              hint: say where tokens and keys come from, or write auth: { mode: none } to let everybody in
            c.yaml:1:1: error: "channels" is missing
            c.yaml:1:1: error: "contract" is missing
              hint: write the platform's name, such as contract: rangkai
            c.yaml:1:1: error: "listen" is missing
              hint: say where clients connect: listen: [ { port: 3000, websocket: /ws } ]
            """#),
        BrokenContract(
            "another file than a contract", isWhole: true,
            #"""
            version: 3
            services: { web: { image: nginx } }
            title: Shop
            """#,
            #"""
            c.yaml:1:1: error: this is no contract
              hint: a contract begins with its name, such as contract: rangkai; see docs/contract-reference.md
            """#),
        BrokenContract(
            "a name that cannot be a folder", isWhole: true,
            #"""
            contract: ../shop
            listen: [ { port: 1, websocket: /ws } ]
            auth: { required: false }
            channels: {}
            """#,
            #"""
            c.yaml:1:11: error: "../shop" is no name of a contract
              hint: 1 to 63 of a-z, 0-9 and -, beginning with a letter
            """#),
    ]
}
