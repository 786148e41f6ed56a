//! Running commands: each step says what it does, is skipped when done, and says how long it took.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::paths;

/// What went wrong is a sentence for the user; nothing here recovers from it.
pub type Result<T = ()> = std::result::Result<T, String>;

/// Does `action`, unless it is `done`; says either.
pub fn step(what: &str, done: bool, action: impl FnOnce() -> Result) -> Result {
    if done {
        println!("[ready] {what}");
        return Ok(());
    }
    println!("[doing] {what}");
    let start = Instant::now();
    action()?;
    println!("[done]  {what}, {}", seconds(start.elapsed()));
    Ok(())
}

/// A command whose program is looked up with our own tools in front.
pub fn command(program: impl AsRef<Path>) -> Command {
    let program = program.as_ref();
    let mut command = Command::new(paths::which(program).unwrap_or(program.into()));
    command.env("PATH", paths::search_path());
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or("cargo".into()))
}

/// A development tool of npm's, never the machine's own of the same name.
pub fn npm(tool: &str) -> Result<Command> {
    Ok(command(paths::npm_tool(tool)?))
}

/// A script for Node, as a module.
pub fn node(script: &str) -> Command {
    let mut node = command("node");
    node.args(["--input-type=module", "-e", script]);
    node
}

/// Runs a command; its output goes to the terminal as it is.
pub fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|e| cannot_start(command, &e))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{} ended with {status}", words(command)))
}

/// What a quick question prints, or nothing when the program is not there or fails.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Runs a command, shows its output and keeps it: whether it succeeded, and all it printed.
pub fn tee(command: &mut Command) -> Result<(bool, String)> {
    println!("$ {}", words(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| cannot_start(command, &e))?;

    let (sender, lines) = mpsc::channel();
    forward(child.stdout.take(), sender.clone());
    forward(child.stderr.take(), sender);
    let mut text = String::new();
    loop {
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                println!("{line}");
                text.push_str(&line);
                text.push('\n');
            }
            // A process that was left behind may keep the pipe open for ever.
            Err(RecvTimeoutError::Timeout) if child.try_wait().is_ok_and(|end| end.is_none()) => {}
            Err(_) => break,
        }
    }
    let status = child.wait().map_err(|e| e.to_string())?;
    Ok((status.success(), text))
}

/// Sends each line of a stream to `sender`, from a thread of its own.
pub fn forward(stream: Option<impl Read + Send + 'static>, sender: mpsc::Sender<String>) {
    let Some(stream) = stream else { return };
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(|line| line.ok()) {
            let line = String::from_utf8_lossy(&line).trim_end_matches('\r').to_owned();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

/// A command as one would type it.
pub fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(program).chain(command.get_args()).map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", words(command))
}
