//! What the command line says about training.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use homebody::factors::View;
use serde_json::json;

use super::als::{Als, Settings};
use super::bpr::{self, Bpr};
use super::learner::{Learner, Nothing};
use super::matrix::Matrix;
use super::neural;
use super::run::Running;
use super::tune::Tuned;
use crate::bundle::Sensitive;
use crate::error::Result;

/// What learns the factors, and what the bundle is named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Alternating least squares on implicit feedback
    Als,
    /// Bayesian personalised ranking
    Bpr,
    /// Item-to-item lists; the factors beside them are those of als
    Neighbour,
    /// A recurrent network over the factors of als, for visits (a gated recurrent unit)
    Gru,
    /// The same with a hidden layer in place of the gates
    Mlp,
    /// The same for all: one dimension of zeros, and the items' order
    Popularity,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Als => "als",
            Self::Bpr => "bpr",
            Self::Neighbour => "neighbour",
            Self::Gru => "gru",
            Self::Mlp => "mlp",
            Self::Popularity => "popularity",
        }
    }
}

/// What vectors can be made of without a look at who took the items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Content {
    /// Category, brand and price
    Attributes,
    /// The words of the names
    Text,
}

#[derive(Args, Clone, Debug)]
pub struct Options {
    #[arg(long = "model", value_enum, default_value_t = Kind::Als)]
    pub kind: Kind,
    #[command(flatten)]
    pub model: Model,
    #[command(flatten)]
    pub descent: Descent,
    #[command(flatten)]
    pub running: Running,
    #[command(flatten)]
    pub choice: Choice,
    /// The longest list of items that go together, and of items that come next
    #[arg(long, default_value_t = 20, value_name = "K", value_parser = clap::value_parser!(u16).range(0..=1000))]
    pub neighbours: u16,
    /// Let `bias` say what is popular in the last weeks, not over all the time
    #[arg(long)]
    pub temporal: bool,
    /// Bits of a number in the bundle: 4 are half of the download (an even --dim), in memory they become 8
    #[arg(long, default_value_t = 8, value_parser = bits)]
    pub bits: u8,
    /// Columns of items.parquet that go into the bundle
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    pub columns: Vec<String>,
    /// Further vectors of the items, in which the shopper has tastes of their own
    #[arg(long, value_enum, value_delimiter = ',', value_name = "VIEW,…")]
    views: Vec<Content>,
    #[command(flatten)]
    pub sensitive: Sensitive,
    /// Items of items.parquet that nobody has taken yet come in, too, by their attributes alone
    #[arg(long)]
    pub new_items: bool,
    /// The bundle that this one takes the place of: a map from its factors goes into the new one
    #[arg(long, value_name = "BUNDLE")]
    pub from: Option<PathBuf>,
    /// What `homebody tune` wrote: its settings are taken, its report goes into the bundle
    #[arg(long, value_name = "FILE")]
    pub tuned: Option<PathBuf>,
}

/// The model's settings; names as in the library `implicit`.
#[derive(Args, Clone, Copy, Debug)]
pub struct Model {
    /// Numbers in a vector
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub dim: u16,
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub iterations: u16,
    /// Confidence in a pair = 1 + alpha · how often the user took the item
    #[arg(long, default_value_t = 0.5, value_parser = positive)]
    pub alpha: f32,
    /// What is added to the diagonal
    #[arg(long, default_value_t = 40.0, value_parser = positive)]
    pub regularization: f32,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl Model {
    pub fn settings(&self) -> Settings {
        Settings {
            dim: self.dim.into(),
            iterations: self.iterations.into(),
            alpha: self.alpha,
            regularization: self.regularization,
            seed: self.seed,
        }
    }
}

/// What only bpr asks for.
#[derive(Args, Clone, Copy, Debug)]
pub struct Descent {
    /// bpr: length of a step
    #[arg(long, default_value_t = 0.02, value_parser = positive)]
    pub rate: f32,
    /// bpr: how much a step draws each row to 0
    #[arg(long, default_value_t = 0.003, value_parser = positive)]
    pub decay: f32,
}

/// Which interactions and items count.
#[derive(Args, Clone, Debug)]
pub struct Choice {
    /// The fewest orders an item must be in
    #[arg(long, default_value_t = 25, value_name = "N")]
    pub min_orders: u32,
    /// The fewest users who must have taken it
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub min_users: u32,
    /// The fewest users behind each item, pair and figure that stands in the bundle
    #[arg(long, default_value_t = 5, value_name = "K")]
    pub min_shoppers: u32,
    /// Leave out the rarest items, up to this share of all that was taken, such as 0.05
    #[arg(long, default_value_t = 0.0, value_name = "SHARE", value_parser = share)]
    pub prune: f32,
    /// The kinds of interaction to learn from
    #[arg(long, value_delimiter = ',', default_value = "purchase", value_name = "KIND,…")]
    pub kinds: Vec<String>,
    /// What `homebody households` wrote: those users are left out, as if they had never come
    #[arg(long, value_name = "FILE")]
    pub without: Option<PathBuf>,
}

pub fn positive(text: &str) -> Result<f32, String> {
    let number: f32 = text.parse().map_err(|_| "right would be a number, such as 0.5".to_string())?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("right would be above 0".into()) }
}

fn bits(text: &str) -> Result<u8, String> {
    match text {
        "4" => Ok(4),
        "8" => Ok(8),
        _ => Err("right would be 4 or 8".into()),
    }
}

pub fn share(text: &str) -> Result<f32, String> {
    let wanted = || "right would be a number from 0 up to, not including, 1, such as 0.05".to_string();
    let number: f32 = text.parse().map_err(|_| wanted())?;
    if (0.0..1.0).contains(&number) { Ok(number) } else { Err(wanted()) }
}

impl Options {
    /// The settings that a tuning chose take the place of those of the command line.
    pub fn tuned(&mut self) -> Result<Option<Tuned>> {
        let Some(path) = &self.tuned else { return Ok(None) };
        let tuned = Tuned::read(path)?;
        tuned.apply(&mut self.model);
        Ok(Some(tuned))
    }

    pub fn views(&self) -> Vec<View> {
        let view = |content: &Content| match content {
            Content::Attributes => View::Attributes,
            Content::Text => View::Text,
        };
        self.views.iter().map(view).collect()
    }

    pub fn learner<'a>(&self, matrix: &'a Matrix) -> Box<dyn Learner + 'a> {
        let settings = self.model.settings();
        match self.kind {
            Kind::Als | Kind::Neighbour | Kind::Gru | Kind::Mlp => Box::new(Als { matrix, settings }),
            Kind::Bpr => {
                let Descent { rate, decay } = self.descent;
                let Settings { dim, seed, .. } = settings;
                Box::new(Bpr { matrix, settings: bpr::Settings { dim, rate, decay, seed } })
            }
            Kind::Popularity => Box::new(Nothing { users: matrix.by_user.len(), items: matrix.by_item.len() }),
        }
    }

    /// The network over the factors, if the model has one.
    pub fn network(&self) -> Option<neural::Settings> {
        let cell = match self.kind {
            Kind::Gru => neural::Cell::Gru,
            Kind::Mlp => neural::Cell::Mlp,
            _ => return None,
        };
        Some(neural::Settings { cell, seed: self.model.seed, ..neural::Settings::default() })
    }

    /// How often the learner is asked to go on.
    pub fn iterations(&self) -> usize {
        if self.kind == Kind::Popularity { 0 } else { self.model.iterations.into() }
    }

    /// All that changes what is learnt, for the bundle's reader.
    pub fn hyperparameters(&self) -> serde_json::Value {
        let Model { dim, iterations, alpha, regularization, seed } = self.model;
        let mut all = json!({
            "seed": seed, "min_orders": self.choice.min_orders, "min_users": self.choice.min_users,
            "min_shoppers": self.choice.min_shoppers, "prune": plain(self.choice.prune), "kinds": self.choice.kinds,
            "temporal": self.temporal, "new_items": self.new_items, "neighbours": self.neighbours,
            "views": self.views.iter().map(|view| format!("{view:?}").to_lowercase()).collect::<Vec<_>>(),
        });
        let of_model = match self.kind {
            Kind::Als | Kind::Neighbour | Kind::Gru | Kind::Mlp => {
                let (alpha, regularization) = (plain(alpha), plain(regularization));
                json!({ "dim": dim, "iterations": iterations, "alpha": alpha, "regularization": regularization })
            }
            Kind::Bpr => {
                let Descent { rate, decay } = self.descent;
                json!({ "dim": dim, "iterations": iterations, "rate": plain(rate), "decay": plain(decay) })
            }
            Kind::Popularity => json!({}),
        };
        let (Some(all_of), serde_json::Value::Object(of_model)) = (all.as_object_mut(), of_model) else { return all };
        all_of.extend(of_model);
        all_of.extend(self.choice.without.as_ref().map(|_| ("without_households".to_string(), json!(true))));
        all_of.extend(self.running.patience.map(|patience| ("patience".to_string(), json!(patience))));
        all
    }
}

/// A number as a person typed it: 0.39, not 0.38999998569488525.
pub fn plain(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

/// Where the tables are that stand beside the interactions.
pub fn folder(data: &Path) -> &Path {
    if data.is_dir() { data } else { data.parent().unwrap_or(Path::new(".")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_below_one() {
        assert_eq!((share("0"), share("0.25")), (Ok(0.0), Ok(0.25)));
        for wrong in ["1", "-0.1", "NaN", "a"] {
            assert!(share(wrong).unwrap_err().contains("such as 0.05"), "{wrong}");
        }
    }
}
