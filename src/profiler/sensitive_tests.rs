//! What is sensitive changes not a byte of the profile, and no profile changes where it stands.

use super::*;
use crate::fixture;
use crate::interaction::{Interaction, Kind, Millis};
use crate::profile::{Correction, Fit, Wish};
use crate::profiler::{List, Request};
use crate::testing::test;
use crate::update::Surprise;
use proptest::prelude::*;

const NOW: Millis = Millis(1_700_000_000_000);
const ITEMS: [&str; 6] = ["brie", "cheddar", "milk", "bread", "pasta", "apples"];

/// The small grocery, in which these are sensitive.
fn profiler(sensitive: &str) -> Profiler {
    let metadata = [("homebody.format", "1"), ("homebody.version", "test-1"), ("homebody.sensitive", sensitive)];
    Profiler::open(&fixture::safetensors(&fixture::tensors_with_text(), &metadata)).unwrap()
}

fn did(kind: Kind, item: &str, minute: i64) -> Interaction<'_> {
    let plain = Interaction::new(kind, item, Millis(NOW.0 + minute * 60_000), minute as u64);
    Interaction { price: Some(2.0), rating: Some(5.0), dwell: Some(9_000.0), ..plain }
}

fn lived<'a>(profiler: &Profiler, steps: impl IntoIterator<Item = &'a Interaction<'a>>) -> Profile {
    let mut profile = Profile::new(profiler.factors());
    for one in steps {
        profiler.apply(&mut profile, one);
    }
    profile
}

fn ids(profiler: &Profiler, list: &[Recommendation]) -> Vec<String> {
    list.iter().map(|one| profiler.factors().id(one.item).to_owned()).collect()
}

#[test]
fn lines_may_end_as_on_any_system() {
    for lines in [
        "Dairy > Milk\\nDairy > Cheese",
        "Dairy > Milk\\r\\nDairy > Cheese\\r\\n",
        "\\nDairy > Milk\\nDairy > Cheese\\n",
    ] {
        let profiler = profiler(lines);
        let factors = profiler.factors();
        let marked = (0..factors.categories() as u16).filter(|category| factors.is_sensitive_category(*category));
        assert_eq!(marked.count(), 2, "{lines}");
    }
}

#[test]
fn no_kind_of_interaction_changes_a_byte() {
    let (sensitive, open) = (profiler("Dairy > Cheese"), profiler(""));
    for kind in Kind::ALL {
        let changed = |profiler: &Profiler| {
            let mut profile = lived(profiler, &[did(Kind::Cart, "pasta", 0), did(Kind::Purchase, "apples", 1)]);
            let before = profile.to_bytes(profiler.factors());
            let learnt = profiler.apply(&mut profile, &did(*kind, "brie", 2)) != Surprise::NONE;
            (learnt, profile.to_bytes(profiler.factors()) != before)
        };
        assert_eq!(changed(&sensitive), (false, false), "{kind:?}");
        assert!(changed(&open).1, "the control: {kind:?} of what is not sensitive does");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_profile_is_the_one_that_never_saw_it(steps in proptest::collection::vec((0usize..12, 0usize..6, -9_000i64..9_000), 1..50)) {
        let (sensitive, open) = (profiler("Dairy > Cheese"), profiler(""));
        let mut steps: Vec<_> = steps.iter().map(|(kind, item, minute)| did(Kind::ALL[*kind], ITEMS[*item], *minute)).collect();
        steps.push(did(Kind::Cart, "brie", 9_001));
        let others: Vec<_> = steps.iter().filter(|one| !matches!(one.item, "brie" | "cheddar")).copied().collect();
        let (all, never) = (lived(&sensitive, &steps), lived(&sensitive, &others));
        let bytes = |profiler: &Profiler, profile: &Profile| profile.to_bytes(profiler.factors());
        prop_assert_eq!(bytes(&sensitive, &all), bytes(&sensitive, &never));
        // Learnt again from a log that has it, whatever the snapshot fits, it stays out.
        let log: Vec<_> = steps.iter().map(Interaction::to_bytes).collect();
        let log: Vec<_> = (1..).zip(log.iter().map(Vec::as_slice)).collect();
        for start in [None, Some((Profile::new(sensitive.factors()), Fit::OtherBundle))] {
            let mut restored = sensitive.restore(start, &log).0;
            restored.seq = 0;
            prop_assert_eq!(bytes(&sensitive, &restored), bytes(&sensitive, &never));
        }
        prop_assert!(bytes(&open, &lived(&open, &steps)) != bytes(&open, &lived(&open, &others)), "the control");
    }
}

#[test]
fn no_list_brings_it_but_the_one_that_is_asked_for_by_its_name() {
    let mut profiler = profiler("Dairy > Cheese");
    let visit = [did(Kind::Purchase, "milk", 0), did(Kind::Click, "bread", 1), did(Kind::Purchase, "brie", 2)];
    let profile = lived(&profiler, &visit);
    let mut list = |list, category: Option<&str>, profile: &Profile| {
        let request = Request { list, category, hide_bought: false, per_category: 0, ..Request::default() };
        let list = profiler.recommend(profile, &request, NOW).unwrap();
        let told = list.iter().flat_map(|one| &one.reasons).any(|reason| reason.because != Because::Popular);
        (ids(&profiler, &list), told)
    };
    for which in [List::ForYou, List::Discover, List::BuyAgain] {
        assert!(!list(which, None, &profile).0.iter().any(|id| id == "brie" || id == "cheddar"), "{which:?}");
    }
    assert_eq!(list(List::ForYou, Some("Dairy"), &profile).0, ["milk"], "the rest of its department");
    // By its own name it is there, and the same for everybody.
    let stranger = Profile::new(&crate::testing::factors());
    let asked = list(List::ForYou, Some("Dairy > Cheese"), &profile);
    assert_eq!((asked.0.len(), asked.1), (2, false));
    assert_eq!(asked, list(List::ForYou, Some("Dairy > Cheese"), &stranger));
}

#[test]
fn a_page_that_ranks_its_own_list_keeps_it_in_its_place() {
    let mut profiler = profiler("Dairy > Cheese");
    let profile = lived(&profiler, &[did(Kind::Cart, "apples", 0)]);
    let given = ["milk", "brie", "bread", "cheddar", "apples"].map(String::from);
    let list = profiler.rank(&profile, &given, true, NOW);
    let ranked = ids(&profiler, &list);
    assert_eq!((ranked[1].as_str(), ranked[3].as_str(), ranked.len()), ("brie", "cheddar", 5));
    assert_eq!(ranked[0], "apples", "the others are ranked");
    assert!(list[1].reasons[0].because == Because::Popular && list[0].reasons[0].because != Because::Popular);
    // Why it stands where it does is the same for everybody, and it stands beside nothing else.
    let stranger = Profile::new(profiler.factors());
    assert_eq!(profiler.explain(&profile, "brie", NOW), profiler.explain(&stranger, "brie", NOW));
    let mut beside = |id: &str| profiler.similar(&profile, id, &[], 5).unwrap().iter().any(|one| one.item < 2);
    assert!(!beside("milk") && beside("brie"));
}

#[test]
fn the_shop_adds_and_never_takes_away() {
    let mut profiler = profiler("Dairy > Cheese\\nNo Such Thing");
    let marked = |profiler: &Profiler| ITEMS.map(|id| profiler.is_sensitive(Subject::Item(id)));
    assert_eq!(marked(&profiler), [true, true, false, false, false, false]);
    profiler.mark_sensitive("Dairy").unwrap();
    profiler.mark_sensitive("Bakery").unwrap();
    assert_eq!(marked(&profiler), [true, true, true, true, false, false]);
    assert_eq!(profiler.mark_sensitive("Cheese").unwrap_err().code(), "invalid-option", "a misspelt name is said");
}

#[test]
fn what_became_sensitive_later_is_found_and_goes() {
    let (before, later) = (profiler(""), profiler("Dairy > Cheese"));
    let visit = [did(Kind::Purchase, "brie", 0), did(Kind::Click, "bread", 1)];
    let old = lived(&before, &visit);
    let log: Vec<_> = visit.iter().map(Interaction::to_bytes).collect();
    let log: Vec<_> = (1..).zip(log.iter().map(Vec::as_slice)).collect();
    assert!(later.holds_sensitive(&old, &[]) && later.holds_sensitive(&Profile::new(later.factors()), &log));
    assert!(!later.holds_sensitive(&lived(&later, &visit), &log[1..]) && !before.holds_sensitive(&old, &log));
    let said = |subject, wish| Logged::Said(Correction { subject, wish, at: NOW });
    assert!(later.tells(&said(Subject::Item("brie"), Wish::More)));
    assert!(!later.tells(&said(Subject::Category("Dairy"), Wish::More)), "it has milk, too");
    assert!(
        later.knows(Subject::Category("Dairy > Cheese")).is_err() && later.knows(Subject::Category("Dairy")).is_ok()
    );
}
