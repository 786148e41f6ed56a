//! The demo's month: the data's last orders, played into reports before the first opening, so that the
//! merchant's page has something to add up.

use std::fs::{self, File};
use std::path::Path;

use crate::demo::empty;
use crate::paths;
use crate::serve::{Server, server};
use crate::step::{Result, command, run, step};

/// Reports of a whole month, all at once and from one address: what the shop's own server refuses.
const ALL_AT_ONCE: [&str; 4] = ["--reports-per-minute", "1000000", "--oldest-report", "31"];

/// Fills a database that is not there yet. A shop opens without it, too.
pub fn play(shop: &Path, database: &Path) {
    let what = "a month of reports for the merchant's page, dated to end today";
    if let Err(message) = step(what, database.is_file(), || fill(shop, database)) {
        println!("        {message}: the merchant's page begins without figures");
    }
}

/// Elsewhere first: what is interrupted begins anew.
fn fill(shop: &Path, database: &Path) -> Result {
    let folder = paths::own().join("month");
    empty(&folder)?;
    let made = folder.join("reports.sqlite");
    let mut month = server(shop, &made, 0);
    let (server, address) = Server::start(month.args(ALL_AT_ONCE))?;
    let words = shop.with_file_name("month.txt");
    let mut simulate = command(paths::program());
    simulate.arg("simulate").arg("--data").arg(shop.with_file_name("data"));
    simulate.arg("--bundle").arg(shop.join("factors.safetensors")).args(["--server", &address, "--runs", "0"]);
    run(simulate.stdout(File::create(&words).map_err(|e| format!("{}: {e}", words.display()))?))?;
    // As a power cut would end it: what was answered stands in the database or in its log.
    drop(server);
    for ending in ["-wal", ""] {
        let named = |path: &Path| path.with_extension(format!("sqlite{ending}"));
        if named(&made).is_file() {
            fs::rename(named(&made), named(database)).map_err(|e| format!("{}: {e}", database.display()))?;
        }
    }
    println!("        the sums beside the truth: {}", words.display());
    Ok(())
}
