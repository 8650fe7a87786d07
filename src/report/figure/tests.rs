//! Every chart, over many shapes of data: no panic, the same bytes, all words on the canvas and apart.

use super::canvas::{HEIGHT, SCALE, WIDTH, Weight, text_width};
use super::render::attribute;
use super::*;

const NAMES: [&str; 8] = [
    "stay on the old pools",
    "pilot, then waves by meeting community",
    "big bang over one weekend",
    "waves by department, smallest first",
    "waves by site",
    "pilot, then waves by delegate group and conference room",
    "random waves of 250 users",
    "Antidisestablishmentarianism-without-a-single-blank-in-its-name-at-all",
];

fn frame(long: bool) -> Frame {
    let title = "Moving by meeting community keeps the peak of broken meetings low in nine runs out of ten";
    let repeat = if long { 4 } else { 1 };
    Frame {
        title: vec![title; repeat].join(", and "),
        subtitle: vec!["Broken meetings <per day> & mailbox, 400 paired runs"; repeat * 2].join(", "),
        footer: vec![
            "Scenario harbour.toml · seed 20130415 · coexist 0.1.0 · input digest 7c1e04aaf2";
            repeat
        ]
        .join(" · "),
    }
}

fn axis(days: usize, dense: bool) -> TimeAxis {
    let last_day = days.saturating_sub(1) as f64;
    let at = |share: f64| last_day * share;
    let months = [
        "Jan 2014", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
    ];
    TimeAxis {
        label: "Days after the start of coexistence".into(),
        first_day: 0.0,
        last_day,
        ticks: if dense {
            months
                .iter()
                .enumerate()
                .map(|(index, name)| (index as f64 * 30.0, name.to_string()))
                .collect()
        } else {
            Vec::new()
        },
        marks: if dense {
            vec![
                (at(0.05), "pilot".into()),
                (at(0.08), "go / no-go board".into()),
                (at(0.6), "rollback".into()),
                (at(0.98), "old pool switched off for good".into()),
            ]
        } else {
            Vec::new()
        },
        spans: if dense {
            vec![
                (at(0.4), at(0.5), "freeze: year-end".into()),
                (at(0.7), at(0.72), "freeze: audit".into()),
            ]
        } else {
            Vec::new()
        },
    }
}

/// Numbers between 0 and 1 without any pattern that matters.
fn noise(index: usize) -> f64 {
    ((index * 7919 + 104_729) % 9973) as f64 / 9973.0
}

fn stack(panels: usize, days: usize, top: f64, long: bool) -> Figure {
    let layers = [
        "Lync 2013",
        "Lync 2010 (interim)",
        "Communicator 2007 R2",
        "Live Meeting 2007 and older clients",
    ];
    let colours = [Colour::Blue, Colour::Sky, Colour::Orange, Colour::Purple];
    Figure::Stack(Stack {
        frame: frame(long),
        axis: axis(days, long),
        y_label: "users by client in use".into(),
        panels: (0..panels)
            .map(|panel| StackPanel {
                name: NAMES[panel % 8].into(),
                layers: (0..4)
                    .map(|layer| StackLayer {
                        name: layers[layer].into(),
                        colour: colours[layer],
                        values: (0..days)
                            .map(|day| {
                                // The middle layers fade out, so that their labels have to make room.
                                let fade = if layer == 0 {
                                    1.0
                                } else {
                                    1.0 - day as f64 / days as f64
                                };
                                top * fade * noise(day / 9 + layer * 31 + panel)
                            })
                            .collect(),
                    })
                    .collect(),
            })
            .collect(),
    })
}

fn fan(panels: usize, days: usize, top: f64, long: bool) -> Figure {
    let quantile = |panel: usize, share: f64| -> Vec<f64> {
        (0..days)
            .map(|day| top * share * noise(day / 20 + panel))
            .collect()
    };
    Figure::Fan(Fan {
        frame: frame(long),
        axis: axis(days, long),
        y_label: "broken meetings per day".into(),
        panels: (0..panels)
            .map(|panel| FanPanel {
                name: NAMES[panel % 8].into(),
                colour: strategy_colour(panel),
                p05: quantile(panel, 0.05),
                p10: quantile(panel, 0.1),
                p25: quantile(panel, 0.25),
                p50: quantile(panel, 0.5),
                p75: quantile(panel, 0.75),
                p90: quantile(panel, 0.9),
                p95: quantile(panel, 0.95),
                note: "peak 1,240 (P50)".into(),
            })
            .collect(),
        target: long.then(|| (top * 0.7, "limit agreed with the board".into())),
    })
}

fn compare(means: &[f64], long: bool) -> Figure {
    Figure::Compare(Compare {
        frame: frame(long),
        x_label: "broken meeting-hours".into(),
        range: "10–90 % of worlds".into(),
        rows: means
            .iter()
            .enumerate()
            .map(|(index, &mean)| CompareRow {
                name: NAMES[index % 8].into(),
                colour: strategy_colour(index),
                mean,
                interval: (index % 3 != 2).then_some((mean * 0.95, mean * 1.05)),
                p10: mean * 0.6,
                p90: mean * 1.7,
                label: format!("{mean:.0} ± {:.0}", mean * 0.05),
                difference: format!("+{mean:.0} ± 12 against stay on the old pools"),
            })
            .collect(),
        log_scale: false,
    })
}

fn exceedance(tops: &[f64], runs: usize, long: bool) -> Figure {
    Figure::Exceedance(Exceedance {
        frame: frame(long),
        x_label: "broken meeting-hours".into(),
        curves: tops
            .iter()
            .enumerate()
            .map(|(index, &top)| ExceedanceCurve {
                name: NAMES[index % 8].into(),
                colour: strategy_colour(index),
                values: (0..runs)
                    .map(|run| top * (0.6 + 0.8 * noise(run + index)))
                    .collect(),
            })
            .collect(),
        log_scale: false,
        zero: String::new(),
    })
}

/// Two lines through points whose places, heights and intervals are these values.
fn curves(values: &[f64]) -> Figure {
    let point = |&value: &f64| CurvePoint {
        x: value,
        y: value,
        interval: Some((-value, value)),
    };
    let curve = |name: &str| Curve {
        name: name.into(),
        colour: Colour::Blue,
        points: values.iter().map(point).collect(),
    };
    Figure::Curves(Curves {
        frame: Frame::default(),
        x_label: "users".into(),
        y_label: "saved".into(),
        intervals: "95 % interval".into(),
        curves: vec![curve("random"), curve("teams")],
    })
}

fn tornado(values: &[f64], ends: usize, long: bool) -> Figure {
    let row = |(index, &value): (usize, &f64)| TornadoRow {
        name: NAMES[index % 8].into(),
        ends: (0..ends)
            .map(|end| TornadoEnd {
                value: if end == 0 { -value } else { value * noise(index) },
                interval: (index % 3 != 2).then_some((-value * 1.1, -value * 0.9)),
            })
            .collect(),
        label: format!("{value:.0} ± {:.0}", value * 0.1),
        rank: "rank 2 to 11".into(),
    };
    Figure::Tornado(Tornado {
        frame: frame(long),
        x_label: "change of the lost attendee-hours of pilot-by-community".into(),
        ends: ["lower end of the range", "upper end of the range"][..ends]
            .iter()
            .map(|&end| end.into())
            .collect(),
        rows: values.iter().enumerate().map(row).collect(),
    })
}

fn lines(count: usize, days: usize, top: f64, long: bool) -> Figure {
    let height = |line: usize, day: usize| top * noise(day / 20 + line) / (1.0 + 9.0 * line as f64);
    Figure::Lines(Lines {
        frame: frame(long),
        axis: axis(days, long),
        y_label: "people".into(),
        is_root: long,
        days: (0..days).map(|day| day as f64).collect(),
        lines: (0..count)
            .map(|line| Line {
                name: NAMES[line % 8].into(),
                colour: strategy_colour(line),
                values: (0..days).map(|day| height(line, day)).collect(),
                low: (0..if line == 0 { days } else { 0 })
                    .map(|day| 0.5 * height(line, day))
                    .collect(),
                high: (0..if line == 0 { days } else { 0 })
                    .map(|day| 1.5 * height(line, day))
                    .collect(),
                note: "most 1,240 in the week of 22 Jul 2013".into(),
            })
            .collect(),
        band: "10–90 % of worlds".into(),
        level: long.then(|| (top * 0.7, "limit agreed with the board".into())),
    })
}

fn forest(rows: usize, panels: usize, long: bool) -> Figure {
    let cell = |row: usize, panel: usize| {
        let value = 900.0 * (noise(row + 40 * panel) - 0.4);
        (row % 7 != 3).then(|| ForestCell {
            value: (row % 5 != 4).then_some(value),
            interval: (row % 3 != 2 && row % 5 != 4).then_some((value - 80.0, value + 80.0)),
            label: format!("{value:+.0} ± 80"),
            kind: row % 3,
        })
    };
    Figure::Forest(Forest {
        frame: frame(long),
        rows: (0..rows)
            .map(|row| format!("{} less {}", NAMES[row % 8], NAMES[(row + 1) % 8]))
            .collect(),
        panels: (0..panels)
            .map(|panel| ForestPanel {
                name: "Lost attendee-hours in 90 % of the worlds".into(),
                x_label: "← first is better".into(),
                at: if panel == 1 { 100.0 } else { 0.0 },
                zone: if panel == 1 { 0.0 } else { 60.0 },
                ticks: if panel == 1 {
                    axis(300, true).ticks
                } else {
                    Vec::new()
                },
                cells: (0..rows).map(|row| cell(row, panel)).collect(),
            })
            .collect(),
        kinds: ["better", "worse", "tied"]
            .into_iter()
            .enumerate()
            .map(|(at, name)| (strategy_colour(at), name.into()))
            .collect(),
        line: "no difference".into(),
        zone: "not worth naming".into(),
        intervals: "interval".into(),
    })
}

fn bars(rows: usize, parts: usize, long: bool) -> Figure {
    Figure::Bars(Bars {
        frame: frame(long),
        x_label: "cost (EUR)".into(),
        rows: (0..rows)
            .map(|row| (NAMES[row % 8].into(), "1,234,000 ± 12,000, not at its end".into()))
            .collect(),
        parts: (0..parts)
            .map(|part| BarsPart {
                name: [
                    "technicians",
                    "limited service",
                    "benefit of the new side, as a negative cost",
                ][part % 3]
                    .into(),
                colour: strategy_colour(part + 1),
                values: (0..rows)
                    .map(|row| {
                        if part == 2 {
                            -300.0
                        } else {
                            1000.0 * noise(row + part)
                        }
                    })
                    .collect(),
            })
            .collect(),
    })
}

fn gantt(rows: usize, long: bool) -> Figure {
    let row = |row: usize| {
        let from = 290.0 * row as f64 / rows as f64;
        GanttRow {
            name: format!("{} {row}", if long { NAMES[row % 8] } else { "wave" }),
            kind: [GanttKind::Wave, GanttKind::Task, GanttKind::Event][row % 3],
            from,
            to: from + if row % 3 == 1 { 6.0 } else { 0.0 },
            range: row.is_multiple_of(3).then_some((from, from + 12.0)),
            has_gate: row.is_multiple_of(2),
            note: "starts in 92 % of the worlds".into(),
        }
    };
    Figure::Gantt(Gantt {
        frame: frame(long),
        axis: axis(300, long),
        rows: (0..rows).map(row).collect(),
        range: "starts, 10–90 % of worlds".into(),
        no_return: long.then(|| {
            (
                150.0,
                180.0,
                "technical point of no return (it comes in 92 % of the worlds)".into(),
            )
        }),
    })
}

fn gallery() -> Vec<Figure> {
    let mut figures = Vec::new();
    for long in [false, true] {
        for count in [1, 2, 3, 6, 8] {
            figures.push(lines(count, 300, 900.0, long));
            figures.push(bars(count, count, long));
            figures.push(forest(2 * count - 1, count.min(4), long));
        }
        for rows in [1, 8, 30, 55] {
            figures.push(gantt(rows, long));
        }
        for panels in [1, 2, 3, 4, 5, 6, 7, 8] {
            figures.push(stack(panels, 300, 3000.0, long));
            figures.push(fan(panels, 300, 12_000.0, long));
        }
        figures.push(stack(2, 60, 0.0, long));
        figures.push(fan(3, 60, 0.0, long));
        let even = [1210.0, 412.0, 2120.0, 741.0, 978.0, 596.0, 1000.0, 1100.0];
        let wide = [0.0, 112.0, 98_210.0, 741.0, 5.0, 596.0];
        let many: Vec<f64> = (0..20).map(|row| 400.0 + 100.0 * f64::from(row)).collect();
        for rows in [&even[..1], &even[..6], &even[..], &wide[..], &[0.0, 0.0], &many] {
            figures.push(compare(rows, long));
            figures.push(tornado(rows, 1, long));
            figures.push(tornado(rows, 2, long));
        }
        for curves in [
            &even[..1],
            &even[..2],
            &even[..6],
            &even[..],
            &wide[..],
            &[0.0, 0.0],
            &[7.0; 6],
        ] {
            figures.push(exceedance(curves, 400, long));
        }
        figures.push(exceedance(&even[..2], 10_000, long));
    }
    figures
}

/// The texts of a document as left, top, right, bottom and words.
fn texts(document: &str) -> Vec<(f64, f64, f64, f64, String)> {
    document
        .lines()
        .filter(|line| line.starts_with("<text "))
        .map(|line| {
            let (tag, rest) = line.split_once('>').expect("a tag");
            let words = rest.trim_end_matches("</text>");
            let words = words
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"");
            let words = words.replace("&apos;", "'").replace("&amp;", "&");
            let value = |name: &str| attribute(tag, name).expect(name).parse::<f64>().expect(name) / SCALE;
            let (x, y, size) = (value("x"), value("y"), value("font-size"));
            let bold = attribute(tag, "font-weight").is_some();
            let width = text_width(
                &words,
                size,
                if bold { Weight::Semibold } else { Weight::Regular },
            );
            let left = match attribute(tag, "text-anchor") {
                Some("middle") => x - width / 2.0,
                Some("end") => x - width,
                _ => x,
            };
            (left, y - size * 0.74, left + width, y + size * 0.2, words)
        })
        .collect()
}

#[test]
fn no_word_leaves_the_canvas_or_touches_another() {
    for (index, figure) in gallery().iter().enumerate() {
        let document = svg(figure);
        let texts = texts(&document);
        assert!(texts.len() > 5, "figure {index}");
        for (number, a) in texts.iter().enumerate() {
            let height = document
                .split(" height=\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next()?.parse().ok());
            let inside = a.0 >= 0.0 && a.1 >= 0.0 && a.2 <= WIDTH && a.3 <= height.unwrap_or(HEIGHT);
            assert!(inside, "figure {index}: {a:?} is cut off");
            assert!(!a.4.starts_with('·'), "figure {index}: {a:?} starts with a dot");
            for b in &texts[number + 1..] {
                let apart = a.2 <= b.0 + 0.5 || b.2 <= a.0 + 0.5 || a.3 <= b.1 + 0.8 || b.3 <= a.1 + 0.8;
                assert!(apart, "figure {index}: {a:?} touches {b:?}");
            }
        }
    }
}

#[test]
fn a_figure_survives_being_written_and_read() {
    for figure in [
        lines(3, 9, 5.0, true),
        forest(4, 2, true),
        bars(3, 3, false),
        gantt(7, true),
        fan(2, 9, 5.0, true),
    ] {
        let text = serde_json::to_string(&figure).expect("numbers and words");
        let read: Figure = serde_json::from_str(&text).expect("the same");
        assert_eq!(svg(&read), svg(&figure));
    }
}

#[test]
fn dashes_are_an_attribute_and_many_rows_make_a_higher_chart() {
    let document = svg(&lines(3, 300, 900.0, false));
    // The second line is dashed, in its plot and beside its name; each is one element.
    assert_eq!(document.matches("stroke-dasharray=\"44,16\"").count(), 2);
    let height = |rows: usize| svg(&gantt(rows, false)).contains("height=\"560\"");
    assert_eq!([8, 55].map(height), [true, false]);
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    for figure in [
        stack(3, 90, 900.0, true),
        fan(2, 90, 900.0, true),
        compare(&[3.0, 9.0], true),
    ] {
        let document = svg(&figure);
        assert_eq!(document, svg(&figure.clone()));
        assert_eq!(png(&document), png(&document));
    }
}

#[test]
fn bitmaps_have_the_promised_size_and_words_in_them() {
    let bitmap = png(&svg(&exceedance(&[10.0, 20.0], 50, false))).expect("a bitmap");
    let number = |at: usize| u32::from_be_bytes([bitmap[at], bitmap[at + 1], bitmap[at + 2], bitmap[at + 3]]);
    assert_eq!((number(16), number(20)), (2000, 1120));
    let words =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1000\" height=\"560\" font-family=\"Inter\">";
    let empty = png(&format!("{words}</svg>")).expect("a bitmap");
    let full = png(&format!("{words}<text x=\"50\" y=\"50\">words</text></svg>")).expect("a bitmap");
    assert_ne!(empty, full);
    assert!(png("no document").is_err());
}

#[test]
fn names_and_findings_are_written() {
    let document = svg(&stack(1, 60, 500.0, false));
    for words in [
        "Lync 2013",
        "Communicator 2007 R2",
        "users by client in use",
        "<title>Moving by",
        "&lt;per day&gt; &amp;",
    ] {
        assert!(document.contains(words), "{words}");
    }
    let document = svg(&fan(6, 60, 500.0, true));
    for words in [
        "waves by site",
        "median",
        "10–90 %",
        "limit agreed with the board",
        "rollback",
        "peak 1,240 (P50)",
    ] {
        assert!(document.contains(words), "{words}");
    }
    let document = svg(&compare(&[1210.0, 412.0], false));
    for words in [
        "stay on the old pools",
        "1210 ± 60",
        "95 % interval of the mean",
        "+412 ± 12",
    ] {
        assert!(document.contains(words), "{words}");
    }
    let document = svg(&exceedance(&[10.0, 9000.0], 400, false));
    for words in ["stay on the old pools", "(logarithmic scale)", "100 %"] {
        assert!(document.contains(words), "{words}");
    }
    assert!(document.contains("width=\"1000\" height=\"560\" viewBox=\"0 0 4000 2240\""));
    assert!(!document.contains("bold"));
}

/// Monday, 1 June 2026, and the days behind it.
const START: jiff::civil::Date = jiff::civil::date(2026, 6, 1);

#[test]
fn a_fan_tells_each_day_its_median_and_widest_band() {
    let mut fan = Fan {
        axis: TimeAxis {
            label: "date".into(),
            last_day: 3.0,
            ticks: vec![(0.0, "1 Jun".into())],
            ..TimeAxis::default()
        },
        y_label: "meetings a day".into(),
        panels: vec![FanPanel {
            name: "early".into(),
            colour: Colour::Blue,
            p05: Vec::new(),
            p10: vec![0.0, 2.0, f64::NAN, 0.0],
            p25: vec![0.0; 4],
            p50: vec![0.0, 12.0, 7.0, f64::NAN],
            p75: vec![0.0; 4],
            p90: vec![0.0, 1_240.0, 9.0, 0.0],
            p95: Vec::new(),
            note: String::new(),
        }],
        ..Fan::default()
    };
    let data = Figure::Fan(fan.clone()).data(START).expect("data");
    assert_eq!(data.what, "meetings a day, median (10 to 90 % of worlds)");
    assert_eq!(data.series[0].values, ["0", "12 (2 to 1,240)", "7", ""]);
    assert_eq!(data.positions[1], (1.0 / 3.0, "2 Jun 2026".into()));
    assert_eq!(data.groups, [(Colour::Blue, "early".to_string())]);
    // An axis without texts counts days.
    fan.axis.ticks.clear();
    let data = Figure::Fan(fan).data(START).expect("data");
    assert_eq!((data.positions[3].1.as_str(), data.first), ("3", None));
}

#[test]
fn an_exceedance_tells_the_share_of_worlds_above_each_value() {
    let curve = |values: &[f64]| ExceedanceCurve {
        name: "early".into(),
        colour: Colour::Blue,
        values: values.to_vec(),
    };
    let values: Vec<f64> = (1..=20).map(f64::from).collect();
    let figure = Exceedance {
        curves: vec![curve(&values)],
        ..Exceedance::default()
    };
    let data = Figure::Exceedance(figure).data(START).expect("data");
    let told = |text: &str| {
        let place = data.positions.iter().position(|position| position.1 == text);
        data.series[0].values[place.expect(text)].as_str()
    };
    assert_eq!(
        [told("0"), told("1"), told("15"), told("20")],
        ["100 %", "95 %", "25 %", "0 %"]
    );
}

#[test]
fn rows_tell_what_is_written_beside_them_with_true_minus_signs() {
    let figure = Compare {
        range: "10–90 % of worlds".into(),
        rows: vec![CompareRow {
            name: "early-waves".into(),
            colour: Colour::Blue,
            mean: 340.0,
            interval: Some((270.0, 410.0)),
            p10: 99.6,
            p90: 1_234.0,
            label: "340 ± 70".into(),
            difference: "-80 ± 40 against big-bang".into(),
        }],
        ..Compare::default()
    };
    let data = Figure::Compare(figure).data(START).expect("data");
    let told: Vec<(&str, &str)> = (data.series.iter())
        .map(|series| (series.name.as_str(), series.values[0].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("mean", "340 ± 70"),
            ("95 % interval of the mean", "270 to 410"),
            ("10–90 % of worlds", "99.6 to 1,230"),
            ("difference", "−80 ± 40 against big-bang"),
        ]
    );
    assert_eq!(data.positions, [(0.5, "early-waves".to_string())]);
}

#[test]
fn other_kinds_tell_their_points() {
    let told = |figure: Figure| {
        let data = figure.data(START).expect("data");
        (data.positions[0].1.clone(), data.series[0].values[0].clone())
    };
    assert_eq!(told(curves(&[5.0])), ("5".into(), "5 (−5 to 5)".into()));
    assert_eq!(
        told(tornado(&[100.0], 2, false)),
        (NAMES[0].into(), "−100 (−110 to −90)".into())
    );
    assert_eq!(told(stack(1, 5, 0.0, false)), ("0".into(), "0".into()));
    let point = ScatterPoint {
        name: "early".into(),
        at: (3.0, 4.0),
        intervals: [Some((1.0, 5.0)), None],
        ..ScatterPoint::default()
    };
    let scatter = Scatter {
        kinds: vec![(Colour::Blue, "found".into())],
        points: vec![point],
        ..Scatter::default()
    };
    assert_eq!(
        told(Figure::Scatter(scatter)),
        ("early".into(), "3 (1 to 5)".into())
    );
    assert_eq!(Figure::Stack(Stack::default()).data(START), None);
}

#[test]
fn a_table_has_the_last_working_days() {
    let days = |count: usize| {
        let data = fan(1, count, 9.0, true).data(START).expect("data");
        let (places, which) = data.in_table();
        let texts: Vec<String> = places
            .iter()
            .map(|&place| data.positions[place].1.clone())
            .collect();
        (texts.len(), texts.first().cloned().unwrap_or_default(), which)
    };
    assert_eq!(days(40), (40, "1 Jun 2026".into(), ""));
    assert_eq!(days(100), (14, "5 Jun 2026".into(), "Fridays"));
    // The last Friday of each month that is over: June 2026 to May 2027.
    assert_eq!(
        days(365),
        (11, "26 Jun 2026".into(), "The last Friday of each month")
    );
}

#[test]
fn a_drawing_on_a_page_has_classes_for_colours_a_plot_and_what_can_be_hidden() {
    for (index, figure) in gallery().iter().enumerate() {
        let drawing = bare_svg(figure);
        assert!(!drawing.contains('#'), "figure {index} has a colour of its own");
        assert!(drawing.contains("<path class=\"plot\""), "figure {index}");
        assert_eq!(
            drawing.matches("<g ").count(),
            drawing.matches("</g>").count(),
            "figure {index}"
        );
        let document = svg(figure);
        assert!(
            !document.contains("data-group") && !document.contains("class="),
            "figure {index}"
        );
        assert!(drawing.len() < document.len(), "figure {index}");
        let Some(data) = figure.data(START) else {
            assert!(
                matches!(figure, Figure::Gantt(_)),
                "figure {index}: only a calendar is a drawing alone"
            );
            continue;
        };
        for series in &data.series {
            assert_eq!(series.values.len(), data.positions.len(), "figure {index}");
        }
        // What is nothing but zero may have no area that could be hidden.
        let is_drawn = |group: usize| {
            let mut own = data.series.iter().filter(|series| series.group == Some(group));
            own.any(|series| {
                series
                    .values
                    .iter()
                    .any(|text| !matches!(text.as_str(), "" | "0"))
            })
        };
        let hidden = |group: usize| drawing.contains(&format!("data-group=\"{group}\""));
        assert!(
            (0..data.groups.len()).all(|group| hidden(group) || !is_drawn(group)),
            "figure {index}"
        );
        assert!(
            data.positions
                .iter()
                .all(|(place, _)| (0.0..=1.0).contains(place)),
            "figure {index}"
        );
        assert!(data.in_table().0.len() <= MOST_ROWS, "figure {index}");
    }
}

#[test]
fn odd_data_do_not_panic() {
    let odd = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -3.0,
        0.0,
        1e300,
        f64::MIN_POSITIVE,
    ];
    let mut figures = vec![
        Figure::Stack(Stack::default()),
        Figure::Fan(Fan::default()),
        Figure::Compare(Compare::default()),
        Figure::Exceedance(Exceedance::default()),
        stack(1, 0, 1.0, true),
        stack(1, 1, 1.0, true),
        stack(13, 5, 1.0, true),
        fan(1, 0, 1.0, true),
        fan(9, 1, 1.0, true),
        compare(&odd, true),
        Figure::Tornado(Tornado::default()),
        Figure::Curves(Curves::default()),
        Figure::Lines(Lines::default()),
        Figure::Forest(Forest::default()),
        Figure::Bars(Bars::default()),
        Figure::Gantt(Gantt::default()),
        lines(1, 0, 1.0, true),
        lines(3, 1, f64::NAN, false),
        forest(40, 4, true),
        bars(1, 1, true),
        curves(&odd),
        curves(&[1.0]),
        tornado(&odd, 2, true),
        exceedance(&odd, 3, true),
        exceedance(&[1.0, 2.0], 0, true),
        exceedance(&[1.0; 30], 1, true),
    ];
    for mut figure in [stack(2, 9, 5.0, true), fan(2, 9, 5.0, true)] {
        let axis = match &mut figure {
            Figure::Stack(stack) => {
                stack.panels[0].layers[1].values = odd.to_vec();
                stack.panels[1].layers[0].values.clear();
                stack.panels[1].layers[1].name = "\u{0}\u{7}<&\"'>".into();
                &mut stack.axis
            }
            Figure::Fan(fan) => {
                fan.panels[0].p50 = odd.to_vec();
                fan.panels[0].p05 = vec![1.0, f64::NAN, 2.0, 3.0];
                fan.target = Some((f64::NAN, String::new()));
                &mut fan.axis
            }
            _ => continue,
        };
        axis.marks.push((f64::NAN, "never".into()));
        axis.spans.push((5.0, f64::INFINITY, "for ever".into()));
        axis.ticks = vec![(f64::NAN, "?".into()), (1e9, "far".into())];
        figures.push(figure.clone());
        if let Figure::Fan(fan) = &mut figure {
            fan.axis.first_day = f64::NAN;
            fan.axis.last_day = f64::NEG_INFINITY;
        }
        figures.push(figure);
    }
    for figure in &mut figures {
        assert!(png(&svg(figure)).is_ok());
        assert!(bare_svg(figure).starts_with("<svg"));
        figure.data(START);
        match figure {
            Figure::Compare(compare) => compare.log_scale = true,
            Figure::Exceedance(exceedance) => exceedance.log_scale = true,
            _ => continue,
        }
        assert!(png(&svg(figure)).is_ok());
    }
}

#[test]
fn strategies_keep_their_colours() {
    assert_eq!(strategy_colour(0), Colour::Grey);
    assert_eq!(strategy_colour(1), Colour::Blue);
    assert_eq!(strategy_colour(8), Colour::Blue);
    assert!((1..30).all(|index| strategy_colour(index) != Colour::Grey));
}
