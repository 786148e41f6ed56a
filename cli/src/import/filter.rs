//! Rows that were asked for: `column=value`, on any column of the table.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::FromStr;

/// How many values are named to someone who asked for one that is not there.
const NAMED: usize = 12;

/// Keeps the rows with this value in this column.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub column: String,
    pub value: String,
}

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((column, value)) if !column.trim().is_empty() && !value.trim().is_empty() => {
                Ok(Self { column: column.trim().into(), value: value.trim().into() })
            }
            _ => Err("right would be COLUMN=VALUE, such as country=FR".into()),
        }
    }
}

impl Filter {
    /// Numbers are equal by size (7 is 7.0), all else by letter.
    fn fits(&self, text: &str) -> bool {
        text == self.value
            || matches!((text.parse::<f64>(), self.value.parse::<f64>()), (Ok(there), Ok(wanted)) if there == wanted)
    }
}

/// The filters of one table, and what they met.
#[derive(Debug, Default)]
pub struct Filters(Vec<Watched>);

#[derive(Debug)]
struct Watched {
    filter: Filter,
    column: usize,
    met: bool,
    others: BTreeSet<String>,
}

impl Filters {
    pub fn new(wanted: &[Filter], header: &[String]) -> Result<Self, String> {
        let watch = |filter: &Filter| {
            let column = header.iter().position(|name| *name == filter.column).ok_or_else(|| {
                format!("there is no column {:?} to filter by; the columns are {}", filter.column, header.join(", "))
            })?;
            Ok(Watched { filter: filter.clone(), column, met: false, others: BTreeSet::new() })
        };
        wanted.iter().map(watch).collect::<Result<_, _>>().map(Self)
    }

    /// The columns that are looked at.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.iter().map(|watched| watched.column)
    }

    /// Whether a row passes all; `text` gives the row's text in a filter's column.
    pub fn keep<'a>(&mut self, text: impl Fn(usize) -> Cow<'a, str>) -> bool {
        let mut keep = true;
        for watched in &mut self.0 {
            let text = text(watched.column);
            let fits = watched.filter.fits(text.trim());
            watched.met |= fits;
            if !watched.met && watched.others.len() <= NAMED && !watched.others.contains(text.trim()) {
                watched.others.insert(text.trim().into());
            }
            keep &= fits;
        }
        keep
    }

    /// Refuses a value that never came.
    pub fn finish(&self) -> Result<(), String> {
        let Some(watched) = self.0.iter().find(|watched| !watched.met) else { return Ok(()) };
        let Filter { column, value } = &watched.filter;
        let mut there: Vec<&str> = watched.others.iter().take(NAMED).map(String::as_str).collect();
        if watched.others.len() > NAMED {
            there.push("…");
        }
        Err(format!("column {column} never holds {value:?}; it holds {}", there.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(filters: &mut Filters, rows: &[[&'static str; 2]]) -> Vec<bool> {
        rows.iter().map(|row| filters.keep(|column| row[column].into())).collect()
    }

    #[test]
    fn texts_and_numbers() {
        let header = ["locale".to_string(), "size".to_string()];
        let wanted: Vec<Filter> = ["locale=FR", "size=7"].iter().map(|text| text.parse().unwrap()).collect();
        let mut filters = Filters::new(&wanted, &header).unwrap();
        let rows = [["FR", "7"], ["FR ", "7.0"], ["FR", "70"], ["IT", "7"]];
        assert_eq!(kept(&mut filters, &rows), [true, true, false, false]);
        assert_eq!(filters.finish(), Ok(()));
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is() {
        let header = ["locale".to_string(), "size".to_string()];
        let error = Filters::new(&["land=FR".parse().unwrap()], &header).unwrap_err();
        assert!(error.contains("\"land\"") && error.contains("locale, size"), "{error}");
        let mut filters = Filters::new(&["locale=DE".parse().unwrap()], &header).unwrap();
        assert_eq!(kept(&mut filters, &[["IT", "7"], ["FR", "7"], ["IT", "7"]]), [false; 3]);
        assert_eq!(filters.finish(), Err("column locale never holds \"DE\"; it holds FR, IT".into()));
        assert!("locale".parse::<Filter>().is_err() && "=FR".parse::<Filter>().is_err());
    }
}
