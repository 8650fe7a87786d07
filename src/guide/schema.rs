//! A JSON Schema (draft 2020-12) of the scenario file and of the profile file, by which editors complete and check.

use super::words;
use crate::scenario::keys::{self, Declared, Form, Need, Notation, Section};
use serde_json::{Map, Value, json};

/// The schema of scenarios.
pub fn scenario() -> Value {
    Writer::default().whole(keys::scenario(), "Scenario of coexist")
}

/// The schema of profiles.
pub fn profile() -> Value {
    Writer::default().whole(keys::profile_file(), "Profile of coexist")
}

/// Collects the tables that others refer to.
#[derive(Default)]
struct Writer {
    /// Each with whether nothing in it is required, and its name.
    tables: Vec<(*const Section, bool, String)>,
    written: Map<String, Value>,
    /// Is nothing required, because what is absent is taken over from another table?
    takes_over: bool,
}

/// Keys by which a table takes over what another one, or another file, says.
const TAKES_OVER: [&str; 2] = ["like", "extends"];

impl Writer {
    fn whole(mut self, root: &'static Section, title: &str) -> Value {
        let mut schema = self.choice(root, "");
        if let Value::Object(schema) = &mut schema {
            schema.insert(
                "$schema".into(),
                "https://json-schema.org/draft/2020-12/schema".into(),
            );
            schema.insert("title".into(), title.into());
            schema.insert("$defs".into(), Value::Object(self.written));
        }
        schema
    }

    /// The schema of a table: of a whole one, and of one that takes over another if it can.
    fn choice(&mut self, section: &'static Section, path: &str) -> Value {
        let by = TAKES_OVER
            .into_iter()
            .find(|by| section.keys.iter().any(|key| key.name() == *by));
        let Some(by) = by.filter(|_| !self.takes_over) else {
            return self.table(section, path);
        };
        let whole = self.table(section, path);
        self.takes_over = true;
        let partial = self.table(section, path);
        self.takes_over = false;
        json!({ "if": { "required": [by] }, "then": partial, "else": whole })
    }

    /// The schema of a table and, on the way, of those in it.
    fn table(&mut self, section: &'static Section, path: &str) -> Value {
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        let mut either: Vec<Value> = Vec::new();
        for &key in section.keys {
            let value = self.key(key, &join(path, key.name()));
            // A name is always a table's own.
            if key.about().need == Need::Always && (!self.takes_over || key.name() == "name") {
                match key.day_name() {
                    None => required.push(key.name().into()),
                    Some(day) => either.push(json!({ "anyOf": [
                        { "required": [key.name()] },
                        { "required": [day] },
                    ] })),
                }
            }
            if let Some(day) = key.day_name() {
                let words = format!("{}: as a day number from the start", key.about().meaning);
                let value =
                    json!({ "type": "integer", "minimum": 0, "maximum": 36_500, "description": words });
                properties.insert(day.into(), value);
            }
            properties.insert(key.name().into(), value);
        }
        for (name, definition) in keys::parameters(section) {
            properties.insert(name.into(), self.key(definition, &join(path, name)));
        }
        if section.parameters == Some("") {
            for name in keys::parameter_tables() {
                properties.insert(name.into(), self.parameters(name));
            }
        }
        let others = match section.others {
            Some(key) => self.key(key, &join(path, "*")),
            None => Value::Bool(false),
        };
        let mut schema = json!({
            "type": "object",
            "description": section.about,
            "properties": properties,
            "additionalProperties": others,
        });
        if !required.is_empty() {
            schema["required"] = Value::Array(required);
        }
        if !either.is_empty() {
            schema["allOf"] = Value::Array(either);
        }
        schema
    }

    /// A table that holds the parameters of one first word.
    fn parameters(&mut self, table: &str) -> Value {
        let mut properties = Map::new();
        for definition in crate::world::parameter::DEFINITIONS {
            if let Some((first, name)) = definition.key.split_once('.')
                && first == table
            {
                properties.insert(name.into(), self.key(definition, definition.key));
            }
        }
        json!({ "type": "object", "properties": properties, "additionalProperties": false })
    }

    fn key(&mut self, key: &dyn Declared, path: &str) -> Value {
        let mut schema = self.form(&key.form(), path, key.about().need == Need::Always);
        let about = key.about();
        let mut words = words::unlinked(about.meaning);
        let limits = words::limits(key);
        if !limits.is_empty() {
            words.push_str(&format!(". Range: {limits}"));
        }
        if !about.unit.is_empty() {
            words.push_str(&format!(". Unit: {}", about.unit));
        }
        if key.default_text().is_none() && about.need != Need::Always {
            words.push_str(&format!(". Without it: {}", words::plain_default(key)));
        }
        schema["description"] = words.into();
        let default = key
            .default_text()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if let Some(default) = default {
            schema["default"] = default;
        }
        schema
    }

    fn form(&mut self, form: &Form, path: &str, needed: bool) -> Value {
        match form {
            Form::Text => json!({ "type": "string" }),
            Form::Name | Form::NameOf(_) | Form::Path => json!({ "type": "string", "pattern": "\\S" }),
            Form::Whole(low, high) => {
                let mut schema = json!({ "type": "integer" });
                if let Some(low) = low {
                    schema["minimum"] = (*low).into();
                }
                if let Some(high) = high {
                    schema["maximum"] = (*high).into();
                }
                schema
            }
            Form::Real(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
            Form::Flag => json!({ "type": "boolean" }),
            Form::Words(words) => json!({ "enum": words }),
            Form::Date => text(DATE),
            Form::Moment => json!({ "anyOf": [
                text(&format!("{DATE}([Tt ]\\d{{2}}:\\d{{2}}(:\\d{{2}}(\\.\\d+)?)?)?")),
                { "type": "integer", "minimum": 0, "maximum": 36_500 },
            ] }),
            Form::Notation(notation) => notated(*notation),
            Form::List(inner, least, most) => {
                let mut schema = json!({ "type": "array", "items": self.form(inner, path, false) });
                if *least > 0 {
                    schema["minItems"] = (*least).into();
                }
                if let Some(most) = most {
                    schema["maxItems"] = (*most).into();
                }
                schema
            }
            Form::Tuple(places) => {
                let places: Vec<Value> = places.iter().map(|place| self.form(place, path, false)).collect();
                let count = places.len();
                json!({ "type": "array", "prefixItems": places, "items": false, "minItems": count })
            }
            Form::Either(one, other) => {
                json!({ "anyOf": [self.form(one, path, false), self.form(other, path, false)] })
            }
            Form::Any => json!({}),
            Form::Table(section) => self.reference(section, path),
            Form::Tables(section, least) => {
                let mut schema = json!({ "type": "array", "items": self.reference(section, path) });
                if needed || *least > 0 {
                    schema["minItems"] = 1.into();
                }
                schema
            }
        }
    }

    /// A reference to a table, which is written once.
    fn reference(&mut self, section: &'static Section, path: &str) -> Value {
        let known = self
            .tables
            .iter()
            .find(|(known, takes_over, _)| std::ptr::eq(*known, section) && *takes_over == self.takes_over);
        let name = match known {
            Some((.., name)) => name.clone(),
            None => {
                let mut name = path.replace(['*', '<', '>'], "");
                if self.takes_over {
                    name.push_str(".changes");
                }
                self.tables.push((section, self.takes_over, name.clone()));
                let schema = self.choice(section, path);
                self.written.insert(name.clone(), schema);
                name
            }
        };
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

const DATE: &str = "\\d{4}-\\d{2}-\\d{2}";

/// Text of a pattern, with blanks around it.
fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": format!("^\\s*{pattern}\\s*$") })
}

fn notated(notation: Notation) -> Value {
    const CLOCK: &str = "\\d{2}:\\d{2}";
    match notation {
        Notation::Clock => text(CLOCK),
        Notation::Hours => text(&format!("{CLOCK}\\s*-\\s*{CLOCK}")),
        Notation::Offset => text(&format!("[+-]{CLOCK}")),
        Notation::Percent => text("\\d+(\\.\\d+)?\\s*%"),
        Notation::Weekday => {
            let days = [
                "Monday",
                "Tuesday",
                "Wednesday",
                "Thursday",
                "Friday",
                "Saturday",
                "Sunday",
            ];
            let short: Vec<&str> = days.iter().map(|day| &day[..3]).collect();
            let either = |day: &&str| format!("{}({})?", any_case(&day[..3]), any_case(&day[3..]));
            let pattern = days.iter().map(either).collect::<Vec<_>>().join("|");
            json!({ "anyOf": [{ "enum": short }, text(&format!("({pattern})"))] })
        }
    }
}

/// A pattern for a word in capitals or small letters.
fn any_case(word: &str) -> String {
    let letter = |letter: char| format!("[{}{}]", letter.to_ascii_uppercase(), letter.to_ascii_lowercase());
    word.chars().map(letter).collect()
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.into()
    } else {
        format!("{path}.{key}")
    }
}
