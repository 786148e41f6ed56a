//! The server itself wants to know whose reports it has: one of two real households'. It knows what both would have
//! reported before the noise, and which reports are of one browser: more than any real server does.

use homebody::interaction::Millis;
use homebody::privacy::registry::CAPS;
use homebody::privacy::{Budget, MilliEpsilon, Report, Settings, Type};
use rayon::prelude::*;

use super::crowd_bars::{Bars, SHOPPERS, bars};
use super::likelihood::log_ratio;
use super::server::{Door, Target};
use super::{Attack, forge, picture, with_arms};
use crate::error::{Error, Result};
use crate::import;
use crate::random::Random;
use crate::simulate::send::Answer;
use crate::simulate::shopper::{Day, Played};

/// Thousandths of ε that all types cost together in a day.
const DAILY: [MilliEpsilon; 8] = [50, 100, 200, 300, 400, 600, 800, 1_000];
/// In this process: pairs of households, and how often the noise of each is drawn.
const PAIRS: usize = 1_000;
const DRAWS: usize = 20;

/// How well two households can be told apart: the chance that the true one looks likelier (AUC), and its 95 % interval.
#[derive(Clone, Copy)]
pub struct Apart {
    pub auc: f64,
    pub half: f64,
}

/// All at one ε.
pub struct Point {
    /// In thousandths, of a browser that reports as often as its budget lets it.
    pub month: MilliEpsilon,
    pub most_active: Apart,
    pub all: Apart,
    pub bars: Bars,
}

/// Two households' days, the first of one beside the first of the other.
type Pair<'a> = (&'a [Day], &'a [Day]);

pub fn run(attack: &Attack) -> Result<()> {
    let crowd = attack.source.read(30)?;
    let played = crowd.play(None, &with_arms(Settings::all()));
    let days = (CAPS.month / CAPS.day) as usize;
    let reporting: Vec<&Played> = played.iter().filter(|played| !played.days.is_empty()).collect();
    let most = reporting.iter().map(|played| played.days.len()).max().unwrap_or(0).min(days);
    let active: Vec<&Played> = reporting.iter().copied().filter(|played| played.days.len() >= most).collect();
    if active.len() < 2 {
        return Err(Error::request("fewer than two households reported"));
    }
    println!(
        "{} of {} households reported on {most} days or more, {days} being what a month's budget has",
        active.len(),
        reporting.len()
    );
    over_the_wire(attack, &active)?;

    let departments = crowd.departments.len();
    let point = |daily: &MilliEpsilon| {
        let settings = scaled(*daily);
        Point {
            month: daily * days as u32,
            most_active: apart(&pairs(&active, PAIRS, 1), &settings),
            all: apart(&pairs(&reporting, PAIRS, 2), &settings),
            bars: bars(&played, departments, &settings, attack.source.seed),
        }
    };
    let points: Vec<Point> = DAILY.iter().map(point).collect();
    print_table(&points);
    if let Some(file) = &attack.picture {
        std::fs::write(file, picture::svg(&points)).map_err(Error::file(file))?;
    }
    if let Some(file) = &attack.figures {
        std::fs::write(file, picture::json(&points)).map_err(Error::file(file))?;
    }
    Ok(())
}

/// Each type's own ε, in proportion.
fn scaled(daily: MilliEpsilon) -> Settings {
    let own = |kind: Type| (kind.declared().epsilon * daily / CAPS.day).max(1);
    let add = |settings: Settings, kind| settings.with(kind, Some(own(kind))).expect("less than the registry's");
    Type::ALL.into_iter().fold(Settings::default(), add)
}

/// Drawn at random; never a household and itself.
fn pairs<'a>(households: &[&'a Played], number: usize, seed: u64) -> Vec<Pair<'a>> {
    let (mut random, count) = (Random::new(seed), households.len());
    let mut draw = || {
        let first = random.next() as usize % count;
        let second = (first + 1 + random.next() as usize % (count - 1)) % count;
        let [a, b] = [first, second].map(|place| households[place].days.as_slice());
        let both = a.len().min(b.len()).min((CAPS.month / CAPS.day) as usize);
        (&a[..both], &b[..both])
    };
    (0..number).map(|_| draw()).collect()
}

/// In this process, by the browser's own mechanisms.
fn apart(pairs: &[Pair<'_>], settings: &Settings) -> Apart {
    let score = |(seed, pair): (usize, &Pair<'_>)| {
        let mut random = Random::new(seed as u64);
        let mut evidence = |truth: &[Day]| -> f64 {
            let made = truth.iter().map(|day| reports(day, "", settings, Millis::days(20_000), &mut random));
            made.enumerate()
                .flat_map(|(day, reports)| reports.into_iter().map(move |one| (day, one)))
                .map(|(day, report)| weight(&report, report.values(), *pair, day))
                .sum()
        };
        let wins: f64 = (0..DRAWS).map(|_| won(evidence(pair.0), evidence(pair.1))).sum();
        wins / DRAWS as f64
    };
    mean(&pairs.par_iter().enumerate().map(score).collect::<Vec<f64>>())
}

/// The same over the wire, once for each pair: only what the server takes is looked at.
fn over_the_wire(attack: &Attack, active: &[&Played]) -> Result<()> {
    let target = match (&attack.server, &attack.staff_token_file) {
        (Some(url), Some(file)) => Target::given(url, file)?,
        _ => attack.own(Door::unhurried())?,
    };
    let sums = target.sums()?;
    let (settings, pairs) = (sums.settings()?, pairs(active, attack.pairs as usize, 3));
    let (mut random, today) = (forge::entropy(), Millis(import::now()).day());
    let mut sent = Vec::new();
    for (place, pair) in pairs.iter().enumerate() {
        for (side, truth) in [pair.0, pair.1].into_iter().enumerate() {
            for (day, clipped) in truth.iter().enumerate() {
                // As many days as a week's window and tomorrow have.
                let at = Millis::days(i64::from(today) - day as i64 % 8);
                let made = reports(clipped, sums.bundle(), &settings, at, &mut random);
                sent.extend(made.into_iter().map(|report| (place, side, day, report)));
            }
        }
    }
    let bodies: Vec<Vec<u8>> = sent.iter().map(|(.., report)| report.body()).collect();
    let answers = target.send(&bodies)?;
    let mut evidence = vec![[0.0; 2]; pairs.len()];
    for ((place, side, day, report), answer) in sent.iter().zip(&answers.0) {
        if *answer == Answer::Accepted {
            evidence[*place][*side] += weight(report, report.values(), pairs[*place], *day);
        }
    }
    let Apart { auc, half } = mean(&evidence.iter().map(|[a, b]| won(*a, *b)).collect::<Vec<f64>>());
    let daily: MilliEpsilon = settings.losses().iter().sum();
    println!(
        "through the server, ε {} a day: AUC {auc:.3} ±{half:.3} of {} pairs; reports: {answers}",
        f64::from(daily) / 1_000.0,
        pairs.len()
    );
    // The control: what the same attacker makes of the counts themselves.
    let bare: Vec<f64> = pairs.iter().map(|(a, b)| if differ(a, b) { 1.0 } else { 0.5 }).collect();
    println!("without the noise: AUC {:.3}\n", mean(&bare).auc);
    Ok(())
}

fn reports(day: &Day, bundle: &str, settings: &Settings, at: Millis, random: &mut Random) -> Vec<Report> {
    let mut entropy = |out: &mut [u8]| random.fill(out);
    Report::all(&day.clipped, bundle, settings, &mut Budget::default(), at, &mut entropy).unwrap_or_default()
}

/// How much one report speaks for the first household of a pair.
fn weight(report: &Report, said: &[i64], pair: Pair<'_>, day: usize) -> f64 {
    let [a, b] = [pair.0, pair.1].map(|days| days[day].clipped.values(report.kind()));
    log_ratio(report.kind(), report.epsilon(), said, a, b)
}

/// 1 where the first household's reports speak more for it than the second's do; a draw is half.
fn won(first: f64, second: f64) -> f64 {
    if first == second { 0.5 } else { f64::from(u8::from(first > second)) }
}

/// Is there a type of which the two have different counts? (The shelf's arm is none.)
fn differ(a: &[Day], b: &[Day]) -> bool {
    let others = [Type::Departments, Type::Orders, Type::Segments, Type::Changes];
    let unlike = |(a, b): (&Day, &Day)| others.iter().any(|kind| a.clipped.values(*kind) != b.clipped.values(*kind));
    a.iter().zip(b).any(unlike)
}

fn mean(scores: &[f64]) -> Apart {
    let number = scores.len() as f64;
    let auc = scores.iter().sum::<f64>() / number;
    let variance = scores.iter().map(|score| (score - auc).powi(2)).sum::<f64>() / number;
    Apart { auc, half: 1.96 * (variance / number).sqrt() }
}

fn print_table(points: &[Point]) {
    let [few, many] = SHOPPERS;
    println!(
        "| ε a day | ε a month | AUC, those who report most | AUC, all | a department's share ±, {few:.0} shoppers | {many:.0} | the shelf's click-through ±, {few:.0} | {many:.0} |"
    );
    println!("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for Point { month, most_active, all, bars: Bars { department, shelf } } in points {
        let milli = |epsilon: MilliEpsilon| f64::from(epsilon) / 1_000.0;
        println!(
            "| {} | {} | {:.3} | {:.3} | {:.1} | {:.2} | {:.1} | {:.2} |",
            milli(month * CAPS.day / CAPS.month),
            milli(*month),
            most_active.auc,
            all.auc,
            department[0],
            department[1],
            shelf[0],
            shelf[1]
        );
    }
}
