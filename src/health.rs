//! Health: indicators and their formulas, expected bands, states with hysteresis, alarms.
//!
//! [`Frame`] is the one shape that all feeds produce; [`Board`] folds frames (and observations by hand)
//! into what the views show. Three vantage points, never mixed: **attempts** at the operator,
//! **delivered** (NER), **received** by the psap against what it expects.
//!
//! Does not belong here: where frames come from, how they look on a screen.

mod alarm;
pub mod board;
mod cause;
pub mod chart;
pub mod codec;
mod expected;
mod fold;
pub mod formulas;
mod lost;
pub mod metric;
mod observe;
mod packing;
mod track;
mod view;
mod window;

pub use board::{Board, KeptBoard};
pub use chart::FALSE_ALARM_DAYS;
pub use metric::{Metric, MetricError};
pub use observe::Age;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::network::{PsapId, ServerId, ServiceId, ZoneId};
use crate::sim::{CellCount, PsapGauge, Received, ServerGauge, ServerState, Truth};

/// A part of a frame and the end of the interval it describes: vantage points are seen at different delays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part<T> {
    /// Frame number whose counts these are; `None` = nothing heard yet.
    pub of: Option<u32>,
    /// The counts.
    pub data: T,
}

/// One frame as it is *seen*: 10 s of incident time, each vantage point with its own age.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// Number of the frame; it ends at start + `(index + 1) × FRAME_S`.
    pub index: u32,
    /// The operator's counters per cell.
    pub cells: Part<Vec<CellCount>>,
    /// The psaps' counters.
    pub received: Part<Vec<Received>>,
    /// The psaps' gauges.
    pub psaps: Part<Vec<PsapGauge>>,
    /// The call servers.
    pub servers: Part<Vec<ServerGauge>>,
    /// The simulator's own knowledge; `None` outside exercises.
    pub truth: Option<Truth>,
}

/// State of anything. The order is that of severity on the screen, `Unknown` and `Stale` apart:
/// no data is never green.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Too little to say.
    #[default]
    Unknown,
    /// The feed is broken; says nothing on the network.
    Stale,
    /// Under announced maintenance.
    Maintenance,
    /// As expected.
    Nominal,
    /// A change was detected; no bound crossed yet.
    Watch,
    /// Upper bound of the rate below 97 %, or a volume alarm.
    Degraded,
    /// Upper bound below 80 %.
    Critical,
    /// Calls expected, none seen.
    Silent,
    /// Upper bound below 20 %.
    Down,
}

impl State {
    /// Every state, in the order of the screen.
    pub const ALL: [Self; 9] = [
        Self::Unknown,
        Self::Stale,
        Self::Maintenance,
        Self::Nominal,
        Self::Watch,
        Self::Degraded,
        Self::Critical,
        Self::Silent,
        Self::Down,
    ];

    /// Message id of its word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unknown => "state-unknown",
            Self::Stale => "state-stale",
            Self::Maintenance => "state-maintenance",
            Self::Nominal => "state-nominal",
            Self::Watch => "state-watch",
            Self::Degraded => "state-degraded",
            Self::Critical => "state-critical",
            Self::Silent => "state-silent",
            Self::Down => "state-down",
        }
    }
}

/// Which way a figure is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Trend {
    /// No change beyond noise.
    #[default]
    Steady,
    /// Getting better.
    Better,
    /// Getting worse.
    Worse,
}

/// A rate with its counts and 90 % Jeffreys interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rate {
    /// Successes.
    pub ok: u32,
    /// Trials.
    pub of: u32,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl Rate {
    /// The plain ratio; `None` without trials.
    pub fn value(&self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.ok) / f64::from(self.of))
    }
}

/// A volume against what was expected for this time of day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Volume {
    /// Counted.
    pub seen: f64,
    /// Expected.
    pub expected: f64,
}

impl Volume {
    /// Relative deviation (−0.11 = 11 % below); `None` when nothing is expected.
    pub fn deviation(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| self.seen / self.expected - 1.0)
    }
}

/// The part of the country or of the network that a board shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Perimeter {
    /// Everything.
    #[default]
    Nation,
    /// A region, by official code.
    Region(String),
    /// A département, by official code.
    Zone(String),
    /// An operator, by id.
    Operator(String),
}

impl Perimeter {
    /// Reads `nation`, `region:CODE`, `zone:CODE` (or the bare code), `operator:ID`; `None`: it is none of these.
    pub fn parse(value: &str) -> Option<Self> {
        match value.split_once(':') {
            None if value.eq_ignore_ascii_case("nation") => Some(Self::Nation),
            None if (2..=3).contains(&value.len()) => Some(Self::Zone(value.to_ascii_uppercase())),
            Some(("region", code)) if !code.is_empty() => Some(Self::Region(code.to_owned())),
            Some(("zone", code)) if !code.is_empty() => Some(Self::Zone(code.to_ascii_uppercase())),
            Some(("operator", id)) if !id.is_empty() => Some(Self::Operator(id.to_owned())),
            _ => None,
        }
    }
}

/// One line of the board: a service in the perimeter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServiceRow {
    /// The service.
    pub service: ServiceId,
    /// Attempts at the operator over the short window against expected (with redials they rise in an outage).
    pub attempts: Volume,
    /// Network effectiveness: delivered over attempts.
    pub ner: Rate,
    /// Direction of NER.
    pub ner_trend: Trend,
    /// Received by the psaps over the short window against expected.
    pub received: Volume,
    /// Direction of the received volume.
    pub received_trend: Trend,
    /// Answer-seizure ratio, ITU-T E.425: the legal metric.
    pub asr: Rate,
    /// Direction of ASR.
    pub asr_trend: Trend,
    /// State.
    pub state: State,
    /// Attempts that the network failed, cut calls among them, over the window that made the state.
    pub failed: Rate,
    /// Length of that window \[s\]: the short one, or the long one for the last few attempts.
    pub failed_window_s: u32,
    /// Calls cut after they were delivered, of those delivered in the short window.
    pub cut: Rate,
    /// NER per minute over the last hour, oldest first, thousandths (`None` = no attempts).
    pub history: Vec<Option<u16>>,
}

/// A psap on the board.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PsapRow {
    /// The psap.
    pub psap: PsapId,
    /// Received over the last 30 minutes against expected.
    pub received: Volume,
    /// Answered within its target over the window.
    pub in_target: Rate,
    /// Hung up in its queue over the window.
    pub abandoned: u32,
    /// Waiting now.
    pub queue: u16,
    /// Busy call-takers.
    pub busy: u16,
    /// Present call-takers.
    pub positions: u16,
    /// State.
    pub state: State,
    /// Since when it is in this state.
    pub since: Option<DateTime<Utc>>,
    /// Received per minute over the last hour, oldest first.
    pub history: Vec<u16>,
}

/// A zone on the board and the map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ZoneRow {
    /// The zone.
    pub zone: ZoneId,
    /// Worst state of its services.
    pub state: State,
    /// State per service.
    pub services: Vec<State>,
    /// NER over the long window per service.
    pub ner: Vec<Rate>,
    /// Received against expected over 30 minutes.
    pub received: Volume,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// A call server on the board.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ServerRow {
    /// The server.
    pub server: ServerId,
    /// What it says it is doing.
    pub says: ServerState,
    /// State by what its neighbours see: set-ups sent to it that progressed.
    pub state: State,
    /// Set-ups that progressed over the window.
    pub progressed: Rate,
    /// Sessions held.
    pub sessions: u32,
    /// Of which never released.
    pub leaked: u32,
    /// Sessions it can hold.
    pub capacity: u32,
    /// Set-ups offered per second over the window.
    pub setups_per_s: f64,
    /// Does it take commands?
    pub managed: bool,
    /// Is its telemetry frozen?
    pub frozen: bool,
    /// Share of capacity in use per minute over the last hour, oldest first, thousandths.
    pub history: Vec<u16>,
}

/// The likeliest single shared element behind the failures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cause {
    /// What it is: `server`, `software`, `line`, `operator`, `psap`, `zone`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// How many elements share it.
    pub elements: u32,
    /// Odds against the next best explanation, in powers of ten.
    pub odds_log10: f64,
    /// First failure it explains.
    pub since: Option<DateTime<Utc>>,
}

/// What a director reads in ten seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Overview {
    /// Overall state.
    pub state: State,
    /// Its direction.
    pub trend: Trend,
    /// Services in `Degraded` or worse.
    pub services: Vec<ServiceId>,
    /// Zones in `Degraded` or worse.
    pub zones: u32,
    /// Zones in the perimeter.
    pub zones_of: u32,
    /// Callers not served because of the network, estimated, 90 % range.
    pub lost: Option<(u32, u32)>,
    /// Since when they are counted.
    pub lost_since: Option<DateTime<Utc>>,
    /// Calls abandoned at the psaps in that time: a figure of its own.
    pub abandoned: u32,
    /// The likeliest cause, if one stands out.
    pub cause: Option<Cause>,
    /// Age of the operator's data \[s\]; `None` = none.
    pub operator_age_s: Option<u64>,
    /// Age of the psaps' data \[s\].
    pub psaps_age_s: Option<u64>,
    /// Sources that are silent or frozen.
    pub mute: u32,
}

/// An observation by hand: a REAL incident without a feed lives on these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Zone code; `None` = everywhere the source sees.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub zone: Option<String>,
    /// Service code.
    pub service: String,
    /// Who saw it.
    pub source: String,
    /// What was seen.
    pub state: State,
    /// Share of calls getting through, if said \[0 to 1\].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub share: Option<f64>,
    /// When it was seen.
    pub at: DateTime<Utc>,
}

/// An alarm for people: one per shared cause, updated, acknowledged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Stable id of the group (`national-ner`, `software:cs-7.2`, `psap:samu-59`).
    pub group: String,
    /// Worst state in the group.
    pub state: State,
    /// Elements in the group (`SAMU 59`, `15`).
    pub elements: Vec<String>,
    /// How many elements in all (`elements` names at most eight).
    pub count: u32,
    /// What was measured: `failed`, `progressed`, `received`, `silence` or `services`; `ner` in older logs.
    pub measure: String,
    /// Seen: a share, or a number of calls.
    pub seen: f64,
    /// The bound of the share, or the number of calls expected.
    pub expected: f64,
    /// Trials behind a share; 0 in older logs.
    #[serde(skip_serializing_if = "none", default)]
    pub of: u32,
    /// Length of the window of what was seen \[s\]; 0: since the change. When the alarm is over: how long it was quiet.
    #[serde(skip_serializing_if = "none", default)]
    pub window_s: u32,
    /// Calls received and expected over the last 30 minutes, beside what was seen since a younger change.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recent: Option<(u32, u32)>,
    /// One false alarm in this many days for the whole console.
    pub false_alarm_days: f64,
    /// First crossing.
    pub since: DateTime<Utc>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn none(count: &u32) -> bool {
    *count == 0
}

/// What [`Board::push`] asks to have recorded: an alarm that is new or changed, or that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmEvent {
    /// The alarm as it stands.
    pub alarm: Alarm,
    /// True: it is over.
    pub over: bool,
}
