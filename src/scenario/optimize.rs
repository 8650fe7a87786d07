//! What is asked of a search over plans: `[optimize]`, and the same words on the command line.

use super::closest;
use super::exposure::Wrong;
use super::input::{Located, Reader, Table};
use super::keys;
use crate::outcome::Metric;
use crate::outcome::metric::DEFINITIONS;
use crate::plan::Plan;

/// A key of the strategy and the values to try.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vary {
    /// The key, relative to the strategy: `pilot.size`.
    pub key: String,
    /// The values as written in TOML, at least two.
    pub values: Vec<String>,
}

/// What is asked; whatever is missing has a default, but something must be varied.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// The strategy whose plan is varied.
    pub strategy: Option<String>,
    /// The metrics of the front; none = the first objectives.
    pub metrics: Vec<Metric>,
    /// What is varied.
    pub vary: Vec<Vary>,
}

/// Reads `pilot.size=50,100,200`.
///
/// # Errors
/// If there is no key or only one value.
pub fn vary(text: &str) -> Result<Vary, Wrong> {
    let help =
        || "write a key of the strategy and two values or more, such as `pilot.size=50,100`".to_string();
    let (key, list) = text
        .split_once('=')
        .filter(|(key, _)| !key.trim().is_empty())
        .ok_or_else(|| ("there is no `key=`".to_string(), help()))?;
    let values = split(list);
    if values.len() < 2 || values.iter().any(String::is_empty) {
        return Err(("there are no two values to choose from".into(), help()));
    }
    Ok(Vary {
        key: key.trim().into(),
        values,
    })
}

/// Splits at the commas outside quotes and brackets.
fn split(list: &str) -> Vec<String> {
    let (mut depth, mut quote, mut parts) = (0_i32, None, vec![String::new()]);
    for letter in list.chars() {
        match letter {
            '"' | '\'' if quote == Some(letter) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(letter),
            '[' | '{' if quote.is_none() => depth += 1,
            ']' | '}' if quote.is_none() => depth -= 1,
            ',' if quote.is_none() && depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

/// The table before the strategies are known.
pub(super) struct Draft {
    strategy: Option<Located<String>>,
    metrics: Vec<Metric>,
    vary: Vec<Vary>,
}

/// Reads `[optimize]`.
pub(super) fn read(root: &Table) -> Option<Draft> {
    let table = root.opt_table(&keys::top::OPTIMIZE)?;
    let strategy = table.get(&keys::optimize::STRATEGY);
    let mut metrics = Vec::new();
    for name in table.get(&keys::optimize::METRICS).unwrap_or_default() {
        match Metric::named(&name.value) {
            Some(metric) => metrics.push(metric),
            None => {
                let names = DEFINITIONS.iter().map(|definition| definition.name);
                let what = format!("there is no metric `{}`", name.value);
                table.reader().error_at(&name, what, closest(&name.value, names));
            }
        }
    }
    let mut vary: Vec<Vary> = Vec::new();
    for own in table.opt_tables(&keys::optimize::VARY) {
        let key = own.require(&keys::vary::KEY);
        let values = own
            .require_item(&keys::vary::VALUES, "an array")
            .and_then(|list| list.items());
        own.finish();
        let (Some(key), Some(values)) = (key, values) else {
            continue;
        };
        if values.len() < 2 {
            let help = "write two values or more, such as `values = [50, 100]`";
            own.fault("values", "there is nothing to choose from", help);
        }
        if vary.iter().any(|other| other.key == key.value) {
            let what = format!("`{}` is varied twice", key.value);
            own.fault("key", what, "put all its values into one list");
        }
        vary.push(Vary {
            key: key.value,
            values: values.iter().map(|value| value.written()).collect(),
        });
    }
    table.finish();
    Some(Draft {
        strategy,
        metrics,
        vary,
    })
}

impl Draft {
    /// What is asked, once the strategies are known.
    pub(super) fn compile(self, reader: &Reader, plans: &[Plan]) -> Asked {
        if let Some(name) = &self.strategy
            && !plans.iter().any(|plan| plan.name == name.value)
        {
            let what = format!("there is no strategy `{}`", name.value);
            let names = plans.iter().map(|plan| plan.name.as_str());
            reader.error_at(name, what, closest(name, names));
        }
        Asked {
            strategy: self.strategy.map(|name| name.value),
            metrics: self.metrics,
            vary: self.vary,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_inside_quotes_and_brackets_do_not_split() {
        let values = vary(r#"a.b=[1, 2], "x,y" ,3"#).unwrap().values;
        assert_eq!(values, ["[1, 2]", "\"x,y\"", "3"]);
        assert!(vary("a.b=1").unwrap_err().0.contains("two values"));
        assert!(vary("=1,2").unwrap_err().0.contains("key"));
    }
}
