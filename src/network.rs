//! The network and the scenario as validated plain data: zones, services, psaps, call servers,
//! trunk groups, routes, translation table, demand, caller behaviour, scripted events, levers.
//!
//! Does not belong here: randomness, the passing of time, how anything is drawn.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

mod build;
mod check;
mod doc;
mod each;
mod event;
mod expected;
mod load;
mod merge;
mod read;
mod said;
mod script;
mod select;
mod source;
mod words;

pub use event::{
    Advice, CounterPer, CounterReset, CounterThen, Element, FaultKind, LeverKind, LeverSpec, OverloadControl,
    OverloadModel, ScriptedAct, ScriptedEvent, Truth, Visibility,
};
pub use load::{load, reference};
pub use said::{Given, Said};
pub use script::{Misfit, fault_in, fault_syntax, misfit};
pub use source::{ScenarioError, ScenarioErrors, Source, find, find_text, layered, shipped};
pub use words::{FAULT_WORDS, LEVER_WORDS};

macro_rules! id {
    ($(#[$doc:meta] $name:ident: $int:ty),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $int);
        impl $name {
            /// The index into the network's table of this kind.
            pub const fn index(self) -> usize { self.0 as usize }
        }
    )+};
}

id! {
    /// Index of a [`Zone`].
    ZoneId: u16,
    /// Index of a [`Service`].
    ServiceId: u8,
    /// Index of an [`Operator`].
    OperatorId: u8,
    /// Index of a [`Line`]: an operator's access of one kind.
    LineId: u8,
    /// Index of a [`Psap`].
    PsapId: u16,
    /// Index of a [`CallServer`].
    ServerId: u16,
    /// Index of a [`TrunkGroup`].
    GroupId: u16,
    /// Index of a [`Substitute`].
    SubstituteId: u16,
}

/// How well a figure is known (`facts/`): the grades travel with the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Grade {
    /// Documented.
    D,
    /// Documented but weak.
    #[serde(rename = "D-")]
    DWeak,
    /// Inferred from documented facts.
    I,
    /// From memory, unverified.
    M,
    /// Unknown: not established.
    U,
}

impl Grade {
    /// The mark by which the facts write it.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::D => "D",
            Self::DWeak => "D-",
            Self::I => "I",
            Self::M => "M",
            Self::U => "U",
        }
    }
}

/// A parameter: a value that can carry its range, grade and source.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// The value used.
    pub value: f64,
    /// Lowest plausible value.
    pub low: Option<f64>,
    /// Highest plausible value.
    pub high: Option<f64>,
    /// How well it is known.
    pub grade: Option<Grade>,
    /// Where it comes from (a source id of the scenario, or a sentence).
    pub source: Option<String>,
}

impl From<f64> for Param {
    fn from(value: f64) -> Self {
        Self { value, low: None, high: None, grade: None, source: None }
    }
}

/// A figure of the scenario files that says how well it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Where it stands: `psaps.samu-59.handling`.
    pub path: String,
    /// The figure.
    pub param: Param,
}

/// A text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// Where callers are: a département.
#[derive(Debug, Clone, PartialEq)]
pub struct Zone {
    /// Official code (`59`, `2A`, `974`).
    pub code: String,
    /// Official name.
    pub name: String,
    /// Official region code.
    pub region_code: String,
    /// Official region name.
    pub region: String,
    /// Inhabitants.
    pub population: u32,
    /// IANA zone in which its clocks run.
    pub tz: Tz,
    /// Column and row on the tile map, if it has a place there.
    pub tile: Option<(u8, u8)>,
}

/// A short number that people dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The digits (`15`).
    pub code: String,
    /// What it is for.
    pub name: Text,
    /// Sessions, circuits and trunks that one of its calls takes (1; more for video).
    pub circuits: u8,
}

/// An operator of telephone accesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Id in the scenario file.
    pub id: String,
    /// Name on the screen (fictional in exercises).
    pub name: String,
}

/// Kind of access a caller uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Copper line on the switched network: calls to switched-network psaps cross no call server.
    Pstn,
    /// Box (`VoIP`).
    Voip,
    /// Mobile.
    Mobile,
}

/// One operator's access of one kind, with its share of the callers.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The operator.
    pub operator: OperatorId,
    /// The kind of access.
    pub access: Access,
    /// Share of callers, 0 to 1; the shares of all lines add up to 1 (scaled when a zone overrides them).
    pub share: Param,
    /// Share in particular zones.
    pub zones: Vec<(ZoneId, f64)>,
}

/// A relative rate over the day or week, linear between points, scaled to a mean of 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Id in the scenario file.
    pub id: String,
    /// (minute of the day, relative rate), ascending.
    pub points: Vec<(u16, f64)>,
    /// Multiplier for each day of the week, Monday first; empty means 1.
    pub days: Vec<f64>,
}

/// Needs per day for one service in one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// Where the callers are.
    pub zone: ZoneId,
    /// What they dial.
    pub service: ServiceId,
    /// Needs per day (people, not attempts).
    pub per_day: Param,
    /// Index into [`Network::profiles`].
    pub profile: u16,
    /// Callers there are at all: while one is calling he is no new caller. `None`: too many to matter.
    pub sources: Option<u32>,
}

/// A duration's law, mean in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Law {
    /// Always the same.
    Fixed(f64),
    /// Exponential with this mean.
    Exp(f64),
    /// Lognormal with this mean and coefficient of variation.
    Lognormal(f64, f64),
    /// Two exponentials: (p, mean1, mean2).
    Hyper(f64, f64, f64),
}

/// What a psap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PsapKind {
    /// Medical call reception and regulation (CRRA).
    Samu,
    /// Fire and rescue alert handling (CTA).
    Fire,
    /// Police command centre (CIC).
    Police,
    /// Gendarmerie operations centre (CORG).
    Gendarmerie,
    /// Anything else.
    Other,
}

/// Which network a psap or a substitute number hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Connection {
    /// The switched network.
    Pstn,
    /// An IP network.
    Ip,
}

/// A centre that answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Psap {
    /// Id in the scenario file (`samu-59`).
    pub id: String,
    /// Name on the screen (`SAMU 59`).
    pub name: String,
    /// What it is.
    pub kind: PsapKind,
    /// Where it is.
    pub zone: ZoneId,
    /// The services it answers.
    pub services: Vec<ServiceId>,
    /// Which network it hangs on.
    pub connection: Connection,
    /// Simultaneous calls its access can carry (talking, ringing and waiting).
    pub trunks: u32,
    /// (minute of the day, call-takers from then on), ascending.
    pub positions: Vec<(u16, u32)>,
    /// Time a call keeps a call-taker.
    pub handling: Law,
    /// How long a caller waits in its queue before hanging up; `None` = for ever.
    pub patience: Option<Law>,
    /// Answered within this many seconds counts as within target.
    pub target_s: f64,
    /// Share that should be answered within the target.
    pub target_share: f64,
    /// Psap that takes the calls this one has no trunk for.
    pub overflow: Option<PsapId>,
}

/// A platform joining `VoIP` and mobile to the switched network.
#[derive(Debug, Clone, PartialEq)]
pub struct CallServer {
    /// Id in the scenario file.
    pub id: String,
    /// Name on the screen.
    pub name: String,
    /// Site.
    pub site: String,
    /// Vendor software and version: servers with the same value share its bugs (common mode).
    pub software: String,
    /// Sessions it can hold.
    pub sessions: u32,
    /// Call set-ups per second it can take.
    pub setups_per_s: f64,
    /// Ordinary traffic (never simulated call by call): (minute of the day, sessions, set-ups/s), linear between points.
    pub ordinary: Vec<(u16, f64, f64)>,
    /// Duration of a restart.
    pub restart: Law,
}

/// Circuits from a call server to psaps on the switched network.
#[derive(Debug, Clone, PartialEq)]
pub struct TrunkGroup {
    /// Id in the scenario file.
    pub id: String,
    /// The call server.
    pub from: ServerId,
    /// The psaps behind it, ascending.
    pub to: Vec<PsapId>,
    /// Circuits.
    pub circuits: u32,
    /// Weight among the groups of one server that reach the same psap; 0 = only when the others are out.
    pub weight: f64,
    /// Circuits kept for calls that come their first way.
    pub reserve: u32,
}

/// What makes a call go on to the next choice of its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RerouteOn {
    /// The server refuses.
    pub reject: bool,
    /// No session or circuit is free.
    pub full: bool,
    /// The server does not answer in time.
    pub timeout: bool,
}

/// Through which call servers the calls of some lines and zones go.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Lines it applies to; empty = all.
    pub lines: Vec<LineId>,
    /// Zones it applies to; empty = all.
    pub zones: Vec<ZoneId>,
    /// (server, order, weight): lower order first, weighted draw among equal orders.
    pub choices: Vec<(ServerId, u8, f64)>,
    /// When to try the next choice.
    pub reroute_on: RerouteOn,
    /// Guard time after which a silent server counts as timed out \[s\].
    pub timeout_s: f64,
    /// Sessions and circuits that a rerouted call takes for each one of a call that comes its first way (2: in and out
    /// of the server that helps).
    pub detour: u8,
}

/// Where a short number dialled in a zone is delivered (a synthetic PDAAU).
#[derive(Debug, Clone, PartialEq)]
pub struct Translation {
    /// Zone of the caller.
    pub zone: ZoneId,
    /// Service dialled.
    pub service: ServiceId,
    /// (psap, weight): several when towns and countryside belong to different centres.
    pub to: Vec<(PsapId, f64)>,
}

/// A number published when a short number fails.
#[derive(Debug, Clone, PartialEq)]
pub struct Substitute {
    /// Id in the scenario file.
    pub id: String,
    /// The psap it reaches.
    pub psap: PsapId,
    /// The digits shown (always fictitious).
    pub number: String,
    /// Through what it is reached.
    pub path: SubstitutePath,
    /// Simultaneous calls.
    pub lines: u32,
    /// Time after publication at which half of those who will learn of it know it \[s\].
    pub half_time_s: Param,
    /// Share of callers in difficulty who end up knowing it.
    pub reach: Param,
}

/// Path of a substitute number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubstitutePath {
    /// A line on the same switched segment: calls cross the same call servers (the trap of 2021).
    SameExchange,
    /// A mobile phone.
    Mobile,
    /// A number on IP.
    Ip,
}

/// Why an attempt failed, as the caller feels it: redial behaviour depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Busy tone or announcement from the psap's side.
    Busy,
    /// Refused by the network (no route, server refuses, no circuit).
    Refused,
    /// Silence until the caller or a timer gave up.
    Silent,
    /// Hung up while waiting in a queue.
    Abandoned,
    /// Cut after it was answered.
    Dropped,
}

/// How callers behave.
#[derive(Debug, Clone, PartialEq)]
pub struct Callers {
    /// Time from dialling to ringing.
    pub setup: Law,
    /// How long callers bear silence.
    pub patience_silence: Law,
    /// Probability of trying again after each [`Failure`], in the enum's order.
    pub redial: [Param; 5],
    /// Factor on that probability at each further attempt.
    pub redial_decay: Param,
    /// Delay before attempts 2, 3, 4…; the last is used from there on.
    pub redial_delay: Vec<Law>,
    /// Most attempts one need makes.
    pub max_attempts: u8,
    /// Spread of persistence between callers (0 = all alike): a caller who redials once is likelier to redial again.
    pub persistence_spread: Param,
    /// At a redial: probability of dialling another service (112 or 18) instead.
    pub switch_service: Param,
    /// At a redial: probability of taking another access (another phone, a neighbour's).
    pub switch_access: Param,
    /// When giving up: probability that the need is served without a call (goes there, a neighbour helps).
    pub own_means: Param,
    /// Calls made to test the network once the outage is public, as a share of the demand; they fade with a half-time
    /// of an hour.
    pub test_calls: Param,
}

/// The network: what exists before anything happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// Name.
    pub name: Text,
    /// What the whole of it is called on a board: a country or a part of one.
    pub country: Text,
    /// What one of its zones is called (`département`), in the singular.
    pub area: Text,
    /// The same in the plural.
    pub areas: Text,
    /// Whose clocks run there: names of the files that they stand in (`uk`); none = those of every country.
    pub clocks: Vec<String>,
    /// Zone in which scenario times are written.
    pub tz: Tz,
    /// Zones.
    pub zones: Vec<Zone>,
    /// Services.
    pub services: Vec<Service>,
    /// Operators.
    pub operators: Vec<Operator>,
    /// Lines (operator × access).
    pub lines: Vec<Line>,
    /// Profiles of the day.
    pub profiles: Vec<Profile>,
    /// Demand.
    pub demand: Vec<Demand>,
    /// Psaps.
    pub psaps: Vec<Psap>,
    /// Call servers.
    pub call_servers: Vec<CallServer>,
    /// Trunk groups.
    pub trunk_groups: Vec<TrunkGroup>,
    /// Routes, first match wins.
    pub routes: Vec<Route>,
    /// Translation table.
    pub translation: Vec<Translation>,
    /// Substitute numbers.
    pub substitutes: Vec<Substitute>,
    /// Caller behaviour.
    pub callers: Callers,
}

/// A network and what happens to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Id: file name without extension.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What it is, its limits.
    pub about: Text,
    /// Incident time of tick 0.
    pub start: DateTime<Utc>,
    /// Incident time at which the console opens.
    pub open_at: DateTime<Utc>,
    /// Length \[s\].
    pub duration_s: u64,
    /// Default seed.
    pub seed: u64,
    /// The network.
    pub network: Network,
    /// What happens by itself, by time.
    pub events: Vec<ScriptedEvent>,
    /// Levers of the script that have an id, and what follows from them: id, and second after the start at which each
    /// comes.
    pub scripted_levers: Vec<(String, f64)>,
    /// The id of each scripted event, in the order of `events`; empty = it has none.
    pub event_ids: Vec<String>,
    /// Levers that exist.
    pub levers: Vec<LeverSpec>,
    /// What is seen when.
    pub visibility: Visibility,
    /// Playbooks to propose, by id.
    pub playbooks: Vec<String>,
    /// For test scenarios: what must come out.
    pub truth: Vec<Truth>,
    /// Every figure of the files that carries a range, a grade or a source.
    pub figures: Vec<Figure>,
    /// SHA-256 of the files it was read from, in order, hexadecimal.
    pub sha256: String,
}

impl Network {
    /// Number of health cells: zone × service × line.
    pub fn cells(&self) -> usize {
        self.zones.len() * self.services.len() * self.lines.len()
    }

    /// The cell of a zone, a service and a line.
    pub fn cell(&self, zone: ZoneId, service: ServiceId, line: LineId) -> u32 {
        ((zone.index() * self.services.len() + service.index()) * self.lines.len() + line.index()) as u32
    }

    /// The zone, service and line of a cell.
    pub fn of_cell(&self, cell: u32) -> (ZoneId, ServiceId, LineId) {
        let lines = self.lines.len().max(1);
        let services = self.services.len().max(1);
        let cell = cell as usize;
        let (rest, line) = (cell / lines, cell % lines);
        (ZoneId((rest / services) as u16), ServiceId((rest % services) as u8), LineId(line as u8))
    }
}
