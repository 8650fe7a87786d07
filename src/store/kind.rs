//! What each command writes: names of files, and beginnings of the names of charts.

use super::MANIFEST;

/// What a command writes.
#[derive(PartialEq, Eq, Debug)]
pub struct Kind {
    /// The command, as the manifest names it.
    pub analysis: &'static str,
    /// Names of all files that it can write, beside the manifest and charts.
    pub files: &'static [&'static str],
    /// Beginnings of the names of all its charts: the whole name, or what stands before a `-`.
    pub charts: &'static [&'static str],
}

/// `run`.
pub static RUN: Kind = Kind {
    analysis: "run",
    files: &[
        "comparisons.csv",
        "drivers.csv",
        "limits.csv",
        "pairs.csv",
        "headline.csv",
        "replications.csv",
        "replications-in-lot.csv",
        "waves.csv",
        "wave-sizes.csv",
        "departments.csv",
        "sites.csv",
        "summary.csv",
        "summary.json",
        "timeline.csv",
        "precision.csv",
        "daily.json.gz",
        "divisions.json.gz",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &[
        "programme",
        "share-moved",
        "done-by",
        "limits",
        "plan-against-plan",
        "stranded-per-day",
        "broken-meetings-by-week",
        "no-way-back",
        "desk-backlog",
        "cost-by-kind",
        "paired-loss",
        "users-by-client",
        "broken-meetings-per-day",
        "rollback-exposure",
        "strategies-compared",
        "lost-hours-exceedance",
    ],
};

/// `packet`.
pub static PACKET: Kind = Kind {
    analysis: "packet",
    files: &["report.html", "summary.md"],
    charts: &[],
};

/// `exposure`.
pub static EXPOSURE: Kind = Kind {
    analysis: "exposure",
    files: &[
        "exposure.csv",
        "prices.csv",
        "no-return.csv",
        "hindsight.csv",
        "worlds.csv",
        "exposure.json",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &["price", "courses", "no-way-back"],
};

/// `sensitivity`.
pub static SENSITIVITY: Kind = Kind {
    analysis: "sensitivity",
    files: &[
        "risks.csv",
        "ranges.csv",
        "screening.csv",
        "assumptions.csv",
        "sensitivity.json",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &["risks", "ranges"],
};

/// `pilot`.
pub static PILOT: Kind = Kind {
    analysis: "pilot",
    files: &[
        "pilots.csv",
        "steps.csv",
        "pilot.json",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &["saved", "found-by", "avoided-by", "saved-by"],
};

/// `gate`.
pub static GATE: Kind = Kind {
    analysis: "gate",
    files: &[
        "levels.csv",
        "characteristic.csv",
        "gate.json",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &["characteristic", "go-on-if-bad", "stop-if-good"],
};

/// `optimize`.
pub static OPTIMIZE: Kind = Kind {
    analysis: "optimize",
    files: &[
        "candidates.csv",
        "front.csv",
        "limits.csv",
        "optimize.json",
        "report.html",
        "report.json.gz",
        "summary.md",
        "results.xlsx",
    ],
    charts: &["front"],
};

/// `replay`.
pub static REPLAY: Kind = Kind {
    analysis: "replay",
    files: &["events.csv", "days.csv"],
    charts: &[],
};

/// `world`.
pub static WORLD: Kind = Kind {
    analysis: "world",
    files: &[
        "key.csv",
        "parameters.csv",
        "users.csv",
        "contacts.csv",
        "traits.csv",
        "machines.csv",
        "outages.csv",
        "defects.csv",
        "faults.csv",
        "background.csv",
        "series.csv",
        "attendees.csv",
        "absences.csv",
        "stays.csv",
        "remote.csv",
    ],
    charts: &[],
};

static ALL: [&Kind; 9] = [
    &RUN,
    &PACKET,
    &EXPOSURE,
    &SENSITIVITY,
    &PILOT,
    &GATE,
    &OPTIMIZE,
    &REPLAY,
    &WORLD,
];

impl Kind {
    /// What the command of this name writes.
    pub fn named(analysis: &str) -> Option<&'static Kind> {
        ALL.into_iter().find(|kind| kind.analysis == analysis)
    }

    /// Can the command write a file of this name (relative, with `/`)?
    pub fn writes(&self, name: &str) -> bool {
        if let Some(chart) = name.strip_prefix("charts/") {
            let stem = chart.strip_suffix(".svg").or(chart.strip_suffix(".png"));
            return stem.is_some_and(|stem| self.charts.iter().any(|kind| is_of(stem, kind)));
        }
        if let Some(table) = name.strip_prefix("excel/") {
            return table.ends_with(".csv") && self.files.contains(&table);
        }
        name == MANIFEST || self.files.contains(&name)
    }
}

/// Is this the name of a chart, or of one of several of a kind?
fn is_of(stem: &str, kind: &str) -> bool {
    let rest = stem.strip_prefix(kind);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) && !stem.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_writes_its_own_names_only() {
        for name in [
            "manifest.json",
            "summary.csv",
            "charts/users-by-client.svg",
            "charts/users-by-client-2.png",
            "excel/summary.csv",
        ] {
            assert!(RUN.writes(name), "{name}");
        }
        for name in [
            "notes.docx",
            "charts",
            "charts/mine.png",
            "charts/users-by-clients.svg",
            "charts/users-by-client.txt",
            "charts/users-by-client-/../../x.svg",
            "../summary.csv",
            "charts/manifest.json",
            "excel/summary.json",
            "excel",
        ] {
            assert!(!RUN.writes(name), "{name}");
        }
    }

    #[test]
    fn every_command_is_found_by_its_name() {
        for kind in ALL {
            assert_eq!(Kind::named(kind.analysis), Some(kind));
        }
        assert_eq!(Kind::named("notes"), None);
    }
}
