# Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Packets that end a Socket.IO connection, from the protocol's tables and from published advisories."""

#: For a client in the namespace `/`; none of them awaits an attachment.
BAD_PACKETS = (
    "4", "4abc", "47[]", "49", "4-", "4\x00",
    "42[]", "42{}", '42"a"', "42null", "42[null]", "42[true]", "42[{}]", "42[[]]", '42["a"', '42["a"]x', '42abc["a"]',
    '42-1["a"]', '421e3["a"]', '42["a",]', '42["a",01]', '42["a",NaN]', "42['a']", "430{}", "43null", '4312"x"',
    "40", "40[]", '41"x"', "41{}", '44{"message":"x"}', '42/never,["a"]', "43/never,1[]", "41/never,",
    '45-1-["a"]', '451.5-["a"]', '451["a"]', '4511-["a"]', '4599999999999999999999-["a"]', '461e1-1["a"]', '46-["a"]',
    '42["connect"]', '42["connect_error"]', '42["disconnect"]', '42["disconnecting"]', '42["newListener"]',
    '42["removeListener"]',
    "42" + "[" * 100_000 + "]" * 100_000, '42["a",' + "[" * 20_000 + "]" * 20_000 + "]",
    '42["a",' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "]", "40/" + "x" * 10_000 + ",",
)

#: The same with the attachments that they promise.
BAD_BINARY_PACKETS = tuple(
    (f'451-["say",[{{"_placeholder":true,"num":{number}}}]]', b"x")
    for number in ("-1", "1", "1e9", '"0"', "null", "0.5", "{}", "99999999999999999999", "true")
) + (
    ('451-["disconnect",{"_placeholder":true,"num":0}]', b"x"),
    ('451-[{"_placeholder":true,"num":0}]', b"x"),
    ('452-["say",{"_placeholder":true,"num":0}]', b"x", '42["say",1]'),
    (b"nobody announced this",),
)
