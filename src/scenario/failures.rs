//! What fails: outages told by the scenario, the edge, and which pools take over from each other.

use super::input::{Located, Reader, Table};
use super::keys;
use super::{closest, people, times};
use crate::kernel::{Span, Time};
use crate::world::{Calendar, Edges, Part, Pool, PoolId, Profile, ScriptedOutage, Site, Struck};
use jiff::civil::Date;

/// Reads `[edge]`.
pub(super) fn edge(root: &Table, start: Option<Date>) -> Option<Edges> {
    let table = root.opt_table(&keys::top::EDGE)?;
    let shared = table.get_or_default(&keys::edge::SHARED);
    let own_from = times::opt_moment(&table, &keys::edge::OWN_FROM);
    if !shared {
        for key in ["own_from", "own_from_day"] {
            if table.has(key) {
                table.fault(
                    key,
                    format!("`{key}` says until when the old edge is shared, but it is not shared"),
                    "write `shared = true`, or leave it out",
                );
            }
        }
    }
    table.finish();
    Some(Edges {
        own_from: match (shared, own_from, start) {
            (false, ..) => Time::ZERO,
            (true, Some(at), Some(start)) => at.time(start),
            (true, ..) => Time::NEVER,
        },
    })
}

/// Enters the pairs that pools name into the pools. Gives false if one is faulty.
pub(super) fn pair_up(
    reader: &Reader,
    profile: &Profile,
    pools: &mut [Pool],
    written: &[(PoolId, Located<String>)],
) -> bool {
    let mut sound = true;
    for (pool, pair) in written {
        let own = &pools[usize::from(*pool)];
        let found = (0..)
            .zip(pools.iter())
            .find(|(_, other)| other.name == pair.value);
        let Some((other, its)) = found else {
            let what = format!("there is no pool `{}`", pair.value);
            let help = closest(&pair.value, pools.iter().map(|pool| pool.name.as_str()));
            reader.error_at(pair, what, help);
            sound = false;
            continue;
        };
        let legacy = |pool: &Pool| profile.servers[usize::from(pool.server)].legacy;
        let fault = if other == *pool {
            Some((
                format!("pool `{}` is its own pair", own.name),
                "write the name of another pool",
            ))
        } else if legacy(own) || legacy(its) {
            Some((
                format!(
                    "`{}` and `{}` cannot take over from each other: a pair has both pools on the new side",
                    own.name, its.name
                ),
                "name another pool of the new side, or leave out `pair`",
            ))
        } else if !profile.pairs[usize::from(own.server)][usize::from(its.server)] {
            Some((
                format!(
                    "pools of the releases of `{}` and `{}` cannot take over from each other",
                    own.name, its.name
                ),
                "leave out `pair`, or add a cell to `pairs` in the profile",
            ))
        } else if own.pair.is_some_and(|pair| pair != other) || its.pair.is_some_and(|pair| pair != *pool) {
            Some((
                format!(
                    "`{}` and `{}` are a pair, but one of them has another pair already",
                    own.name, its.name
                ),
                "write each pool into one pair only",
            ))
        } else {
            None
        };
        if let Some((what, help)) = fault {
            reader.error_at(pair, what, help);
            sound = false;
            continue;
        }
        pools[usize::from(*pool)].pair = Some(other);
        pools[usize::from(other)].pair = Some(*pool);
    }
    sound
}

/// What scripted outages can name.
pub(super) struct Known<'a> {
    pub(super) pools: Option<&'a [Pool]>,
    pub(super) sites: Option<&'a [Site]>,
    pub(super) edges: bool,
    pub(super) calendar: Option<&'a Calendar>,
}

/// Reads `[[outages]]`.
pub(super) fn outages(root: &Table, known: &Known<'_>) -> Vec<ScriptedOutage> {
    let mut outages = Vec::new();
    for table in root.opt_tables(&keys::top::OUTAGES) {
        let place = place(&table, known);
        let at = times::moment(&table, &keys::outage::AT);
        let hours = table.require(&keys::outage::HOURS);
        let planned = table.get_or_default(&keys::outage::PLANNED);
        let domains = table.get(&keys::outage::UPGRADE_DOMAINS);
        let pause = table.get(&keys::outage::PAUSE_MINUTES);
        if let (Some(pause), None) = (&pause, &domains) {
            let what = "`pause_minutes` lies between upgrade domains, but there are none";
            root.reader()
                .error_at(pause, what, "write `upgrade_domains`, or leave it out");
        }
        if let Some(domains) = &domains
            && !(planned && matches!(place, Some(Struck::Pool(_)) | None))
        {
            let what = "only the planned restart of a whole pool goes by upgrade domains";
            let help =
                "write `pool` and `planned = true` without `front_end`, or leave out `upgrade_domains`";
            root.reader().error_at(domains, what, help);
        }
        table.finish();
        let (Some(place), Some(at), Some(hours), Some(calendar)) = (place, at, hours, known.calendar) else {
            continue;
        };
        let before = outages.len();
        let (down, length) = (at.time(calendar.start), Span::from_hours_f64(hours.value));
        match (domains, place, known.pools) {
            (Some(domains), Struck::Pool(pool), Some(pools)) => {
                let pause = Span::from_minutes_f64(
                    pause.map_or_else(|| keys::outage::PAUSE_MINUTES.usual(), |pause| pause.value),
                );
                for front_end in 0..pools[usize::from(pool)].front_ends {
                    let down = down + (length + pause) * i64::from(front_end % domains.value);
                    outages.push(ScriptedOutage {
                        place: Struck::Part(Part::FrontEnd(pool, front_end)),
                        down,
                        up: down + length,
                        planned,
                    });
                }
            }
            _ => outages.push(ScriptedOutage {
                place,
                down,
                up: down + length,
                planned,
            }),
        }
        warn_if_outside(&table, &outages[before..], calendar);
    }
    outages
}

/// Warns of an outage of which nothing lies in the simulated time.
fn warn_if_outside(table: &Table, outages: &[ScriptedOutage], calendar: &Calendar) {
    let horizon = calendar.horizon;
    if outages.iter().any(|outage| outage.within(horizon).is_some()) {
        return;
    }
    let date = |at: Time| calendar.date(at.day());
    let (key, what) = if outages.iter().all(|outage| outage.down == outage.up) {
        ("hours", "an outage of no length has no effect".into())
    } else if outages.iter().all(|outage| outage.down >= horizon) {
        let what = format!(
            "the outage has no effect: it begins on {}, behind the simulated time, which ends on {}",
            outages.first().map_or(calendar.start, |outage| date(outage.down)),
            date(horizon)
        );
        ("at", what)
    } else {
        let what = format!(
            "the outage has no effect: it ends on {}, before the simulated time begins on {}",
            outages.last().map_or(calendar.start, |outage| date(outage.up)),
            calendar.start
        );
        ("at", what)
    };
    let key = if table.has(key) { key } else { "day" };
    let key = if table.has(key) { key } else { "hours" };
    table.warn(key, what, "correct it, or leave the table out");
}

/// What goes down: a pool, its back end or a front end of it; a site; or the edge of a side.
fn place(table: &Table, known: &Known<'_>) -> Option<Struck> {
    let end = table.item(&keys::outage::FRONT_END);
    let back_end = table.get_or_default(&keys::outage::BACK_END);
    let places = ["pool", "site", "edge"];
    let written: Vec<&str> = places.into_iter().filter(|key| table.has(key)).collect();
    if let [first, second, ..] = written[..] {
        let what = format!("one outage takes down one thing, not `{first}` and `{second}`");
        table.fault(second, what, "write a table `[[outages]]` for each");
    }
    if !table.has("pool") {
        for key in ["front_end", "back_end"] {
            if table.has(key) {
                table.fault(
                    key,
                    format!("`{key}` belongs to a pool, but no `pool` is named"),
                    "name the pool, or leave it out",
                );
            }
        }
    }
    match written.first() {
        Some(&"site") => {
            let sites = known.sites?;
            let names: Vec<(&str, u16)> = sites.iter().map(|site| site.name.as_str()).zip(0..).collect();
            let site = table.require_one_of(&keys::outage::SITE, &names)?;
            Some(Struck::Part(Part::Site(site.value)))
        }
        Some(&"edge") => {
            let side = table.require(&keys::outage::EDGE)?;
            if !known.edges {
                table.fault(
                    "edge",
                    "the scenario has no edge that could go down",
                    "add a table `[edge]`",
                );
            }
            Some(Struck::Part(Part::Edge(side.value)))
        }
        _ => {
            let Some(pools) = known.pools else {
                return table.require(&keys::outage::POOL).and(None);
            };
            let names: Vec<(&str, u16)> = pools.iter().map(|pool| pool.name.as_str()).zip(0..).collect();
            let pool = table.require_one_of(&keys::outage::POOL, &names)?.value;
            match end {
                Some(item) => {
                    let front_end = people::front_end(&item, &pools[usize::from(pool)])?;
                    if back_end {
                        let what = "one outage takes down one thing, not a front end and the back end";
                        table.fault("back_end", what, "write a table `[[outages]]` for each");
                    }
                    Some(Struck::Part(Part::FrontEnd(pool, front_end)))
                }
                None if back_end => Some(Struck::Part(Part::BackEnd(pool))),
                None => Some(Struck::Pool(pool)),
            }
        }
    }
}
