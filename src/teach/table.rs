//! Runs side by side: what is different in them, one row each.

use crate::script::Line;
use crate::world::changes;

use super::plan::Stage;
use super::subject::{formula, value_of};

/// The most rows of a comparison: what can be read beside the stage.
pub(super) const MOST_ROWS: usize = 7;

/// A comparison as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// What the runs are called.
    pub names: Vec<String>,
    /// What is compared, and what it is in each run.
    pub rows: Vec<Row>,
}

/// A row of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// `A0.accepted`, or a formula.
    pub subject: String,
    /// One value a run.
    pub values: Vec<String>,
}

impl Row {
    /// Whether the runs differ in it.
    pub fn differs(&self) -> bool {
        self.values.windows(2).any(|pair| pair[0] != pair[1])
    }
}

/// A run that is compared.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) stage: Stage,
}

impl Table {
    /// Compares these runs: in what is asked for, or in every field that differs.
    pub(super) fn new(columns: &[Column], wanted: &[Line]) -> Result<Self, (Line, String)> {
        let mut rows = Vec::new();
        for line in wanted {
            let values = columns.iter().map(|column| value_of(&line.text, &column.stage));
            let values = values.collect::<Result<_, _>>().map_err(|why| (line.clone(), why))?;
            let subject = formula(&line.text).map_or_else(|| line.text.clone(), |formula| format!("= {formula}"));
            rows.push(Row { subject, values });
        }
        if wanted.is_empty() {
            rows = differing(columns);
        }
        let names = columns.iter().map(|column| column.name.clone()).collect();
        Ok(Self { names, rows })
    }
}

fn differing(columns: &[Column]) -> Vec<Row> {
    let Some((first, others)) = columns.split_first() else { return Vec::new() };
    let mut subjects: Vec<_> =
        others.iter().flat_map(|other| changes(&first.stage.world, &other.stage.world)).collect();
    subjects.sort();
    subjects.dedup();
    let row = |subject: String| {
        let values = columns.iter().map(|column| value_of(&subject, &column.stage).unwrap_or_default()).collect();
        Row { subject, values }
    };
    let rows = subjects.into_iter().map(|change| row(change.to_string()));
    // A field that no box shows says nothing here.
    rows.filter(|row| row.values.iter().all(|value| !value.is_empty()) && row.differs()).collect()
}
