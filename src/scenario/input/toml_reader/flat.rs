//! A document as a list of its values, each with its path, for comparing two of them.

use super::{Document, Node, Value, join};

/// A value of a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its dotted path; in an array of tables a table is called by its name, or by its number from 0 if it has none.
    pub path: String,
    /// The same without those names and numbers, as the key is declared.
    pub key: String,
    /// The value as it is written in TOML, in one form.
    pub text: String,
}

impl Document {
    /// All values, in the order in which they are written.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        collect(&self.root, "", "", &mut lines);
        lines
    }
}

fn collect(node: &Node, path: &str, key: &str, lines: &mut Vec<Line>) {
    match &node.value {
        Value::Table(entries) => {
            for entry in entries {
                collect(
                    &entry.node,
                    &join(path, &entry.key),
                    &join(key, &entry.key),
                    lines,
                );
            }
        }
        Value::Array(nodes)
            if !nodes.is_empty() && nodes.iter().all(|node| matches!(node.value, Value::Table(_))) =>
        {
            for (index, inner) in nodes.iter().enumerate() {
                let name = inner.name().map_or_else(|| index.to_string(), str::to_owned);
                collect(inner, &join(path, &name), key, lines);
            }
        }
        value => lines.push(Line {
            path: path.into(),
            key: key.into(),
            text: text(value),
        }),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(at) => format!("\"{at}\""),
        Value::Array(nodes) => {
            let parts: Vec<String> = nodes.iter().map(|node| text(&node.value)).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Table(entries) => {
            let parts: Vec<String> = entries
                .iter()
                .map(|entry| format!("{} = {}", entry.key, text(&entry.node.value)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Invalid => "?".into(),
    }
}
