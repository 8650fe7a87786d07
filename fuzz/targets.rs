//! What is fuzzed: everything that reads what others wrote. Each target takes any bytes and must neither panic nor hang; what it makes of
//! them does not matter. The fuzzer calls them, and so does a test, with the corpora and a bounded number of changes to them.

use coexist::experiment::{self, Options};
use coexist::kernel::Key;
use coexist::report::{self, Extras, Record, resume, world_files};
use coexist::scenario::{self, Scenario};
use coexist::store::kind::{RUN, WORLD};
use coexist::world::World;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

fn scenarios() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    [own.join("scenarios"), own.join("../scenarios")]
        .into_iter()
        .find(|path| path.is_dir())
        .expect("the shipped scenarios")
}

/// A folder of this process, and of this call.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("coexist-fuzz-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A scenario file.
pub(crate) fn scenario(bytes: &[u8]) {
    let folder = Folder::new();
    fs::create_dir(folder.0.join("people")).expect("a folder");
    for list in fs::read_dir(scenarios().join("people")).expect("lists") {
        let list = list.expect("a list");
        fs::copy(list.path(), folder.0.join("people").join(list.file_name())).expect("a copy");
    }
    let path = folder.0.join("s.toml");
    fs::write(&path, bytes).expect("a scenario");
    let _ = scenario::load(&path);
}

const COMPANY: &str = "schema = 1\nname = \"c\"\nprofile = \"ocs2007r2-to-lync2013\"\n\n[calendar]\nstart = \"2013-03-04\"\nweeks = 4\n\n\
    [[sites]]\nname = \"hq\"\nhours = \"09:00-17:00\"\n\n[[pools]]\nname = \"old\"\nrelease = \"ocs2007r2\"\nfront_ends = 1\n\n\
    [[pools]]\nname = \"new\"\nrelease = \"lync2013\"\nfront_ends = 1\n\n";

/// A list of people, of contacts, and of meetings.
pub(crate) fn list(bytes: &[u8]) {
    let folder = Folder::new();
    fs::write(folder.0.join("list.csv"), bytes).expect("a list");
    fs::write(folder.0.join("people.csv"), "user\nada\nben\ncid\n").expect("a list");
    let path = folder.0.join("s.toml");
    for text in [
        "[population]\npeople = \"list.csv\"\n",
        "[population]\npeople = \"people.csv\"\ncontacts = \"list.csv\"\n",
        "[population]\npeople = \"people.csv\"\n\n[meetings]\ncalendar = \"list.csv\"\n",
    ] {
        fs::write(&path, format!("{COMPANY}{text}")).expect("a scenario");
        let _ = scenario::load(&path);
    }
}

fn five_users() -> &'static Scenario {
    static LOADED: OnceLock<Scenario> = OnceLock::new();
    LOADED.get_or_init(|| {
        let path = scenarios().join("five-users.toml");
        scenario::load(&path).unwrap_or_else(|rejected| panic!("{}", rejected.report))
    })
}

/// Copies the files of a folder that holds no folders.
fn copy(from: &Path, into: &Path) {
    fs::create_dir_all(into).expect("a folder");
    for file in fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        fs::copy(file.path(), into.join(file.file_name())).expect("a copy");
    }
}

/// The names of the files of a folder, in their order.
fn names(dir: &Path) -> Vec<String> {
    let files = fs::read_dir(dir).expect("a folder");
    let mut names: Vec<String> = files
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// One table of an exported world: the first byte says which.
pub(crate) fn world(bytes: &[u8]) {
    static EXPORTED: OnceLock<Folder> = OnceLock::new();
    let scenario = five_users();
    let exported = EXPORTED.get_or_init(|| {
        let folder = Folder::new();
        let key = Key {
            seed: scenario.seed,
            replication: 0,
        };
        let claim = report::claim(&folder.0.join("w"), scenario, &WORLD).expect("a free place");
        let world = World::draw(scenario.facts.clone(), key, false);
        world_files::write(&world, scenario, false, claim).expect("a world");
        folder
    });
    let Some((which, rest)) = bytes.split_first() else {
        return;
    };
    let folder = Folder::new();
    let place = folder.0.join("w");
    copy(&exported.0.join("w"), &place);
    let names = names(&place);
    fs::write(place.join(&names[usize::from(*which) % names.len()]), rest).expect("a table");
    let _ = world_files::read(&place, scenario.facts.clone());
}

/// One file of the results of a run: the first byte says which. Its digest is put into the manifest, so that its content is read.
pub(crate) fn results(bytes: &[u8]) {
    static STOP: AtomicBool = AtomicBool::new(false);
    static RUN_ONCE: OnceLock<Folder> = OnceLock::new();
    let scenario = five_users();
    let options = |end| Options {
        strategies: (0..scenario.plans.len()).collect(),
        replications: 0..end,
        seed: scenario.seed,
        threads: 1,
        fix_uncertain: false,
        stop: &STOP,
    };
    let run = RUN_ONCE.get_or_init(|| {
        let folder = Folder::new();
        let results = experiment::run(scenario, &options(3), &|| {}).expect("nobody stops it");
        let place = report::place(&folder.0, scenario, &RUN);
        let claim = report::claim(&place, scenario, &RUN).expect("a free place");
        let extras = Extras {
            charts: false,
            excel: false,
            names: false,
        };
        let judgement = report::goals::Judgement::new(scenario, &results);
        report::write_results(scenario, &results, &judgement, None, claim, extras).expect("results");
        folder
    });
    let Some((which, rest)) = bytes.split_first() else {
        return;
    };
    let folder = Folder::new();
    let place = report::place(&folder.0, scenario, &RUN);
    copy(&report::place(&run.0, scenario, &RUN), &place);
    let name = ["replications.csv", "daily.json.gz", "manifest.json"][usize::from(*which) % 3];
    fs::write(place.join(name), rest).expect("a file");
    if name != "manifest.json" {
        let path = place.join("manifest.json");
        let text = fs::read_to_string(&path).expect("a manifest");
        let mut manifest: serde_json::Value = serde_json::from_str(&text).expect("a manifest");
        manifest["files"][name] = blake3::hash(rest).to_hex().as_str().into();
        fs::write(&path, manifest.to_string()).expect("a manifest");
    }
    let _ = resume::read(&folder.0, scenario, &options(5));
    if let Ok(record) = Record::open(&folder.0, scenario) {
        let _ = record.worlds("stay");
    }
}
