//! A row in, a clean interaction out, or the reason why not.

use std::borrow::Cow;

use super::field::Field;
use super::kinds::{KINDS, kind};
use super::refusal::{Place, Reason, Refusal};
use super::row::{Cell, Row};
use super::time::Times;

/// The longest id of a user, an item or an order, in bytes.
pub const MAX_ID: usize = 256;
/// The longest name, brand, size or category, in bytes.
pub const MAX_TEXT: usize = 1_024;

/// One thing that a user did to an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction<'a> {
    pub user: Cow<'a, str>,
    pub item: Cow<'a, str>,
    pub kind: &'static str,
    /// Milliseconds since 1970.
    pub at: i64,
    pub order: Option<Cow<'a, str>>,
    pub price: Option<f32>,
    pub quantity: Option<u32>,
    pub rating: Option<f32>,
}

impl<'a> Interaction<'a> {
    /// Reads a row. `kinds` says whether the table has a kind at all; without it all are purchases.
    pub fn read(row: &Row<'a>, kinds: bool, times: &Times) -> Result<Self, Refusal> {
        let user = id(row, Field::User)?.ok_or_else(|| Refusal::of(Reason::MissingUser, Field::User, "no user"))?;
        let item = id(row, Field::Item)?.ok_or_else(|| Refusal::of(Reason::MissingItem, Field::Item, "no item"))?;
        let kind = if kinds { read_kind(row.get(Field::Kind))? } else { "purchase" };
        let at = times
            .read(row.get(Field::Time))
            .map_err(|wrong| Refusal::of(Reason::ImpossibleTime, Field::Time, wrong))?;
        let rating = number(row, Field::Rating)?;
        if kind == "rate" && rating.is_none() {
            return Err(Refusal::of(Reason::InvalidNumber, Field::Rating, "a rating without its number"));
        }
        Ok(Self {
            user,
            item,
            kind,
            at,
            order: id(row, Field::Order)?,
            price: price(row)?,
            quantity: quantity(row)?,
            rating: rating.map(|rating| rating as f32),
        })
    }
}

/// An id: a text or a whole number.
pub fn id<'a>(row: &Row<'a>, field: Field) -> Result<Option<Cow<'a, str>>, Refusal> {
    let id: Cow<'a, str> = match row.get(field) {
        Cell::Missing => return Ok(None),
        Cell::Text(text) => text.into(),
        Cell::Int(number) | Cell::Millis(number) => number.to_string().into(),
        // Whole numbers come as floats where the writer had gaps in the column.
        Cell::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => (number as i64).to_string().into(),
        Cell::Float(number) => return Err(Refusal::of(Reason::InvalidNumber, field, number)),
    };
    if id.len() > MAX_ID {
        return Err(too_long(field, id.len(), MAX_ID));
    }
    Ok(Some(id))
}

/// A name or the like; numbers are taken as they are written.
pub fn text(row: &Row<'_>, field: Field) -> Result<String, Refusal> {
    match row.get(field) {
        Cell::Text(text) if text.len() > MAX_TEXT => Err(too_long(field, text.len(), MAX_TEXT)),
        Cell::Text(text) => Ok(text.into()),
        Cell::Int(number) => Ok(number.to_string()),
        Cell::Float(number) => Ok(number.to_string()),
        Cell::Missing | Cell::Millis(_) => Ok(String::new()),
    }
}

/// A price of one piece: 0 or more.
pub fn price(row: &Row<'_>) -> Result<Option<f32>, Refusal> {
    match number(row, Field::Price)? {
        Some(price) if price < 0.0 || price > f64::from(f32::MAX) => {
            Err(Refusal::of(Reason::InvalidNumber, Field::Price, price))
        }
        price => Ok(price.map(|price| price as f32)),
    }
}

fn quantity(row: &Row<'_>) -> Result<Option<u32>, Refusal> {
    match number(row, Field::Quantity)? {
        Some(n) if n.fract() != 0.0 || !(0.0..=f64::from(u32::MAX)).contains(&n) => {
            Err(Refusal::of(Reason::InvalidNumber, Field::Quantity, n))
        }
        n => Ok(n.map(|n| n as u32)),
    }
}

pub fn number(row: &Row<'_>, field: Field) -> Result<Option<f64>, Refusal> {
    let number = match row.get(field) {
        Cell::Missing => return Ok(None),
        Cell::Int(number) | Cell::Millis(number) => number as f64,
        Cell::Float(number) => number,
        Cell::Text(text) => {
            text.parse().map_err(|_| Refusal::of(Reason::InvalidNumber, field, format!("{text:?} is no number")))?
        }
    };
    if number.is_finite() { Ok(Some(number)) } else { Err(Refusal::of(Reason::InvalidNumber, field, number)) }
}

fn read_kind(cell: Cell<'_>) -> Result<&'static str, Refusal> {
    let name = match cell {
        Cell::Text(name) => name,
        _ => "",
    };
    kind(name).ok_or_else(|| {
        let name: String = name.chars().take(40).collect();
        let message = format!("{name:?} is no kind; right would be one of {KINDS}");
        Refusal { reason: Reason::UnknownKind, place: Place::Field(Field::Kind), message }
    })
}

fn too_long(field: Field, length: usize, most: usize) -> Refusal {
    let message = format!("{length} bytes; right would be at most {most}");
    Refusal { reason: Reason::AbsurdSize, place: Place::Field(field), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { unit: None, now: 1_717_164_300_000 };

    fn row<'a>(cells: &[(Field, Cell<'a>)]) -> Row<'a> {
        let mut row = Row::empty();
        row.set(Field::User, Cell::Int(7));
        row.set(Field::Item, Cell::Text("tea"));
        row.set(Field::Time, Cell::Int(1_700_000_000));
        row.set(Field::Kind, Cell::Text("view"));
        for (field, cell) in cells {
            row.set(*field, *cell);
        }
        row
    }

    fn reason(cells: &[(Field, Cell<'_>)]) -> Reason {
        Interaction::read(&row(cells), true, &TIMES).unwrap_err().reason
    }

    #[test]
    fn a_good_row_is_kept_as_it_is() {
        let cells = [(Field::Price, Cell::Text("1.5")), (Field::Quantity, Cell::Float(2.0))];
        let got = Interaction::read(&row(&cells), true, &TIMES).unwrap();
        assert_eq!((&*got.user, &*got.item, got.kind, got.at), ("7", "tea", "view", 1_700_000_000_000));
        assert_eq!((got.price, got.quantity, got.rating, got.order), (Some(1.5), Some(2), None, None));
    }

    #[test]
    fn without_kinds_all_are_purchases() {
        assert_eq!(Interaction::read(&row(&[]), false, &TIMES).unwrap().kind, "purchase");
    }

    #[test]
    fn each_defect_has_its_reason() {
        let long = "x".repeat(MAX_ID + 1);
        for (field, cell, expected) in [
            (Field::User, Cell::Missing, Reason::MissingUser),
            (Field::User, Cell::Text(&long), Reason::AbsurdSize),
            (Field::User, Cell::Float(1.5), Reason::InvalidNumber),
            (Field::Item, Cell::Missing, Reason::MissingItem),
            (Field::Kind, Cell::Text("hover"), Reason::UnknownKind),
            (Field::Kind, Cell::Missing, Reason::UnknownKind),
            (Field::Kind, Cell::Text("rate"), Reason::InvalidNumber),
            (Field::Time, Cell::Int(1), Reason::ImpossibleTime),
            (Field::Time, Cell::Missing, Reason::ImpossibleTime),
            (Field::Price, Cell::Text("12,50"), Reason::InvalidNumber),
            (Field::Price, Cell::Int(-1), Reason::InvalidNumber),
            (Field::Price, Cell::Text("inf"), Reason::InvalidNumber),
            (Field::Quantity, Cell::Int(-1), Reason::InvalidNumber),
            (Field::Quantity, Cell::Float(1.5), Reason::InvalidNumber),
            (Field::Order, Cell::Text(&long), Reason::AbsurdSize),
        ] {
            assert_eq!(reason(&[(field, cell)]), expected, "{field:?} {cell:?}");
        }
        // The control: none of them without its defect.
        assert!(Interaction::read(&row(&[]), true, &TIMES).is_ok());
    }
}
