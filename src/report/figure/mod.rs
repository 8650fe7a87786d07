//! Charts for the report: pure data here, drawing in the submodules.
//!
//! A [`Figure`] holds numbers and words only. [`svg`] turns it into a self-contained SVG document, and [`png`]
//! rasterises that document with the bundled typeface, so both show the same picture on every machine.

mod bars;
mod canvas;
mod compare;
mod curves;
mod data;
mod draw;
mod exceedance;
mod fan;
mod forest;
mod gantt;
mod inline;
mod lines;
mod render;
mod scale;
mod scatter;
mod stack;
#[cfg(test)]
mod tests;
mod tornado;

pub use data::{Data, MOST_ROWS, Series};
pub use inline::fill_class;
pub use render::{bare_svg, png, svg};

use serde::{Deserialize, Serialize};

/// Numbers of which some may be missing: not a number here, `null` when they are kept.
mod gaps {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        let values: Vec<Option<f64>> = values
            .iter()
            .map(|value| value.is_finite().then_some(*value))
            .collect();
        values.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let values: Vec<Option<f64>> = Deserialize::deserialize(deserializer)?;
        Ok(values
            .into_iter()
            .map(|value| value.unwrap_or(f64::NAN))
            .collect())
    }
}

/// The words around a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// What the chart shows, as a statement: the finding.
    pub title: String,
    /// The measure and the number of runs.
    pub subtitle: String,
    /// Where the numbers come from: scenario, seed, version, digest.
    pub footer: String,
}

/// A horizontal axis of days, shared by all panels of a chart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeAxis {
    /// What the axis counts, such as "working days after the start".
    pub label: String,
    /// The first day shown.
    pub first_day: f64,
    /// The last day shown.
    pub last_day: f64,
    /// Day and text of each tick, such as month starts. If empty, plain day numbers are written.
    pub ticks: Vec<(f64, String)>,
    /// Vertical marks: day and label, such as "pilot" or "rollback".
    pub marks: Vec<(f64, String)>,
    /// Shaded spans: first day, last day and label, such as change freezes.
    pub spans: Vec<(f64, f64, String)>,
}

/// A chart, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Figure {
    /// Stacked areas over time.
    Stack(Stack),
    /// A median with quantile bands over time.
    Fan(Fan),
    /// One row per strategy: mean, interval of the mean, range of the runs.
    Compare(Compare),
    /// The chance of exceeding a value, one curve per strategy.
    Exceedance(Exceedance),
    /// How far each risk or quantity moves the result.
    Tornado(Tornado),
    /// Lines through points with an interval at each.
    Curves(Curves),
    /// Points of two metrics with their intervals.
    Scatter(Scatter),
    /// Lines over time, one for each strategy.
    Lines(Lines),
    /// Values with intervals against a line, a panel for each metric.
    Forest(Forest),
    /// What totals are made of.
    Bars(Bars),
    /// What a plan does and when.
    Gantt(Gantt),
}

impl Figure {
    /// The words around the chart.
    pub fn frame(&self) -> &Frame {
        match self {
            Figure::Stack(figure) => &figure.frame,
            Figure::Fan(figure) => &figure.frame,
            Figure::Compare(figure) => &figure.frame,
            Figure::Exceedance(figure) => &figure.frame,
            Figure::Tornado(figure) => &figure.frame,
            Figure::Curves(figure) => &figure.frame,
            Figure::Scatter(figure) => &figure.frame,
            Figure::Lines(figure) => &figure.frame,
            Figure::Forest(figure) => &figure.frame,
            Figure::Bars(figure) => &figure.frame,
            Figure::Gantt(figure) => &figure.frame,
        }
    }

    /// The same, to be changed.
    fn frame_mut(&mut self) -> &mut Frame {
        match self {
            Figure::Stack(figure) => &mut figure.frame,
            Figure::Fan(figure) => &mut figure.frame,
            Figure::Compare(figure) => &mut figure.frame,
            Figure::Exceedance(figure) => &mut figure.frame,
            Figure::Tornado(figure) => &mut figure.frame,
            Figure::Curves(figure) => &mut figure.frame,
            Figure::Scatter(figure) => &mut figure.frame,
            Figure::Lines(figure) => &mut figure.frame,
            Figure::Forest(figure) => &mut figure.frame,
            Figure::Bars(figure) => &mut figure.frame,
            Figure::Gantt(figure) => &mut figure.frame,
        }
    }
}

/// Stacked areas over time: one panel per strategy (1 to 8), all on the same axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// The words around the chart.
    pub frame: Frame,
    /// The days shown.
    pub axis: TimeAxis,
    /// What the heights count, such as "users".
    pub y_label: String,
    /// The panels, in reading order.
    pub panels: Vec<StackPanel>,
}

/// One panel of a [`Stack`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StackPanel {
    /// The strategy shown; written above the panel if there are several panels.
    pub name: String,
    /// The layers, the bottom one first.
    pub layers: Vec<StackLayer>,
}

/// One layer of a [`StackPanel`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackLayer {
    /// The name of the layer.
    pub name: String,
    /// The fill.
    pub colour: Colour,
    /// One value per day: the value at `index` belongs to day `first_day + index`. Negative values count as zero.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
}

/// A median with quantile bands over time: one panel per strategy (1 to 8), all on the same axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// The words around the chart.
    pub frame: Frame,
    /// The days shown.
    pub axis: TimeAxis,
    /// What the heights count.
    pub y_label: String,
    /// The panels, in reading order.
    pub panels: Vec<FanPanel>,
    /// A level to reach or to stay under, with its label.
    pub target: Option<(f64, String)>,
}

/// One panel of a [`Fan`]. Each quantile has one value per day, starting with the first day of the axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FanPanel {
    /// The strategy shown; written above the panel if there are several panels.
    pub name: String,
    /// The hue of median and bands.
    pub colour: Colour,
    /// The 5 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p05: Vec<f64>,
    /// The 10 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p10: Vec<f64>,
    /// The 25 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p25: Vec<f64>,
    /// The median of the runs.
    #[serde(with = "gaps")]
    pub p50: Vec<f64>,
    /// The 75 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p75: Vec<f64>,
    /// The 90 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p90: Vec<f64>,
    /// The 95 % quantile of the runs.
    #[serde(with = "gaps")]
    pub p95: Vec<f64>,
    /// A short remark under the name, such as "peak 1,240 (P50)"; may be empty.
    pub note: String,
}

/// One row per strategy: a dot at the mean, a thick bar for its interval, a thin one for the range of the runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Compare {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures.
    pub x_label: String,
    /// What the thin bars are, such as `10–90 % of worlds`.
    pub range: String,
    /// The rows, the top one first.
    pub rows: Vec<CompareRow>,
    /// Asks for a logarithmic axis (zero keeps its place). If not set, one is still chosen when the rows would
    /// be unreadable without it.
    pub log_scale: bool,
}

/// One row of a [`Compare`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompareRow {
    /// The strategy.
    pub name: String,
    /// The colour of the strategy.
    pub colour: Colour,
    /// The mean over the runs.
    pub mean: f64,
    /// The 95 % interval of the mean.
    pub interval: Option<(f64, f64)>,
    /// The 10 % quantile of the runs.
    pub p10: f64,
    /// The 90 % quantile of the runs.
    pub p90: f64,
    /// The number as written next to the dot.
    pub label: String,
    /// The paired difference, such as "+310 ± 12 against stay"; written in a column at the right, may be empty.
    pub difference: String,
}

/// The share of runs above a value, for every value: one curve per strategy.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exceedance {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures.
    pub x_label: String,
    /// The curves.
    pub curves: Vec<ExceedanceCurve>,
    /// Asks for a logarithmic axis (zero keeps its place). If not set, one is still chosen when the curves would
    /// be unreadable without it.
    pub log_scale: bool,
    /// What lies on the two sides of zero, where values are differences; empty: no line is drawn there.
    pub zero: String,
}

/// One curve of an [`Exceedance`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExceedanceCurve {
    /// The strategy.
    pub name: String,
    /// The colour of the strategy.
    pub colour: Colour,
    /// The sample, one value per run, in any order.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
}

/// Bars from zero, one row per risk or quantity, the longest at the top.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tornado {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures: a change, which is zero where nothing is changed.
    pub x_label: String,
    /// What the bars of a row are, one or two.
    pub ends: Vec<String>,
    /// The rows, the top one first.
    pub rows: Vec<TornadoRow>,
}

/// One row of a [`Tornado`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TornadoRow {
    /// The risk or quantity.
    pub name: String,
    /// As many as the chart has.
    pub ends: Vec<TornadoEnd>,
    /// The number as written at the right.
    pub label: String,
    /// The rank by size, or the ranks that its interval leaves.
    pub rank: String,
}

/// One bar of a [`TornadoRow`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TornadoEnd {
    /// Where it ends.
    pub value: f64,
    /// Interval of that.
    pub interval: Option<(f64, f64)>,
}

/// Lines through points with an interval at each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Curves {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures.
    pub x_label: String,
    /// What the vertical axis measures.
    pub y_label: String,
    /// What the intervals are.
    pub intervals: String,
    /// The lines.
    pub curves: Vec<Curve>,
}

/// One line of [`Curves`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// Its points, from left to right.
    pub points: Vec<CurvePoint>,
}

/// One point of a [`Curve`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Where it is.
    pub x: f64,
    /// How high it is.
    pub y: f64,
    /// Interval of the height.
    pub interval: Option<(f64, f64)>,
}

/// Points of two metrics, each with an interval in both directions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures.
    pub x_label: String,
    /// What the vertical axis measures.
    pub y_label: String,
    /// The kinds of points, for the key.
    pub kinds: Vec<(Colour, String)>,
    /// The points; later ones lie above.
    pub points: Vec<ScatterPoint>,
}

/// One point of a [`Scatter`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScatterPoint {
    /// What is written beside it; may be empty.
    pub name: String,
    /// Which of the kinds.
    pub kind: usize,
    /// Horizontal and vertical value.
    pub at: (f64, f64),
    /// Their intervals.
    pub intervals: [Option<(f64, f64)>; 2],
}

/// Lines over time in one plot, one for each strategy (1 to 8), each with a band if it has one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// The words around the chart.
    pub frame: Frame,
    /// The days shown.
    pub axis: TimeAxis,
    /// What the heights count.
    pub y_label: String,
    /// Do heights grow with the square root, so that small values are seen beside large ones?
    pub is_root: bool,
    /// The days that values belong to.
    #[serde(with = "gaps")]
    pub days: Vec<f64>,
    /// The lines.
    pub lines: Vec<Line>,
    /// What the bands are, such as `10–90 % of worlds`.
    pub band: String,
    /// A level to reach or to stay under, with its label.
    pub level: Option<(f64, String)>,
}

/// One line of [`Lines`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The strategy.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// One value for each of the days.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
    /// Lower ends of the band; empty without a band.
    #[serde(with = "gaps")]
    pub low: Vec<f64>,
    /// Upper ends of the band.
    #[serde(with = "gaps")]
    pub high: Vec<f64>,
    /// What is said under its name; may be empty.
    pub note: String,
}

/// Values with intervals against a line: a row for each plan or pair of plans, a panel for each metric (1 to 4).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forest {
    /// The words around the chart.
    pub frame: Frame,
    /// Names of the rows, the top one first.
    pub rows: Vec<String>,
    /// The panels, from left to right.
    pub panels: Vec<ForestPanel>,
    /// What is decided about a value: the kinds of points, for the key.
    pub kinds: Vec<(Colour, String)>,
    /// What the line is.
    pub line: String,
    /// What the band about it is.
    pub zone: String,
    /// What the intervals are.
    pub intervals: String,
}

/// One panel of a [`Forest`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForestPanel {
    /// The metric.
    pub name: String,
    /// What the horizontal axis says.
    pub x_label: String,
    /// Where the line stands.
    pub at: f64,
    /// How far the band reaches on both sides of it; 0: there is none.
    pub zone: f64,
    /// Value and text of each tick where values are days. If empty, numbers are written.
    pub ticks: Vec<(f64, String)>,
    /// One for each row, if there is anything to show.
    pub cells: Vec<Option<ForestCell>>,
}

/// One value of a [`ForestPanel`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForestCell {
    /// The value; `None` if there is none, and only the label is written.
    pub value: Option<f64>,
    /// Its interval.
    pub interval: Option<(f64, f64)>,
    /// The number as written.
    pub label: String,
    /// Which of the kinds.
    pub kind: usize,
}

/// Stacked bars, a row for each strategy: what a total is made of. Negative parts lie left of zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// The words around the chart.
    pub frame: Frame,
    /// What the horizontal axis measures.
    pub x_label: String,
    /// Name of each row, and its total as written.
    pub rows: Vec<(String, String)>,
    /// The parts, from zero outwards (1 to 8).
    pub parts: Vec<BarsPart>,
}

/// One part of [`Bars`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarsPart {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
    /// One value for each row.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
}

/// What a plan does, a row for each wave, task and decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gantt {
    /// The words around the chart.
    pub frame: Frame,
    /// The days shown, with freezes as spans.
    pub axis: TimeAxis,
    /// The rows, the top one first.
    pub rows: Vec<GanttRow>,
    /// What the range of a wave is, such as `start in 10–90 % of worlds`.
    pub range: String,
    /// From and until which day it may become too late to turn back, and what that is called.
    pub no_return: Option<(f64, f64, String)>,
}

/// One row of a [`Gantt`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GanttRow {
    /// What it is.
    pub name: String,
    /// How it is drawn.
    pub kind: GanttKind,
    /// When it starts as planned, in days.
    pub from: f64,
    /// When it ends.
    pub to: f64,
    /// Between which days a wave starts in the worlds.
    pub range: Option<(f64, f64)>,
    /// Does a gate decide whether it starts?
    pub has_gate: bool,
    /// A remark beside it; may be empty.
    pub note: String,
}

/// What a [`GanttRow`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GanttKind {
    /// People who move together.
    Wave,
    /// Work with a duration.
    Task,
    /// Something that holds from an instant on.
    Event,
}

/// The palette of Okabe and Ito, which readers with colour-blindness can tell apart, with two neutrals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Colour {
    /// Strong blue.
    Blue,
    /// Red-orange.
    Vermillion,
    /// Bluish green.
    Green,
    /// Reddish purple.
    Purple,
    /// Orange.
    Orange,
    /// Sky blue.
    Sky,
    /// Neutral grey, for the base strategy.
    Grey,
    /// The colour of the text.
    Ink,
}

/// The colour of the strategy at `index`, the same in every chart; index 0 is the base strategy, in grey.
pub fn strategy_colour(index: usize) -> Colour {
    const ORDER: [Colour; 8] = [
        Colour::Grey,
        Colour::Blue,
        Colour::Vermillion,
        Colour::Green,
        Colour::Purple,
        Colour::Orange,
        Colour::Sky,
        Colour::Ink,
    ];
    match index {
        0 => Colour::Grey,
        index => ORDER[1 + (index - 1) % (ORDER.len() - 1)],
    }
}
