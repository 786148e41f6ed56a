//! The part of `Core` that puts things right: corrections, what is forgotten, undone or brought along.

use super::insight;
use super::rewrite::{Meant, Wanted};
use crate::error::Error;
use crate::factors::MAX_ID;
use crate::intake::{Event, Intake, Refusal};
use crate::interaction::Arm;
use crate::profile::{Correction, Limits, Logged, Subject, Wish};
use crate::web::bindings::Core;
use crate::web::edge::millis;
use crate::web::rows::{keyed, unpacked};
use crate::web::tab::Status;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Core {
    /// All corrections that stand.
    #[wasm_bindgen(unchecked_return_type = "CorrectionItem[]")]
    pub fn corrections(&self) -> JsValue {
        insight::corrections(&self.tab)
    }

    /// Puts something right, at once; a flush keeps it.
    pub fn correct(&mut self, wish: &str, name: &str, is_category: bool, now: f64) -> Result<(), Error> {
        let tab = &mut self.tab;
        let correction = said(wish, name, is_category, now)?;
        match tab.status {
            Status::Closed => return Err(Error::Closed),
            // Nothing is kept of somebody who refused.
            Status::Refused => return Ok(()),
            _ => {}
        }
        // What a former bundle knew can still be taken back.
        if tab.live.corrections.iter().all(|(subject, _)| subject != correction.subject) {
            tab.profiler.knows(correction.subject)?;
        }
        if !tab.live.corrections.takes(correction.subject) {
            return Err(Error::InvalidOption { option: "corrections", wanted: "of 256 items and categories at most" });
        }
        tab.put_right(&correction);
        Ok(())
    }

    /// The log is to be changed. `import`: what was staged takes its place · `merge`: what was staged joins it in the
    /// order of time · `undo`: the last forgetting, correction or interaction is taken back · else the interactions go
    /// for which everything given holds. Returns false where there is nothing to change, and nothing may come.
    #[wasm_bindgen(js_name = wantChange)]
    pub fn want_change(
        &mut self, verb: &str, item: Option<String>, category: Option<String>, kind: Option<String>, at: Option<f64>,
        before: Option<f64>,
    ) -> Result<bool, Error> {
        let tab = &mut self.tab;
        let kind = kind.as_deref().map(str::parse).transpose()?;
        let meant = Meant { item, category, kind, at: at.map(millis), before: before.map(millis) };
        if !matches!(verb, "undo" | "import" | "merge") {
            meant.what().check()?;
        }
        match tab.status {
            Status::Closed => return Err(Error::Closed),
            Status::Refused => return Ok(false),
            _ => {}
        }
        let staged = std::mem::take(&mut tab.staged);
        tab.wanted = Some(match verb {
            "import" => Wanted::Only(staged),
            "merge" => Wanted::Also(staged),
            "undo" if tab.forgotten.is_empty() => Wanted::WithoutLast,
            "undo" => Wanted::With(tab.forgotten.clone()),
            _ => Wanted::Without(meant),
        });
        // Where the store is read again on the way, its places are those of another log.
        tab.held = std::mem::take(&mut tab.forgotten);
        Ok(true)
    }

    /// Learns the log, of which so many entries are `stored` and the rest waits, as it was wanted. Returns the keys that
    /// go, the keys that come, the snapshot and then what comes, and up to where it was reported elsewhere; nothing where
    /// nothing was meant. May be asked again: only what was said last is adopted.
    #[wasm_bindgen(unchecked_return_type = "[Float64Array, Float64Array, Uint8Array, number | undefined] | undefined")]
    pub fn edit(&mut self, keys: &[f64], log: &[u8], stored: usize) -> Option<Array> {
        let tab = &mut self.tab;
        let wanted = tab.wanted.take()?;
        let done = tab.edit(&wanted, &keyed(keys, log), stored);
        tab.wanted = Some(wanted);
        done
    }

    /// The store has the log as it was learnt, with so many entries that had waited. Returns what was taken back, or how
    /// many entries came or went.
    #[wasm_bindgen(unchecked_return_type = "number | [string, string, string, number] | undefined")]
    pub fn adopt(&mut self, sent: usize) -> JsValue {
        let tab = &mut self.tab;
        let gone = tab.adopt(sent);
        tab.wanted.take().map_or(JsValue::UNDEFINED, |wanted| tab.told(wanted, gone))
    }

    /// The same where there is no store.
    #[wasm_bindgen(js_name = changeAlone, unchecked_return_type = "number | [string, string, string, number] | undefined")]
    pub fn change_alone(&mut self) -> JsValue {
        let tab = &mut self.tab;
        let Some(wanted) = tab.wanted.take() else { return JsValue::UNDEFINED };
        let gone = tab.edit_alone(&wanted);
        tab.told(wanted, gone)
    }

    /// What was wanted and did not come to be is given up. What was forgotten before can still come back, if the log is
    /// `the_same`.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&mut self, the_same: bool) {
        let tab = &mut self.tab;
        if tab.wanted.take().is_some() && the_same {
            tab.forgotten = std::mem::take(&mut tab.held);
        }
        tab.learnt = None;
    }

    /// The log is to be learnt again, only that, or without what has become `sensitive`.
    #[wasm_bindgen(js_name = wantAgain)]
    pub fn want_again(&mut self, sensitive: bool) {
        let wanted = if sensitive { Wanted::WithoutSensitive } else { Wanted::Nothing };
        self.tab.wanted = Some(wanted);
    }

    /// Does what is written next ask that the log be learnt again?
    #[wasm_bindgen(js_name = reachesBack)]
    pub fn reaches_back(&self) -> bool {
        let said = |bytes: &[u8]| matches!(Logged::from_bytes(bytes), Ok(Logged::Said(s)) if s.reaches_back());
        unpacked(self.tab.batch()).any(said)
    }

    /// All that waits to be written.
    pub fn outbox(&self) -> Vec<u8> {
        self.tab.outbox.first(usize::MAX).to_vec()
    }

    /// Reads one entry of an export: an interaction, or a wish about an item or a category. The numbers are time,
    /// price, quantity, rating, dwell, propensity, the halves of the seed, and the arm's number; NaN where there is
    /// none. Returns why it was refused, if it was.
    pub fn stage(
        &mut self, verb: &str, name: &str, about: Option<String>, recommended: bool, numbers: &[f64], now: f64,
    ) -> Result<Option<String>, Error> {
        let tab = &mut self.tab;
        let number = |at: usize| numbers.get(at).copied().unwrap_or(f64::NAN);
        let given = |at| Some(number(at)).filter(|number| !number.is_nan());
        if let Some(about) = about {
            let said = said(verb, name, about == "category", number(0))?;
            if !tab.profiler.is_sensitive(said.subject) {
                tab.staged.push(said.to_bytes());
            }
            return Ok(None);
        }
        let event = Event {
            kind: verb.parse()?,
            item: name,
            at: number(0),
            seed: (number(6) as u64) << 32 | number(7) as u64,
            price: given(1),
            quantity: given(2),
            rating: given(3),
            dwell: given(4),
            propensity: given(5),
            sentiment: None,
            recommended,
            arm: given(8).and_then(|arm| Arm::ALL.get(arm as usize).copied()),
        };
        let refusal = match Intake::restored(&event, tab.profiler.factors(), millis(now)) {
            // A log is cut back now and then: until then it has some more.
            Ok(_) if tab.staged.len() >= 2 * Limits::default().entries => Refusal::TooMany,
            Ok(interaction) => {
                if !tab.profiler.is_sensitive(Subject::Item(name)) {
                    tab.staged.push(interaction.to_bytes());
                }
                return Ok(None);
            }
            Err(refusal) => refusal,
        };
        Ok(Some(refusal.name().to_owned()))
    }

    /// Forgets what was read of an export.
    pub fn unstage(&mut self) {
        self.tab.staged.clear();
    }
}

/// A correction; what it is about may be of another bundle.
fn said<'a>(wish: &str, name: &'a str, is_category: bool, at: f64) -> Result<Correction<'a>, Error> {
    let wish = Wish::named(wish)?;
    if name.is_empty() || name.len() > MAX_ID {
        return Err(Error::InvalidOption {
            option: "correction",
            wanted: "of an item or a category, of 256 bytes at most",
        });
    }
    let subject = if is_category { Subject::Category(name) } else { Subject::Item(name) };
    Ok(Correction { subject, wish, at: millis(at) })
}
