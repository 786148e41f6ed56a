//! `homebody attack`: somebody who wants to move the merchant's figures, or to know a shopper by them, against the
//! running server and its checks. What comes of it is what the server says before and after; nothing is reckoned.
//!
//! | kind | who |
//! | --- | --- |
//! | [`fake_views`] | one browser that looks at one item ten thousand times |
//! | [`click_farm`] | a hundred browsers, for a month |
//! | [`poisoning`] | one client in a hundred that sends the most that is taken, and more |
//! | [`tell_apart`] | the server itself, that wants to know whose reports it has |
//!
//! Each stands beside the same attack on a server without the defence ([`server::Door::Open`]), which is no other than
//! `homebody serve`'s sums behind an endpoint that takes whatever comes. It lives here, and in no server of a shop.

mod browser;
mod click_farm;
mod crowd_bars;
mod fake_views;
mod forge;
mod likelihood;
mod outcome;
mod picture;
mod poisoning;
mod server;
mod tell_apart;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use homebody::privacy::Settings;

use crate::error::{Error, Result};
use crate::serve::wanted::Wanted;
use crate::simulate::crowd::Source;
use server::{Door, Target};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    FakeViews,
    ClickFarm,
    ReportPoisoning,
    TellApart,
}

/// Of a thousand days of the crowd, a hundred have the shelf by popularity, as in `homebody simulate`.
fn with_arms(mut settings: Settings) -> Settings {
    settings.popular = 100;
    settings
}

#[derive(Args)]
pub struct Attack {
    #[arg(long, value_enum)]
    kind: Kind,
    #[command(flatten)]
    source: Source,
    /// A running `homebody serve`; without it, one is started in this process, with a month of an honest crowd
    #[arg(long, value_name = "URL", requires = "staff_token_file")]
    server: Option<String>,
    /// The file with the staff's token of that server, by which its sums are read
    #[arg(long, value_name = "FILE")]
    staff_token_file: Option<PathBuf>,
    /// The honest crowd of a server in this process; one client in a hundred poisons
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shoppers: u32,
    /// Of a click farm
    #[arg(long, default_value_t = 100, value_name = "N")]
    browsers: u32,
    /// Of a click farm, ending today
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=30))]
    days: u16,
    /// Pairs of households whose reports go over the wire to be told apart
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u32).range(2..))]
    pairs: u32,
    /// Where tell-apart draws its picture (SVG)
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Where tell-apart writes its figures (JSON)
    #[arg(long, value_name = "FILE")]
    figures: Option<PathBuf>,
    #[command(flatten)]
    wanted: Wanted,
}

impl Attack {
    pub fn run(self) -> Result<()> {
        match self.kind {
            Kind::FakeViews => fake_views::run(&self),
            Kind::ClickFarm => click_farm::run(&self),
            Kind::ReportPoisoning => poisoning::run(&self),
            Kind::TellApart => tell_apart::run(&self),
        }
    }

    /// The server with its checks, and one without; both have the same honest crowd where they are our own.
    fn targets(&self) -> Result<(Target, Target)> {
        let guarded = match (&self.server, &self.staff_token_file) {
            (Some(url), Some(file)) => Target::given(url, file)?,
            _ => self.own(Door::unhurried())?,
        };
        let open = self.own(Door::Open)?;
        let settings = with_arms(self.wanted.settings()?);
        let played = self.source.read(30)?.play(Some(self.shoppers as usize), &settings);
        let bodies: Vec<Vec<u8>> = played.iter().flat_map(|played| played.bodies()).collect();
        for target in [&guarded, &open].into_iter().filter(|target| target.is_own()) {
            let answers = target.send(&bodies)?;
            if answers.taken() != bodies.len() as u64 {
                return Err(Error::request(format!("the crowd was not taken in: {answers}")));
            }
        }
        Ok((guarded, open))
    }

    fn own(&self, door: Door) -> Result<Target> {
        Target::own(&self.source.bundle, self.wanted.settings()?, door)
    }
}
