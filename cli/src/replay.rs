//! `homebody replay`: learns a profile again from what a browser exported, by the browser's own code.
//!
//! The export's log is all that a profile is learnt from, so while none of it has expired the bytes and
//! the lists are the browser's, bit for bit.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use homebody::interaction::{Arm, Interaction, Kind, Millis, Signal};
use homebody::profile::{Correction, Subject, Wish};
use homebody::profiler::{Profiler, Recommendation, Request};
use homebody::{Factors, Profile};
use serde::Deserialize;
use serde_json::json;

use crate::error::{Error, Result};

#[derive(Args)]
pub struct Replay {
    /// What `profile.export()` gave, as JSON
    #[arg(value_name = "EXPORT.json")]
    export: PathBuf,
    /// The factors.safetensors that it was learnt with
    #[arg(long, value_name = "BUNDLE")]
    bundle: PathBuf,
    /// The time of the list, in milliseconds since 1970; without it, when the export was made
    #[arg(long, value_name = "MS")]
    now: Option<i64>,
    /// Items of the list
    #[arg(long, default_value_t = 12, value_name = "N")]
    limit: usize,
    /// Write the profile's bytes
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// `ProfileExport` of `js/types.ts`, as far as it is learnt from.
#[derive(Deserialize)]
struct Export {
    format: String,
    #[serde(rename = "exportedAt")]
    exported_at: i64,
    bundle: String,
    log: Vec<Did>,
    #[serde(default)]
    corrections: Vec<Said>,
    #[serde(default)]
    signals: BTreeMap<String, Row>,
}

#[derive(Deserialize)]
struct Did {
    position: u64,
    at: i64,
    kind: String,
    item: String,
    price: Option<f32>,
    quantity: u32,
    rating: Option<f32>,
    dwell: Option<f32>,
    recommended: bool,
    propensity: Option<f32>,
    arm: Option<String>,
    /// Two halves of 64 bits.
    seed: [u32; 2],
}

#[derive(Deserialize)]
struct Said {
    position: u64,
    at: i64,
    item: Option<String>,
    category: Option<String>,
    #[serde(rename = "as")]
    wish: String,
}

#[derive(Deserialize)]
struct Row {
    label: f32,
    weight: f32,
}

impl Did {
    fn interaction(&self) -> Result<Interaction<'_>, String> {
        let Self { at, quantity, price, rating, dwell, recommended, propensity, .. } = *self;
        let kind = self.kind.parse().map_err(|error: homebody::Error| error.to_string())?;
        let seed = (u64::from(self.seed[0]) << 32) | u64::from(self.seed[1]);
        if [price, rating, dwell, propensity].into_iter().flatten().any(|value| !value.is_finite()) {
            return Err("a number too large to be one".into());
        }
        let (item, at) = (self.item.as_str(), Millis(at));
        let arm = self.arm.as_deref().and_then(Arm::named);
        Ok(Interaction { kind, item, at, seed, price, quantity, rating, dwell, recommended, propensity, arm })
    }
}

impl Said {
    fn correction(&self) -> Result<Correction<'_>, String> {
        let subject = match (&self.item, &self.category) {
            (Some(id), None) => Subject::Item(id),
            (None, Some(name)) => Subject::Category(name),
            _ => return Err("is about an item or about a category".into()),
        };
        let wish = Wish::named(&self.wish).map_err(|error| error.to_string())?;
        Ok(Correction { subject, wish, at: Millis(self.at) })
    }
}

impl Replay {
    pub fn run(self) -> Result<()> {
        let text = std::fs::read_to_string(&self.export).map_err(Error::file(&self.export))?;
        let export: Export = serde_json::from_str(&text)
            .map_err(|error| Error::content(&self.export, format!("is no exported profile: {error}")))?;
        let bytes = std::fs::read(&self.bundle).map_err(Error::file(&self.bundle))?;
        let mut profiler = Profiler::open(&bytes).map_err(|error| Error::content(&self.bundle, error.to_string()))?;
        let profile = export.learn(&mut profiler, &self.export)?;
        let snapshot = profile.to_bytes(profiler.factors());
        if let Some(path) = &self.profile {
            std::fs::write(path, &snapshot).map_err(Error::file(path))?;
        }
        let now = Millis(self.now.unwrap_or(export.exported_at));
        let request = Request { limit: self.limit, ..Request::default() };
        let list = profiler.recommend(&profile, &request, now).map_err(Error::request)?;
        let mut sum = flate2::Crc::new();
        sum.update(&snapshot);
        let words = json!({
            "interactions": export.log.len(),
            "corrections": export.corrections.len(),
            "profile": { "crc32": format!("{:08x}", sum.sum()), "bytes": snapshot.len() },
            "list": list.iter().map(|one| item(one, profiler.factors())).collect::<Vec<_>>(),
        });
        let _ = writeln!(std::io::stdout(), "{words:#}");
        Ok(())
    }
}

fn item(one: &Recommendation, factors: &Factors) -> serde_json::Value {
    json!({ "id": factors.id(one.item), "score": one.score })
}

impl Export {
    fn learn(&self, profiler: &mut Profiler, path: &Path) -> Result<Profile> {
        let wrong = |message: String| Error::content(path, message);
        if self.format != "homebody-profile-2" {
            return Err(wrong(format!("has the format {:?}; right would be homebody-profile-2", self.format)));
        }
        let version = profiler.factors().version();
        if self.bundle != version {
            return Err(wrong(format!("was learnt with the bundle {:?}, and --bundle is {version:?}", self.bundle)));
        }
        for (kind, Row { label, weight }) in &self.signals {
            let (label, weight) = (*label, *weight);
            let set = kind.parse().and_then(|kind: Kind| profiler.signals().set(kind, Signal { label, weight }));
            set.map_err(|error| wrong(error.to_string()))?;
        }
        let mut log = Vec::new();
        for (number, one) in self.log.iter().enumerate() {
            let interaction =
                one.interaction().map_err(|message| wrong(format!("interaction {}: {message}", number + 1)))?;
            log.push((one.position, interaction.to_bytes()));
        }
        for (number, one) in self.corrections.iter().enumerate() {
            let correction =
                one.correction().map_err(|message| wrong(format!("correction {}: {message}", number + 1)))?;
            log.push((one.position, correction.to_bytes()));
        }
        log.sort_by_key(|(position, _)| *position);
        let entries: Vec<(u64, &[u8])> = log.iter().map(|(position, bytes)| (*position, bytes.as_slice())).collect();
        let (profile, problem) = profiler.restore(None, &entries);
        if let Some(error) = problem {
            return Err(wrong(error.to_string()));
        }
        let lost = profile.seq.saturating_sub(entries.len() as u64);
        if lost > 0 {
            eprintln!(
                "{lost} entries have left the log, as those of {} do after {} days: the profile is that of \
                 the rest, and may not be the browser's",
                Kind::Impression.name(),
                Kind::Impression.kept_for().0 / 86_400_000,
            );
        }
        Ok(profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt(change: impl Fn(&mut serde_json::Value)) -> Result<(Vec<u8>, u64), String> {
        let mut profiler = Profiler::open(include_bytes!("../../tests/golden/grocery.safetensors")).unwrap();
        let mut export = json!({
            "format": "homebody-profile-2", "exportedAt": 1_700_000_000_000_i64, "bundle": profiler.factors().version(),
            "log": [{
                "position": 1, "at": 1_699_000_000_000_i64, "kind": "view", "item": "apples", "quantity": 1, "dwell": 2_500.5,
                "recommended": false, "seed": [u32::MAX, u32::MAX],
            }],
            "signals": {},
        });
        change(&mut export);
        let export: Export = serde_json::from_value(export).map_err(|error| error.to_string())?;
        let profile = export.learn(&mut profiler, Path::new("export.json")).map_err(|error| error.to_string())?;
        Ok((profile.to_bytes(profiler.factors()), profile.seq))
    }

    #[test]
    fn all_that_was_exported_is_learnt_from() {
        let (usual, seq) = learnt(|_| {}).unwrap();
        assert_eq!(seq, 1);
        let other = |change: fn(&mut serde_json::Value)| learnt(change).unwrap().0 != usual;
        assert!(other(|export| export["log"][0]["seed"][1] = 7.into()));
        assert!(other(|export| export["log"][0]["dwell"] = 90_000.0.into()));
        assert!(other(|export| export["log"][0]["position"] = 2.into()));
        assert!(other(|export| export["signals"] = json!({ "view": { "label": 1.0, "weight": 0.1 } })));
        let said = json!([{ "position": 2, "at": 0, "item": "apples", "as": "not-me" }]);
        let (corrected, seq) = learnt(move |export| export["corrections"] = said.clone()).unwrap();
        assert!(corrected != usual && seq == 2);
        assert!(!other(|export| export["exportedAt"] = 0.into()), "the control");
    }

    #[test]
    fn what_is_no_export_of_this_bundle_is_refused() {
        let refused = |change: fn(&mut serde_json::Value)| learnt(change).unwrap_err();
        assert!(refused(|export| export["format"] = "2".into()).contains("homebody-profile-2"));
        assert!(refused(|export| export["bundle"] = "other".into()).contains("\"other\""));
        assert!(refused(|export| export["log"][0]["seed"] = "x".into()).contains("\"x\""));
        assert!(
            refused(|export| export["corrections"] = json!([{ "position": 2, "at": 0, "as": "more" }]))
                .contains("correction 1")
        );
        assert!(refused(|export| export["log"][0]["kind"] = "veiw".into()).contains("veiw"));
        assert!(refused(|export| export["log"][0]["dwell"] = 1e300.into()).contains("too large"));
    }
}
