//! `cargo xtask site`: the demo as a folder for any file host, at any path.
//!
//! A file host takes no reports and sends no headers: the page says the one, and brings the most
//! important of the other itself.

use std::fs;
use std::path::{Path, PathBuf};

use crate::demo::{self, empty};
use crate::paths;
use crate::step::Result;

/// As the program's own server sends it (`cli/src/serve/headers.rs`; a test compares), but for
/// `frame-ancestors`, which browsers heed in a header only.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; \
    object-src 'none'; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// `cargo xtask site [--out FOLDER]`
pub fn run(arguments: &[String]) -> Result {
    // Before the change of folder: it is named from where the user stands.
    let out = match arguments {
        [] => None,
        [flag, folder] if flag == "--out" => Some(paths::absolute(folder)),
        _ => return Err(format!("`cargo xtask site` knows --out FOLDER, not `{}`", arguments.join(" "))),
    };
    paths::enter_root()?;
    let out = out.unwrap_or_else(folder);
    write(&demo::build()?, &out)?;
    println!("\nThe demo, for any file host: {}", out.display());
    Ok(())
}

/// Where the site goes by itself.
pub fn folder() -> PathBuf {
    paths::target().join("site")
}

/// Writes pages, package and shop into `out`, which must be new, empty, or a site written before.
pub fn write(shop: &Path, out: &Path) -> Result {
    if fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some()) && !is_site(out) {
        return Err(format!("{} is not empty and no site: name another folder, or empty it", out.display()));
    }
    empty(out)?;
    copy(Path::new("www"), out, &|name| name != "data" && !name.starts_with("merchant"))?;
    copy(Path::new("pkg"), &out.join("pkg"), &|name| !name.starts_with('.') && !name.ends_with(".d.ts"))?;
    copy(shop, &out.join("shop"), &|name| name.ends_with(".json") || name.ends_with(".safetensors"))?;
    let index = out.join("index.html");
    let page = fs::read_to_string(&index).map_err(|e| format!("{}: {e}", index.display()))?;
    fs::write(&index, without_server(&page)?).map_err(|e| format!("{}: {e}", index.display()))
}

/// Only such a folder is emptied without a question.
fn is_site(folder: &Path) -> bool {
    fs::read_to_string(folder.join("index.html")).is_ok_and(|page| page.contains(NO_SERVER))
}

const NO_SERVER: &str = r#"data-server="none""#;

fn without_server(page: &str) -> Result<String> {
    let policy =
        format!("<meta charset=\"utf-8\">\n  <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    let page = replace(page, "<html lang=\"en\">", &format!("<html lang=\"en\" {NO_SERVER}>"))?;
    replace(&page, "<meta charset=\"utf-8\">", &policy)
}

fn replace(page: &str, from: &str, to: &str) -> Result<String> {
    match page.matches(from).count() {
        1 => Ok(page.replace(from, to)),
        n => Err(format!("www/index.html has `{from}` {n} times; a site needs it once")),
    }
}

/// A folder's files and folders of which `wanted` says yes to the name.
fn copy(from: &Path, to: &Path, wanted: &dyn Fn(&str) -> bool) -> Result {
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(to).map_err(|e| failed(to, e))?;
    for entry in fs::read_dir(from).map_err(|e| failed(from, e))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if !wanted(&name.to_string_lossy()) {
            continue;
        }
        let target = to.join(&name);
        if path.is_dir() {
            copy(&path, &target, wanted)?;
        } else {
            fs::copy(&path, &target).map_err(|e| failed(&path, e))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_page_can_do_without_a_server() {
        let page = without_server(include_str!("../../www/index.html")).unwrap();
        assert!(page.contains(NO_SERVER) && page.contains("'wasm-unsafe-eval'"));
        for absolute in ["href=\"/", "src=\"/"] {
            assert!(!page.contains(absolute), "{absolute} leaves the site's folder");
        }
    }

    #[test]
    fn a_folder_of_something_else_is_not_emptied() {
        let folder = std::env::temp_dir().join(format!("homebody-site-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("thesis.txt"), "x").unwrap();
        let message = write(Path::new("none"), &folder).unwrap_err();
        assert!(message.contains("not empty") && folder.join("thesis.txt").is_file(), "{message}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
