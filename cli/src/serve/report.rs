//! A report of one of the registry's types, as a browser sends it.

use homebody::privacy::{self, Settings, Type};
use serde::Deserialize;

use super::refusal::Refusal;

/// Every report has this many bytes, so that its length says nothing.
pub const BYTES: usize = privacy::Report::BYTES;

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
    /// As the type's vocabulary and mechanism have them.
    pub values: Vec<i64>,
}

/// What reports must agree with.
#[derive(Clone, Debug)]
pub struct Terms {
    pub bundle: String,
    pub departments: Vec<String>,
    /// The types that are taken, each with its ε.
    pub wanted: Settings,
    /// Days back from today.
    pub oldest: i64,
}

/// A browser gives a report up before.
pub const OLDEST: u16 = 7;
const NEWEST: i64 = 1;

impl Report {
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        if body.len() != BYTES {
            let message = format!("{} bytes; right would be {BYTES}, filled up with blanks", body.len());
            return Err(Refusal::bad("wrong-size", message));
        }
        serde_json::from_slice(body).map_err(|error| Refusal::bad("malformed", error.to_string()))
    }

    /// Its type. Refuses what does not fit the terms on this day (since 1970).
    pub fn check(&self, terms: &Terms, today: i64) -> Result<Type, Refusal> {
        let expect = |right: bool, code: &'static str, found: String, would: String| {
            if right { Ok(()) } else { Err(Refusal::bad(code, format!("{found}; right would be {would}"))) }
        };
        let taken = terms.wanted.wanted().find(|(one, _)| one.declared().name == self.kind);
        let names = || terms.wanted.wanted().map(|(one, _)| one.declared().name).collect::<Vec<_>>().join(" or ");
        let (kind, epsilon) = taken
            .ok_or_else(|| Refusal::bad("wrong-type", format!("type {:?}; right would be {}", self.kind, names())))?;
        let format = privacy::Report::FORMAT;
        expect(self.format == format, "wrong-format", format!("format {}", self.format), format.to_string())?;
        let hex = self.id.len() == 32 && self.id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        expect(hex, "wrong-id", "the id".into(), "32 digits of 0-9 and a-f".into())?;
        let (first, last) = (today - terms.oldest, today + NEWEST);
        let in_time = (first..=last).contains(&self.day);
        expect(in_time, "wrong-day", format!("day {}", self.day), format!("{first} to {last}"))?;
        expect(self.bundle == terms.bundle, "wrong-bundle", format!("bundle {:?}", self.bundle), terms.bundle.clone())?;
        let found = format!("epsilon_milli {}", self.epsilon_milli);
        expect(self.epsilon_milli == epsilon, "wrong-epsilon", found, epsilon.to_string())?;
        let mechanism = kind.declared().mechanism;
        let clip = mechanism.clip();
        expect(self.clip == clip, "wrong-clip", format!("clip {}", self.clip), clip.to_string())?;
        let departments = terms.departments.len();
        let (count, length) = (self.values.len(), kind.length(departments));
        expect(count == length, "wrong-length", format!("{count} values"), length.to_string())?;
        // So one report moves a sum by no more than the type's influence.
        match self.values.iter().find(|value| !kind.accepts(**value, epsilon, departments)) {
            Some(value) => {
                let name = mechanism.name();
                Err(Refusal::bad("absurd-value", format!("value {value} is none that {name} could have made")))
            }
            None => Ok(kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        let departments = vec!["A".into(), "B".into()];
        let wanted = Settings::default().with(Type::Departments, Some(800)).unwrap();
        let wanted =
            [Type::Shelf, Type::Segments].into_iter().fold(wanted, |all, one| all.with(one, Some(100)).unwrap());
        Terms { bundle: "abc".into(), departments, wanted, oldest: OLDEST.into() }
    }

    fn report() -> Report {
        Report {
            kind: "departments".into(),
            format: 1,
            id: "0123456789abcdef0123456789abcdef".into(),
            day: 100,
            bundle: "abc".into(),
            epsilon_milli: 800,
            clip: 3,
            values: vec![228, -228, 0, 1],
        }
    }

    #[test]
    fn a_right_report_passes_and_each_defect_has_its_code() {
        assert_eq!(report().check(&terms(), 100), Ok(Type::Departments));
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
        broken("absurd-value", |r| r.values[0] = 229);
        broken("absurd-value", |r| r.values[0] = i64::MIN);
        // A type that the registry has and this shop does not want.
        broken("wrong-type", |r| r.kind = "orders".into());
    }

    #[test]
    fn choices_and_bits_are_taken_as_such() {
        let of = |kind: &str, values: &[i64]| {
            let report = Report { kind: kind.into(), epsilon_milli: 100, clip: 1, values: values.into(), ..report() };
            report.check(&terms(), 100).map_err(|refusal| refusal.code)
        };
        assert_eq!((of("shelf", &[0]), of("shelf", &[5])), (Ok(Type::Shelf), Ok(Type::Shelf)));
        assert_eq!((of("shelf", &[6]), of("shelf", &[-1])), (Err("absurd-value"), Err("absurd-value")));
        assert_eq!(of("shelf", &[1, 1]), Err("wrong-length"));
        // Two departments and none. More than one bit is what honest noise makes, too.
        assert_eq!((of("segments", &[0, 1, 0]), of("segments", &[1, 1, 1])), (Ok(Type::Segments), Ok(Type::Segments)));
        assert_eq!((of("segments", &[0, 2, 0]), of("segments", &[0, 1])), (Err("absurd-value"), Err("wrong-length")));
    }

    #[test]
    fn the_window_is_a_week_back_and_a_day_ahead() {
        let days: Vec<i64> =
            (80..120).filter(|day| Report { day: *day, ..report() }.check(&terms(), 100).is_ok()).collect();
        assert_eq!(days, (93..=101).collect::<Vec<_>>());
    }

    #[test]
    fn reading_is_strict() {
        let json = r#"{"type":"departments","format":1,"id":"0123456789abcdef0123456789abcdef","day":100,"bundle":"abc","epsilon_milli":800,"clip":3,"values":[228,-228,0,1]}"#;
        let read = |json: &str| Report::read(format!("{json:2048}").as_bytes());
        assert_eq!(read(json), Ok(report()));
        assert_eq!(Report::read(json.as_bytes()).unwrap_err().code, "wrong-size");
        for other in [
            json.replace("\"format\":1", "\"format\":1,\"user\":7"),
            json.replace("\"format\":1", "\"format\":1,\"format\":1"),
            json.replace("\"format\":1,", ""),
            json.replace("228", "228.5"),
            json.replace("228", "NaN"),
            format!("{json}x"),
            format!("[{json}]"),
        ] {
            assert_eq!(read(&other).unwrap_err().code, "malformed", "{other}");
        }
    }
}
