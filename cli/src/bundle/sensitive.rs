//! The categories from which no profile learns, as the command line names them.

use std::path::Path;

use clap::Args;

use super::Labels;
use crate::error::{Error, Result};

#[derive(Args, Clone, Debug, Default)]
pub struct Sensitive {
    /// A category or a department from which no profile learns, or a file with one a line; may be given several times
    #[arg(long = "sensitive", value_name = "NAME|FILE")]
    given: Vec<String>,
}

impl Sensitive {
    /// The bundle's `homebody.sensitive`, if anything was given. A name that no category has is an error: misspelt, it
    /// would protect nobody.
    pub fn metadata(&self, categories: &Labels) -> Result<Option<(String, String)>> {
        let mut names: Vec<String> = Vec::new();
        for given in &self.given {
            let path = Path::new(given);
            if !path.is_file() {
                names.push(given.clone());
                continue;
            }
            let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            names.extend(lines.map(String::from));
        }
        let called = |category: &String, name: &str| {
            category == name || category.split('>').next().is_some_and(|department| department.trim_end() == name)
        };
        let unknown = names.iter().find(|name| !categories.names.iter().any(|category| called(category, name)));
        if let Some(name) = unknown {
            return Err(Error::request(format!(
                "--sensitive {name:?} is no category or department of the items, and no file: nothing would be kept from profiles"
            )));
        }
        names.sort();
        names.dedup();
        Ok((!names.is_empty()).then(|| ("homebody.sensitive".into(), names.join("\n"))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(given: &[&str]) -> Result<Option<(String, String)>> {
        let categories = Labels::new(&["Health > Sleep", "Health > Teeth", "Beer, Wine"], None).unwrap();
        Sensitive { given: given.iter().map(|name| (*name).into()).collect() }.metadata(&categories)
    }

    #[test]
    fn names_and_files_go_together() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sensitive.txt");
        std::fs::write(&file, "# what is nobody's business\n\nHealth > Sleep\n Beer, Wine \n").unwrap();
        let (key, names) = metadata(&["Health", file.to_str().unwrap()]).unwrap().unwrap();
        assert_eq!((key.as_str(), names.as_str()), ("homebody.sensitive", "Beer, Wine\nHealth\nHealth > Sleep"));
        assert_eq!(metadata(&[]).unwrap(), None);
    }

    #[test]
    fn a_misspelt_name_is_an_error() {
        assert!(metadata(&["Helth"]).unwrap_err().to_string().contains("Helth"));
        assert!(metadata(&["Sleep"]).is_err(), "the full name, or the department's");
    }
}
