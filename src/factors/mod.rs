//! The item table of a factor bundle: read, check, look up. `docs/bundle.md` describes the file.

mod curves;
mod file;
mod header;
mod heads;
mod lists;
mod packed;
mod plane;
mod read;
mod space;
mod standards;
mod strings;

use curves::Curves;
pub use file::Source;
pub(crate) use file::{File, is_version};
pub use header::{Checked, Header};
pub(crate) use heads::Heads;
pub use lists::Lists;
use plane::Plane;
pub use read::{MAX_DIM, MAX_HEADER, MAX_ID, MAX_ITEMS, quantise};
pub use space::{Space, View};
pub use standards::Standards;
use strings::{Lookup, Strings};

/// What a bundle holds: N items × d factors as int8 with one scale a dimension, and what is known
/// of the items beside. Fixed once read; only the profile learns.
#[derive(Clone, Default)]
pub struct Factors {
    version: String,
    metadata: Vec<(String, String)>,
    ids: Strings,
    lookup: Lookup,
    spaces: [Space; View::COUNT],
    heads: Heads,
    map: Option<(String, Vec<f32>)>,
    curves: Curves,
    recent: Vec<f32>,
    age: Vec<f32>,
    repeat: [Vec<f32>; 2],
    fold_in: [Option<[f32; 5]>; View::COUNT],
    together: Lists,
    next: Lists,
    habit: Lists,
    bias: Vec<f32>,
    least_bias: f32,
    popularity: Vec<f32>,
    prices: Vec<f32>,
    category: Vec<u16>,
    categories: Strings,
    brand: Vec<u16>,
    brands: Strings,
    /// The items of each category, in falling popularity, and their popularity together.
    members: Vec<(Vec<u32>, f32)>,
    departments: Departments,
    /// By category.
    sensitive: Vec<bool>,
    standards: Standards,
    plane: Plane,
}

/// The first parts of the categories' names ("Dairy > Cheese"), in the order in which they appear:
/// the fixed vocabulary of the reports by department.
#[derive(Debug, Clone, Default, PartialEq)]
struct Departments {
    names: Vec<String>,
    of_category: Vec<u16>,
}

impl Departments {
    fn new(categories: &Strings) -> Self {
        let mut departments = Self::default();
        for category in categories.iter() {
            let end = category.bytes().position(|byte| byte == b'>').unwrap_or(category.len());
            let name = category[..end].trim_end();
            let known = departments.names.iter().position(|known| known == name);
            departments.of_category.push(known.unwrap_or(departments.names.len()) as u16);
            if known.is_none() {
                departments.names.push(name.to_owned());
            }
        }
        departments
    }
}

impl Factors {
    /// The bundle's version: profiles and reports name it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// A string of the bundle's metadata, e.g. `homebody.model`.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// A bundle without items is refused, so this is false.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of dimensions of the item factors.
    pub fn dim(&self) -> usize {
        self.view(View::Collaborative).dim()
    }

    /// The vectors of one kind; of no dimension where the bundle brings none.
    pub fn view(&self, view: View) -> &Space {
        &self.spaces[view as usize]
    }

    /// The item factors.
    pub fn space(&self) -> &Space {
        self.view(View::Collaborative)
    }

    /// The place of an id. Items stand in falling popularity.
    pub fn find(&self, id: &str) -> Option<u32> {
        self.lookup.find(&self.ids, id, |_| ())
    }

    /// The same for who is about to read its vector: that is on its way while the id is compared.
    pub fn find_to_learn(&self, id: &str) -> Option<u32> {
        self.lookup.find(&self.ids, id, |place| self.space().touch(place))
    }

    /// Where an id is looked for is on its way: soon it is asked for.
    pub fn touch(&self, id: &str) {
        self.lookup.touch(id);
    }

    /// The id at a place.
    pub fn id(&self, item: u32) -> &str {
        self.ids.get(item as usize)
    }

    /// The orthogonal map (d × d, row by row) from the item factors of the bundle of that version to
    /// these, where there is one.
    pub fn map_from(&self, version: &str) -> Option<&[f32]> {
        self.map.as_ref().filter(|(from, _)| from == version).map(|(_, map)| map.as_slice())
    }

    /// What is bought by the same shoppers as an item, and how strongly.
    pub fn together(&self) -> &Lists {
        &self.together
    }

    /// What shoppers with a habit of an item have a habit of, and how strongly.
    pub fn habit(&self) -> &Lists {
        &self.habit
    }

    /// What follows an item, and how strongly.
    pub fn next(&self) -> &Lists {
        &self.next
    }

    /// Log of the item's popularity relative to the most popular one: 0 at most.
    pub fn bias(&self, item: u32) -> f32 {
        self.bias.get(item as usize).copied().unwrap_or(0.0)
    }

    /// The lowest of all biases.
    pub(crate) fn least_bias(&self) -> f32 {
        self.least_bias
    }

    /// The same items with other biases.
    #[cfg(test)]
    pub(crate) fn biased(self, bias: Vec<f32>) -> Self {
        let mut factors = Self { least_bias: bias.iter().fold(0.0, |least, bias| bias.min(least)), bias, ..self };
        factors.look();
        factors
    }

    /// The biases of all items; empty where the bundle has none.
    pub(crate) fn biases(&self) -> &[f32] {
        &self.bias
    }

    /// The categories of all items; empty where the bundle has none.
    pub(crate) fn category_of_each(&self) -> &[u16] {
        &self.category
    }

    /// Orders with the item in training; 0 where the bundle does not say.
    pub fn popularity(&self, item: u32) -> f32 {
        self.popularity.get(item as usize).copied().unwrap_or(0.0)
    }

    /// Orders with the item in the last four weeks of training; 0 where the bundle does not say.
    pub fn recent(&self, item: u32) -> f32 {
        self.recent.get(item as usize).copied().unwrap_or(0.0)
    }

    /// Days from its first order to the end of training; 0 where the bundle does not say.
    pub fn age(&self, item: u32) -> f32 {
        self.age.get(item as usize).copied().unwrap_or(0.0)
    }

    /// The item's mean repurchase interval in days, and the share of orders with it after the first one.
    pub fn repeat(&self, item: u32) -> (f32, f32) {
        let [interval, rate] = [0, 1].map(|which| self.repeat[which].get(item as usize).copied());
        (interval.unwrap_or(30.0), rate.unwrap_or(0.05))
    }

    /// Its share of its category's orders in training.
    pub fn lead(&self, item: u32) -> f32 {
        let all = self.category(item).map_or(0.0, |category| self.members[usize::from(category)].1);
        if all > 0.0 { self.popularity(item) / all } else { 0.0 }
    }

    /// The items of a category, in falling popularity.
    pub fn of_category(&self, category: u16) -> &[u32] {
        self.members.get(usize::from(category)).map_or(&[], |(items, _)| items)
    }

    /// The settings of the fold-in over one view that the training chose: λ, g, a, half-life in days
    /// (0 = none), and what is left after each further event (1 = all).
    pub fn fold_in(&self, view: View) -> Option<[f32; 5]> {
        self.fold_in[view as usize]
    }

    /// The curves of the mix: name, knots, values for each purpose.
    pub fn curves(&self) -> impl ExactSizeIterator<Item = (&str, &[f32], [&[f32]; curves::PURPOSES])> {
        self.curves.iter()
    }

    /// The item's price, where the bundle knows one.
    pub fn price(&self, item: u32) -> Option<f32> {
        self.prices.get(item as usize).copied().filter(|price| *price > 0.0)
    }

    /// The item's category, where the bundle has categories.
    pub fn category(&self, item: u32) -> Option<u16> {
        self.category.get(item as usize).copied()
    }

    /// A category's full name, "Department > Category".
    pub fn category_name(&self, category: u16) -> &str {
        self.categories.get(usize::from(category))
    }

    /// The number of the category of that full name.
    pub fn category_named(&self, name: &str) -> Option<u16> {
        (0..self.categories() as u16).find(|category| self.category_name(*category) == name)
    }

    /// Is this the category's full name, or its department's?
    pub fn is_called(&self, category: u16, name: &str) -> bool {
        self.category_name(category) == name
            || self.departments.names[usize::from(self.department_of(category))] == name
    }

    /// Number of categories.
    pub fn categories(&self) -> usize {
        self.categories.len()
    }

    /// A category of that full name, or of that department, is sensitive: nothing is learnt from its items.
    /// Returns whether there is one.
    pub fn mark_sensitive(&mut self, name: &str) -> bool {
        let called: Vec<u16> =
            (0..self.categories() as u16).filter(|category| self.is_called(*category, name)).collect();
        called.iter().for_each(|category| self.sensitive[usize::from(*category)] = true);
        !called.is_empty()
    }

    /// Is the item of a sensitive category?
    pub fn is_sensitive(&self, item: u32) -> bool {
        self.category(item).is_some_and(|category| self.is_sensitive_category(category))
    }

    /// Is the category sensitive?
    pub fn is_sensitive_category(&self, category: u16) -> bool {
        self.sensitive.get(usize::from(category)).copied().unwrap_or(false)
    }

    /// Is every category of that name, or of that department, sensitive, and is there one?
    pub fn holds_only_sensitive(&self, name: &str) -> bool {
        let mut called = (0..self.categories() as u16).filter(|category| self.is_called(*category, name)).peekable();
        called.peek().is_some() && called.all(|category| self.is_sensitive_category(category))
    }

    /// The item's brand, where the bundle has brands.
    pub fn brand(&self, item: u32) -> Option<&str> {
        self.brand.get(item as usize).map(|brand| self.brands.get(usize::from(*brand)))
    }

    /// The department of a category.
    pub fn department_of(&self, category: u16) -> u16 {
        self.departments.of_category[usize::from(category)]
    }

    /// The department of an item.
    pub fn department(&self, item: u32) -> Option<u16> {
        self.category(item).map(|category| self.department_of(category))
    }

    /// The departments' names, in the order of the reports.
    pub fn departments(&self) -> &[String] {
        &self.departments.names
    }

    /// The constants of standardisation.
    pub fn standards(&self) -> &Standards {
        &self.standards
    }
}

impl core::fmt::Debug for Factors {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Factors({}, {} × {})", self.version, self.len(), self.dim())
    }
}
