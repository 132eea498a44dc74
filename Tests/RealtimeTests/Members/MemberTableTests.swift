// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Realtime

@Suite struct MemberTableTests {
    private let table = MemberTable()
    private let order = ChannelName(known: "order:1")
    private let shipment = ChannelName(known: "shipment:1")
    private let ann = UserID("ann")
    private let bob = UserID("bob")
    private let cem = UserID("cem")

    @Test func `members come and go, and whoever goes may have lost a right`() {
        #expect(self.table.apply(.addMembers(channel: self.order, users: [self.ann, self.bob])).isEmpty)
        #expect(self.table.members(of: self.order) == [self.ann, self.bob])
        #expect(self.table.apply(.removeMembers(channel: self.order, users: [self.bob, self.cem])) == [self.bob])
        #expect(self.table.contains(self.ann, in: self.order))
        #expect(!self.table.contains(self.bob, in: self.order))
    }

    @Test func `setting the members replaces them`() {
        _ = self.table.apply(.addMembers(channel: self.order, users: [self.ann, self.bob]))
        #expect(self.table.apply(.setMembers(channel: self.order, users: [self.bob, self.cem])) == [self.ann])
        #expect(self.table.members(of: self.order) == [self.bob, self.cem])
    }

    @Test func `a link shares members, also those who come later`() {
        #expect(self.table.apply(.linkMembers(channel: self.shipment, parent: self.order)).isEmpty)
        _ = self.table.apply(.addMembers(channel: self.order, users: [self.ann]))
        _ = self.table.apply(.addMembers(channel: self.shipment, users: [self.cem]))
        #expect(self.table.members(of: self.shipment) == [self.ann, self.cem])
        #expect(self.table.contains(self.ann, in: self.shipment))
        #expect(!self.table.contains(self.cem, in: self.order))
        #expect(self.table.link(of: self.shipment) == self.order)
    }

    @Test func `setting the members ends the link, and everybody behind it may have lost a right`() {
        let root = ChannelName(known: "root")
        _ = self.table.apply(.linkMembers(channel: self.shipment, parent: self.order))
        _ = self.table.apply(.linkMembers(channel: self.order, parent: root))
        _ = self.table.apply(.addMembers(channel: self.order, users: [self.ann]))
        _ = self.table.apply(.addMembers(channel: root, users: [self.bob]))
        #expect(self.table.apply(.setMembers(channel: self.shipment, users: [self.cem])) == [self.ann, self.bob])
        #expect(self.table.members(of: self.shipment) == [self.cem])
        #expect(self.table.link(of: self.shipment) == nil)
    }

    @Test func `a link to another channel puts the members of the former in doubt, the same link again nobody`() {
        let other = ChannelName(known: "order:2")
        _ = self.table.apply(.addMembers(channel: self.order, users: [self.ann]))
        _ = self.table.apply(.linkMembers(channel: self.shipment, parent: self.order))
        #expect(self.table.apply(.linkMembers(channel: self.shipment, parent: self.order)).isEmpty)
        #expect(self.table.apply(.linkMembers(channel: self.shipment, parent: other)) == [self.ann])
    }

    @Test func `a circle of links ends`() {
        _ = self.table.apply(.linkMembers(channel: self.shipment, parent: self.order))
        _ = self.table.apply(.linkMembers(channel: self.order, parent: self.shipment))
        _ = self.table.apply(.addMembers(channel: self.order, users: [self.ann]))
        #expect(self.table.contains(self.ann, in: self.shipment))
        #expect(!self.table.contains(self.bob, in: self.shipment))
        #expect(self.table.members(of: self.shipment) == [self.ann])
    }

    @Test func `a channel linked to itself has its own members`() {
        _ = self.table.apply(.linkMembers(channel: self.order, parent: self.order))
        #expect(self.table.link(of: self.order) == nil)
    }

    @Test func `links are followed over eight channels and no further`() {
        let chain = (0...9).map { ChannelName(known: "c\($0)") }
        for (channel, parent) in zip(chain, chain.dropFirst()) {
            _ = self.table.apply(.linkMembers(channel: channel, parent: parent))
        }
        _ = self.table.apply(.addMembers(channel: chain[8], users: [self.ann]))
        _ = self.table.apply(.addMembers(channel: chain[9], users: [self.bob]))
        #expect(self.table.contains(self.ann, in: chain[0]))
        #expect(!self.table.contains(self.bob, in: chain[0]))
        #expect(self.table.members(of: chain[0]) == [self.ann])
    }

    @Test func `staged changes count in the listing and change nothing`() {
        let staged: [StateChange] = [
            .addMembers(channel: self.order, users: [self.ann, self.bob]),
            .linkMembers(channel: self.shipment, parent: self.order),
            .removeMembers(channel: self.order, users: [self.bob]),
        ]
        #expect(self.table.members(of: self.shipment, staged: staged) == [self.ann])
        #expect(self.table.link(of: self.shipment, staged: staged) == self.order)
        #expect(self.table.members(of: self.shipment).isEmpty)
        #expect(self.table.link(of: self.shipment) == nil)
    }

    @Test func `what was kept is there at the start`() {
        var kept = EngineState()
        kept.members = [self.order: [self.ann]]
        kept.links = [self.shipment: self.order]
        #expect(MemberTable(kept).contains(self.ann, in: self.shipment))
    }

    @Test func `changes of other kinds are ignored`() {
        #expect(self.table.apply(.setRecord(channel: self.order, record: nil)).isEmpty)
    }
}
