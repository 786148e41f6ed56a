//! The past, from which methods learn, and the baskets after it, on which they are scored.
//!
//! | | purchases | sessions |
//! | --- | --- | --- |
//! | a history | all baskets of a user | one session, each event a basket of one item |
//! | the past | before 80 % of the time from the first line to the last | the first 80 % of the sessions, by id |
//! | scored | each basket after it | each event but the first of the other sessions |
//! | vocabulary | in 25 baskets of 10 users of the past | in 5 events of the past |
//!
//! Items that are not in the vocabulary are dropped, then baskets left empty, then sessions with
//! fewer than two events. Settings are chosen on an earlier slice: 72 to 80 % after the first 72 %.

use clap::ValueEnum;

use crate::error::Result;
use crate::random::Random;
use crate::table::{Basket, Line, Table};
use crate::train::{Matrix, Vocabulary, count_pairs};

/// What a history is, and where the past ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Purchases,
    Sessions,
    /// Purchases of users of whom nothing was seen before.
    Strangers,
}

/// What is scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Slice {
    /// 80 to 100 %, after the first 80 %
    #[default]
    Test,
    /// 72 to 80 %, after the first 72 %: for choosing settings
    Tune,
}

impl Slice {
    /// Where the past ends and where the slice ends, in hundredths.
    fn hundredths(self) -> (i64, i64) {
        match self {
            Self::Test => (80, 100),
            Self::Tune => (72, 80),
        }
    }
}

/// How a table is to be split.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub protocol: Protocol,
    pub slice: Slice,
    /// Which tenth of the users are the strangers.
    pub tenth: u64,
    /// The fewest baskets of the past that an item of the vocabulary is in.
    pub min_orders: u32,
    pub min_users: u32,
    /// Draws the strangers.
    pub seed: u64,
}

impl Plan {
    pub fn new(protocol: Protocol) -> Self {
        let (min_orders, min_users) = if protocol == Protocol::Sessions { (5, 1) } else { (25, 10) };
        Self { protocol, slice: Slice::Test, tenth: 0, min_orders, min_users, seed: 1 }
    }
}

/// One user's baskets, or one session's events, of known items in their order.
#[derive(Clone, Debug, Default)]
pub struct History {
    pub baskets: Vec<Basket>,
    /// How many of them are the past, for methods to learn from.
    pub past: usize,
    /// The first one that is scored.
    pub first: usize,
}

impl History {
    pub fn past(&self) -> &[Basket] {
        &self.baskets[..self.past]
    }

    pub fn scored(&self) -> &[Basket] {
        &self.baskets[self.first..]
    }
}

/// A table, split.
#[derive(Debug)]
pub struct Split {
    pub protocol: Protocol,
    /// The names of the items, in falling popularity in the past.
    pub items: Vec<String>,
    /// By user, or by session; baskets hold places in `items`.
    pub users: Vec<History>,
    /// When the past ends (milliseconds since 1970); 0 for sessions.
    pub cut: i64,
    /// The share of the slice's lines that are left.
    pub coverage: f64,
}

/// How much there is of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    pub items: usize,
    pub users: usize,
    /// Users, or sessions, with a past.
    pub train_users: usize,
    /// Pairs of basket and item in the past.
    pub train_rows: usize,
    /// Pairs of user and item in the past.
    pub train_pairs: usize,
    pub train_baskets: usize,
    pub eval_users: usize,
    pub eval_baskets: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Past,
    Scored,
    Left,
}

/// The part of the table that a line or a basket belongs to, by its user and its time.
struct Parts {
    protocol: Protocol,
    cut: i64,
    end: i64,
    strangers: Vec<bool>,
}

impl Parts {
    fn new(table: &Table, plan: &Plan) -> Self {
        let (cut, end) = plan.slice.hundredths();
        let (first, span) = match plan.protocol {
            Protocol::Sessions => (0, table.users.len() as i64),
            _ => {
                let times = || table.lines.iter().map(|line| line.at);
                let first = times().min().unwrap_or(0);
                (first, times().max().unwrap_or(0) - first)
            }
        };
        // Exact in integers. The very last line is in the slice that ends with it.
        let cut = first + span * cut / 100;
        let end = if end == 100 { i64::MAX } else { first + span * end / 100 };
        let mut random = Random::new(plan.seed ^ 0x7374_7261_6e67_6572);
        let strangers = match plan.protocol {
            Protocol::Strangers => (0..table.users.len()).map(|_| random.next() % 10 == plan.tenth).collect(),
            _ => vec![false; table.users.len()],
        };
        Self { protocol: plan.protocol, cut, end, strangers }
    }

    fn of(&self, user: u32, at: i64) -> Part {
        let place = if self.protocol == Protocol::Sessions { i64::from(user) } else { at };
        let part = match place {
            place if place < self.cut => Part::Past,
            place if place < self.end => Part::Scored,
            _ => Part::Left,
        };
        // A stranger has no past, and nobody else is scored beside the strangers.
        let wanted = if self.strangers[user as usize] { Part::Scored } else { Part::Past };
        if self.protocol == Protocol::Strangers && part != wanted { Part::Left } else { part }
    }
}

impl Split {
    pub fn new(table: &Table, plan: &Plan) -> Result<Self> {
        let parts = Parts::new(table, plan);
        let baskets = table.baskets();
        let past = baskets.iter().filter(|basket| parts.of(basket.user, basket.at) == Part::Past);
        let vocabulary = Vocabulary::choose(past, &table.items, plan.min_orders, plan.min_users)?;
        let mut users = vec![History::default(); table.users.len()];
        for basket in baskets {
            let (items, part) = (vocabulary.places(&basket), parts.of(basket.user, basket.at));
            if items.is_empty() || part == Part::Left {
                continue;
            }
            let history = &mut users[basket.user as usize];
            history.past += usize::from(part == Part::Past);
            history.baskets.push(Basket { items, ..basket });
        }
        for history in &mut users {
            history.first = history.past;
            if plan.protocol == Protocol::Sessions {
                if history.baskets.len() < 2 {
                    *history = History::default();
                }
                // Nothing is known of a session before its first event.
                history.first = history.past.max(1).min(history.baskets.len());
            }
        }
        let scored = table.lines.iter().filter(|line| parts.of(line.user, line.at) == Part::Scored);
        let is_kept = |line: &Line| vocabulary.knows(line.item) && !users[line.user as usize].baskets.is_empty();
        let (kept, all) = scored.fold((0, 0), |(kept, all), line| (kept + u64::from(is_kept(line)), all + 1));
        Ok(Self {
            protocol: plan.protocol,
            items: vocabulary.items.iter().map(|item| table.items[*item as usize].clone()).collect(),
            cut: if plan.protocol == Protocol::Sessions { 0 } else { parts.cut },
            coverage: kept as f64 / f64::max(all as f64, 1.0),
            users,
        })
    }

    /// How often each user took each item in the past.
    pub fn matrix(&self) -> Matrix {
        Matrix::new(self.users.len(), self.items.len(), &count_pairs(self.past_pairs()))
    }

    pub fn past_pairs(&self) -> impl Iterator<Item = (u32, u32)> {
        let past = self.users.iter().flat_map(History::past);
        past.flat_map(|basket| basket.items.iter().map(move |item| (basket.user, *item)))
    }

    pub fn counts(&self) -> Counts {
        let users = |part: fn(&History) -> &[Basket]| self.users.iter().filter(move |h| !part(h).is_empty()).count();
        let baskets = |part: fn(&History) -> &[Basket]| self.users.iter().map(|history| part(history).len()).sum();
        Counts {
            items: self.items.len(),
            users: self.users.len(),
            train_users: users(History::past),
            train_rows: self.past_pairs().count(),
            train_pairs: count_pairs(self.past_pairs()).len(),
            train_baskets: baskets(History::past),
            eval_users: users(History::scored),
            eval_baskets: baskets(History::scored),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::methods::make;
    use crate::evaluate::metrics::Means;
    use crate::evaluate::score::{Score, score};
    use crate::evaluate::settings::Model;
    use crate::evaluate::training::Training;

    fn names(n: u32) -> Vec<String> {
        (0..n).map(|n| n.to_string()).collect()
    }

    /// 10 users take item 0 in 5 orders and item 1 in 3, at times 0 to 79; then come times 80 to 100.
    fn purchases() -> Table {
        let mut lines = Vec::new();
        for user in 0..10u32 {
            let mut add = |item, at: i64| lines.push(Line { user, item, order: at as u64, at });
            (0..5).for_each(|n| add(0, n * 10));
            (0..3).for_each(|n| add(1, n * 10));
            add(2, 20); // too rare
            add(1, 90 + i64::from(user));
            add(2, 90 + i64::from(user));
        }
        lines.push(Line { user: 10, item: 1, order: 100, at: 100 });
        Table { users: names(11), items: names(3), lines, ratings: None }
    }

    /// Ten sessions of items 0, 1, 0; item 2 only in the first, third and last.
    fn sessions() -> Table {
        let events = (0..10u32).flat_map(|user| {
            let items: &[u32] = if [0, 2, 9].contains(&user) { &[0, 1, 0, 2] } else { &[0, 1, 0] };
            items.iter().map(move |item| (user, *item))
        });
        let lines = (0..).zip(events).map(|(order, (user, item))| Line { user, item, order, at: 0 }).collect();
        Table { users: names(10), items: names(3), lines, ratings: None }
    }

    fn scored(split: &Split, method: &str) -> Score {
        let training = Training::new(split, Vec::new(), Model::USUAL.settings(split.protocol));
        score(split, &*make(method, &training).unwrap().method)
    }

    #[test]
    fn counts_of_purchases() {
        let split = Split::new(&purchases(), &Plan::new(Protocol::Purchases)).unwrap();
        assert_eq!((split.items.clone(), split.cut), (vec!["0".into(), "1".into()], 80));
        let expected = Counts {
            items: 2,
            users: 11,
            train_users: 10,
            train_rows: 80,
            train_pairs: 20,
            train_baskets: 50,
            eval_users: 11,
            eval_baskets: 11,
        };
        assert_eq!(split.counts(), expected);
        assert!((split.coverage - 11.0 / 21.0).abs() < 1e-12);
    }

    #[test]
    fn counts_of_sessions() {
        let split = Split::new(&sessions(), &Plan::new(Protocol::Sessions)).unwrap();
        // Item 2 is in two events of the first eight sessions, item 0 in 16.
        assert_eq!(split.items, ["0", "1"]);
        let counts = split.counts();
        assert_eq!((counts.train_users, counts.train_baskets), (8, 24));
        assert_eq!((counts.eval_users, counts.eval_baskets), (2, 4));
        assert!((split.coverage - 6.0 / 7.0).abs() < 1e-12);
        let score = scored(&split, "popular");
        let places: Vec<(u32, f64)> = score.0.iter().map(|ranked| (ranked.before, ranked.all.mrr)).collect();
        assert_eq!(places, [(1, 0.5), (2, 1.0), (1, 0.5), (2, 1.0)]);
        // Only item 1 is new, and stands first where item 0 is no candidate.
        assert_eq!((score.on_new().lists, score.on_new().means()[1], score.repeat_share()), (2, 1.0, 0.5));
    }

    #[test]
    fn sessions_of_one_known_event_are_left_out() {
        let mut table = sessions();
        table.lines.retain(|line| line.user < 9 || line.item == 2 || line.order == 31);
        let split = Split::new(&table, &Plan::new(Protocol::Sessions)).unwrap();
        assert_eq!((split.counts().eval_users, split.counts().eval_baskets), (1, 2));
        assert!((split.coverage - 3.0 / 5.0).abs() < 1e-12, "{}", split.coverage);
    }

    #[test]
    fn the_slice_for_choosing_ends_where_the_test_begins() {
        let plan = Plan { slice: Slice::Tune, ..Plan::new(Protocol::Purchases) };
        let mut table = purchases();
        // One order in the slice, which a user of the past makes.
        table.lines.push(Line { user: 0, item: 0, order: 75, at: 75 });
        let split = Split::new(&table, &plan).unwrap();
        assert_eq!((split.cut, split.counts().eval_baskets, split.counts().train_baskets), (72, 1, 50));
        // The control: in the other slice it is part of the past.
        let split = Split::new(&table, &Plan::new(Protocol::Purchases)).unwrap();
        assert_eq!((split.counts().eval_baskets, split.counts().train_baskets), (11, 51));
    }

    #[test]
    fn strangers_have_no_past_and_nobody_else_is_scored() {
        let mut table = purchases();
        for user in 11..111 {
            table.lines.extend([10, 90].map(|at| Line { user, item: 0, order: at as u64, at }));
        }
        table.users = names(111);
        let split = Split::new(&table, &Plan::new(Protocol::Strangers)).unwrap();
        let (scored, learnt): (Vec<_>, Vec<_>) = split.users.iter().partition(|history| history.past == 0);
        let scored = scored.iter().filter(|history| !history.baskets.is_empty()).count();
        assert!((3..25).contains(&scored), "{scored}");
        assert!(learnt.iter().all(|history| history.scored().is_empty()));
        // Another seed draws others.
        let other = Plan { seed: 2, ..Plan::new(Protocol::Strangers) };
        let other = Split::new(&table, &other).unwrap();
        assert!(split.users.iter().zip(&other.users).any(|(a, b)| a.past != b.past));
    }

    #[test]
    fn new_items_are_those_never_had_before() {
        let score = scored(&Split::new(&purchases(), &Plan::new(Protocol::Purchases)).unwrap(), "popular");
        // All have had item 1 but the newcomer, for whom it is the second.
        assert_eq!((score.on_all().lists, score.on_new().lists), (11, 1));
        assert_eq!(score.on_all().means()[1], 0.5);
        assert_eq!(score.on_new().means()[1], 0.5);
    }

    /// The published counts, where the data is at hand.
    #[test]
    fn counts_on_complete_journey() {
        let Some(path) = std::env::var_os("HOMEBODY_DATA") else {
            eprintln!("SKIPPED: set HOMEBODY_DATA to the folder with Complete Journey's purchases");
            return;
        };
        let table = Table::read(path.as_ref(), &["purchase"]).unwrap();
        let split = Split::new(&table, &Plan::new(Protocol::Purchases)).unwrap();
        let expected = Counts {
            items: 9_463,
            users: 2_469,
            train_users: split.counts().train_users,
            train_rows: 930_117,
            train_pairs: 523_706,
            train_baskets: 115_677,
            eval_users: 2_261,
            eval_baskets: 28_414,
        };
        assert_eq!(split.counts(), expected);
        let score = scored(&split, "popular");
        let rounded = |means: Means| means.means().map(|mean| format!("{mean:.4}"));
        assert_eq!(score.on_new().lists, 20_113);
        assert_eq!(rounded(score.on_all()), ["0.1466", "0.1940", "0.1106"]);
        assert_eq!(rounded(score.on_new()), ["0.0322", "0.0278", "0.0194"]);
    }

    /// The same for sessions.
    #[test]
    fn counts_on_m2() {
        let Some(path) = std::env::var_os("HOMEBODY_SESSIONS") else {
            eprintln!("SKIPPED: set HOMEBODY_SESSIONS to the folder with the sessions of Amazon-M2");
            return;
        };
        let table = Table::sessions(path.as_ref(), &["locale=FR".parse().unwrap()]).unwrap();
        let split = Split::new(&table, &Plan::new(Protocol::Sessions)).unwrap();
        let counts = split.counts();
        assert_eq!((counts.items, counts.train_users, counts.train_baskets), (7_457, 22_775, 83_405));
        assert_eq!((counts.eval_users, counts.eval_baskets), (5_016, 12_991));
        assert_eq!(format!("{:.3}", split.coverage), "0.585");
        let score = scored(&split, "popular");
        assert_eq!((score.on_new().lists, format!("{:.3}", score.repeat_share())), (9_449, "0.273".into()));
        assert_eq!(format!("{:.4} {:.4}", score.on_all().means()[0], score.on_all().means()[2]), "0.0450 0.0196");
        assert_eq!(format!("{:.4} {:.4}", score.on_new().means()[0], score.on_new().means()[2]), "0.0438 0.0200");
        for (method, all, new) in [("seq-rules", "0.5257", "0.5654"), ("item-knn", "0.5248", "0.5631")] {
            let score = scored(&split, method);
            let ndcg = [score.on_all(), score.on_new()].map(|means| format!("{:.4}", means.means()[2]));
            assert_eq!(ndcg, [all, new], "{method}");
        }
    }
}
