//! What is kept from list to list gives the reasons that a look at the whole profile gives.

use super::*;
use crate::interaction::Interaction;
use crate::profiler::{Profiler, Settings};
use crate::testing::{random, test};
use crate::update::Random;

const ITEMS: u32 = 120;

/// Calls `look` after each of many interactions, more than a taste has parts for.
fn visit(dim: usize, mut look: impl FnMut(&Profile, &Profiler, Millis)) {
    let profiler = Profiler::new(random(5, ITEMS as usize, dim, false), Settings::default()).unwrap();
    let (mut profile, mut draw, mut now) = (Profile::new(profiler.factors()), Random(7), Millis(1_700_000_000_000));
    for seed in 0..150 {
        now = Millis(now.0 + i64::from(draw.below(40_000_000)));
        let kind = if draw.below(5) == 0 { Kind::Purchase } else { Kind::View };
        let id = profiler.factors().id(draw.below(ITEMS)).to_owned();
        profiler.apply(&mut profile, &Interaction { dwell: Some(20_000.0), ..Interaction::new(kind, &id, now, seed) });
        look(&profile, &profiler, now);
    }
}

fn all(makeup: &mut Makeup, query: &Query<'_>) -> Vec<Vec<Reason>> {
    (0..ITEMS).map(|item| makeup.reasons(query, item)).collect()
}

#[test]
fn reasons_are_those_of_the_whole_profile() {
    for dim in [1, 8, 13] {
        let (mut kept, mut first, mut stale) = (Makeup::default(), Makeup::default(), 0);
        visit(dim, |profile, profiler, now| {
            let (factors, lens) = (profiler.factors(), profiler.lens(now));
            let query = Query::of(profile, factors, &lens);
            let wanted = all(Makeup::default().of(profile, factors, &lens), &query);
            assert_eq!(all(kept.of(profile, factors, &lens), &query), wanted);
            if first.deeds.is_empty() {
                first.of(profile, factors, &lens);
            }
            stale += usize::from(all(&mut first, &query) != wanted);
        });
        assert!(stale > 100, "control: what is not followed is seen, {stale}");
        assert_eq!(kept.known.each_ref().map(|known| known.0.len()), [Taste::MAX_PARTS; 2], "parts had to go");
    }
}

#[test]
fn nothing_is_left_of_another_profile() {
    let mut makeup = Makeup::default();
    visit(8, |profile, profiler, now| {
        let (factors, lens) = (profiler.factors(), profiler.lens(now));
        assert!(!makeup.of(profile, factors, &lens).deeds.is_empty());
        makeup.of(&Profile::new(factors), factors, &lens);
        assert!(makeup.deeds.is_empty() && makeup.known.iter().all(|known| known.0.is_empty()));
    });
}
