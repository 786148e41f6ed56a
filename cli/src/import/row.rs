//! One row of a shop's table, before anything about it is believed.

use super::columns::Columns;
use super::field::Field;

/// What stands in one place of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Missing,
    Text(&'a str),
    Int(i64),
    Float(f64),
    /// A time that the table itself knows to be one: milliseconds since 1970.
    Millis(i64),
}

impl<'a> Cell<'a> {
    /// A text as tables write it: blanks around it do not count, and nothing has several names.
    pub fn text(text: &'a str) -> Self {
        match text.trim() {
            "" | "NULL" | "null" | "NaN" | "nan" | "None" | "\\N" => Self::Missing,
            text => Self::Text(text),
        }
    }
}

/// A row's cells by field; a field without a column is missing.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(pub [Cell<'a>; Field::COUNT]);

impl<'a> Row<'a> {
    pub fn empty() -> Self {
        Self([Cell::Missing; Field::COUNT])
    }

    pub fn get(&self, field: Field) -> Cell<'a> {
        self.0[field as usize]
    }

    pub fn set(&mut self, field: Field, cell: Cell<'a>) {
        self.0[field as usize] = cell;
    }
}

/// Where rows come from. A row that is not even one (wrong UTF-8, wrong number of columns) comes
/// as the reason why.
pub trait Source {
    /// The file's format and what its columns mean, in words.
    fn describe(&self) -> String;
    fn columns(&self) -> &Columns;
    fn header(&self) -> Option<&[String]>;
    fn rows(&mut self, each: &mut Each<'_>) -> crate::error::Result<()>;
}

/// Takes the row's number (CSV: its line), and the row.
pub type Each<'a> = dyn FnMut(u64, Result<Row<'_>, super::refusal::Refusal>) -> crate::error::Result<()> + 'a;
