//! `new`: a scenario to begin with.

use super::args::New;
use super::failure::Failure;
use super::terminal;
use crate::guide::{schema, template};
use crate::scenario::input::Reader;
use crate::scenario::lists;
use crate::scenario::profile;
use jiff::civil::Date;
use std::fs::File;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The schema that editors look for beside the scenario.
const SCHEMA: &str = "coexist.schema.json";

/// Writes the scenario, and the schema beside it.
pub(super) fn new(arguments: &New) -> Result<(), Failure> {
    let path = &arguments.file;
    let name = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let is_toml = path.extension().is_some_and(|extension| extension == "toml");
    if !is_toml || name.is_empty() || name.starts_with('-') || !name.chars().all(plain) {
        return Err(Failure::Usage(format!(
            "{}: a scenario is called after its file; write a name of letters, digits, `-` and `_`, such as my-company.toml",
            path.display()
        )));
    }
    if path.exists() {
        return Err(Failure::Usage(format!(
            "{} is there already; write another name",
            path.display()
        )));
    }
    let mut ask = Questions::new(arguments.yes);
    let profile_name = ask.or(
        arguments.profile.clone(),
        &format!(
            "Which migration? ({})",
            profile::shipped_names().collect::<Vec<_>>().join(", ")
        ),
        "ocs2007r2-to-lync2013".into(),
    )?;
    let Some(text) = profile::shipped(&profile_name) else {
        let names: Vec<&str> = profile::shipped_names().collect();
        return Err(Failure::Usage(format!(
            "there is no profile `{profile_name}`; write one of {}",
            names.join(", ")
        )));
    };
    let profile = profile::read(&Reader::new(), &profile_name, text, &[])
        .ok_or_else(|| Failure::Failed(format!("the profile `{profile_name}` is faulty")))?;
    let start = ask.or(
        arguments.start,
        "When does the simulated time begin?",
        Date::constant(2027, 3, 1),
    )?;
    let weeks = ask.or(arguments.weeks, "How many weeks are simulated?", 40)?;
    let people = match (&arguments.people, arguments.users) {
        (Some(people), _) => Some(people.clone()),
        (None, Some(_)) => None,
        (None, None) => ask.path("A list of the people, such as an export? (empty: none)")?,
    };
    let survey = people.as_deref().map(lists::survey).transpose();
    let survey = survey.map_err(|rejected| Failure::Rejected(rejected.report))?;
    let users = match &survey {
        Some(survey) => survey.people,
        None => ask.or(arguments.users, "How many people are there?", 1000)?,
    };
    let contacts = match &arguments.contacts {
        Some(contacts) => Some(contacts.clone()),
        None => ask.path("A list of who writes to whom? (empty: none)")?,
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    let company = template::Company {
        name,
        profile: (profile_name, profile),
        start,
        weeks: weeks.clamp(20, 520),
        users: users.max(1),
        people: people
            .as_deref()
            .map(|people| from_folder(people, folder))
            .zip(survey),
        contacts: contacts.as_deref().map(|contacts| from_folder(contacts, folder)),
    };
    let text = template::scenario(&company);
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| Failure::Failed(format!("{path} could not be written: {error}"))
    };
    File::create_new(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(failed(path))?;
    let beside = folder.join(SCHEMA);
    let schema = format!("{:#}\n", schema::scenario());
    let is_ours = std::fs::read_to_string(&beside).is_ok_and(|text| text.contains("\"Scenario of coexist\""));
    if is_ours || !beside.exists() {
        std::fs::write(&beside, schema).map_err(failed(&beside))?;
    }
    terminal::print(&format!(
        "{} is written, and {} for editors. Next:\n  coexist check {path}\n  coexist run {path}\n",
        path.display(),
        beside.display(),
        path = crate::shell::quoted(&path.display().to_string())
    ))
}

/// A path as a file in a folder would write it: as it is, if it lies elsewhere.
fn from_folder(path: &Path, folder: &Path) -> String {
    let relative = match (folder.as_os_str().is_empty(), path.strip_prefix(folder)) {
        (false, Ok(inner)) => inner.to_path_buf(),
        (false, Err(_)) => std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()),
        (true, _) => path.to_path_buf(),
    };
    relative.display().to_string().replace('\\', "/")
}

/// Questions to whoever sits at a terminal.
struct Questions {
    are_asked: bool,
}

impl Questions {
    fn new(is_silent: bool) -> Questions {
        Questions {
            are_asked: !is_silent && io::stdin().is_terminal() && io::stderr().is_terminal(),
        }
    }

    /// What was said, what is answered, or the default.
    fn or<T: FromStr + ToString>(
        &mut self,
        said: Option<T>,
        question: &str,
        default: T,
    ) -> Result<T, Failure> {
        if let Some(said) = said {
            return Ok(said);
        }
        if !self.are_asked {
            return Ok(default);
        }
        loop {
            let answer = answer(&format!("{question} [{}] ", default.to_string()))?;
            if answer.is_empty() {
                return Ok(default);
            }
            match answer.parse() {
                Ok(answer) => return Ok(answer),
                Err(_) => terminal::tell(&format!(
                    "`{answer}` is no answer to that; write something like {}",
                    default.to_string()
                )),
            }
        }
    }

    fn path(&mut self, question: &str) -> Result<Option<PathBuf>, Failure> {
        if !self.are_asked {
            return Ok(None);
        }
        let answer = answer(&format!("{question} "))?;
        Ok((!answer.is_empty()).then(|| PathBuf::from(answer)))
    }
}

/// Asks on standard error and reads a line.
fn answer(question: &str) -> Result<String, Failure> {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question}").and_then(|()| err.flush());
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let read = read.map_err(|error| Failure::Failed(format!("no answer could be read: {error}")))?;
    if read == 0 {
        return Err(Failure::Usage(
            "the questions were not answered; `--yes` takes the defaults".into(),
        ));
    }
    Ok(line.trim().to_owned())
}
