//! A method's settings on the command line: `item-knn:k=50:shrink=2`.

use crate::error::{Error, Result};

/// What was given, and what was asked for.
#[derive(Debug, Default)]
pub struct Options {
    given: Vec<(String, f32)>,
    asked: Vec<(&'static str, f32)>,
}

impl Options {
    /// Splits off the name.
    pub fn parse(label: &str) -> Result<(&str, Self)> {
        let mut parts = label.split(':');
        let name = parts.next().unwrap_or_default();
        let setting = |part: &str| {
            let (key, value) = part.split_once('=')?;
            let value: f32 = value.parse().ok()?;
            value.is_finite().then(|| (key.to_string(), value))
        };
        let given = parts.map(|part| {
            setting(part).ok_or_else(|| {
                Error::request(format!("{label}: {part:?} is no setting; right would be NAME=NUMBER, such as k=50"))
            })
        });
        Ok((name, Self { given: given.collect::<Result<_>>()?, asked: Vec::new() }))
    }

    /// The value of a setting, or else the usual one.
    pub fn number(&mut self, key: &'static str, usual: f32) -> f32 {
        let given = self.given.iter().find(|(given, _)| given == key).map(|(_, value)| *value);
        let value = given.unwrap_or(usual);
        self.asked.push((key, value));
        value
    }

    /// All settings with their values; one that the method does not have is an error.
    pub fn finish(self, method: &str) -> Result<Vec<(&'static str, f32)>> {
        let known: Vec<&str> = self.asked.iter().map(|(key, _)| *key).collect();
        match self.given.iter().find(|(given, _)| !known.contains(&given.as_str())) {
            Some((given, _)) if known.is_empty() => {
                Err(Error::request(format!("{method} has no setting {given:?}; it has none")))
            }
            Some((given, _)) => {
                Err(Error::request(format!("{method} has no setting {given:?}; it has {} here", known.join(", "))))
            }
            None => Ok(self.asked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_or_usual() {
        let (name, mut options) = Options::parse("knn:k=50:shrink=0.5").unwrap();
        assert_eq!((name, options.number("k", 9.0), options.number("g", 7.0)), ("knn", 50.0, 7.0));
        assert_eq!(options.number("shrink", 2.0), 0.5);
        assert_eq!(options.finish("knn").unwrap(), [("k", 50.0), ("g", 7.0), ("shrink", 0.5)]);
    }

    #[test]
    fn what_is_no_setting_is_refused() {
        let (_, mut options) = Options::parse("knn:k=50:lenght=3").unwrap();
        options.number("k", 9.0);
        let error = options.finish("knn").unwrap_err().to_string();
        assert!(error.contains("\"lenght\"") && error.contains("it has k"), "{error}");
        for wrong in ["knn:k", "knn:k=", "knn:k=many", "knn:k=inf", "knn:"] {
            assert!(Options::parse(wrong).is_err(), "{wrong}");
        }
    }
}
