//! Finds Chrome, and the chromedriver that belongs to it, in this order: the variables CHROME and
//! CHROMEDRIVER, PATH, Debian's packages, Playwright's download.

use std::fs;
use std::path::{Path, PathBuf};

use crate::paths;
use crate::step::{Result, ask, command, node, npm, run};

/// Chromium first: where Debian's packages had to be installed, browser and driver are a pair.
const CHROME_NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Need {
    Chrome,
    ChromeAndDriver,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Browser {
    pub chrome: PathBuf,
    /// There whenever it was asked for.
    pub driver: Option<PathBuf>,
}

/// Finds a browser on this machine, or installs one.
pub fn find(need: Need) -> Result<Browser> {
    let browser = search(need, &mut ThisMachine)?;
    if let Some(driver) = browser.driver.as_ref().filter(|_| need == Need::ChromeAndDriver) {
        same_version(&browser.chrome, driver)?;
    }
    Ok(browser)
}

/// Writes a `webdriver.json` that names this browser; returns its place. The one at the root has
/// the flags, and is what plain `wasm-pack test` reads.
pub fn capabilities(chrome: &Path) -> Result<PathBuf> {
    let flags = fs::read_to_string("webdriver.json").map_err(|e| format!("webdriver.json: {e}"))?;
    let place = paths::own().join("webdriver.json");
    fs::create_dir_all(paths::own())
        .and_then(|()| fs::write(&place, with_binary(&flags, chrome)))
        .map_err(|e| format!("{}: {e}", place.display()))?;
    Ok(place)
}

fn with_binary(json: &str, chrome: &Path) -> String {
    const OPTIONS: &str = "\"goog:chromeOptions\": {";
    // Rust's escapes in `{:?}` of a path are JSON's, but for characters that no path should have.
    json.replacen(OPTIONS, &format!("{OPTIONS} \"binary\": {chrome:?},"), 1)
}

/// What the search asks of a machine; a test puts its own in.
trait Machine {
    fn variable(&self, name: &str) -> Option<String>;
    fn is_file(&self, path: &Path) -> bool;
    fn on_path(&self, name: &str) -> Option<PathBuf>;
    /// Installs Debian's packages; says whether it could.
    fn install_debian(&mut self) -> bool;
    /// Playwright's Chromium, downloaded if need be. It has no chromedriver.
    fn playwright(&mut self) -> Option<PathBuf>;
}

fn search(need: Need, machine: &mut dyn Machine) -> Result<Browser> {
    let mut chrome = named(machine, "CHROME")?;
    let mut driver = named(machine, "CHROMEDRIVER")?;
    let named_chrome = chrome.clone();

    let on_path = |machine: &dyn Machine| CHROME_NAMES.iter().find_map(|name| machine.on_path(name));
    let enough = |chrome: &Option<PathBuf>, driver: &Option<PathBuf>| {
        chrome.is_some() && (need == Need::Chrome || driver.is_some())
    };

    chrome = chrome.or_else(|| on_path(machine));
    driver = driver.or_else(|| machine.on_path("chromedriver"));
    if !enough(&chrome, &driver) && machine.install_debian() {
        chrome = named_chrome.or_else(|| on_path(machine));
        driver = driver.or_else(|| machine.on_path("chromedriver"));
    }
    if chrome.is_none() {
        chrome = machine.playwright();
    }

    match chrome {
        None => Err("there is no Chrome or Chromium. Install one (on Debian: `apt-get install \
                     chromium chromium-driver`), or name yours in CHROME"
            .into()),
        Some(chrome) if need == Need::ChromeAndDriver && driver.is_none() => Err(format!(
            "there is {}, but no chromedriver, which the tests in the browser need. Install it \
             (on Debian: `apt-get install chromium chromium-driver`; else from \
             https://googlechromelabs.github.io/chrome-for-testing, in the browser's version), or \
             name yours in CHROMEDRIVER",
            chrome.display()
        )),
        Some(chrome) => Ok(Browser { chrome, driver }),
    }
}

/// The file that a variable names.
fn named(machine: &dyn Machine, variable: &str) -> Result<Option<PathBuf>> {
    match machine.variable(variable).filter(|value| !value.is_empty()) {
        None => Ok(None),
        Some(path) if machine.is_file(Path::new(&path)) => Ok(Some(path.into())),
        Some(path) => Err(format!(
            "the variable {variable} names {path}, which is no file. Name the program itself, or \
             unset it to search PATH"
        )),
    }
}

/// Chromedriver refuses a browser of another major version with a page of words.
fn same_version(chrome: &Path, driver: &Path) -> Result {
    if cfg!(windows) {
        return Ok(()); // Chrome for Windows opens a window instead of printing its version.
    }
    let version = |program: &Path| {
        let text = ask(command(program).arg("--version"))?;
        Some((major(&text)?, text))
    };
    match (version(chrome), version(driver)) {
        (Some((a, chrome)), Some((b, driver))) if a != b => Err(format!(
            "these two do not belong together: {chrome} and {driver}. Install both in one \
             version, or name a pair in CHROME and CHROMEDRIVER"
        )),
        _ => Ok(()),
    }
}

/// `Chromium 156.0.8078.79 built on Debian` is 156.
fn major(text: &str) -> Option<u32> {
    let version = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split('.').next()?.parse().ok()
}

struct ThisMachine;

impl Machine for ThisMachine {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn on_path(&self, name: &str) -> Option<PathBuf> {
        paths::which(name)
    }

    fn install_debian(&mut self) -> bool {
        let root = ask(command("id").arg("-u")).as_deref() == Some("0");
        if !root || paths::which("apt-get").is_none() {
            return false;
        }
        println!("[doing] Debian's packages chromium and chromium-driver");
        let apt = |arguments: &[&str]| {
            let mut apt = command("apt-get");
            run(apt.args(["-q", "-y"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        };
        let done =
            apt(&["update"]).and_then(|()| apt(&["install", "--no-install-recommends", "chromium", "chromium-driver"]));
        done.inspect_err(|e| println!("{e}; trying the next way")).is_ok()
    }

    fn playwright(&mut self) -> Option<PathBuf> {
        const WHERE: &str = "import { chromium } from '@playwright/test'; console.log(chromium.executablePath())";
        let place = ask(&mut node(WHERE))?;
        if !Path::new(&place).is_file() {
            println!("[doing] Playwright's download of Chromium");
            npm("playwright")
                .and_then(|mut playwright| run(playwright.args(["install", "chromium"])))
                .inspect_err(|e| println!("{e}"))
                .ok()?;
        }
        Some(PathBuf::from(place)).filter(|place| place.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine of which only this is known. `debian` holds what apt-get would add to PATH.
    #[derive(Default)]
    struct Imagined {
        variables: Vec<(&'static str, &'static str)>,
        path: Vec<&'static str>,
        debian: Option<Vec<&'static str>>,
        playwright: bool,
        asked: Vec<&'static str>,
    }

    impl Machine for Imagined {
        fn variable(&self, name: &str) -> Option<String> {
            let found = self.variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).into())
        }
        fn is_file(&self, path: &Path) -> bool {
            !path.ends_with("gone")
        }
        fn on_path(&self, name: &str) -> Option<PathBuf> {
            self.path.contains(&name).then(|| format!("path/{name}").into())
        }
        fn install_debian(&mut self) -> bool {
            self.asked.push("debian");
            self.debian.take().is_some_and(|names| {
                self.path.extend(names);
                true
            })
        }
        fn playwright(&mut self) -> Option<PathBuf> {
            self.asked.push("playwright");
            self.playwright.then(|| "playwright/chrome".into())
        }
    }

    fn found(chrome: &str, driver: Option<&str>) -> Result<Browser> {
        Ok(Browser { chrome: chrome.into(), driver: driver.map(Into::into) })
    }

    #[test]
    fn variables_come_before_the_path() {
        let mut machine = Imagined {
            variables: vec![("CHROME", "my/chrome"), ("CHROMEDRIVER", "my/driver")],
            path: vec!["chromium", "chromedriver"],
            ..Default::default()
        };
        let result = search(Need::ChromeAndDriver, &mut machine);
        assert_eq!(result, found("my/chrome", Some("my/driver")));
        assert!(machine.asked.is_empty());
    }

    #[test]
    fn the_path_comes_before_anything_is_installed() {
        let mut machine = Imagined {
            path: vec!["google-chrome", "chromedriver"],
            debian: Some(vec!["chromium"]),
            ..Default::default()
        };
        let result = search(Need::ChromeAndDriver, &mut machine);
        assert_eq!(result, found("path/google-chrome", Some("path/chromedriver")));
        assert!(machine.asked.is_empty());
    }

    #[test]
    fn a_missing_driver_brings_debians_pair() {
        let mut machine = Imagined {
            path: vec!["google-chrome"],
            debian: Some(vec!["chromium", "chromedriver"]),
            ..Default::default()
        };
        let result = search(Need::ChromeAndDriver, &mut machine);
        assert_eq!(result, found("path/chromium", Some("path/chromedriver")));
    }

    #[test]
    fn without_need_of_a_driver_a_browser_is_enough() {
        let mut machine = Imagined { path: vec!["chrome"], ..Default::default() };
        assert_eq!(search(Need::Chrome, &mut machine), found("path/chrome", None));
        assert!(machine.asked.is_empty());
    }

    #[test]
    fn playwrights_download_is_the_last_and_brings_no_driver() {
        let mut machine = Imagined { playwright: true, ..Default::default() };
        assert_eq!(search(Need::Chrome, &mut machine), found("playwright/chrome", None));
        assert_eq!(machine.asked, ["debian", "playwright"]);

        let message = search(Need::ChromeAndDriver, &mut machine).unwrap_err();
        assert!(message.contains("CHROMEDRIVER"), "{message}");
    }

    #[test]
    fn nothing_found_says_what_to_install() {
        let message = search(Need::Chrome, &mut Imagined::default()).unwrap_err();
        assert!(message.contains("apt-get install chromium"), "{message}");
    }

    #[test]
    fn a_variable_that_names_nothing_is_said() {
        let mut machine =
            Imagined { variables: vec![("CHROME", "gone")], path: vec!["chromium"], ..Default::default() };
        let message = search(Need::Chrome, &mut machine).unwrap_err();
        assert!(message.contains("CHROME names gone"), "{message}");
    }

    #[test]
    fn the_flags_stay_when_the_browser_is_named() {
        let json = r#"{ "goog:chromeOptions": { "args": ["--headless=new"] } }"#;
        let named = r#"{ "goog:chromeOptions": { "binary": "/opt/chrome", "args": ["--headless=new"] } }"#;
        assert_eq!(with_binary(json, Path::new("/opt/chrome")), named);
    }

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("Chromium 156.0.8078.79 built on Debian GNU/Linux 12"), Some(156));
        assert_eq!(major("ChromeDriver 156.0.8078.79 (2cbb (x64))"), Some(156));
        assert_eq!(major("unknown"), None);
    }
}
