//! Steps of sessions: tables that say in which order a visitor took items, but perhaps not when.

use std::borrow::Cow;
use std::path::Path;

use super::field::{Field, plain};
use super::refusal::{Counts, Reason, Refusal};
use super::row::{Row, Source};
use super::rows::{id, number};
use super::time::Times;
use super::{Reading, open, report, source};
use crate::error::{Error, Result};

/// One item of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<'a> {
    pub session: Cow<'a, str>,
    pub item: Cow<'a, str>,
    /// Where in the session, if the table says so.
    pub position: f64,
    /// Milliseconds since 1970, or 0 in a table without times.
    pub at: i64,
}

/// Whether a file holds sessions and no times.
pub fn only_sessions(path: &Path, reading: &Reading) -> Result<bool> {
    let source = source(path, reading)?;
    Ok(!source.columns().has(Field::Time) && session_field(&*source).is_some())
}

/// The column that names the session: its own, or the user's where a session stands in for the user.
fn session_field(source: &dyn Source) -> Option<Field> {
    let columns = source.columns();
    if columns.has(Field::Session) {
        return Some(Field::Session);
    }
    let name = &source.header()?[columns.get(Field::User)?];
    Field::Session.usual_names().contains(&plain(name).as_str()).then_some(Field::User)
}

/// What is done with a good step.
type Take<'a> = dyn FnMut(&Step<'_>) + 'a;

/// Reads a file of sessions row by row; refused rows are shown and counted.
pub fn steps(path: &Path, reading: &Reading, times: &Times, take: &mut Take<'_>) -> Result<Counts> {
    let mut source = open(path, reading, &[Field::Item])?;
    let columns = source.columns().clone();
    let session = session_field(&*source).ok_or_else(|| {
        Error::content(path, "no column is known to be the session; right would be one called session_id")
    })?;
    let timed = columns.has(Field::Time);
    let mut counts = Counts::default();
    source.rows(&mut |line, row| {
        counts.read += 1;
        match row.and_then(|row| Step::read(&row, session, timed.then_some(times)).map(|step| take(&step))) {
            Ok(()) => counts.kept += 1,
            Err(refusal) => report(&mut counts, path, line, &columns, &refusal),
        }
        Ok(())
    })?;
    Ok(counts)
}

impl<'a> Step<'a> {
    fn read(row: &Row<'a>, session: Field, times: Option<&Times>) -> Result<Self, Refusal> {
        let missing = |field, what| Refusal::of(Reason::MissingUser, field, what);
        let at = |times: &Times| {
            times.read(row.get(Field::Time)).map_err(|wrong| Refusal::of(Reason::ImpossibleTime, Field::Time, wrong))
        };
        Ok(Self {
            session: id(row, session)?.ok_or_else(|| missing(session, "no session"))?,
            item: id(row, Field::Item)?.ok_or_else(|| Refusal::of(Reason::MissingItem, Field::Item, "no item"))?,
            position: number(row, Field::Position)?.unwrap_or(0.0),
            at: times.map_or(Ok(0), at)?,
        })
    }
}
