//! Routing health: one row per number, the worst centres, the call servers; or, without a feed, what people saw.
//!
//! Three vantage points side by side and never mixed: attempts at the operator, delivered (NER), received by the
//! centres against what they expect; and the answer-seizure ratio, the legal metric.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::health::{Observation, Perimeter, PsapRow, Rate, ServerRow, ServiceRow, State, Volume};
use crate::lang::Arg;
use crate::network::Network;
use crate::sim::ServerState;
use crate::text::visible;
use crate::tui::model::Target;
use crate::tui::theme::Role;
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, frame, width};
use crate::tui::view::spark::spark;

/// What the pane is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// Names.
    pub network: &'a Network,
    /// The part of the country or of the network that is shown.
    pub perimeter: &'a Perimeter,
    /// Does a feed exist? Without one, people observe by hand.
    pub has_feed: bool,
    /// Has anything been heard of the centres?
    pub heard: bool,
    /// The numbers.
    pub services: &'a [ServiceRow],
    /// The worst centres, the worst first.
    pub worst: &'a [&'a PsapRow],
    /// The call servers.
    pub servers: &'a [ServerRow],
    /// Observations by hand.
    pub observations: &'a [Observation],
    /// Has the pane the focus?
    pub focus: bool,
    /// The focused row.
    pub cursor: Option<Target>,
    /// Slow link: no sparklines.
    pub slow: bool,
}

/// Columns of a figure: `100 %`, `−11 %`.
const FIGURE: u16 = 5;

/// Widths of the columns of the numbers' table; 0 = not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Columns {
    code: u16,
    attempts: u16,
    ner: u16,
    received: u16,
    asr: u16,
    failed: u16,
    state: u16,
    spark: u16,
}

impl Columns {
    /// The widest set that fits into `width`.
    const fn fit(width: u16, slow: bool) -> Self {
        let all = Self { code: 4, attempts: 11, ner: 10, received: 10, asr: 9, failed: 7, state: 11, spark: 0 };
        match width {
            77.. if !slow => Self { spark: if width - 64 > 40 { 40 } else { width - 64 }, ..all },
            62.. => all,
            54..=61 => Self { attempts: 10, ner: 8, received: 9, asr: 0, ..all },
            46..=53 => Self { code: 4, attempts: 0, ner: 8, received: 9, asr: 0, ..all },
            38..=45 => Self { code: 4, attempts: 0, ner: 8, received: 8, asr: 0, failed: 7, ..all },
            22..=37 => Self { code: 4, attempts: 0, ner: 0, received: 0, asr: 0, failed: 7, ..all },
            _ => Self { code: 4, attempts: 0, ner: 0, received: 0, asr: 0, failed: 0, ..all },
        }
    }
}

/// Writes the lines of the pane one after the other.
struct Lines<'a, 'b> {
    ctx: &'a Ctx<'a>,
    buf: &'b mut Buffer,
    area: Rect,
    next: u16,
    /// Where the focused row is.
    cursor: Option<Position>,
}

impl Lines<'_, '_> {
    fn left(&self) -> u16 {
        self.area.height.saturating_sub(self.next)
    }

    fn row(&mut self) -> Row<'_> {
        let row = Row::new(self.buf, self.area, self.next, self.ctx.glyphs);
        self.next = self.next.saturating_add(1);
        row
    }

    fn row_of(&mut self, selected: bool) -> Row<'_> {
        if selected && self.next < self.area.height {
            self.cursor = Some(Position::new(self.area.x, self.area.y + self.next));
        }
        self.row()
    }
}

/// Draws the pane in its frame (`framed`) or bare, and says where the focused row is.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, framed: bool, buf: &mut Buffer) -> Option<Position> {
    let network = input.network;
    let inside = if framed {
        let name = perimeter(ctx, network, input.perimeter);
        let title = if input.has_feed { "board-title-live" } else { "board-title" };
        let title = ctx.lang.ta(title, &[("perimeter", Arg::Str(&name))]);
        frame(buf, area, &title, input.focus, ctx.theme, ctx.glyphs)
    } else {
        bare(area)
    };
    let mut lines = Lines { ctx, buf, area: inside, next: 0, cursor: None };
    if input.has_feed {
        live(&mut lines, input, network);
    } else {
        by_hand(&mut lines, input, network);
    }
    lines.cursor.filter(|_| input.focus)
}

/// The inside of a pane without a frame: one column of air.
pub fn bare(area: Rect) -> Rect {
    let air = u16::from(area.width > 4);
    Rect { x: area.x + air, width: area.width - 2 * air, ..area }
}

/// The perimeter in words.
pub fn perimeter(ctx: &Ctx<'_>, network: &Network, perimeter: &Perimeter) -> String {
    match perimeter {
        Perimeter::Nation => match visible(ctx.lang.of(&network.country)) {
            country if country.trim().is_empty() => ctx.lang.t("perimeter-all"),
            country => country.into_owned(),
        },
        Perimeter::Region(code) => network
            .zones
            .iter()
            .find(|zone| zone.region_code == *code)
            .map_or_else(|| code.clone(), |zone| visible(&zone.region).into_owned()),
        Perimeter::Zone(code) => network
            .zones
            .iter()
            .find(|zone| zone.code == *code)
            .map_or_else(|| code.clone(), |zone| visible(&zone.name).into_owned()),
        Perimeter::Operator(id) => network
            .operators
            .iter()
            .find(|operator| operator.id == *id)
            .map_or_else(|| id.clone(), |operator| visible(&operator.name).into_owned()),
    }
}

fn live(lines: &mut Lines<'_, '_>, input: &In<'_>, network: &Network) {
    let columns = Columns::fit(lines.area.width, input.slow);
    heads(lines, columns, window(input.services));
    for row in input.services {
        service(lines, row, columns, network, input.cursor == Some(Target::Service(row.service)));
    }
    let servers = input.servers;
    // The servers one by one where the height allows it, else in one sentence.
    let each = u16::try_from(servers.len()).unwrap_or(u16::MAX);
    let listed = !servers.is_empty() && lines.left() >= each.saturating_add(8);
    let below = match (servers.is_empty(), listed) {
        (true, _) => 0,
        (false, false) => 1,
        // A blank row and a head above them.
        (false, true) => each + 2,
    };
    let room = lines.left().saturating_sub(below);
    worst(lines, input, network, usize::from(room));
    if listed {
        lines.next = (lines.next + 1).min(lines.area.height.saturating_sub(each + 1));
        server_list(lines, servers, network, input);
    } else if !servers.is_empty() && lines.left() > 0 {
        // One row for all of them; with the cursor on one, that one.
        match servers.iter().find(|row| input.focus && input.cursor == Some(Target::Server(row.server))) {
            Some(row) => server(lines, row, network, true),
            None => servers_in_words(lines, servers),
        }
    }
}

/// Message id of the window that the states of the numbers were made from.
fn window(services: &[ServiceRow]) -> &'static str {
    let (short, long) = (|row: &ServiceRow| row.failed_window_s <= 300, |row: &ServiceRow| row.failed_window_s > 300);
    match (services.iter().any(short), services.iter().any(long)) {
        (_, false) => "head-failed-short",
        (false, true) => "head-failed-long",
        (true, true) => "head-failed-both",
    }
}

fn heads(lines: &mut Lines<'_, '_>, columns: Columns, failed_unit: &'static str) {
    let ctx = lines.ctx;
    let style = ctx.style(Role::Muted);
    // Two rows of heads where there is height for them, else only the upper ones.
    let both = lines.area.height >= 10;
    let upper = [
        ("head-number", columns.code),
        ("head-attempts", columns.attempts),
        ("head-delivered", columns.ner),
        ("head-received", columns.received),
        ("head-answered", columns.asr),
        ("head-failed", columns.failed),
        (if both { "" } else { "head-state" }, columns.state),
        (if both { "" } else { "head-history" }, columns.spark),
    ];
    let lower = [
        ("", columns.code),
        ("head-attempts-unit", columns.attempts),
        ("head-delivered-unit", columns.ner),
        ("head-received-unit", columns.received),
        ("head-answered-unit", columns.asr),
        (failed_unit, columns.failed),
        ("head-state", columns.state),
        ("head-history", columns.spark),
    ];
    for (i, heads) in [upper, lower].into_iter().enumerate() {
        if i == 1 && !both {
            break;
        }
        let mut row = lines.row();
        for (id, columns) in heads.into_iter().filter(|(_, columns)| *columns > 0) {
            let text = if id.is_empty() { String::new() } else { ctx.lang.t(id) };
            row.cell(&text, columns.saturating_sub(1), style).skip(1);
        }
    }
}

fn service(lines: &mut Lines<'_, '_>, data: &ServiceRow, columns: Columns, network: &Network, selected: bool) {
    let ctx = lines.ctx;
    let code = network.services.get(data.service.index()).map_or("?", |service| service.code.as_str());
    let mut row = lines.row_of(selected);
    let base = ctx.style(Role::Base);
    if columns.code > 0 {
        row.cell(code, columns.code, ctx.style(Role::Strong));
    }
    let known = data.state >= State::Nominal;
    if columns.attempts > 0 {
        let text = deviation(ctx, data.attempts, known);
        row.cell_right(&text, FIGURE, base).skip(columns.attempts.saturating_sub(FIGURE));
    }
    if columns.ner > 0 {
        figure(&mut row, &enough(ctx, data.ner), ctx.glyphs.trend(data.ner_trend), known, columns.ner, ctx);
    }
    if columns.received > 0 {
        // What the centres count is known without the operator, and the other way round.
        let counted = data.received.deviation().is_some();
        let text = deviation(ctx, data.received, counted);
        figure(&mut row, &text, ctx.glyphs.trend(data.received_trend), counted, columns.received, ctx);
    }
    if columns.asr > 0 {
        figure(&mut row, &enough(ctx, data.asr), ctx.glyphs.trend(data.asr_trend), known, columns.asr, ctx);
    }
    if columns.failed > 0 {
        // The figure that makes the state stands beside it, in its colour.
        let style = if data.state >= State::Watch { plain_state(ctx, data.state) } else { base };
        let text = if known { enough(ctx, data.failed) } else { ctx.lang.t("no-figure") };
        row.cell_right(&text, FIGURE, style).skip(columns.failed.saturating_sub(FIGURE));
    }
    state(&mut row, ctx, data.state, columns.state);
    if columns.spark > 0 {
        row.skip(1);
        let history = data.history.iter().map(|value| value.map(u32::from));
        spark(&mut row, history, (500, 1_000), columns.spark, ctx.glyphs, ctx.style(Role::Accent));
    }
    if selected {
        row.lay(ctx.style(Role::Selection));
    }
}

/// A figure and its trend; no trend without data.
fn figure(row: &mut Row<'_>, text: &str, trend: &str, known: bool, columns: u16, ctx: &Ctx<'_>) {
    let start = row.room();
    row.cell_right(text, FIGURE, ctx.style(Role::Base)).skip(1);
    if known {
        row.put(trend, ctx.style(Role::Base));
    }
    row.skip(columns.saturating_sub(start - row.room()));
}

/// The word of a state in its colour, with its glyph.
pub fn state(row: &mut Row<'_>, ctx: &Ctx<'_>, state: State, columns: u16) {
    let style = ctx.theme.state(state);
    let word = ctx.state_word(state);
    let text = format!("{} {word}", ctx.glyphs.state(state));
    let wide = u16::try_from(width(&text)).unwrap_or(u16::MAX).min(columns);
    row.cell(&text, wide, style).skip(columns - wide);
}

/// The style of a state without reverse, for a figure.
fn plain_state(ctx: &Ctx<'_>, state: State) -> Style {
    ctx.theme.state(state).remove_modifier(ratatui::style::Modifier::REVERSED)
}

/// Trials below which a share is not shown: one call of one is not 100 %.
const FEW: u32 = 5;

/// A share of enough trials as a percentage, or the sign for no data.
fn enough(ctx: &Ctx<'_>, share: Rate) -> String {
    if share.of < FEW { ctx.lang.t("no-figure") } else { rate(ctx, share) }
}

/// A rate as a percentage, or the sign for no data.
pub fn rate(ctx: &Ctx<'_>, rate: Rate) -> String {
    rate.value().map_or_else(|| ctx.lang.t("no-figure"), |value| ctx.lang.percent(value, 0))
}

/// A deviation from what is expected, or the sign for no data.
pub fn deviation(ctx: &Ctx<'_>, volume: Volume, known: bool) -> String {
    match volume.deviation() {
        Some(deviation) if known => ctx.lang.signed_percent(deviation, 0),
        _ => ctx.lang.t("no-figure"),
    }
}

/// `31/92`.
pub fn counts(ctx: &Ctx<'_>, volume: Volume) -> String {
    let whole = |x: f64| ctx.lang.number(x.max(0.0).round() as u64);
    format!("{}/{}", whole(volume.seen), whole(volume.expected))
}

/// The worst centres, as many as fit; the focused one is always among them.
fn worst(lines: &mut Lines<'_, '_>, input: &In<'_>, network: &Network, room: usize) {
    let ctx = lines.ctx;
    let all = input.worst;
    if room < 2 {
        // One row alone: the worst place without a heading.
        if let (1, Some(row)) = (room, all.first()) {
            psap(lines, row, network, input.cursor == Some(Target::Psap(row.psap)), input.slow);
        }
        return;
    }
    let mut row = lines.row();
    row.put(&ctx.lang.t(if row.room() >= 56 { "worst-title" } else { "worst-title-short" }), ctx.style(Role::Muted));
    if all.is_empty() {
        let mut row = lines.row();
        let id = if input.heard { "worst-none" } else { "worst-no-data" };
        row.put(&ctx.lang.t(id), ctx.style(Role::Muted));
        return;
    }
    let at = all.iter().position(|row| input.cursor == Some(Target::Psap(row.psap)));
    let top = at.map_or(0, |at| (at + 1).saturating_sub(room - 1));
    for row in all.iter().skip(top).take(room - 1) {
        psap(lines, row, network, input.cursor == Some(Target::Psap(row.psap)), input.slow);
    }
}

fn psap(lines: &mut Lines<'_, '_>, data: &PsapRow, network: &Network, selected: bool, slow: bool) {
    let ctx = lines.ctx;
    let name = network.psaps.get(data.psap.index()).map_or("?", |psap| psap.name.as_str());
    let since = data.since.map(|since| ctx.lang.ta("since", &[("time", Arg::Str(&ctx.hm(since)))]));
    let mut row = lines.row_of(selected);
    let room = row.room();
    let name_columns = if room >= 40 { 16 } else { 12 };
    row.cell(&visible(name), name_columns, ctx.style(Role::Base)).skip(1);
    row.cell_right(&counts(ctx, data.received), 9, ctx.style(Role::Strong)).skip(2);
    state(&mut row, ctx, data.state, 13);
    if room >= 56 {
        row.skip(1).cell(since.as_deref().unwrap_or(""), 14, ctx.style(Role::Base));
    }
    if room >= 78 && !slow {
        let columns = row.room().min(20);
        let top = data.history.iter().copied().max().unwrap_or(1).max(1);
        let history = data.history.iter().map(|value| Some(u32::from(*value)));
        spark(&mut row, history, (0, u32::from(top)), columns, ctx.glyphs, ctx.style(Role::Accent));
    }
    if selected {
        row.lay(ctx.style(Role::Selection));
    }
}

/// Message id of what a call server says it is doing.
pub const fn server_state_id(state: ServerState) -> &'static str {
    match state {
        ServerState::Up => "server-up",
        ServerState::Impaired => "server-impaired",
        ServerState::Restarting => "server-restarting",
        ServerState::Down => "server-down",
        ServerState::Withdrawn => "server-withdrawn",
    }
}

/// Is a server full (its sessions at 95 % of what it can hold)?
fn full(row: &ServerRow) -> bool {
    row.capacity > 0 && f64::from(row.sessions) >= 0.95 * f64::from(row.capacity)
}

/// `call servers : 3 redémarrent, 2 pleins, 1 non gérable, 0 sain`.
fn servers_in_words(lines: &mut Lines<'_, '_>, servers: &[ServerRow]) {
    let ctx = lines.ctx;
    let count = |test: &dyn Fn(&ServerRow) -> bool| servers.iter().filter(|row| test(row)).count();
    let unknown = count(&|row| matches!(row.state, State::Unknown | State::Stale));
    let parts = [
        ("servers-down", count(&|row| row.says == ServerState::Down), Role::Critical),
        ("servers-restarting", count(&|row| row.says == ServerState::Restarting), Role::Degraded),
        ("servers-full", count(&full), Role::Degraded),
        ("servers-impaired", count(&|row| row.says == ServerState::Impaired), Role::Degraded),
        ("servers-withdrawn", count(&|row| row.says == ServerState::Withdrawn), Role::Maintenance),
        // What its neighbours see fail, whatever it says of itself.
        ("servers-failing", count(&|row| row.says == ServerState::Up && row.state >= State::Degraded), Role::Critical),
        ("servers-unmanaged", count(&|row| !row.managed), Role::Degraded),
        ("servers-unknown", unknown, Role::Unknown),
    ];
    let sound = count(&|row| row.state == State::Nominal && row.says == ServerState::Up && !full(row) && row.managed);
    let mut row = lines.row();
    row.put(&ctx.lang.t("servers-title"), ctx.style(Role::Muted));
    let mut first = true;
    let all_unknown = unknown == servers.len();
    for (id, n, role) in parts {
        if n == 0 || (all_unknown && role != Role::Unknown) {
            continue;
        }
        let text = ctx.lang.ta(id, &[("n", Arg::from(n))]);
        if usize::from(row.room()) < width(&text) + 2 {
            break;
        }
        row.put(if first { " " } else { ", " }, ctx.style(Role::Base)).put(&text, plain(ctx, role));
        first = false;
    }
    if !all_unknown {
        let text = ctx.lang.ta("servers-sound", &[("n", Arg::from(sound))]);
        row.put_if_fits(&format!("{}{text}", if first { " " } else { ", " }), ctx.style(Role::Base));
    }
}

/// A role's style without reverse, for words inside a sentence.
fn plain(ctx: &Ctx<'_>, role: Role) -> Style {
    ctx.style(role).remove_modifier(ratatui::style::Modifier::REVERSED)
}

fn server_list(lines: &mut Lines<'_, '_>, servers: &[ServerRow], network: &Network, input: &In<'_>) {
    let ctx = lines.ctx;
    let muted = ctx.style(Role::Muted);
    let wide = lines.area.width >= 70;
    {
        let mut row = lines.row();
        row.cell(&ctx.lang.t("servers-title"), 17, muted);
        row.cell(&ctx.lang.t("head-says"), 14, muted).cell(&ctx.lang.t("head-seen"), 14, muted);
        row.cell(&ctx.lang.t("head-load"), 9, muted);
        if wide {
            row.put(&ctx.lang.t("head-management"), muted);
        }
    }
    for data in servers {
        server(lines, data, network, input.cursor == Some(Target::Server(data.server)));
    }
}

/// A call server: what it says of itself, what is seen of it, its load, whether it takes commands.
fn server(lines: &mut Lines<'_, '_>, data: &ServerRow, network: &Network, selected: bool) {
    let ctx = lines.ctx;
    let wide = lines.area.width >= 70;
    let name = network.call_servers.get(data.server.index()).map_or("?", |server| server.name.as_str());
    let mut row = lines.row_of(selected);
    let base = ctx.style(Role::Base);
    row.cell(&visible(name), 16, base).skip(1);
    let unknown = data.state == State::Unknown;
    let says = if unknown { ctx.lang.t("no-figure") } else { ctx.lang.t(server_state_id(data.says)) };
    let says_style = if data.says == ServerState::Up { base } else { ctx.style(Role::Strong) };
    row.cell(&says, 13, says_style).skip(1);
    state(&mut row, ctx, data.state, 13);
    row.skip(1);
    let load = if data.capacity == 0 || unknown {
        ctx.lang.t("no-figure")
    } else {
        ctx.lang.percent(f64::from(data.sessions) / f64::from(data.capacity), 0)
    };
    row.cell_right(&load, 6, if full(data) { ctx.style(Role::Due) } else { base }).skip(3);
    if wide && !unknown {
        let (id, role) = match (data.frozen, data.managed) {
            (true, _) => ("server-frozen", Role::Due),
            (false, false) => ("server-unmanaged", Role::Due),
            (false, true) => ("server-managed", Role::Base),
        };
        row.put(&ctx.lang.t(id), ctx.style(role));
    }
    if selected {
        row.lay(ctx.style(Role::Selection));
    }
}

/// Without a feed: what people saw, with its age; "no data" until then.
fn by_hand(lines: &mut Lines<'_, '_>, input: &In<'_>, network: &Network) {
    let ctx = lines.ctx;
    let muted = ctx.style(Role::Muted);
    let room = lines.area.width;
    let source = if room >= 74 { 24 } else { 12 };
    {
        let mut row = lines.row();
        row.cell(&ctx.lang.t("head-number"), 5, muted).skip(1).cell(&ctx.lang.t("head-state"), 14, muted).skip(1);
        if room >= 40 {
            row.cell(&ctx.lang.t("head-where"), 8, muted).skip(1).cell(&ctx.lang.t("head-through"), 7, muted).skip(1);
        }
        if room >= 52 {
            row.cell(&ctx.lang.t("head-source"), source, muted).skip(1);
        }
        row.put(&ctx.lang.t("head-age"), muted);
    }
    let observations = input.observations;
    for data in input.services {
        let code = network.services.get(data.service.index()).map_or("?", |service| service.code.as_str());
        let selected = input.cursor == Some(Target::Service(data.service));
        let mut seen: Vec<&Observation> = observations.iter().filter(|o| o.service == code).collect();
        seen.sort_by_key(|o| std::cmp::Reverse(o.at));
        let mut row = lines.row_of(selected);
        row.cell(code, 5, ctx.style(Role::Strong)).skip(1);
        let Some(latest) = seen.first() else {
            row.put(
                &format!("{} {}", ctx.glyphs.state(State::Unknown), ctx.lang.t("no-data")),
                ctx.theme.state(State::Unknown),
            );
            if selected {
                row.lay(ctx.style(Role::Selection));
            }
            continue;
        };
        observation(&mut row, ctx, latest, room, source);
        if selected {
            row.lay(ctx.style(Role::Selection));
        }
        for older in seen.iter().skip(1).take(3) {
            if lines.left() < 3 {
                break;
            }
            let mut row = lines.row();
            row.skip(6);
            observation(&mut row, ctx, older, room, source);
        }
    }
    if lines.left() > 1 {
        lines.next += 1;
        let key = crate::tui::action::by_id("observation").map(|action| action.key_name(ctx.lang)).unwrap_or_default();
        let id = if observations.is_empty() { "by-hand-start" } else { "by-hand-more" };
        let hint = ctx.lang.ta(id, &[("key", Arg::Str(&key))]);
        for text in crate::text::wrap(&hint, usize::from(room)).iter().take(3) {
            if lines.left() > 0 {
                lines.row().put(text, muted);
            }
        }
    }
}

/// State, share, where, who saw it, how long ago.
fn observation(row: &mut Row<'_>, ctx: &Ctx<'_>, data: &Observation, room: u16, source: u16) {
    let base = ctx.style(Role::Base);
    state(row, ctx, data.state, 14);
    row.skip(1);
    if room >= 40 {
        let zone = data.zone.as_deref().map_or_else(|| ctx.lang.t("everywhere"), |zone| visible(zone).into_owned());
        let share = data.share.map(|share| ctx.lang.percent(share, 0)).unwrap_or_default();
        row.cell(&zone, 8, base).skip(1).cell_right(&share, FIGURE, base).skip(3);
    }
    if room >= 52 {
        row.cell(&visible(&data.source), source, base).skip(1);
    }
    let age = (ctx.now - data.at).num_seconds().max(0) as u64;
    let role = if age > 1_800 { Role::Due } else { Role::Base };
    row.put(&ctx.age(age), ctx.style(role));
}
