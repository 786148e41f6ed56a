//! The part of `Core` that puts things right: corrections, what is forgotten, undone or brought along.

use super::insight;
use super::rewrite::{Wanted, rewrite};
use crate::error::Error;
use crate::factors::MAX_ID;
use crate::intake::{Event, Intake, Refusal};
use crate::interaction::Arm;
use crate::profile::{Correction, Limits, Subject, Wish};
use crate::profiler::Forget;
use crate::web::bindings::{Core, promise};
use crate::web::edge::millis;
use crate::web::tab::Status;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
impl Core {
    /// All corrections that stand.
    #[wasm_bindgen(unchecked_return_type = "CorrectionItem[]")]
    pub fn corrections(&self) -> JsValue {
        insight::corrections(&self.tab.borrow())
    }

    /// Puts something right, at once; a flush keeps it.
    pub fn correct(&self, wish: &str, name: &str, is_category: bool, now: f64) -> Result<(), Error> {
        let tab = &mut *self.tab.borrow_mut();
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

    /// Changes the log. `import`: what was staged takes its place · `merge`: what was staged joins it in the order of time · `undo`: the last forgetting, correction or
    /// interaction is taken back · else the interactions go for which everything given holds. Resolves to what was
    /// taken back, or to how many entries came or went.
    #[wasm_bindgen(unchecked_return_type = "Promise<number | [string, string, string, number] | undefined>")]
    pub fn change(
        &self, verb: &str, item: Option<String>, category: Option<String>, kind: Option<String>, at: Option<f64>,
        before: Option<f64>,
    ) -> Promise {
        let (tab, verb) = (self.tab.clone(), verb.to_owned());
        promise(async move {
            let kind = kind.as_deref().map(str::parse).transpose()?;
            let (item, category) = (item.as_deref(), category.as_deref());
            let what = Forget { item, category, kind, at: at.map(millis), before: before.map(millis) };
            let forgets = !matches!(verb.as_str(), "undo" | "import" | "merge");
            if forgets {
                what.check()?;
            }
            match tab.borrow().status {
                Status::Closed => return Err(Error::Closed.into()),
                // There is nothing to change, and nothing may come.
                Status::Refused => return Ok(JsValue::from(0)),
                _ => {}
            }
            let edition = tab.borrow().known.edition;
            let put = std::mem::take(&mut tab.borrow_mut().forgotten);
            let staged = std::mem::take(&mut tab.borrow_mut().staged);
            let count = put.len() + staged.len();
            let wanted = match verb.as_str() {
                "import" => Wanted::Only(staged),
                "merge" => Wanted::Also(staged),
                "undo" if put.is_empty() => Wanted::WithoutLast,
                "undo" => Wanted::With(put.clone()),
                _ => Wanted::Without(what),
            };
            let gone = match rewrite(&tab, wanted).await {
                Ok(gone) => gone,
                Err(error) => {
                    let mut tab = tab.borrow_mut();
                    if tab.known.edition == edition {
                        tab.forgotten = put; // it can be tried again
                    }
                    return Err(error.into());
                }
            };
            if verb == "undo" {
                return Ok(insight::undone(count, &gone));
            }
            let count = if forgets { gone.len() } else { count };
            if forgets {
                tab.borrow_mut().forgotten = gone;
            }
            Ok(count.into())
        })
    }

    /// Reads one entry of an export: an interaction, or a wish about an item or a category. The numbers are time,
    /// price, quantity, rating, dwell, propensity, the halves of the seed, and the arm's number; NaN where there is
    /// none. Returns why it was refused, if it was.
    pub fn stage(
        &self, verb: &str, name: &str, about: Option<String>, recommended: bool, numbers: &[f64], now: f64,
    ) -> Result<Option<String>, Error> {
        let tab = &mut *self.tab.borrow_mut();
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
    pub fn unstage(&self) {
        self.tab.borrow_mut().staged.clear();
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
