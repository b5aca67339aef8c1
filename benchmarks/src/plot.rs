//! Results as pictures: a bar for each median, with its quartiles.

use std::path::Path;

use anyhow::{Context as _, Result};
use plotters::prelude::*;

use crate::results::{Group, Row, Table};
use crate::table;

const WIDTH: u32 = 900;
const TITLES: u32 = 330;
const BAR: u32 = 26;
/// The height of a table's caption and axis.
const FRAME: u32 = 100;
const FONT: &str = "sans-serif";
const OURS: RGBColor = RGBColor(0x1f, 0x6f, 0xb4);
const OTHERS: RGBColor = RGBColor(0x9a, 0xa5, 0xb1);

/// Draws a group's tables below each other.
pub(crate) fn draw(group: &Group, path: &Path) -> Result<()> {
    let mut picture = String::new();
    {
        let heights: Vec<u32> = group.tables.iter().map(height).collect();
        let area = SVGBackend::with_string(&mut picture, (WIDTH, heights.iter().sum())).into_drawing_area();
        area.fill(&WHITE)?;
        let mut rest = area;
        for (table, height) in group.tables.iter().zip(heights) {
            let (panel, below) = rest.split_vertically(height);
            bars(table, &panel)?;
            rest = below;
        }
    }
    std::fs::write(path, picture).with_context(|| format!("cannot write {}", path.display()))
}

fn height(table: &Table) -> u32 {
    u32::try_from(table.rows.len()).unwrap_or(u32::MAX / BAR) * BAR + FRAME
}

fn bars(table: &Table, panel: &DrawingArea<SVGBackend<'_>, plotters::coord::Shift>) -> Result<()> {
    let rows = &table.rows;
    let greatest = rows.iter().map(|row| row.spread.upper_quartile).fold(f64::MIN_POSITIVE, f64::max);
    // From the top down, as the table.
    let last = rows.len() - 1;
    let place = |at: usize| last - at;
    let mut chart = ChartBuilder::on(panel)
        .caption(format!("{} ({})", table.title, table.unit), (FONT, 17))
        .margin(10)
        .margin_right(30)
        .x_label_area_size(30)
        .y_label_area_size(TITLES)
        .build_cartesian_2d(0.0..greatest * 1.05, (0..last).into_segmented())?;
    let title = |segment: &SegmentValue<usize>| match segment {
        SegmentValue::CenterOf(at) | SegmentValue::Exact(at) => rows[place((*at).min(last))].title.clone(),
        SegmentValue::Last => String::new(),
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_max_light_lines(0)
        .y_labels(rows.len())
        .x_label_formatter(&|value| table::figure(*value))
        .y_label_formatter(&title)
        .label_style((FONT, 13))
        .draw()?;
    chart.draw_series(rows.iter().enumerate().map(|(at, row)| {
        let at = place(at);
        let corners = [(0.0, SegmentValue::Exact(at)), (row.spread.median, SegmentValue::Exact(at + 1))];
        let mut bar = Rectangle::new(corners, colour(row).filled());
        bar.set_margin(4, 4, 0, 0);
        bar
    }))?;
    chart.draw_series(rows.iter().enumerate().map(|(at, row)| {
        let spread = &row.spread;
        let middle = SegmentValue::CenterOf(place(at));
        ErrorBar::new_horizontal(
            middle,
            spread.lower_quartile,
            spread.median,
            spread.upper_quartile,
            BLACK.stroke_width(1),
            8,
        )
    }))?;
    Ok(())
}

fn colour(row: &Row) -> RGBColor {
    let ours = ["sandbox-rt, ", "with #[sandboxed]", "gzip of the examples, confined"];
    if ours.iter().any(|title| row.title.starts_with(title)) { OURS } else { OTHERS }
}
