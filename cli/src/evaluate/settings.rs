//! The settings of the factors that methods share; names as in the library `implicit`.

use clap::Args;

use super::split::Protocol;
use crate::train::Settings;

#[derive(Args, Clone, Copy)]
pub struct Model {
    /// Numbers in a vector
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    dim: u16,
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1000))]
    iterations: u16,
    /// Confidence in a pair = 1 + alpha · how often the user took the item; 0.5, or 80 in sessions
    #[arg(long, value_parser = positive)]
    alpha: Option<f32>,
    /// What is added to the diagonal; 40, or 0.3 in sessions
    #[arg(long, value_parser = positive)]
    regularization: Option<f32>,
    /// Starts the factors, draws the resamples and the strangers
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

fn positive(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|_| "right would be a number, such as 0.5".to_string())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("right would be above 0".into()) }
}

impl Model {
    #[cfg(test)]
    pub const USUAL: Self = Self { dim: 64, iterations: 12, alpha: None, regularization: None, seed: 1 };

    /// A session is short and all it has counts; a household's many pairs are mostly habit.
    pub fn settings(&self, protocol: Protocol) -> Settings {
        let (alpha, regularization) = match protocol {
            Protocol::Sessions => (80.0, 0.3),
            Protocol::Purchases | Protocol::Strangers => (0.5, 40.0),
        };
        Settings {
            dim: self.dim.into(),
            iterations: self.iterations.into(),
            alpha: self.alpha.unwrap_or(alpha),
            regularization: self.regularization.unwrap_or(regularization),
            seed: self.seed,
        }
    }
}
