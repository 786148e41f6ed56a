//! Which column is which: named by a flag, or guessed from the usual names.

use super::field::{Field, plain};
use super::filter::Filter;

/// For each field the number of its column, from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns([Option<usize>; Field::COUNT]);

impl Columns {
    pub fn get(&self, field: Field) -> Option<usize> {
        self.0[field as usize]
    }

    pub fn has(&self, field: Field) -> bool {
        self.get(field).is_some()
    }

    /// The fields found, with the number of their column.
    pub fn found(&self) -> impl Iterator<Item = (Field, usize)> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.get(field)?)))
    }
}

/// What the command line says about the columns.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub named: Vec<(Field, String)>,
    /// The table is one of items: it has no users and no times, and a column that was named for the
    /// interactions but is not here is looked for by its usual names.
    pub of_items: bool,
    /// The table is read as sessions: their columns are looked for too.
    pub of_sessions: bool,
    /// Only rows that pass all of them are read.
    pub filters: Vec<Filter>,
}

/// Finds the columns of a table with a header.
pub fn by_header(header: &[String], wanted: &Wanted) -> Result<Columns, String> {
    let plain_header: Vec<String> = header.iter().map(|name| plain(name)).collect();
    let mut columns = Columns::default();
    for (field, name) in &wanted.named {
        if wanted.of_items && !field.is_of_items() {
            continue;
        }
        let exact = header.iter().position(|h| h == name);
        let found = exact.or_else(|| plain_header.iter().position(|h| *h == plain(name)));
        if found.is_none() && !wanted.of_items {
            return Err(format!(
                "there is no column {name:?} for --{}; the columns are {}",
                field.name(),
                header.join(", "),
            ));
        }
        columns.0[*field as usize] = found;
    }
    for field in Field::ALL {
        let unwanted = (wanted.of_items && !field.is_of_items()) || (!wanted.of_sessions && field.is_of_sessions());
        if columns.has(field) || unwanted {
            continue;
        }
        let taken = |column: &usize| columns.0.contains(&Some(*column));
        columns.0[field as usize] = field
            .usual_names()
            .iter()
            .find_map(|usual| plain_header.iter().position(|h| h == usual).filter(|c| !taken(c)));
    }
    Ok(columns)
}

/// Reads the columns' numbers, from 1, of a table without a header.
pub fn by_number(width: usize, wanted: &Wanted) -> Result<Columns, String> {
    let mut columns = Columns::default();
    for (field, number) in &wanted.named {
        match number.parse::<usize>() {
            Ok(n) if (1..=width).contains(&n) => columns.0[*field as usize] = Some(n - 1),
            _ => {
                return Err(format!(
                    "--{} {number}: without a header, a column is a number from 1 to {width}",
                    field.name(),
                ));
            }
        }
    }
    Ok(columns)
}

/// Refuses a table that lacks what nobody can guess.
pub fn require(columns: &Columns, header: Option<&[String]>, needed: &[Field]) -> Result<(), String> {
    let Some(missing) = needed.iter().find(|field| !columns.has(**field)) else {
        return Ok(());
    };
    let flag = missing.name();
    Err(match header {
        Some(header) => format!(
            "no column is known to be the {flag}; name it with --{flag} COLUMN. The first line has {}. \
             If that is a row and no header, give --no-header and columns by number, such as --{flag} 1",
            header.join(", "),
        ),
        None => format!("without a header, give the number of the {flag}'s column: --{flag} 1"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn usual_names_are_guessed() {
        let names = header(&["household_id", "basket_id", "product_id", "quantity", "transaction_timestamp"]);
        let columns = by_header(&names, &Wanted::default()).unwrap();
        assert_eq!(columns.get(Field::User), Some(0));
        assert_eq!(columns.get(Field::Order), Some(1));
        assert_eq!(columns.get(Field::Item), Some(2));
        assert_eq!(columns.get(Field::Time), Some(4));
        assert_eq!(columns.get(Field::Kind), None);
    }

    #[test]
    fn a_session_is_the_user_only_without_a_user() {
        let columns = by_header(&header(&["session_id", "User ID"]), &Wanted::default()).unwrap();
        assert_eq!(columns.get(Field::User), Some(1));
        let columns = by_header(&header(&["session_id", "sku"]), &Wanted::default()).unwrap();
        assert_eq!(columns.get(Field::User), Some(0));
    }

    #[test]
    fn a_flag_wins_and_takes_its_column() {
        let wanted = Wanted { named: vec![(Field::User, "item".into())], ..Wanted::default() };
        let columns = by_header(&header(&["user", "item"]), &wanted).unwrap();
        assert_eq!(columns.get(Field::User), Some(1));
        assert_eq!(columns.get(Field::Item), None);
    }

    #[test]
    fn a_table_of_items_has_no_kinds() {
        let names = header(&["item_id", "type", "department"]);
        let kind = |of_items| by_header(&names, &Wanted { of_items, ..Wanted::default() }).unwrap().get(Field::Kind);
        assert_eq!((kind(true), kind(false)), (None, Some(1)));
    }

    #[test]
    fn what_is_missing_is_said() {
        let wanted = Wanted { named: vec![(Field::User, "who".into())], ..Wanted::default() };
        let message = by_header(&header(&["a", "b"]), &wanted).unwrap_err();
        assert!(message.contains("\"who\"") && message.contains("a, b"), "{message}");
        let message = by_number(2, &Wanted { named: vec![(Field::Item, "3".into())], ..Wanted::default() });
        assert!(message.unwrap_err().contains("from 1 to 2"));
    }
}
