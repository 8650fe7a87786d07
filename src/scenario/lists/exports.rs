//! What other programs call the columns of their exports.
//!
//! Names are those that the programs write: `Get-CsUser` and `Get-ADUser` with `Export-Csv`, `Get-Mailbox` and `Get-Recipient`,
//! migration batches of Exchange (`EmailAddress`), collections of Quest On Demand Migration (`UserPrincipalName`, `Collection`; Quest
//! Support, KB 4370955), projects of BitTitan MigrationWiz (`Source Email`), ShareGate and Azure Migrate.

use super::super::input::key::{Key, Sub};
use super::super::input::{Columns, CsvTable, Located, Table};
use super::super::keys;

/// What the columns of a list of people are called elsewhere, likelier names first.
pub(in crate::scenario) const PEOPLE: Columns<'static> = Columns {
    required: &["user"],
    optional: &[
        "id",
        "site",
        "department",
        "team",
        "pool",
        "client",
        "group",
        "wave",
        "date",
    ],
    named: &[],
    stand_in: Some("id"),
    elsewhere: &[
        ("user", NAMES),
        (
            "site",
            &[
                "office",
                "physicaldeliveryofficename",
                "office location",
                "location",
            ],
        ),
        ("department", &["department"]),
        ("pool", &["registrarpool", "registrar pool", "home pool"]),
        ("wave", WAVES),
        ("date", DATES),
    ],
};

/// A list of users.
pub(in crate::scenario) const USERS: Columns<'static> = Columns {
    required: &["user"],
    optional: &["wave", "date"],
    named: &[],
    stand_in: None,
    elsewhere: &[("user", NAMES), ("wave", WAVES), ("date", DATES)],
};

/// A list of contacts.
pub(in crate::scenario) const CONTACTS: Columns<'static> = Columns {
    required: &["from", "to"],
    optional: &[],
    named: &[],
    stand_in: None,
    elsewhere: &[
        (
            "from",
            &[
                "caller",
                "sender",
                "senderaddress",
                "sender address",
                "fromuser",
                "from user",
                "from uri",
                "fromuri",
                "user1uri",
            ],
        ),
        (
            "to",
            &[
                "callee",
                "recipient",
                "recipientaddress",
                "recipient address",
                "recipients",
                "touser",
                "to user",
                "to uri",
                "touri",
                "user2uri",
            ],
        ),
    ],
};

const NAMES: &[&str] = &[
    "sipaddress",
    "sip address",
    "userprincipalname",
    "user principal name",
    "primarysmtpaddress",
    "primary smtp address",
    "emailaddress",
    "email address",
    "windowsemailaddress",
    "source email",
    "sourceemail",
    "source mailbox",
    "sourcemailbox",
    "source user",
    "sourceuser",
    "source upn",
    "mail",
    "email",
    "upn",
    "samaccountname",
    "logonname",
    "machine name",
    "server name",
    "workload name",
    "workload",
];

const DATES: &[&str] = &[
    "migration date",
    "migrationdate",
    "scheduled date",
    "cutover date",
];

const WAVES: &[&str] = &[
    "wave name",
    "wavename",
    "migration wave",
    "collection",
    "collections",
    "collection name",
    "batch",
    "batch name",
    "batchname",
    "migrationbatch",
    "migration batch",
    "migration group",
];

/// Programs that are known by columns of their exports: one of the sets is there.
const PROGRAMS: [(&str, &[&[&str]]); 8] = [
    ("Get-CsUser", &[&["sipaddress", "registrarpool"]]),
    (
        "Quest On Demand Migration, collections",
        &[
            &["userprincipalname", "collection"],
            &["userprincipalname", "collections"],
        ],
    ),
    (
        "BitTitan MigrationWiz",
        &[
            &["source email", "destination email"],
            &["source email", "source login name"],
        ],
    ),
    (
        "ShareGate",
        &[
            &["source mailbox", "destination mailbox"],
            &["sourcemailbox", "destinationmailbox"],
            &["source user", "destination user"],
            &["sourceuser", "destinationuser"],
        ],
    ),
    (
        "Azure Migrate, waves",
        &[
            &["machine name", "wave name"],
            &["server name", "wave name"],
            &["workload name", "wave name"],
            &["workload", "wave name"],
            &["machine name", "wave"],
            &["server name", "wave"],
            &["workload name", "wave"],
        ],
    ),
    (
        "Active Directory",
        &[
            &["samaccountname", "distinguishedname"],
            &["samaccountname", "userprincipalname"],
            &["samaccountname", "objectclass"],
            &["samaccountname", "dn"],
        ],
    ),
    (
        "Exchange recipients",
        &[
            &["primarysmtpaddress", "recipienttypedetails"],
            &["primarysmtpaddress", "recipienttype"],
            &["primarysmtpaddress", "alias"],
            &["primarysmtpaddress", "database"],
        ],
    ),
    ("Exchange migration batch", &[&["emailaddress"]]),
];

/// The column of a list that says who goes when, if it has one: the name of a wave, or else a date.
pub(in crate::scenario) fn when(list: &CsvTable) -> Option<&'static str> {
    ["wave", "date"].into_iter().find(|column| list.has(column))
}

/// The program whose export this is, if its columns tell.
pub(super) fn program(list: &CsvTable) -> Option<&'static str> {
    if !list.is_foreign {
        return None;
    }
    let written: Vec<String> = list
        .written
        .iter()
        .chain(&list.unknown)
        .map(|name| name.to_lowercase())
        .collect();
    let has = |name: &&str| written.iter().any(|written| written == name);
    let known = PROGRAMS
        .iter()
        .find(|(_, sets)| sets.iter().any(|set| set.iter().all(&has)));
    Some(known.map_or("another program", |known| known.0))
}

/// What the planner says the columns of a list are called.
pub(in crate::scenario) fn called(
    table: &Table<'_>,
    key: &Key<Sub>,
    of: &Columns<'_>,
) -> Vec<(String, Located<String>)> {
    let Some(columns) = table.opt_table(key) else {
        return Vec::new();
    };
    let named = of.required.iter().chain(of.optional).filter_map(|name| {
        let written = columns.get_named(&keys::columns::NAME, name)?;
        Some(((*name).to_owned(), written))
    });
    let named = named.collect();
    columns.finish();
    named
}
