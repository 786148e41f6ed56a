//! Which types of report a shop wants: the same words for the server and for a simulation of its shoppers.

use clap::Args;
use homebody::privacy::{Settings, Type};

use crate::error::{Error, Result};

#[derive(Args)]
pub struct Wanted {
    /// A type of report that is wanted, and its ε in thousandths (`departments=200`; without a number, the registry's
    /// own); once for each type. Without it, all types
    #[arg(long = "report", value_name = "TYPE[=EPSILON]")]
    types: Vec<String>,
}

impl Wanted {
    pub fn settings(&self) -> Result<Settings> {
        if self.types.is_empty() {
            return Ok(Settings::all());
        }
        self.types.iter().try_fold(Settings::default(), |settings, wanted| {
            let (name, epsilon) = wanted.split_once('=').map_or((wanted.as_str(), None), |(name, e)| (name, Some(e)));
            let wrong = || Error::request(format!("--report {wanted}: right would be a number of thousandths"));
            let epsilon = epsilon.map(|epsilon| epsilon.parse().map_err(|_| wrong())).transpose()?;
            let kind = Type::named(name).map_err(Error::request)?;
            settings.with(kind, epsilon).map_err(|error| Error::request(format!("--report {wanted}: {error}")))
        })
    }
}
