//! Who may use whom, read from the `use crate::` lines. Upwards is never allowed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Room → the rooms it may use. `error`, `bytes`, `sort` and `lanes` are everybody's.
const ARROWS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("bytes", &[]),
    ("sort", &[]),
    ("lanes", &[]),
    ("interaction", &[]),
    ("factors", &[]),
    ("intake", &["factors", "interaction"]),
    ("profile", &["factors", "interaction"]),
    ("update", &["profile", "factors", "interaction"]),
    ("insight", &["profile", "factors", "interaction"]),
    ("blend", &["profile", "factors", "interaction"]),
    ("rank", &["profile", "factors", "interaction"]),
    ("privacy", &["profile", "factors", "interaction"]),
    ("profiler", &["intake", "update", "rank", "blend", "insight", "profile", "factors", "interaction"]),
    ("web", &["profiler", "privacy", "rank", "update", "intake", "profile", "factors", "interaction"]),
];

/// The rooms that a source uses outside its tests.
fn used(source: &str) -> Vec<&str> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or(source);
    let mut rooms: Vec<&str> = Vec::new();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    for piece in lines.flat_map(|line| line.split("crate::").skip(1)) {
        let room = piece.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or("");
        if ARROWS.iter().any(|(known, _)| *known == room) && !rooms.contains(&room) {
            rooms.push(room);
        }
    }
    rooms
}

fn wrong<'a>(room: &str, source: &'a str) -> Vec<&'a str> {
    let allowed = ARROWS.iter().find(|(known, _)| *known == room).map_or(&[][..], |(_, allowed)| allowed);
    used(source)
        .into_iter()
        .filter(|used| *used != room && !["error", "bytes", "sort", "lanes"].contains(used) && !allowed.contains(used))
        .collect()
}

fn sources(folder: &Path, room: Option<&str>, found: &mut BTreeMap<String, (String, String)>) {
    for entry in fs::read_dir(folder).expect("src/ is there").flatten() {
        let path = entry.path();
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            sources(&path, Some(room.unwrap_or(&name)), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source is text");
            found.insert(path.display().to_string(), (room.unwrap_or(&name).to_owned(), text));
        }
    }
}

#[test]
fn no_arrow_points_upwards() {
    let mut found = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    let mut rooms = 0;
    for (path, (room, text)) in &found {
        let tests = ["tests.rs", "laws.rs"].iter().any(|name| path.ends_with(name));
        if ARROWS.iter().any(|(known, _)| known == room) && !tests {
            rooms += 1;
            assert_eq!(wrong(room, text), [""; 0], "{path} may not use these");
        }
    }
    assert!(rooms > 30, "only {rooms} sources were looked at");
}

#[test]
fn a_wrong_arrow_is_seen() {
    // The control of the test above.
    assert_eq!(wrong("factors", "use crate::profile::Profile;"), ["profile"]);
    assert_eq!(wrong("rank", "fn f(x: crate::update::Sgd) {}"), ["update"]);
    assert!(wrong("rank", "use crate::profile::Profile;\nuse crate::error::Error;").is_empty());
}

#[test]
fn the_core_names_no_browser_and_no_target() {
    let mut found = BTreeMap::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    for (path, (room, text)) in &found {
        let free = ["lanes", "lib", "testing", "web"].contains(&room.as_str()) || path.contains("kernel");
        for word in ["web_sys", "js_sys", "wasm_bindgen", "target_arch"] {
            assert!(free || !text.contains(word), "{path} names {word}");
        }
    }
}
