//! What is said of an item, as named features: hashed later, so that no vocabulary is kept.

use super::Items;
use crate::bundle;

/// One item's features with how often it has each.
pub type Features = Vec<(String, f32)>;

/// Items with their names and attributes.
pub struct Described<'a> {
    items: &'a Items,
    steps: Option<[f32; 21]>,
}

impl<'a> Described<'a> {
    pub fn new(items: &'a Items) -> Self {
        Self { items, steps: bundle::quantiles(&items.prices) }
    }

    /// Each level of the category's path, the brand, and the fifth of the prices that its own is in.
    pub fn attributes(&self) -> Vec<Features> {
        let one = |item: usize| {
            let path = self.items.categories.name(item);
            let ends = path.match_indices(" > ").map(|(end, _)| end).chain([path.len()]);
            let mut features: Features = ends.map(|end| (format!("category {}", &path[..end]), 1.0)).collect();
            features.push((format!("brand {}", self.items.brands.name(item)), 1.0));
            let price = Some(self.items.prices[item]).filter(|price| *price > 0.0);
            features.extend(self.steps.zip(price).map(|(steps, price)| {
                let fifth = steps[1..20].partition_point(|step| *step < price) / 4;
                (format!("price {fifth}"), 1.0)
            }));
            features
        };
        (0..self.items.ids.len()).map(one).collect()
    }

    /// The words of the name, and their groups of three letters, which plurals and compounds share.
    pub fn words(&self) -> Vec<Features> {
        let named = self.items.names.iter().zip(&self.items.ids);
        named.map(|(name, id)| if name == id { Features::new() } else { words(name) }).collect()
    }
}

fn words(name: &str) -> Features {
    let lower = name.to_lowercase();
    let mut features = Features::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        features.push((format!("word {word}"), 1.0));
        let letters: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
        features.extend(letters.windows(3).map(|three| (format!("letters {}", three.iter().collect::<String>()), 0.5)));
    }
    features
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Item;

    #[test]
    fn a_name_is_its_words_and_their_letters() {
        let names = |features: &Features| features.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(
            names(&words("Oat-7")),
            ["word oat", "letters  oa", "letters oat", "letters at ", "word 7", "letters  7 "]
        );
        assert!(words("–").is_empty());
    }

    #[test]
    fn a_path_is_known_by_all_its_levels() {
        let item = |id: &str, name: &str, category: &str, brand: &str| Item {
            name: name.into(),
            category: category.into(),
            brand: brand.into(),
            ..Item::unknown(id)
        };
        let shop = [item("a", "a", "Dairy > Cheese > Hard", "x"), item("b", "Whole milk", "Dairy > Milk", "")];
        let known = Items::of(&shop).unwrap();
        let attributes = Described::new(&known).attributes();
        let shared = attributes[0].iter().filter(|one| attributes[1].contains(one)).count();
        assert_eq!((attributes[0].len(), attributes[1].len(), shared), (4, 3, 1));
        let words = Described::new(&known).words();
        assert!(words[0].is_empty() && !words[1].is_empty(), "an id is no name");
    }
}
