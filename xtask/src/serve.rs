//! The demo's server: for a person who looks, and for a browser that checks.

use std::env;
use std::io::IsTerminal;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::browser::{self, Need};
use crate::demo::empty;
#[cfg(not(unix))]
use crate::step::run;
use crate::step::{Result, command, forward};
use crate::{month, paths};

/// The task by which the demo waits for its own server; see [`open`].
pub const OPEN_WHEN_READY: &str = "open-when-ready";

/// A script ends by itself; this is for the day it does not.
const SCRIPT_TAKES_AT_MOST: Duration = Duration::from_secs(600);
const START_TAKES_AT_MOST: Duration = Duration::from_secs(60);

/// The server, ready for more flags.
pub fn server(shop: &Path, database: &Path, port: u16) -> Command {
    let mut server = command(paths::program());
    server
        .arg("serve")
        .arg("--shop")
        .arg(shop)
        .args(["--www", "www", "--pkg", "pkg", "--port", &port.to_string()])
        .arg("--database")
        .arg(database);
    server
}

/// Serves until Ctrl-C, and opens the page if there is a screen.
pub fn open(shop: &Path, wanted: u16) -> Result {
    let database = shop.with_file_name("reports.sqlite");
    month::play(shop, &database);
    let port = free_port(wanted);
    if port != wanted && wanted != 0 {
        println!("port {wanted} is busy; taking {port}");
    }
    if has_screen() {
        let own = env::current_exe().map_err(|e| e.to_string())?;
        let opener = Command::new(own).args([OPEN_WHEN_READY, &port.to_string()]).spawn();
        opener.map_err(|e| format!("the browser cannot be opened: {e}"))?;
    }
    println!("The shop: http://localhost:{port}/   Ctrl-C ends it.\n");
    become_it(&mut server(shop, &database, port))
}

/// The server takes our place, so that Ctrl-C and signals reach it and nobody else.
#[cfg(unix)]
fn become_it(server: &mut Command) -> Result {
    use std::os::unix::process::CommandExt;
    Err(format!("the server cannot be started: {}", server.exec()))
}

#[cfg(not(unix))]
fn become_it(server: &mut Command) -> Result {
    run(server)
}

/// `wanted`, or the next port that nobody listens on; any for 0.
fn free_port(wanted: u16) -> u16 {
    let free = |port| {
        // Released at once: the server takes it.
        let port = TcpListener::bind(("127.0.0.1", port)).ok()?.local_addr().ok()?.port();
        TcpStream::connect(("localhost", port)).is_err().then_some(port)
    };
    (wanted..=u16::MAX).take(100).find_map(free).unwrap_or(wanted)
}

fn has_screen() -> bool {
    let has = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let screen = cfg!(any(windows, target_os = "macos")) || has("DISPLAY") || has("WAYLAND_DISPLAY");
    screen && std::io::stdout().is_terminal()
}

/// Waits, in a process of its own, until the server answers; then opens the page.
pub fn open_when_ready(arguments: &[String]) -> Result {
    let port: u16 = arguments.first().and_then(|port| port.parse().ok()).ok_or("which port?")?;
    let start = Instant::now();
    while TcpStream::connect(("localhost", port)).is_err() {
        if start.elapsed() > START_TAKES_AT_MOST {
            return Ok(()); // The server has said why it does not answer.
        }
        thread::sleep(Duration::from_millis(100));
    }
    let page = format!("http://localhost:{port}/");
    let opened = if cfg!(windows) {
        command("cmd").args(["/c", "start", &page]).status()
    } else {
        command(if cfg!(target_os = "macos") { "open" } else { "xdg-open" }).arg(&page).status()
    };
    if opened.is_err() {
        println!("Open {page} in a browser.");
    }
    Ok(())
}

/// A script drives a headless browser in the shop that was just built: its arguments are the shop's
/// address and `rest`.
pub fn visit(shop: &Path, script: &str, rest: &[&str]) -> Result {
    let chrome = browser::find(Need::Chrome)?.chrome;
    let folder = paths::own().join("visit");
    empty(&folder)?;
    let (_server, address) = Server::start(&mut server(shop, &folder.join("reports.sqlite"), 0))?;

    let mut node = command("node");
    let mut visit = (node.arg(script).arg(&address).args(rest).env("CHROME", chrome).spawn())
        .map_err(|e| format!("Node cannot be started: {e}"))?;
    let start = Instant::now();
    loop {
        match visit.try_wait().map_err(|e| e.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(_) => return Err(format!("{script} failed: the sentence is above")),
            None if start.elapsed() > SCRIPT_TAKES_AT_MOST => {
                let _ = visit.kill();
                let _ = visit.wait();
                return Err(format!("{script} did not end within {} minutes", SCRIPT_TAKES_AT_MOST.as_secs() / 60));
            }
            None => thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// A server that ends when it goes out of scope.
pub struct Server(Child);

impl Server {
    /// Starts it; returns with its address once it is ready.
    pub fn start(command: &mut Command) -> Result<(Self, String)> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut server = Self(child.map_err(|e| format!("the server cannot be started: {e}"))?);
        let (sender, lines) = mpsc::channel();
        forward(server.0.stdout.take(), sender);

        let start = Instant::now();
        while let Ok(line) = lines.recv_timeout(START_TAKES_AT_MOST.saturating_sub(start.elapsed())) {
            if let Some(address) = line.strip_prefix("listening on ") {
                let address = address.trim().to_owned();
                // Read on, or a talkative server would stop when the pipe is full.
                thread::spawn(move || lines.iter().for_each(drop));
                return Ok((server, address));
            }
        }
        Err("the server did not say `listening on …`: see its message above".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_is_passed_over() {
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = busy.local_addr().unwrap().port();
        assert_ne!(free_port(port), port);
    }
}
