//! Curves with their bands as an SVG that stands by itself: light and dark, a name at the end of
//! each line instead of a legend.

use std::fmt::Write;

use super::curve::Point;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
/// Of the plot within a panel: left, top, right, bottom.
const MARGINS: [f64; 4] = [52.0, 40.0, 190.0, 44.0];
/// Room for the heading.
const HEAD: f64 = 52.0;
/// The least distance between two names.
const LINE: f64 = 16.0;
/// Points of fewer lists are left out: their bands would hide the others.
const FEWEST: usize = 30;

/// Colours on paper and at night; from the palette of Okabe and Ito (2008), darkened or lightened
/// until text in them can be read.
pub const COLOURS: [(&str, &str); 8] = [
    ("#0067a5", "#56b4e9"),
    ("#b34a00", "#ff9a4d"),
    ("#00785a", "#3ccf9f"),
    ("#9c3a78", "#e79ac6"),
    ("#8a6d00", "#f0e442"),
    ("#5b4bb5", "#a99cf5"),
    ("#444444", "#c8c8c8"),
    ("#a01c2c", "#ff8390"),
];

pub const STYLE: &str = "\
text{font:13px system-ui,sans-serif;fill:#1b1b1b}
.head{font-size:16px;font-weight:600}.small{font-size:11px;fill:#5c5c5c}
.paper{fill:#fff}.grid{stroke:#e3e3e3}.lead{stroke-width:1;opacity:.5}
@media(prefers-color-scheme:dark){text{fill:#ececec}.small{fill:#a8a8a8}.paper{fill:#161616}.grid{stroke:#333}}
";

/// A plot: a line for each name.
pub struct Panel {
    pub title: String,
    pub lines: Vec<(String, Vec<Point>)>,
}

/// Draws panels one below the other.
pub fn svg(heading: &str, below: &str, panels: &[Panel]) -> String {
    let height = HEAD + HEIGHT * panels.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" role=\"img\">\n<title>{}</title>\n<style>\n{STYLE}",
        escaped(heading),
    );
    let colours = |pick: fn(&(&'static str, &'static str)) -> &'static str| -> String {
        let rule = |(index, colour)| format!(".c{index}{{stroke:{0};fill:{0}}}", pick(colour));
        COLOURS.iter().enumerate().map(rule).collect()
    };
    let (light, dark) = (colours(|colour| colour.0), colours(|colour| colour.1));
    let _ = writeln!(svg, "{light}\n@media(prefers-color-scheme:dark){{{dark}}}");
    svg += ".line{fill:none;stroke-width:2;stroke-linejoin:round}.band{stroke:none;opacity:.16}.name{stroke:none}\n";
    let _ = writeln!(svg, "</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>");
    text(&mut svg, "head", MARGINS[0], 26.0, "start", heading);
    text(&mut svg, "small", MARGINS[0], 44.0, "start", below);
    for (index, panel) in panels.iter().enumerate() {
        panel.draw(&mut svg, HEAD + HEIGHT * index as f64);
    }
    svg + "</svg>\n"
}

impl Panel {
    fn draw(&self, svg: &mut String, top: f64) {
        let enough = self.lines.iter().flat_map(|(_, points)| points).any(|point| point.lists >= FEWEST);
        let shown = |point: &&Point| !enough || point.lists >= FEWEST;
        let lines: Vec<(&str, Vec<&Point>)> =
            self.lines.iter().map(|(name, points)| (name.as_str(), points.iter().filter(shown).collect())).collect();
        // All methods are scored on the same lists, so all lines have the same points.
        let Some(ticks) = lines.first().map(|(_, points)| points) else { return };
        let most = lines.iter().flat_map(|(_, points)| points).map(|point| point.ndcg + band(point));
        let (step, most) = steps(most.fold(0.0, f64::max));

        let [left, above, right, below] = MARGINS;
        let (width, height) = (WIDTH - left - right, HEIGHT - above - below);
        let x = |index: usize| left + width * (index as f64 + 0.5) / ticks.len() as f64;
        let y = |value: f64| top + above + height * (1.0 - value / most);

        text(svg, "", left, top + above - 16.0, "start", &self.title);
        for tick in 0..=(most / step).round() as usize {
            let value = step * tick as f64;
            let (y, end) = (y(value), left + width);
            let _ = writeln!(svg, "<path class=\"grid\" d=\"M{left} {y:.1}H{end:.1}\"/>");
            text(svg, "small", left - 8.0, y + 4.0, "end", &format!("{value:.*}", digits(step)));
        }
        for (index, point) in ticks.iter().enumerate() {
            text(svg, "small", x(index), top + above + height + 18.0, "middle", &short(point.from));
        }
        let middle = left + width / 2.0;
        let exact = ticks.iter().all(|point| point.from == point.to);
        let axis = if exact { "interactions so far" } else { "interactions so far: from here to the next mark" };
        text(svg, "small", middle, top + HEIGHT - 8.0, "middle", axis);

        let end = |points: &[&Point]| points.last().map_or(0.0, |point| y(point.ndcg));
        let bottom = top + above + height;
        let places = spread(&lines.iter().map(|(_, points)| end(points)).collect::<Vec<_>>(), bottom);
        for (index, (name, points)) in lines.iter().enumerate() {
            let colour = index % COLOURS.len();
            let path = |value: &dyn Fn(&Point) -> f64| -> Vec<String> {
                let at = |(index, point): (usize, &&Point)| format!("{:.1} {:.1}", x(index), y(value(point)));
                points.iter().enumerate().map(at).collect()
            };
            let upper = path(&|point| point.ndcg + band(point));
            let mut lower = path(&|point| (point.ndcg - band(point)).max(0.0));
            lower.reverse();
            let _ = writeln!(svg, "<path class=\"c{colour} band\" d=\"M{}L{}Z\"/>", upper.join("L"), lower.join("L"));
            let line = path(&|point| point.ndcg).join("L");
            // The ninth has the first colour again.
            let dashes = if index < COLOURS.len() { "" } else { " stroke-dasharray=\"6 4\"" };
            let _ = writeln!(svg, "<path class=\"c{colour} line\"{dashes} d=\"M{line}\"/>");
            let (from, to) = (x(points.len().saturating_sub(1)), left + width + 8.0);
            let (y, place) = (end(points), places[index]);
            let _ = writeln!(svg, "<path class=\"c{colour} lead\" d=\"M{from:.1} {y:.1}L{to:.1} {place:.1}\"/>");
            let last = points.last().map_or(0.0, |point| point.ndcg);
            text(svg, &format!("c{colour} name"), to + 4.0, place + 4.0, "start", &format!("{name} {last:.3}"));
        }
    }
}

/// Half of a 95 % interval.
fn band(point: &Point) -> f64 {
    1.96 * point.error
}

/// Moves names apart, in their order, and keeps them above the bottom.
fn spread(wanted: &[f64], bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut places = wanted.to_vec();
    for pair in order.windows(2) {
        places[pair[1]] = places[pair[1]].max(places[pair[0]] + LINE);
    }
    let mut limit = bottom;
    for index in order.into_iter().rev() {
        places[index] = places[index].min(limit);
        limit = places[index] - LINE;
    }
    places
}

/// A round step, and the first of its multiples that is not below `most`: three to seven steps.
fn steps(most: f64) -> (f64, f64) {
    let most = if most > 0.0 { most } else { 1.0 };
    let mut step = 1e-6;
    for factor in [2.0, 2.5, 2.0].iter().cycle() {
        if most / step <= 6.0 {
            break;
        }
        step *= factor;
    }
    (step, (most / step).ceil() * step)
}

fn digits(step: f64) -> usize {
    (0..6).find(|digits| (step * 10f64.powi(*digits)).fract().abs() < 1e-6).unwrap_or(6) as usize
}

/// 1024 is 1k.
fn short(number: u32) -> String {
    if number >= 1_024 { format!("{}k", number / 1_024) } else { number.to_string() }
}

pub fn text(svg: &mut String, class: &str, x: f64, y: f64, anchor: &str, text: &str) {
    let text = escaped(text);
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_never_overlap_and_stay_inside() {
        let wanted = [100.0, 101.0, 300.0, 299.0, 102.0];
        let places = spread(&wanted, 300.0);
        for (i, a) in places.iter().enumerate() {
            assert!(*a <= 300.0);
            assert!(places.iter().skip(i + 1).all(|b| (a - b).abs() >= LINE), "{places:?}");
        }
        assert!(places[0] < places[1] && places[1] < places[4] && places[3] < places[2]);
    }

    #[test]
    fn steps_are_round_and_few() {
        for (most, step, end) in [(0.58, 0.1, 0.6), (0.0271, 0.005, 0.03), (1.0, 0.2, 1.0), (0.11, 0.02, 0.12)] {
            let (s, e) = steps(most);
            assert!((s - step).abs() < 1e-9 && (e - end).abs() < 1e-9, "{most}: {s} {e}");
        }
        assert_eq!((digits(0.005), digits(0.1), digits(1.0)), (3, 1, 0));
    }

    #[test]
    fn every_line_has_its_band_and_its_name() {
        let point = |from, lists, ndcg| Point { from, to: from, lists, ndcg, error: 0.01 };
        let points = vec![point(0, 100, 0.1), point(1, 50, 0.2), point(2, 3, 0.9)];
        let lines = vec![("a<b".to_string(), points.clone()), ("other".to_string(), points)];
        let drawn = svg("Heading", "below", &[Panel { title: "All items".into(), lines }]);
        assert_eq!(drawn.matches("band\" d=").count(), 2);
        assert!(drawn.contains(">a&lt;b 0.200<") && drawn.contains(">other 0.200<"), "{drawn}");
        // The point of three lists is left out.
        assert!(!drawn.contains("0.900"));
        assert!(drawn.contains("prefers-color-scheme:dark"));
    }
}
