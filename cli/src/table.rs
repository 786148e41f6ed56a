//! A table of interactions as the trainer and the evaluation want it: numbers for names, and
//! baskets instead of lines.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::import::{self, Filter, Interaction, Reading, Step, Times, Wanted};

/// What a folder may call its interactions, the cleanest first.
const NAMES: [&str; 3] = ["interactions.parquet", "purchases.parquet", "events.parquet"];

/// Interactions with users and items as numbers.
#[derive(Debug, Default)]
pub struct Table {
    pub users: Vec<String>,
    pub items: Vec<String>,
    pub lines: Vec<Line>,
    /// Lowest, mean and highest rating, where there are any.
    pub ratings: Option<[f32; 3]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub user: u32,
    pub item: u32,
    /// What it was bought with: the rank of the order's id, or the day where there is none.
    pub order: u64,
    /// Milliseconds since 1970.
    pub at: i64,
}

/// The items that one user took at once; a set, in rising order.
#[derive(Clone, Debug, PartialEq)]
pub struct Basket {
    pub user: u32,
    /// Milliseconds since 1970, of its first line.
    pub at: i64,
    pub items: Vec<u32>,
}

impl Table {
    /// Reads a file, or the interactions in a folder, and keeps the given kinds.
    pub fn read(path: &Path, kinds: &[&str]) -> Result<Self> {
        Self::read_where(path, kinds, &[], &HashSet::new())
    }

    /// Reads the rows that pass all filters, as if the users `without` had never come.
    pub fn read_where(path: &Path, kinds: &[&str], filters: &[Filter], without: &HashSet<String>) -> Result<Self> {
        let file = find(path)?;
        let mut builder = Builder::default();
        let mut other = 0u64;
        let mut absent: HashSet<&String> = without.iter().collect();
        let counts = import::interactions(&file, &reading(filters, false), &times(), &mut |_, interaction| {
            if let Some(user) = without.get(&*interaction.user) {
                absent.remove(user);
                return Ok(Ok(()));
            }
            builder.rating(interaction);
            if kinds.contains(&interaction.kind) {
                builder.push(interaction);
            } else {
                other += 1;
            }
            Ok(Ok(()))
        })?;
        if counts.refused() > 0 || other > 0 {
            eprintln!("{}: {counts}; {other} of another kind than {}", file.display(), kinds.join(", "));
        }
        if let Some(user) = absent.into_iter().min() {
            return Err(Error::content(&file, format!("holds no user {user:?}, who is to be left out")));
        }
        if builder.table.lines.is_empty() {
            let kinds = kinds.join(", ");
            return Err(Error::content(&file, format!("holds no interaction of kind {kinds}")));
        }
        Ok(builder.finish())
    }

    /// Reads sessions, of all kinds of interaction: each is a user, each of its events an order of one
    /// item. They stand in the order of their ids, the events in the order of time and position.
    pub fn sessions(path: &Path, filters: &[Filter]) -> Result<Self> {
        let file = find(path)?;
        let mut sessions = Sessions::default();
        let counts = import::steps(&file, &reading(filters, true), &times(), &mut |step| sessions.push(step))?;
        if counts.refused() > 0 {
            eprintln!("{}: {counts}", file.display());
        }
        if sessions.steps.is_empty() {
            return Err(Error::content(&file, "holds no event of a session"));
        }
        Ok(sessions.finish())
    }

    /// Whether a file, or the interactions in a folder, are sessions without times.
    pub fn only_sessions(path: &Path) -> Result<bool> {
        import::only_sessions(&find(path)?, &reading(&[], true))
    }

    /// All baskets, user by user, each user's in the order of time.
    pub fn baskets(&self) -> Vec<Basket> {
        let mut lines = self.lines.clone();
        lines.sort_unstable_by_key(|line| (line.user, line.order, line.item));
        let mut baskets: Vec<(u64, Basket)> = lines
            .chunk_by(|a, b| (a.user, a.order) == (b.user, b.order))
            .map(|lines| {
                let mut items: Vec<u32> = lines.iter().map(|line| line.item).collect();
                items.dedup();
                let at = lines.iter().map(|line| line.at).min().expect("a chunk is not empty");
                (lines[0].order, Basket { user: lines[0].user, at, items })
            })
            .collect();
        baskets.sort_by_key(|(order, basket)| (basket.user, basket.at, *order));
        baskets.into_iter().map(|(_, basket)| basket).collect()
    }
}

fn reading(filters: &[Filter], of_sessions: bool) -> Reading {
    let wanted = Wanted { of_sessions, filters: filters.into(), ..Wanted::default() };
    Reading { wanted, ..Reading::default() }
}

fn times() -> Times {
    Times { unit: None, now: import::now() }
}

fn find(path: &Path) -> Result<PathBuf> {
    if !path.is_dir() {
        return Ok(path.into());
    }
    let there = NAMES.iter().map(|name| path.join(name)).find(|file| file.exists());
    there.ok_or_else(|| Error::content(path, format!("holds none of {}", NAMES.join(", "))))
}

/// Ids in the order that a person expects: numbers by size, all others by letter.
pub fn compare_ids(a: &str, b: &str) -> Ordering {
    match (a.parse::<i64>(), b.parse::<i64>()) {
        (Ok(x), Ok(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// Names, each with the number of its first appearance.
#[derive(Default)]
struct Names(HashMap<String, u32>);

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.0.get(name) {
            return *number;
        }
        let number = u32::try_from(self.0.len()).expect("fewer than 2³² names fit in memory");
        self.0.insert(name.into(), number);
        number
    }

    fn finish(self) -> Vec<String> {
        let mut names: Vec<(String, u32)> = self.0.into_iter().collect();
        names.sort_unstable_by_key(|(_, number)| *number);
        names.into_iter().map(|(name, _)| name).collect()
    }
}

#[derive(Default)]
struct Builder {
    table: Table,
    users: Names,
    items: Names,
    orders: Names,
    rated: (u64, f64),
}

/// Marks a basket that is known by its day only.
const BY_DAY: u64 = 1 << 63;

impl Builder {
    fn push(&mut self, interaction: &Interaction<'_>) {
        let order = match &interaction.order {
            Some(order) => u64::from(self.orders.number(order)),
            None => BY_DAY | interaction.at.div_euclid(86_400_000) as u64,
        };
        self.table.lines.push(Line {
            user: self.users.number(&interaction.user),
            item: self.items.number(&interaction.item),
            order,
            at: interaction.at,
        });
    }

    fn rating(&mut self, interaction: &Interaction<'_>) {
        let Some(rating) = interaction.rating else { return };
        self.rated = (self.rated.0 + 1, self.rated.1 + f64::from(rating));
        let [low, _, high] = self.table.ratings.unwrap_or([rating; 3]);
        let mean = self.rated.1 / self.rated.0 as f64;
        self.table.ratings = Some([low.min(rating), mean as f32, high.max(rating)]);
    }

    fn finish(mut self) -> Table {
        self.table.users = self.users.finish();
        self.table.items = self.items.finish();
        // Orders of the same instant go by their ids, not by where they stood in the file.
        let orders = self.orders.finish();
        let mut sorted: Vec<usize> = (0..orders.len()).collect();
        sorted.sort_by(|a, b| compare_ids(&orders[*a], &orders[*b]));
        let mut rank = vec![0; orders.len()];
        for (position, order) in sorted.into_iter().enumerate() {
            rank[order] = position as u64;
        }
        for line in &mut self.table.lines {
            if line.order & BY_DAY == 0 {
                line.order = rank[line.order as usize];
            }
        }
        self.table
    }
}

#[derive(Default)]
struct Sessions {
    sessions: Names,
    items: Names,
    /// Session, time, position, item.
    steps: Vec<(u32, i64, f64, u32)>,
}

impl Sessions {
    fn push(&mut self, step: &Step<'_>) {
        let (session, item) = (self.sessions.number(&step.session), self.items.number(&step.item));
        self.steps.push((session, step.at, step.position, item));
    }

    fn finish(mut self) -> Table {
        let names = self.sessions.finish();
        let mut sorted: Vec<u32> = (0..names.len() as u32).collect();
        sorted.sort_by(|a, b| compare_ids(&names[*a as usize], &names[*b as usize]));
        let mut rank = vec![0; names.len()];
        for (place, session) in (0..).zip(&sorted) {
            rank[*session as usize] = place;
        }
        self.steps.iter_mut().for_each(|step| step.0 = rank[step.0 as usize]);
        // Of equals the row that came first.
        self.steps.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        let line = |(order, (user, at, _, item))| Line { user, item, order, at };
        Table {
            users: sorted.into_iter().map(|session| names[session as usize].clone()).collect(),
            items: self.items.finish(),
            lines: (0..).zip(self.steps).map(line).collect(),
            ratings: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interaction<'a>(user: &'a str, item: &'a str, order: Option<&'a str>, at: i64) -> Interaction<'a> {
        Interaction {
            user: user.into(),
            item: item.into(),
            kind: "purchase",
            at,
            order: order.map(Into::into),
            price: None,
            quantity: None,
            rating: None,
        }
    }

    #[test]
    fn lines_become_baskets_in_order() {
        let mut builder = Builder::default();
        for (user, item, order, at) in [
            ("u", "a", Some("10"), 50),
            ("u", "b", Some("9"), 50),
            ("u", "a", Some("9"), 60),
            ("u", "b", Some("9"), 70),
            ("v", "c", None, 5),
            ("v", "d", None, 86_400_000),
            ("v", "c", None, 86_399_999),
        ] {
            builder.push(&interaction(user, item, order, at));
        }
        let baskets = builder.finish().baskets();
        let basket = |user, at, items: &[u32]| Basket { user, at, items: items.into() };
        let expected = [
            basket(0, 50, &[0, 1]), // order 9 before order 10
            basket(0, 50, &[0]),
            basket(1, 5, &[2]),
            basket(1, 86_400_000, &[3]),
        ];
        assert_eq!(baskets, expected);
    }

    #[test]
    fn sessions_stand_by_id_and_their_events_by_position() {
        let mut sessions = Sessions::default();
        for (session, item, position) in [("10", "a", 1.0), ("10", "b", 0.0), ("9", "a", 2.0), ("9", "a", 2.0)] {
            sessions.push(&Step { session: session.into(), item: item.into(), position, at: 0 });
        }
        let table = sessions.finish();
        assert_eq!(table.users, ["9", "10"]);
        let baskets: Vec<(u32, Vec<u32>)> = table.baskets().into_iter().map(|b| (b.user, b.items)).collect();
        // The same item twice is two events.
        assert_eq!(baskets, [(0, vec![0]), (0, vec![0]), (1, vec![1]), (1, vec![0])]);
    }

    #[test]
    fn ids_that_are_numbers_go_by_size() {
        assert_eq!(compare_ids("9", "10"), Ordering::Less);
        assert_eq!(compare_ids("a9", "a10"), Ordering::Greater);
    }
}
