//! `homebody serve`: the shop's files, and the collector of its reports, in one process.
//!
//! It learns nothing from serving the shop: every shopper gets the same files, and the access log
//! has no address. What shoppers send are [`report`]s, noised before they left the browser.

mod access_log;
pub mod app;
pub mod bundle;
pub mod files;
mod headers;
pub mod limit;
pub mod listen;
mod refusal;
pub mod report;
mod reports;
mod spent;
pub mod staff;
pub mod store;
pub mod sums;
pub mod totals;
pub mod wanted;

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use crate::error::{Error, Result};
use app::App;
use report::Terms;
use wanted::Wanted;

#[derive(Args)]
pub struct Serve {
    /// The folder that `homebody train` wrote
    #[arg(long, value_name = "SHOPDIR")]
    shop: PathBuf,
    /// The shop's pages
    #[arg(long, value_name = "DIR")]
    www: PathBuf,
    /// The built package, served under /pkg/
    #[arg(long, value_name = "DIR")]
    pkg: PathBuf,
    /// Where reports are kept (SQLite)
    #[arg(long, value_name = "FILE")]
    database: PathBuf,
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// If it is taken, the next free one is used; 0 takes any
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The staff's token; made at the first start, beside the database, where none is named
    #[arg(long, value_name = "FILE")]
    staff_token_file: Option<PathBuf>,
    /// A line for each request: method, path, status; no address
    #[arg(long, value_name = "FILE")]
    access_log: Option<PathBuf>,
    /// Reports accepted from one address
    #[arg(long, default_value = "60", value_name = "N")]
    reports_per_minute: NonZeroU32,
    #[command(flatten)]
    wanted: Wanted,
    /// How many days old a report may be; more than a week only to take in a month of `homebody simulate`
    #[arg(long, default_value_t = report::OLDEST, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=400))]
    oldest_report: u16,
}

impl Serve {
    pub fn run(self) -> Result<()> {
        let path = self.shop.join("factors.safetensors");
        let (factors, bytes) = crate::bundle::read(&path)?;
        let about = bundle::About::new(&factors, bytes.len(), crate::bundle::metadata(&path, &bytes)?);
        let terms = Terms {
            bundle: factors.version().into(),
            departments: factors.departments().to_vec(),
            wanted: self.wanted.settings()?,
            oldest: self.oldest_report.into(),
        };
        let token_file = self.staff_token_file.clone().unwrap_or_else(|| self.database.with_extension("staff-token"));
        let token = staff::read_or_make(&token_file)?;
        let files = files::Files::open(&self.www, &self.pkg, &self.shop)?;
        let log = self.access_log.as_deref().map(access_log::AccessLog::open).transpose()?;
        let (store, writer) = store::open(&self.database)?;
        let app = App {
            terms,
            about,
            files,
            log,
            store,
            token: staff::Token::new(&token),
            limit: limit::Limit::new(self.reports_per_minute),
            refusals: Default::default(),
        };

        let runtime =
            tokio::runtime::Runtime::new().map_err(|error| Error::request(format!("cannot start: {error}")))?;
        let result = runtime.block_on(async {
            let listener = listen::bind(self.host, self.port).await?;
            let port = listener.local_addr().map_err(|error| Error::request(format!("no address: {error}")))?.port();
            println!("staff token: {token}");
            println!("listening on http://localhost:{port}");
            listen::run(listener, app.router(), listen::stop_signal()).await;
            Ok(())
        });
        // Ends what still holds the store; then the writer commits the rest and closes.
        drop(runtime);
        writer.finish();
        eprintln!("stopped");
        result
    }
}
