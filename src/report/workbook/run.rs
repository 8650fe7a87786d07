//! What the workbook of a run has beside its tables: the first sheet, inputs, cost by kind, weeks, and charts that Excel draws.

use super::front::{FRONT, Front};
use super::sheet::for_paper;
use super::{Book, COSTS, INPUTS, PROFILE, SHEETS, WEEKS};
use crate::experiment::Results;
use crate::outcome::Metric;
use crate::outcome::metric::COST_KINDS;
use crate::report::figure::Colour;
use crate::report::goals::Judgement;
use crate::report::records::{Cell, Records};
use crate::report::words::{capital, money, noun};
use crate::report::{charts, dates, number, packet, strategy_name, summary_files, tables, verdict};
use crate::scenario::Scenario;
use crate::store::{NotWritten, at};
use rust_xlsxwriter::{
    Chart, ChartAxisDateUnitType, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType,
    ChartPatternFill, ChartPatternFillType, ChartSolidFill, ChartType, Color, Worksheet, XlsxError,
};
use std::path::Path;

/// Most plans whose lines one chart shows.
const LINES: usize = 8;
const DASHES: [ChartLineDashType; 4] = [
    ChartLineDashType::Solid,
    ChartLineDashType::Dash,
    ChartLineDashType::RoundDot,
    ChartLineDashType::DashDot,
];

/// Writes the workbook of a run, once its tables are written.
///
/// # Errors
/// If it cannot be written.
pub(in crate::report) fn run(
    dir: &Path,
    book: Book<'_>,
    (scenario, results, judgement): (&Scenario, &Results, &Judgement),
    [summary, headline]: [&Records; 2],
    with_charts: bool,
) -> Result<(), NotWritten> {
    let source = Source {
        scenario,
        results,
        judgement,
        book: &book,
        summary,
        headline,
    };
    let fill = || -> Result<Option<Worksheet>, XlsxError> {
        book.add(COSTS, &source.costs())?;
        book.add(INPUTS, &summary_files::inputs(scenario))?;
        book.add(PROFILE, &summary_files::profile_cells(scenario))?;
        source.weeks()?;
        with_charts.then(|| source.charts()).transpose()
    };
    let charts = fill().map_err(at(dir))?;
    let front = source.front();
    book.write(dir, &front, charts)
}

struct Source<'a> {
    scenario: &'a Scenario,
    results: &'a Results,
    judgement: &'a Judgement,
    book: &'a Book<'a>,
    summary: &'a Records,
    headline: &'a Records,
}

impl Source<'_> {
    fn front(&self) -> Front {
        let Source {
            scenario,
            results,
            judgement,
            ..
        } = *self;
        let fact = |name: &str, cell: Cell| (name.to_string(), cell);
        let mut facts = vec![
            fact("Scenario", scenario.facts.name.as_str().into()),
            fact("Worlds", Cell::Count(results.replications)),
            fact("Seed", Cell::Count(results.seed)),
            fact("Base", strategy_name(scenario, results, results.base).into()),
            fact("Program", format!("coexist {}", env!("CARGO_PKG_VERSION")).into()),
            fact("Input digest", scenario.digest.as_str().into()),
            fact("Result digest", results.digest.as_str().into()),
            fact("To make it again", packet::again(scenario, results).into()),
        ];
        if let Some(plan) = packet::subject(scenario, results, judgement) {
            let strategy = &scenario.plans[plan].name;
            let replay = packet::replay(scenario, results, strategy, results.first);
            facts.push(fact("To see a world happen", replay.into()));
        }
        Front {
            lead: vec![verdict::Words::new(scenario, results, &judgement.verdict).sentence()],
            facts,
            table: Some(self.columns()),
        }
    }

    /// The headline list with names that tell a plan in the lot shown from the plan.
    fn columns(&self) -> Records {
        let lot = self.headline.columns().iter().position(|&key| key == "lot");
        let mut records = Records::of(&tables::HEADLINE);
        for row in self.headline.rows() {
            let mut row = row.clone();
            if let (Cell::Text(name), Some(Cell::Text(lot))) = (&row[0], lot.map(|place| &row[place]))
                && lot.parse::<u64>().is_ok()
            {
                row[0] = format!("{name}, lot {lot}").into();
            }
            records.push(row);
        }
        records
    }

    /// Mean cost by kind, a row for each strategy; kinds without any cost are left out.
    fn costs(&self) -> Records {
        let place = |key| self.summary.columns().iter().position(|&own| own == key);
        let [strategy, metric, mean] = ["strategy", "metric", "mean"].map(|key| place(key).unwrap_or(0));
        let means = |kind: Metric| -> Vec<&Vec<Cell>> {
            let rows = self.summary.rows().iter();
            rows.filter(|row| row[metric] == Cell::from(kind.definition().name))
                .collect()
        };
        let is_some = |row: &&Vec<Cell>| !matches!(row[mean], Cell::Number(None | Some(0.0)));
        let mut kinds: Vec<Metric> = COST_KINDS
            .into_iter()
            .filter(|&kind| means(kind).iter().any(is_some))
            .collect();
        kinds.push(Metric::Cost);
        let names = kinds.iter().map(|kind| kind.definition().name);
        let mut records = Records::with(&tables::COST_BY_KIND, names);
        let columns: Vec<Vec<&Vec<Cell>>> = kinds.into_iter().map(means).collect();
        for number in 0..self.results.strategies.len() {
            let mut row = vec![columns[0][number][strategy].clone()];
            row.extend(columns.iter().map(|rows| rows[number][mean].clone()));
            records.push(row);
        }
        records
    }
}

/// Charts, and the sheet of weeks that one of them shows.
impl Source<'_> {
    fn date(&self, day: usize) -> String {
        dates::long(self.scenario.facts.calendar.date(day as i64))
    }

    /// The plan that titles are about, by its name and its place: the one that the page is about, too.
    fn subject(&self) -> Option<(&str, usize)> {
        let plan = packet::subject(self.scenario, self.results, self.judgement)?;
        let place = self.results.strategies.iter().position(|&own| own == plan)?;
        Some((strategy_name(self.scenario, self.results, place), place))
    }

    /// A row for each week, a column for each plan: how many meetings break, on average over worlds.
    fn weeks(&self) -> Result<(), XlsxError> {
        let days = self.book.days.borrow();
        let mut records = Records::of(&tables::WEEKS);
        let length = days.broken.iter().map(Vec::len).max().unwrap_or(0);
        let mut rows = Vec::new();
        for first in (0..length).step_by(7) {
            let last = (first + 7).min(length);
            let date = self.scenario.facts.calendar.date(first as i64).to_string();
            records.push(vec![date.into(), Cell::Count((last - first) as u64)]);
            rows.push(
                days.broken
                    .iter()
                    .map(|days| Cell::Number(Some(days[first..last].iter().sum())))
                    .collect(),
            );
        }
        self.book.add_wide(WEEKS, &records, &days.strategies, rows)
    }

    fn charts(&self) -> Result<Worksheet, XlsxError> {
        let mut sheet = Worksheet::new();
        let charts = [self.moved(), self.broken(), self.costs_stacked(), self.compared()];
        for (number, chart) in charts.into_iter().flatten().enumerate() {
            sheet.insert_chart(23 * number as u32, 0, &chart)?;
        }
        sheet.set_screen_gridlines(false);
        for_paper(&mut sheet, "Charts")?;
        Ok(sheet)
    }

    /// Lines of plans over dates. `range` gives first row, last row and column of a plan's values.
    fn lines(
        &self,
        title: &str,
        unit: &str,
        sheet: &str,
        dates: u16,
        range: impl Fn(usize) -> [u32; 3],
    ) -> Chart {
        let mut chart = chart(ChartType::Line, title);
        let plans = self.results.strategies.len();
        for plan in 0..plans.min(LINES) {
            let [first, last, column] = range(plan);
            let [red, green, blue] = charts::colour(self.scenario, self.results, plan).bytes();
            let line = ChartLine::new()
                .set_color(Color::RGB(u32::from_be_bytes([0, red, green, blue])))
                .set_dash_type(DASHES[plan % DASHES.len()])
                .set_width(2)
                .clone();
            chart
                .add_series()
                .set_name(strategy_name(self.scenario, self.results, plan))
                .set_categories((sheet, first, dates, last, dates))
                .set_values((sheet, first, column as u16, last, column as u16))
                .set_format(ChartFormat::new().set_line(&line));
        }
        let shown = if plans > LINES {
            format!(" (the first {LINES} of {plans} plans)")
        } else {
            String::new()
        };
        let (step, unit_of_step) = match self.scenario.facts.calendar.days() {
            ..=120 => (7, ChartAxisDateUnitType::Days),
            _ => (1, ChartAxisDateUnitType::Months),
        };
        let axis = chart.x_axis().set_date_axis(true).set_num_format("d mmm yyyy");
        axis.set_major_unit(step).set_major_unit_date_type(unit_of_step);
        chart
            .y_axis()
            .set_name(&format!("{unit}{shown}"))
            .set_num_format("#,##0")
            .set_min(0);
        chart
    }

    fn moved(&self) -> Option<Chart> {
        let (name, subject) = self.subject()?;
        let days = self.book.days.borrow();
        let moved = &days.moved[subject];
        let people = self.scenario.facts.residents();
        let half = moved.iter().position(|&moved| moved >= people as f64 / 2.0);
        let title = match half {
            Some(day) => format!(
                "With {name}, half of the people are on the new side by {}",
                self.date(day)
            ),
            None => {
                let most = moved.iter().copied().fold(0.0, f64::max);
                let (most, people) = (number::three_digits(most), number::whole(people as f64));
                format!("With {name}, about {most} of {people} people come to the new side, at most")
            }
        };
        let sheets = self.book.sheets.borrow();
        let sheet = sheets.iter().find(|sheet| sheet.source == "timeline.csv")?;
        let column = sheet
            .columns
            .iter()
            .position(|column| column.key == "users_moved")? as u32;
        let length = moved.len() as u32;
        let range = |plan: usize| [1 + plan as u32 * length, (plan as u32 + 1) * length, column];
        let is_whole = range(self.results.strategies.len().min(LINES) - 1)[1] as usize <= sheet.rows;
        is_whole.then(|| self.lines(&title, "people on the new side, mean", &sheet.title, 2, range))
    }

    fn broken(&self) -> Option<Chart> {
        let (name, subject) = self.subject()?;
        let days = self.book.days.borrow();
        let weeks: Vec<f64> = days.broken[subject]
            .chunks(7)
            .map(|week| week.iter().sum())
            .collect();
        let (week, most) =
            weeks.iter().enumerate().fold(
                (0, 0.0),
                |best, (week, &sum)| {
                    if sum > best.1 { (week, sum) } else { best }
                },
            );
        let title = match most {
            0.0 => format!("With {name}, no meeting breaks"),
            _ => format!(
                "With {name}, most meetings break in the week from {}: about {}",
                self.date(7 * week),
                number::three_digits(most)
            ),
        };
        let range = |plan: usize| [1, weeks.len() as u32, plan as u32 + 2];
        Some(self.lines(&title, "broken meetings a week, mean", title_of(WEEKS), 0, range))
    }

    fn costs_stacked(&self) -> Option<Chart> {
        let (name, subject) = self.subject()?;
        let costs = self.costs();
        let row = &costs.rows()[subject];
        let kinds = costs.columns().len() - 2;
        let mean = |place: usize| match row[place] {
            Cell::Number(Some(mean)) => mean,
            _ => 0.0,
        };
        let largest = (1..=kinds).max_by(|&a, &b| mean(a).total_cmp(&mean(b)).then(b.cmp(&a)))?;
        let kind = |place: usize| {
            let kind = COST_KINDS
                .into_iter()
                .find(|kind| kind.definition().name == costs.columns()[place]);
            kind.map_or("", noun).trim_start_matches("cost of ")
        };
        let currency = money(self.scenario).map_or(String::new(), |currency| format!(" {currency}"));
        let title = format!(
            "With {name}, the largest kind of cost is {}: about {} of {}{currency}",
            kind(largest),
            number::three_digits(mean(largest)),
            number::three_digits(mean(kinds + 1))
        );
        let mut chart = chart(ChartType::BarStacked, &title);
        let (sheet, last) = (title_of(COSTS), costs.rows().len() as u32);
        for place in 1..=kinds {
            let column = place as u16;
            chart
                .add_series()
                .set_name(&capital(kind(place)))
                .set_categories((sheet, 1, 0, last, 0))
                .set_values((sheet, 1, column, last, column))
                .set_format(&mut filled(KINDS[place % KINDS.len()], place))
                .set_gap(60);
        }
        let unit = format!("mean cost{}", currency.replace(' ', ", "));
        chart.x_axis().set_name(&unit).set_num_format(SIGNED);
        Some(chart)
    }

    fn compared(&self) -> Option<Chart> {
        let place = |key: &str| self.headline.columns().iter().position(|&own| own == key);
        let (first, names) = (place("meetings_broken_low")?, place("low_and_high")?);
        let Cell::Text(ends) = &self.headline.rows().first()?[names] else {
            return None;
        };
        let (low, high) = ends.split_once(" and ")?;
        let title = charts::compared_title(self.scenario, self.results, self.judgement);
        let mut chart = chart(ChartType::Bar, &title);
        let (top, last) = (self.front().table_row(), self.headline.rows().len() as u16);
        for (number, name) in [low, "mean", high].into_iter().enumerate() {
            let row = (top + first + number) as u32;
            chart
                .add_series()
                .set_name(name)
                .set_categories((FRONT, top as u32, 1, top as u32, last))
                .set_values((FRONT, row, 1, row, last))
                .set_format(&mut filled(
                    [Colour::Sky, Colour::Blue, Colour::Ink][number],
                    number,
                ))
                .set_gap(60);
        }
        let unit = "broken meetings up to the end of the simulated time";
        chart.x_axis().set_name(unit).set_num_format(SIGNED).set_min(0);
        Some(chart)
    }
}

/// Amounts with true minus signs.
const SIGNED: &str = "#,##0;\u{2212}#,##0";

/// Colours of kinds of cost.
const KINDS: [Colour; 7] = [
    Colour::Blue,
    Colour::Orange,
    Colour::Green,
    Colour::Vermillion,
    Colour::Sky,
    Colour::Purple,
    Colour::Grey,
];

/// The name of the sheet with the rows of a file.
fn title_of(source: &str) -> &'static str {
    SHEETS
        .iter()
        .find(|(of, _)| *of == source)
        .map_or("", |(_, title)| title)
}

/// The look of a bar: its colour, and every other one with stripes, for who sees no colours.
fn filled(colour: Colour, number: usize) -> ChartFormat {
    let [red, green, blue] = colour.bytes();
    let colour = Color::RGB(u32::from_be_bytes([0, red, green, blue]));
    let mut format = ChartFormat::new();
    if number.is_multiple_of(2) {
        format.set_solid_fill(ChartSolidFill::new().set_color(colour));
    } else {
        let mut stripes = ChartPatternFill::new();
        stripes.set_pattern(ChartPatternFillType::DiagonalStripesWideUpwards);
        format.set_pattern_fill(
            stripes
                .set_foreground_color(colour)
                .set_background_color(Color::White),
        );
    }
    format.set_border(ChartLine::new().set_color(colour)).clone()
}

/// A chart with a title, its legend below.
fn chart(kind: ChartType, title: &str) -> Chart {
    let mut chart = Chart::new(kind);
    chart
        .title()
        .set_name(title)
        .set_font(ChartFont::new().set_bold().set_size(13));
    chart.legend().set_position(ChartLegendPosition::Bottom);
    let light = ChartLine::new().set_color(Color::RGB(0xD9_DEE5)).clone();
    if kind == ChartType::Line {
        chart.y_axis().set_major_gridlines_line(&light);
    } else {
        // The first plan on top.
        chart.y_axis().set_reverse();
        chart.x_axis().set_major_gridlines_line(&light);
    }
    chart.set_width(1050).set_height(440).set_alt_text(title);
    chart
}
