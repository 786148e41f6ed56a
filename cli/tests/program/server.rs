//! The server as a child of the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::shop::Shop;
use crate::{homebody, text};

pub struct Server {
    child: Child,
    pub port: u16,
    pub token: String,
}

impl Server {
    /// Starts it on any free port.
    pub fn start(shop: &Shop, more: &[&str]) -> Self {
        Self::start_at(shop, 0, more)
    }

    /// The command that starts it.
    fn command(shop: &Shop, port: u16, more: &[&str]) -> Command {
        for (name, content) in [
            ("www/index.html", "<!doctype html><title>Shop</title>".to_string()),
            ("www/merchant.html", "<!doctype html><title>Sums</title>".into()),
            ("www/data/purchases.parquet", "secret".into()),
            ("www/app.js", "export const greeting = 'hello';\n".repeat(200)),
            ("pkg/homebody_bg.wasm", "\0asm".repeat(500)),
            ("pkg/index.js", "export {};".into()),
        ] {
            if !shop.path(name).exists() {
                shop.write(name, content.as_bytes());
            }
        }
        let mut command = homebody();
        command.arg("serve").args(["--port", &port.to_string()]);
        for (flag, name) in [
            ("--shop", "shop"),
            ("--www", "www"),
            ("--pkg", "pkg"),
            ("--database", "reports.sqlite"),
            ("--access-log", "access.log"),
        ] {
            command.args([flag, text(&shop.path(name))]);
        }
        command.args(more);
        command
    }

    /// What it says when it does not start.
    pub fn refused(shop: &Shop, more: &[&str]) -> String {
        let ended = Self::command(shop, 0, more).output().unwrap();
        assert!(!ended.status.success(), "it should not start with {more:?}");
        String::from_utf8(ended.stderr).unwrap()
    }

    pub fn start_at(shop: &Shop, port: u16, more: &[&str]) -> Self {
        let mut command = Self::command(shop, port, more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut token, mut port) = (None, None);
        while port.is_none() {
            let Some(Ok(line)) = lines.next() else {
                let mut err = String::new();
                child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
                panic!("the server ended before it listened: {err}");
            };
            if let Some(found) = line.strip_prefix("staff token: ") {
                token = Some(found.to_string());
            } else if let Some(found) = line.strip_prefix("listening on http://localhost:") {
                port = Some(found.parse().unwrap());
            }
        }
        Self { child, port: port.unwrap(), token: token.expect("the token comes first") }
    }

    /// Ends it without a warning, as a power cut would (SIGKILL).
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end by a signal; says how it ended, and what it said.
    #[cfg(unix)]
    pub fn stop(mut self, signal: &str) -> (ExitStatus, String) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap(), err)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
