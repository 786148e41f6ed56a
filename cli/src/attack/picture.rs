//! What can be told of a household beside what can be told of a crowd, over ε a month: as a picture that stands by
//! itself, light and dark, and as figures for the merchant's page.

use std::fmt::Write;

use homebody::privacy::registry::CAPS;
use serde_json::json;

use super::crowd_bars::SHOPPERS;
use super::tell_apart::Point;
use crate::evaluate::chart::{COLOURS, STYLE, text};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 380.0;
/// Of a panel: its width, and the top and bottom of its plot.
const PANEL: f64 = 270.0;
const TOP: f64 = 92.0;
const BOTTOM: f64 = 320.0;
/// Where the two panels begin.
const LEFT: [f64; 2] = [56.0, 440.0];

const HEADING: &str = "What ε buys: two real households told apart, and a crowd's error bars";
const BELOW: &str = "30 days of reports of all types, at most 8 of them; 0.5 is guessing, 1 is knowing. The dashed line is the default.";

/// A line: its name at its end, its colour, whether it is dashed, its values.
type Line = (String, usize, bool, Vec<f64>);

pub fn svg(points: &[Point]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         role=\"img\">\n<title>{HEADING}</title>\n<style>\n{STYLE}"
    );
    let rule = |(index, colour): (usize, &str)| format!(".c{index}{{stroke:{colour};fill:{colour}}}");
    let light: String = COLOURS.iter().map(|colour| colour.0).enumerate().map(rule).collect();
    let dark: String = COLOURS.iter().map(|colour| colour.1).enumerate().map(rule).collect();
    let _ = writeln!(svg, "{light}\n@media(prefers-color-scheme:dark){{{dark}}}");
    svg += ".line{fill:none;stroke-width:2}.name{stroke:none}.mark{stroke:#5c5c5c;stroke-dasharray:4 4}\
            @media(prefers-color-scheme:dark){.mark{stroke:#a8a8a8}}\n</style>\n";
    let _ = writeln!(svg, "<rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>");
    text(&mut svg, "head", 20.0, 28.0, "start", HEADING);
    text(&mut svg, "small", 20.0, 48.0, "start", BELOW);
    let months: Vec<f64> = points.iter().map(|point| f64::from(point.month) / 1_000.0).collect();
    let of = |name: &str, colour, dashed, value: &dyn Fn(&Point) -> f64| -> Line {
        (name.to_owned(), colour, dashed, points.iter().map(value).collect())
    };
    let linear = |value: f64| (value - 0.5) / 0.5;
    let told =
        [of("who report most", 1, false, &|point| point.most_active.auc), of("all", 1, true, &|point| point.all.auc)];
    let marks = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0].map(|value| (value, format!("{value:.1}")));
    panel(&mut svg, LEFT[0], "Told apart (AUC)", &months, &told, &marks, &linear);
    let thousand = |few: usize| if few == 0 { "1,000" } else { "100,000" };
    let bars: Vec<Line> = (0..2)
        .flat_map(|crowd| {
            [
                of(&format!("share, {}", thousand(crowd)), 0, crowd == 1, &move |point: &Point| {
                    point.bars.department[crowd]
                }),
                of(&format!("shelf, {}", thousand(crowd)), 2, crowd == 1, &move |point: &Point| {
                    point.bars.shelf[crowd]
                }),
            ]
        })
        .collect();
    let logarithmic = |value: f64| libm::log10(value) / 3.0;
    let marks = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0].map(|value| (value, format!("±{value:.0}")));
    panel(&mut svg, LEFT[1], "Half of a 95 % interval, in points", &months, &bars, &marks, &logarithmic);
    svg + "</svg>\n"
}

/// `height` says how high above the bottom a value is, from 0 to 1.
fn panel(
    svg: &mut String, left: f64, title: &str, months: &[f64], lines: &[Line], marks: &[(f64, String)],
    height: &dyn Fn(f64) -> f64,
) {
    let right = left + PANEL - 60.0;
    let (first, last) = (libm::log(months[0]), libm::log(months[months.len() - 1]));
    let x = |month: f64| left + (right - left) * (libm::log(month) - first) / (last - first);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * height(value).clamp(0.0, 1.0);
    text(svg, "", left - 36.0, TOP - 16.0, "start", title);
    for (value, name) in marks {
        let _ = writeln!(svg, "<path class=\"grid\" d=\"M{left} {0:.1}H{right}\"/>", y(*value));
        text(svg, "small", left - 6.0, y(*value) + 4.0, "end", name);
    }
    for month in [0.4, 0.8, 1.6, 3.2, 8.0] {
        text(svg, "small", x(month), BOTTOM + 18.0, "middle", &month.to_string());
    }
    text(svg, "small", (left + right) / 2.0, BOTTOM + 38.0, "middle", "ε a month");
    let default = x(f64::from(CAPS.month) / 1_000.0);
    let _ = writeln!(svg, "<path class=\"mark\" d=\"M{default:.1} {TOP}V{BOTTOM}\"/>");
    for (index, (name, colour, dashed, values)) in lines.iter().enumerate() {
        let at = |(month, value): (&f64, &f64)| format!("{:.1} {:.1}", x(*month), y(*value));
        let path: Vec<String> = months.iter().zip(values).map(at).collect();
        let dashes = if *dashed { " stroke-dasharray=\"6 4\"" } else { "" };
        let _ = writeln!(svg, "<path class=\"c{colour} line\"{dashes} d=\"M{}\"/>", path.join("L"));
        let last = values.last().copied().unwrap_or(0.0);
        text(svg, &format!("c{colour} name small"), right + 6.0, y(last) + 8.0 * (index % 2) as f64, "start", name);
    }
}

/// The merchant's page shows these, and stands beside the registry's default.
pub fn json(points: &[Point]) -> String {
    let round = |value: f64| (value * 1_000.0).round() / 1_000.0;
    let rows: Vec<serde_json::Value> = points
        .iter()
        .map(|point| {
            json!({
                "month_milli": point.month,
                "auc": { "most": round(point.most_active.auc), "all": round(point.all.auc) },
                "half": { "department": point.bars.department.map(round), "shelf": point.bars.shelf.map(round) },
            })
        })
        .collect();
    let all = json!({ "default_milli": CAPS.month, "shoppers": SHOPPERS, "points": rows });
    format!("{}\n", serde_json::to_string_pretty(&all).expect("numbers become JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the merchant's page shows is of the registry as it stands; `docs/reports.md` says how to draw it anew.
    #[test]
    fn the_published_figures_are_of_todays_default() {
        let figures: serde_json::Value =
            serde_json::from_str(include_str!("../../../www/merchant/tell-apart.json")).unwrap();
        assert_eq!(figures["default_milli"], CAPS.month);
        let last = figures["points"].as_array().unwrap().last().unwrap();
        assert_eq!(last["month_milli"], CAPS.month, "and the default is among them");
        let documented = include_str!("../../../docs/decisions/0019-epsilon-from-a-picture.md");
        let auc = last["auc"]["most"].as_f64().unwrap();
        assert!(documented.contains(&format!("| {auc:.3} |")), "the record has the same figures");
    }
}
