//! Rows of a stress test as JSON Lines: a head, then one line a run. Any tool that reads JSON Lines reads them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Matrix;

/// First line: what was run, so that only parts of the same test are put together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Always true: figures of a model, of no incident.
    #[serde(default)]
    pub model: bool,
    /// Format of the file.
    pub stress: u32,
    /// Version of the program.
    pub engine: String,
    /// Crises, in order.
    pub crises: Vec<String>,
    /// Networks, in order.
    pub networks: Vec<String>,
    /// Runs of each pair.
    pub seeds: u32,
    /// Root of all draws.
    pub seed: u64,
    /// Digest of all the files that were read.
    pub sha256: String,
    /// Rows of the whole test.
    pub rows: u64,
}

impl Header {
    pub(super) fn of<'a>(matrix: &Matrix, digests: impl Iterator<Item = &'a str>) -> Self {
        use std::fmt::Write as _;
        let mut hash = Sha256::new();
        digests.for_each(|digest| hash.update(digest.as_bytes()));
        let sha256 = hash.finalize().iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self {
            model: true,
            stress: 1,
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            crises: matrix.crises.iter().map(|c| c.id.clone()).collect(),
            networks: matrix.networks.iter().map(|n| n.id.clone()).collect(),
            seeds: matrix.seeds,
            seed: matrix.seed,
            sha256,
            rows: matrix.len() as u64,
        }
    }
}

/// One run of a crisis on a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Number in the whole test, from 0.
    pub row: u64,
    /// Crisis.
    pub crisis: String,
    /// Network.
    pub network: String,
    /// Run of this pair, from 0: the same number is the same callers in every network.
    pub run: u32,
    /// People in need.
    pub needs: u64,
    /// Of whom gave up, unserved.
    pub lost: u64,
    /// The same where nothing happened.
    pub lost_calm: u64,
    /// From the first fault until some département answers clearly less than it would have \[s\]; `null`: never.
    pub detect_s: Option<u64>,
    /// Until none does any more \[s\]; `null`: it was never seen, or some still does when the run ends.
    pub recover_s: Option<u64>,
    /// Code of the département that answered least against what it would have; `null`: none.
    pub worst: Option<String>,
    /// Share of calls unanswered there, from the first fault to the end.
    pub worst_unanswered: Option<f64>,
}

impl Row {
    /// People lost because of the crisis.
    pub fn excess(&self) -> f64 {
        self.lost as f64 - self.lost_calm as f64
    }
}

/// Why rows cannot be read or put together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not a line of this format.
    #[error("line {line}: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// Why.
        why: String,
    },
    /// Nothing to put together.
    #[error("no file was given")]
    Empty,
    /// Parts of different tests.
    #[error("the parts are not of one test: their heads differ ({0})")]
    Unlike(String),
    /// A row is missing.
    #[error("row {0} is in none of the parts; a shard is missing")]
    Missing(u64),
    /// A row is there twice.
    #[error("row {0} is in two parts")]
    Twice(u64),
}

/// Head and rows as JSON Lines.
pub fn jsonl(header: &Header, rows: &[Row]) -> String {
    let mut out = String::new();
    // These types have no map with odd keys and no float that JSON cannot hold: they always serialise.
    out.push_str(&serde_json::to_string(header).unwrap_or_default());
    out.push('\n');
    for row in rows {
        out.push_str(&serde_json::to_string(row).unwrap_or_default());
        out.push('\n');
    }
    out
}

/// Reads what [`jsonl`] wrote.
///
/// # Errors
/// The first line that is not one of this format.
pub fn read(text: &str) -> Result<(Header, Vec<Row>), ReadError> {
    let at = |line: usize, error: &serde_json::Error| ReadError::Line { line: line + 1, why: error.to_string() };
    let mut lines = text.lines().enumerate();
    let (line, head) = lines.next().ok_or(ReadError::Empty)?;
    let header: Header = serde_json::from_str(head).map_err(|e| at(line, &e))?;
    let rows = lines.map(|(line, text)| serde_json::from_str(text).map_err(|e| at(line, &e)));
    Ok((header, rows.collect::<Result<_, _>>()?))
}

/// Puts the parts of one test together.
///
/// # Errors
/// When they are not parts of one test, or a row is missing or there twice.
pub fn merge(parts: Vec<(Header, Vec<Row>)>) -> Result<(Header, Vec<Row>), ReadError> {
    let mut parts = parts.into_iter();
    let (header, mut rows) = parts.next().ok_or(ReadError::Empty)?;
    for (other, more) in parts {
        if other != header {
            return Err(ReadError::Unlike(format!("{} and {}", header.sha256, other.sha256)));
        }
        rows.extend(more);
    }
    rows.sort_by_key(|row| row.row);
    if let Some(pair) = rows.windows(2).find(|pair| pair[0].row == pair[1].row) {
        return Err(ReadError::Twice(pair[0].row));
    }
    let gap = rows.iter().zip(0..).find(|(row, i)| row.row != *i).map(|(_, i)| i);
    match gap.or((rows.len() as u64 != header.rows).then_some(rows.len() as u64)) {
        Some(missing) => Err(ReadError::Missing(missing)),
        None => Ok((header, rows)),
    }
}
