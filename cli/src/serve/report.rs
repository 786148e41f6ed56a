//! A report: noised counts by department, as a browser sends them.

use serde::Deserialize;

use super::refusal::Refusal;

/// Every report has this many bytes, so that its length says nothing.
pub const BYTES: usize = 2_048;

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Report {
    #[serde(rename = "type")]
    pub kind: String,
    pub format: u32,
    /// 32 hexadecimal digits, drawn in the browser for this one report.
    pub id: String,
    /// Days since 1970.
    pub day: i64,
    pub bundle: String,
    pub epsilon_milli: u32,
    pub clip: u32,
    /// Interactions by department, then clicks on recommendations by department.
    pub values: Vec<i64>,
}

/// What reports must agree with.
#[derive(Clone, Debug)]
pub struct Terms {
    pub bundle: String,
    pub departments: Vec<String>,
    pub epsilon_milli: u32,
    pub clip: u32,
    /// Days back from today.
    pub oldest: i64,
}

/// A browser gives a report up before.
pub const OLDEST: u16 = 7;
const NEWEST: i64 = 1;

/// Noise beyond this many scales has probability e⁻³⁰: no honest report in a million years of one
/// a second. So one report can move a sum by no more than `clip + 30·scale`.
const SCALES: f64 = 30.0;

impl Report {
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() != BYTES {
            let message = format!("{} bytes; right would be {BYTES}, filled up with blanks", body.len());
            return Err(Refusal::bad("wrong-size", message));
        }
        serde_json::from_slice(body).map_err(|error| Refusal::bad("malformed", error.to_string()))
    }

    /// Refuses what does not fit the terms on this day (since 1970).
    pub fn check(&self, terms: &Terms, today: i64) -> Result<(), Refusal> {
        let expect = |right: bool, code: &'static str, found: String, would: String| {
            if right { Ok(()) } else { Err(Refusal::bad(code, format!("{found}; right would be {would}"))) }
        };
        expect(self.kind == "departments", "wrong-type", format!("type {:?}", self.kind), "departments".into())?;
        expect(self.format == 1, "wrong-format", format!("format {}", self.format), "1".into())?;
        let hex = self.id.len() == 32 && self.id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        expect(hex, "wrong-id", "the id".into(), "32 digits of 0-9 and a-f".into())?;
        let (first, last) = (today - terms.oldest, today + NEWEST);
        let in_time = (first..=last).contains(&self.day);
        expect(in_time, "wrong-day", format!("day {}", self.day), format!("{first} to {last}"))?;
        expect(self.bundle == terms.bundle, "wrong-bundle", format!("bundle {:?}", self.bundle), terms.bundle.clone())?;
        let (epsilon, clip) = (terms.epsilon_milli, terms.clip);
        expect(
            self.epsilon_milli == epsilon,
            "wrong-epsilon",
            format!("epsilon_milli {}", self.epsilon_milli),
            epsilon.to_string(),
        )?;
        expect(self.clip == clip, "wrong-clip", format!("clip {}", self.clip), clip.to_string())?;
        let length = 2 * terms.departments.len();
        expect(
            self.values.len() == length,
            "wrong-length",
            format!("{} values", self.values.len()),
            length.to_string(),
        )?;
        let most = most(self.clip, self.epsilon_milli);
        match self.values.iter().find(|value| value.unsigned_abs() > most) {
            Some(value) => Err(Refusal::bad("absurd-value", format!("value {value}; right would be {most} at most"))),
            None => Ok(()),
        }
    }
}

fn most(clip: u32, epsilon_milli: u32) -> u64 {
    let scale = f64::from(homebody::privacy::Report::sensitivity(clip)) * 1000.0 / f64::from(epsilon_milli);
    (f64::from(clip) + SCALES * scale).floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        let departments = vec!["A".into(), "B".into()];
        Terms { bundle: "abc".into(), departments, epsilon_milli: 1_000, clip: 10, oldest: OLDEST.into() }
    }

    fn report() -> Report {
        Report {
            kind: "departments".into(),
            format: 1,
            id: "0123456789abcdef0123456789abcdef".into(),
            day: 100,
            bundle: "abc".into(),
            epsilon_milli: 1_000,
            clip: 10,
            values: vec![610, -610, 0, 1],
        }
    }

    #[test]
    fn a_right_report_passes_and_each_defect_has_its_code() {
        assert_eq!(report().check(&terms(), 100), Ok(()));
        let broken = |code: &str, change: fn(&mut Report)| {
            let mut report = report();
            change(&mut report);
            assert_eq!(report.check(&terms(), 100).unwrap_err().code, code);
        };
        broken("wrong-type", |r| r.kind = "items".into());
        broken("wrong-format", |r| r.format = 2);
        broken("wrong-id", |r| r.id = "0123".into());
        broken("wrong-id", |r| r.id = r.id.to_uppercase());
        broken("wrong-day", |r| r.day = 92);
        broken("wrong-day", |r| r.day = 102);
        broken("wrong-day", |r| r.day = i64::MIN);
        broken("wrong-bundle", |r| r.bundle = "abd".into());
        broken("wrong-epsilon", |r| r.epsilon_milli = 1);
        broken("wrong-clip", |r| r.clip = 11);
        broken("wrong-length", |r| r.values.push(0));
        broken("absurd-value", |r| r.values[0] = 611);
        broken("absurd-value", |r| r.values[0] = i64::MIN);
    }

    #[test]
    fn the_window_is_a_week_back_and_a_day_ahead() {
        let days: Vec<i64> =
            (80..120).filter(|day| Report { day: *day, ..report() }.check(&terms(), 100).is_ok()).collect();
        assert_eq!(days, (93..=101).collect::<Vec<_>>());
    }

    #[test]
    fn reading_is_strict() {
        let json = r#"{"type":"departments","format":1,"id":"0123456789abcdef0123456789abcdef","day":100,"bundle":"abc","epsilon_milli":1000,"clip":10,"values":[610,-610,0,1]}"#;
        let read = |json: &str| Report::read(format!("{json:2048}").as_bytes());
        assert_eq!(read(json), Ok(report()));
        assert_eq!(Report::read(json.as_bytes()).unwrap_err().code, "wrong-size");
        for other in [
            json.replace("\"format\":1", "\"format\":1,\"user\":7"),
            json.replace("\"format\":1", "\"format\":1,\"format\":1"),
            json.replace("\"format\":1,", ""),
            json.replace("610", "610.5"),
            json.replace("610", "NaN"),
            format!("{json}x"),
            format!("[{json}]"),
        ] {
            assert_eq!(read(&other).unwrap_err().code, "malformed", "{other}");
        }
    }
}
