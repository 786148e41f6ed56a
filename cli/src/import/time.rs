//! When something happened, as milliseconds since 1970, whatever the table wrote.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use clap::ValueEnum;

use super::row::Cell;

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Unit {
    /// Seconds since 1970
    S,
    /// Milliseconds since 1970
    Ms,
}

/// The earliest time that is believed: 1990-01-01. No online shop is older, and what lies before
/// is 0, a date of birth or seconds in a wrong unit.
const EARLIEST: i64 = 631_152_000_000;
const DAY: i64 = 86_400_000;

/// A number below this counts seconds (it is the year 5138), from here on milliseconds (1973).
const SECONDS_BELOW: f64 = 1e11;

#[derive(Clone, Copy, Debug)]
pub struct Times {
    pub unit: Option<Unit>,
    /// The clock, in milliseconds since 1970: times more than a day after it are impossible.
    pub now: i64,
}

impl Times {
    pub fn read(&self, cell: Cell<'_>) -> Result<i64, String> {
        let (millis, written) = match cell {
            Cell::Missing => return Err("no time".into()),
            Cell::Millis(millis) => (millis, millis.to_string()),
            Cell::Int(number) => (self.number(number as f64), number.to_string()),
            Cell::Float(number) => (self.number(number), number.to_string()),
            Cell::Text(text) => match text.parse::<f64>() {
                Ok(number) => (self.number(number), text.into()),
                Err(_) => (parse(text).ok_or_else(|| format!("{text:?} is no time"))?, text.into()),
            },
        };
        if millis < EARLIEST {
            Err(format!("{written} is before 1990"))
        } else if millis > self.now + DAY {
            Err(format!("{written} is more than a day in the future"))
        } else {
            Ok(millis)
        }
    }

    fn number(&self, number: f64) -> i64 {
        let seconds = match self.unit {
            Some(Unit::S) => true,
            Some(Unit::Ms) => false,
            None => number.abs() < SECONDS_BELOW,
        };
        // The cast saturates, and NaN becomes 0: both are refused by the range.
        if seconds { (number * 1000.0) as i64 } else { number as i64 }
    }
}

/// RFC 3339, or the same with a blank, without a zone (then UTC), or only the day.
fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_millis());
    }
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    for format in ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(time.and_utc().timestamp_millis());
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAY: i64 = 1_717_164_300_000; // 2024-05-31 14:05:00
    const TIMES: Times = Times { unit: None, now: MAY + DAY };

    #[test]
    fn all_spellings_of_one_time() {
        let cells = [
            Cell::Int(1_717_164_300),
            Cell::Int(MAY),
            Cell::Float(1_717_164_300.0),
            Cell::Millis(MAY),
            Cell::Text("1717164300"),
            Cell::Text("2024-05-31T14:05:00Z"),
            Cell::Text("2024-05-31T16:05:00+02:00"),
            Cell::Text("2024-05-31 14:05:00"),
            Cell::Text("2024-05-31 14:05:00 UTC"),
            Cell::Text("2024-05-31 14:05"),
        ];
        for cell in cells {
            assert_eq!(TIMES.read(cell), Ok(MAY), "{cell:?}");
        }
        assert_eq!(TIMES.read(Cell::Text("2024-05-31")), Ok(MAY - MAY % DAY));
    }

    #[test]
    fn impossible_times_are_refused() {
        for cell in [
            Cell::Missing,
            Cell::Int(0),
            Cell::Int(-5),
            Cell::Float(f64::NAN),
            Cell::Float(f64::INFINITY),
            Cell::Text("1989-12-31"),
            Cell::Text("2024-13-01"),
            Cell::Text("31.05.2024"),
            Cell::Text("2024-06-03"),
            Cell::Text(""),
        ] {
            assert!(TIMES.read(cell).is_err(), "{cell:?}");
        }
    }

    #[test]
    fn a_stated_unit_is_not_guessed() {
        let seconds = Times { unit: Some(Unit::S), ..TIMES };
        assert!(seconds.read(Cell::Int(MAY)).unwrap_err().contains("future"));
        let millis = Times { unit: Some(Unit::Ms), ..TIMES };
        assert!(millis.read(Cell::Int(MAY / 1000)).unwrap_err().contains("1990"));
    }
}
