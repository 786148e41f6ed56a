//! What is said of an item, as named features: hashed later, so that no vocabulary is kept.

use super::Known;
use crate::bundle;

/// One item's features with how often it has each.
pub type Features = Vec<(String, f32)>;

/// Items with their names and attributes.
pub struct Described<'a> {
    known: &'a Known<'a>,
    steps: Option<[f32; 21]>,
}

impl<'a> Described<'a> {
    pub fn new(known: &'a Known<'a>) -> Self {
        Self { known, steps: bundle::quantiles(known.prices) }
    }

    /// Each level of the category's path, the brand, and the fifth of the prices that its own is in.
    pub fn attributes(&self) -> Vec<Features> {
        let one = |item: usize| {
            let path = self.known.categories.name(item);
            let ends = path.match_indices(" > ").map(|(end, _)| end).chain([path.len()]);
            let mut features: Features = ends.map(|end| (format!("category {}", &path[..end]), 1.0)).collect();
            features.push((format!("brand {}", self.known.brands.name(item)), 1.0));
            let price = self.known.prices.get(item).copied().filter(|price| *price > 0.0);
            features.extend(self.steps.zip(price).map(|(steps, price)| {
                let fifth = steps[1..20].partition_point(|step| *step < price) / 4;
                (format!("price {fifth}"), 1.0)
            }));
            features
        };
        (0..self.known.ids.len()).map(one).collect()
    }

    /// The words of the name, and their groups of three letters, which plurals and compounds share.
    pub fn words(&self) -> Vec<Features> {
        let named = self.known.names.iter().zip(self.known.ids);
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
    use crate::bundle::Labels;

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
        let labels = |texts: [&str; 2]| Labels::new(&texts, Some("")).unwrap();
        let (ids, names) = (["a", "b"].map(String::from), ["a", "Whole milk"].map(String::from));
        let (categories, brands) = (labels(["Dairy > Cheese > Hard", "Dairy > Milk"]), labels(["x", ""]));
        let known = Known { ids: &ids, names: &names, categories: &categories, brands: &brands, prices: &[] };
        let attributes = Described::new(&known).attributes();
        let shared = attributes[0].iter().filter(|one| attributes[1].contains(one)).count();
        assert_eq!((attributes[0].len(), attributes[1].len(), shared), (4, 3, 1));
        let words = Described::new(&known).words();
        assert!(words[0].is_empty() && !words[1].is_empty(), "an id is no name");
    }
}
