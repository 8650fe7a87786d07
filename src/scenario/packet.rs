//! What is put before the change board: `[packet]` and `[[evidence]]`. None of it changes a simulation.

use super::closest;
use super::input::Table;
use super::input::key::{Key, Name, Texts};
use super::keys;
use crate::plan::Plan;
use jiff::civil::Date;

/// Letters that a line, the name of a person or a board, and a sentence may have, so that the first page is one sheet.
const LINE: usize = 80;
const PERSON: usize = 40;
const SENTENCE: usize = 90;
/// How many sign beside the owner, and how many conditions there are.
const APPROVERS: usize = 5;
const CONDITIONS: usize = 3;

/// What is asked of the change board, and what people have said about it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Packet {
    /// The strategy that is proposed, an index into the scenario's plans; `None`: what the verdict recommends.
    pub proposal: Option<usize>,
    /// What the board is to decide: "approve the pilot".
    pub decision: Option<String>,
    /// By when.
    pub decide_by: Option<Date>,
    /// Who answers for the change.
    pub owner: Option<String>,
    /// Who signs.
    pub approvers: Vec<String>,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// Risks that people have named.
    pub risks: Vec<Risk>,
    /// What was really done.
    pub evidence: Vec<Evidence>,
}

/// A risk that people have named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Risk {
    /// What may happen.
    pub risk: String,
    /// Who watches it.
    pub owner: Option<String>,
    /// What is done about it.
    pub answer: Option<String>,
}

/// Something that was really done or found: never a result of the simulation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// What was done or found.
    pub what: String,
    /// When.
    pub date: Option<Date>,
    /// By whom.
    pub by: Option<String>,
    /// Did it pass? `None` if that is not said.
    pub passed: Option<bool>,
}

/// Kinds of evidence.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EvidenceKind {
    /// A test.
    Test,
    /// What a pilot showed.
    Pilot,
    /// Somebody agreed.
    Approval,
    /// Something known to be wrong.
    Problem,
}

impl EvidenceKind {
    /// With their words.
    pub const ALL: [(&'static str, EvidenceKind); 4] = [
        ("test", EvidenceKind::Test),
        ("pilot", EvidenceKind::Pilot),
        ("approval", EvidenceKind::Approval),
        ("problem", EvidenceKind::Problem),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        let found = EvidenceKind::ALL.into_iter().find(|(_, kind)| *kind == self);
        found.map_or("", |(word, _)| word)
    }
}

/// Both tables as written. The proposal is known once there are plans.
pub(super) struct Draft<'d> {
    table: Option<Table<'d>>,
    proposal: Option<String>,
    rest: Packet,
}

/// Reads both tables.
pub(super) fn read<'d>(root: &Table<'d>) -> Draft<'d> {
    let mut draft = Draft {
        table: root.opt_table(&keys::top::PACKET),
        proposal: None,
        rest: Packet::default(),
    };
    if let Some(table) = &draft.table {
        draft.proposal = table.get(&keys::packet::PROPOSAL).map(|name| name.value);
        draft.rest = Packet {
            proposal: None,
            decision: short(table, &keys::packet::DECISION, LINE),
            decide_by: table.get(&keys::packet::DECIDE_BY).map(|date| date.value),
            owner: short(table, &keys::packet::OWNER, PERSON),
            approvers: few(table, &keys::packet::APPROVERS, APPROVERS, PERSON),
            conditions: few(table, &keys::packet::CONDITIONS, CONDITIONS, SENTENCE),
            risks: table
                .opt_tables(&keys::packet::RISKS)
                .iter()
                .filter_map(risk)
                .collect(),
            evidence: Vec::new(),
        };
        table.finish();
    }
    let evidence = root.opt_tables(&keys::top::EVIDENCE);
    draft.rest.evidence = evidence.iter().filter_map(evidence_of).collect();
    draft
}

/// A text that fits where it stands.
fn short(table: &Table, key: &Key<Name>, most: usize) -> Option<String> {
    let text = table.get(key)?.value;
    check_length(table, key.name(), &text, most).then_some(text)
}

/// So few texts, each of which fits.
fn few(table: &Table, key: &Key<Texts>, count: usize, most: usize) -> Vec<String> {
    let texts: Vec<String> = table
        .get(key)
        .unwrap_or_default()
        .into_iter()
        .map(|text| text.value)
        .collect();
    if texts.len() > count {
        let what = format!("there are {}, and a page has room for {count}", texts.len());
        table.fault(key.name(), what, "keep those that the board must see");
    }
    texts
        .iter()
        .all(|text| check_length(table, key.name(), text, most));
    texts
}

fn check_length(table: &Table, key: &str, text: &str, most: usize) -> bool {
    let letters = text.chars().count();
    if letters > most {
        let what = format!("a text of {letters} letters, and a page has room for {most}");
        table.fault(key, what, "say it shorter");
    }
    letters <= most
}

fn risk(table: &Table) -> Option<Risk> {
    let is_written = table.require(&keys::packet_risk::RISK).is_some();
    let risk = short(table, &keys::packet_risk::RISK, SENTENCE);
    let owner = short(table, &keys::packet_risk::OWNER, PERSON);
    let answer = short(table, &keys::packet_risk::ANSWER, SENTENCE);
    table.finish();
    let risk = risk.filter(|_| is_written)?;
    Some(Risk { risk, owner, answer })
}

fn evidence_of(table: &Table) -> Option<Evidence> {
    let kind = table.get_or_default(&keys::evidence::KIND);
    let what = table.require(&keys::evidence::WHAT);
    let passed = table.get(&keys::evidence::PASSED).map(|passed| passed.value);
    let read = Evidence {
        kind,
        what: what.map_or_else(String::new, |what| what.value),
        date: table.get(&keys::evidence::DATE).map(|date| date.value),
        by: table.get(&keys::evidence::BY).map(|by| by.value),
        passed,
    };
    if passed.is_some() && matches!(kind, EvidenceKind::Approval | EvidenceKind::Problem) {
        let what = format!("`{}` neither passes nor fails", kind.word());
        table.fault("passed", what, "leave it out, or write `kind = \"test\"`");
    }
    table.finish();
    (!read.what.is_empty()).then_some(read)
}

impl Draft<'_> {
    /// With the plans that there are.
    pub(super) fn compile(self, plans: &[Plan], names: &[&str]) -> Packet {
        let proposal = self.proposal.as_deref().and_then(|name| {
            let found = plans.iter().position(|plan| plan.name == name);
            let table = self.table.as_ref()?;
            match found {
                Some(place) if plans[place].moves_anybody() => Some(place),
                Some(_) => {
                    let what = format!("`{name}` moves nobody, so there is nothing to approve");
                    table.fault("proposal", what, "name a strategy that moves people");
                    None
                }
                // What is written and faulty has been told.
                None if names.contains(&name) => None,
                None => {
                    let what = format!("there is no strategy `{name}`");
                    table.fault("proposal", what, closest(name, names.iter().copied()));
                    None
                }
            }
        });
        Packet {
            proposal,
            ..self.rest
        }
    }
}
