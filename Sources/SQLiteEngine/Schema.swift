// Part of Switchboard. Licensed under the Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables, and the numbered steps that bring an older database up to them.
///
/// Steps are only ever added: a database remembers the names of those it has been through. All times are
/// milliseconds since 1970. Text is UTF-8 compared byte by byte. What is JSON is kept as the bytes that came, which
/// need not be our own.
enum Schema {
    /// Marks a database as ours in its header (offset 68, SQLite file format §1.3.17): "SWBD".
    static let applicationID: Int64 = 0x5357_4244

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("001 members, records, waits, idempotency, history") { db in
            try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
            try db.execute(sql: Self.step1)
        }
        migrator.registerMigration("002 inboxes, credentials, times of members") { try $0.execute(sql: Self.step2) }
        migrator.registerMigration("003 read marks") { try $0.execute(sql: Self.readMarks) }
        migrator.registerMigration("004 registrations") { try $0.execute(sql: Self.registrations) }
        migrator.registerMigration("005 webhooks") { try $0.execute(sql: Self.webhooks) }
        return migrator
    }

    /// Only the first of a line has a time at which it is due, so that the index on it holds what can be sent and no more.
    private static let webhooks = """
        -- Places are never used again: whoever was told of one settles that one.
        CREATE TABLE webhooks (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            sequence INTEGER NOT NULL,
            id TEXT NOT NULL,
            line TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            due INTEGER,
            tries INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX webhooks_line ON webhooks (line, place);
        CREATE INDEX webhooks_due ON webhooks (due, place) WHERE due IS NOT NULL;

        CREATE TABLE dead_webhooks (
            sequence INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            line TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            body BLOB NOT NULL,
            reason TEXT NOT NULL,
            died_at INTEGER NOT NULL,
            until INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX dead_webhooks_until ON dead_webhooks (until);
        """

    private static let registrations = """
        CREATE TABLE registrations (
            kind TEXT NOT NULL,
            registration_key TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (kind, registration_key)
        ) STRICT, WITHOUT ROWID;
        """

    private static let readMarks = """
        CREATE TABLE read_marks (
            user TEXT NOT NULL,
            publication TEXT NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (user, publication)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX read_marks_until ON read_marks (until);
        CREATE INDEX notifications_publication ON notifications (publication);
        """

    /// Small rows that are found by their key are clustered by it (`WITHOUT ROWID`): one page to write instead of
    /// two. So are publications, whatever their size, because a channel's history is read as one run.
    private static let step1 = """
        CREATE TABLE meta (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO meta VALUES ('created', strftime('%Y-%m-%dT%H:%M:%fZ'));

        CREATE TABLE members (
            channel TEXT NOT NULL,
            user TEXT NOT NULL,
            PRIMARY KEY (channel, user)
        ) STRICT, WITHOUT ROWID;

        -- The channel has its own members and, through the link, the parent's.
        CREATE TABLE member_links (
            channel TEXT NOT NULL PRIMARY KEY,
            parent TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE records (
            channel TEXT NOT NULL PRIMARY KEY,
            record BLOB NOT NULL
        ) STRICT;

        -- forget_at is NULL while the event is held back; after that, due is the same moment.
        CREATE TABLE waits (
            id INTEGER PRIMARY KEY,
            event TEXT NOT NULL,
            wait_key TEXT NOT NULL,
            data BLOB NOT NULL,
            due INTEGER NOT NULL,
            forget_at INTEGER,
            UNIQUE (event, wait_key)
        ) STRICT;
        CREATE INDEX waits_forget_at ON waits (forget_at) WHERE forget_at IS NOT NULL;

        CREATE TABLE wait_items (
            wait INTEGER NOT NULL,
            item TEXT NOT NULL,
            PRIMARY KEY (wait, item)
        ) STRICT, WITHOUT ROWID;

        -- The fingerprint's 64 bits are kept as the signed number of the same bits.
        CREATE TABLE idempotency (
            idempotency_key TEXT NOT NULL PRIMARY KEY,
            fingerprint INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            answer BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX idempotency_expires_at ON idempotency (expires_at);

        -- A channel stays here for good, so that its positions never start again.
        CREATE TABLE channels (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            last_position INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE publications (
            channel INTEGER NOT NULL,
            position INTEGER NOT NULL,
            id TEXT NOT NULL,
            event TEXT NOT NULL,
            time INTEGER NOT NULL,
            until INTEGER NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (channel, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX publications_until ON publications (until);
        """

    /// A notification is kept once, however many may read it; each channel of its audience has a small row in `inbox`
    /// that points to it. What is in these two tables is found through `until` when it has expired, each by itself.
    private static let step2 = """
        -- Those who belong to a channel already have always done so.
        ALTER TABLE members ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX members_user ON members (user, channel, since);
        ALTER TABLE member_links ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX member_links_parent ON member_links (parent);

        -- Belonged to the channel from since until just before until.
        CREATE TABLE former_members (
            user TEXT NOT NULL,
            channel TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (user, channel, since)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX former_members_until ON former_members (until);

        CREATE TABLE credentials (
            kind TEXT NOT NULL,
            credential_key TEXT NOT NULL,
            user TEXT NOT NULL,
            content BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (kind, credential_key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX credentials_expires_at ON credentials (expires_at);

        -- The server's own id, where the publisher brought another. (position is the number in the channel.)
        ALTER TABLE publications ADD COLUMN stamp TEXT;
        INSERT INTO meta SELECT 'last_time', latest FROM (SELECT max(time) AS latest FROM publications)
            WHERE latest IS NOT NULL;

        CREATE TABLE notifications (
            id INTEGER PRIMARY KEY,
            channel TEXT NOT NULL,
            publication TEXT NOT NULL,
            stamp TEXT,
            event TEXT NOT NULL,
            time INTEGER NOT NULL,
            until INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE INDEX notifications_until ON notifications (until);

        -- Exactly those that have rows in inbox.
        CREATE TABLE inbox_channels (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;

        CREATE TABLE inbox (
            channel INTEGER NOT NULL,
            time INTEGER NOT NULL,
            notification INTEGER NOT NULL,
            until INTEGER NOT NULL,
            PRIMARY KEY (channel, time, notification)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX inbox_until ON inbox (until);
        """
}
