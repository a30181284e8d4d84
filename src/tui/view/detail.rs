//! Figures of one thing: a number, a département with its centres and accesses, a call server, a centre.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::health::{PsapRow, Rate, ServerRow, ServiceRow, State, ZoneRow};
use crate::lang::Arg;
use crate::network::{Access, Connection, Network, PsapId, ServerId, ServiceId, SubstitutePath, ZoneId};
use crate::sim::ServerState;
use crate::text::visible;
use crate::tui::model::Target;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::board::{counts, deviation, rate, server_state_id};
use crate::tui::view::row::{Row, frame, frame_note};
use crate::tui::view::spark::spark;
use crate::tui::view::{Ctx, overlay};

/// Columns of the labels.
const LABEL: u16 = 32;

/// A line of the page.
enum Line {
    /// A heading.
    Head(String),
    /// Label and value.
    Pair(String, String, Role),
    /// Label and state.
    State(String, State, String),
    /// Label and curve, between two bounds.
    Curve(String, Vec<Option<u32>>, (u32, u32)),
}

/// What a page is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// Names, connections, shares.
    pub network: &'a Network,
    /// The numbers.
    pub services: &'a [ServiceRow],
    /// The centres.
    pub psaps: &'a [PsapRow],
    /// The call servers.
    pub servers: &'a [ServerRow],
    /// The départements.
    pub zones: &'a [ZoneRow],
}

struct Page<'a> {
    ctx: &'a Ctx<'a>,
    board: &'a In<'a>,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn head(&mut self, id: &str) {
        self.lines.push(Line::Head(self.ctx.lang.t(id)));
    }

    fn pair(&mut self, id: &str, value: String) {
        self.lines.push(Line::Pair(self.ctx.lang.t(id), value, Role::Base));
    }

    fn state(&mut self, id: &str, state: State, more: String) {
        self.lines.push(Line::State(self.ctx.lang.t(id), state, more));
    }

    fn rate(&mut self, id: &str, value: Rate) {
        self.rate_of(self.ctx.lang.t(id), value);
    }

    fn rate_of(&mut self, what: String, value: Rate) {
        let text = rate(self.ctx, value);
        let text = if value.of == 0 {
            text
        } else {
            let (low, high) = (self.ctx.lang.percent(value.low, 0), self.ctx.lang.percent(value.high, 0));
            let bounds = self.ctx.lang.ta("detail-interval", &[("low", Arg::Str(&low)), ("high", Arg::Str(&high))]);
            format!("{text}   {}/{}   {bounds}", value.ok, value.of)
        };
        self.lines.push(Line::Pair(what, text, Role::Base));
    }

    fn since(&self, at: Option<chrono::DateTime<chrono::Utc>>) -> String {
        at.map(|at| self.ctx.lang.ta("since", &[("time", Arg::Str(&self.ctx.hm(at)))])).unwrap_or_default()
    }

    fn of(&self, n: &str, of: &str) -> String {
        self.ctx.lang.ta("detail-of", &[("n", Arg::Str(n)), ("of", Arg::Str(of))])
    }

    fn number(&self, n: u32) -> String {
        self.ctx.lang.number(u64::from(n))
    }

    fn service(&mut self, id: ServiceId) -> Option<String> {
        let network = self.board.network;
        let service = network.services.get(id.index())?;
        let row = self.board.services.iter().find(|row| row.service == id)?.clone();
        let known = row.state >= State::Nominal;
        self.state("detail-state", row.state, String::new());
        let with_counts =
            |ctx: &Ctx<'_>, volume| format!("{}   {}", deviation(ctx, volume, known), counts(ctx, volume));
        self.pair("detail-attempts", with_counts(self.ctx, row.attempts));
        let minutes = self.number(row.failed_window_s / 60);
        let failed = self.ctx.lang.ta("detail-failed", &[("minutes", Arg::Str(&minutes))]);
        self.rate_of(failed, row.failed);
        self.rate("detail-delivered", row.ner);
        self.rate("detail-cut", row.cut);
        self.pair("detail-received-centres", with_counts(self.ctx, row.received));
        self.rate("detail-answered", row.asr);
        let history = row.history.iter().map(|value| value.map(u32::from)).collect();
        self.lines.push(Line::Curve(self.ctx.lang.t("head-history"), history, (500, 1_000)));
        let areas = self.ctx.lang.of(&self.board.network.areas);
        self.lines.push(Line::Head(self.ctx.lang.ta("detail-worst-zones", &[("areas", Arg::Str(areas))])));
        let mut zones: Vec<_> = self
            .board
            .zones
            .iter()
            .filter_map(|zone| Some((*zone.services.get(id.index())?, *zone.ner.get(id.index())?, zone.zone)))
            .filter(|(state, _, _)| *state > State::Nominal)
            .collect();
        zones.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.high.total_cmp(&b.1.high)).then(a.2.cmp(&b.2)));
        if zones.is_empty() {
            self.lines.push(Line::Pair(String::new(), self.ctx.lang.t("detail-none"), Role::Muted));
        }
        for (state, ner, zone) in zones {
            let Some(zone) = network.zones.get(zone.index()) else { continue };
            let name = format!("{} {}", zone.code, visible(&zone.name));
            self.lines.push(Line::State(name, state, format!("NER {}", rate(self.ctx, ner))));
        }
        Some(format!("{} · {}", service.code, visible(self.ctx.lang.of(&service.name))))
    }

    fn psap_line(&mut self, id: PsapId) {
        let network = self.board.network;
        let (Some(psap), Some(row)) =
            (network.psaps.get(id.index()), self.board.psaps.iter().find(|row| row.psap == id))
        else {
            return;
        };
        let more = format!("{}  {}", counts(self.ctx, row.received), self.since(row.since));
        self.lines.push(Line::State(visible(&psap.name).into_owned(), row.state, more));
    }

    fn psap(&mut self, id: PsapId) -> Option<String> {
        let network = self.board.network;
        let psap = network.psaps.get(id.index())?;
        let row = self.board.psaps.iter().find(|row| row.psap == id)?.clone();
        let since = self.since(row.since);
        self.state("detail-state", row.state, since);
        self.pair("detail-received", counts(self.ctx, row.received));
        self.rate("detail-in-target", row.in_target);
        self.pair("detail-abandoned", self.number(row.abandoned));
        self.pair("detail-queue", row.queue.to_string());
        self.pair("detail-takers", self.of(&row.busy.to_string(), &row.positions.to_string()));
        let top = row.history.iter().copied().max().unwrap_or(1).max(1);
        let history = row.history.iter().map(|value| Some(u32::from(*value))).collect();
        self.lines.push(Line::Curve(self.ctx.lang.t("detail-history"), history, (0, u32::from(top))));
        if let Some(zone) = network.zones.get(psap.zone.index()) {
            let value = format!("{} {}", zone.code, visible(&zone.name));
            self.lines.push(Line::Pair(self.ctx.lang.of(&network.area).to_owned(), value, Role::Base));
        }
        let codes: Vec<&str> =
            psap.services.iter().filter_map(|id| network.services.get(id.index())).map(|s| s.code.as_str()).collect();
        self.pair("detail-services", codes.join(" "));
        self.pair(
            "detail-connection",
            self.ctx.lang.t(match psap.connection {
                Connection::Pstn => "detail-connection-pstn",
                Connection::Ip => "detail-connection-ip",
            }),
        );
        self.pair("detail-trunks", self.number(psap.trunks));
        let substitutes: Vec<_> = network.substitutes.iter().filter(|substitute| substitute.psap == id).collect();
        if !substitutes.is_empty() {
            self.head("detail-substitutes");
        }
        for substitute in substitutes {
            let path = self.ctx.lang.t(crate::tui::lists::path_id(substitute.path));
            let role = if substitute.path == SubstitutePath::SameExchange { Role::Due } else { Role::Base };
            self.lines.push(Line::Pair(visible(&substitute.number).into_owned(), path, role));
        }
        Some(visible(&psap.name).into_owned())
    }

    fn server(&mut self, id: ServerId) -> Option<String> {
        let network = self.board.network;
        let server = network.call_servers.get(id.index())?;
        let row = self.board.servers.iter().find(|row| row.server == id)?.clone();
        let unknown = row.state == State::Unknown;
        let says = if unknown { self.ctx.lang.t("no-figure") } else { self.ctx.lang.t(server_state_id(row.says)) };
        let role = if row.says == ServerState::Up || unknown { Role::Base } else { Role::Due };
        self.lines.push(Line::Pair(self.ctx.lang.t("detail-says"), says, role));
        self.state("detail-seen", row.state, String::new());
        self.rate("detail-progressed", row.progressed);
        self.pair("detail-sessions", self.of(&self.number(row.sessions), &self.number(row.capacity)));
        let leaked = if row.leaked > 0 { Role::Due } else { Role::Base };
        self.lines.push(Line::Pair(self.ctx.lang.t("detail-leaked"), self.number(row.leaked), leaked));
        self.pair("detail-setups", format!("{:.1}", row.setups_per_s));
        let (management, role) = match (unknown, row.frozen, row.managed) {
            (true, _, _) => ("no-figure", Role::Base),
            (_, true, _) => ("server-frozen", Role::Due),
            (_, false, false) => ("server-unmanaged", Role::Due),
            (_, false, true) => ("server-managed", Role::Base),
        };
        self.lines.push(Line::Pair(self.ctx.lang.t("detail-management"), self.ctx.lang.t(management), role));
        let history = row.history.iter().map(|value| Some(u32::from(*value))).collect();
        self.lines.push(Line::Curve(self.ctx.lang.t("detail-load-history"), history, (0, 1_000)));
        self.pair("detail-software", visible(&server.software).into_owned());
        self.pair("detail-site", visible(&server.site).into_owned());
        Some(visible(&server.name).into_owned())
    }

    fn zone(&mut self, id: ZoneId) -> Option<String> {
        let network = self.board.network;
        let zone = network.zones.get(id.index())?;
        let row = self.board.zones.iter().find(|row| row.zone == id)?.clone();
        let since = self.since(row.since);
        self.state("detail-state", row.state, since);
        self.pair("detail-received", counts(self.ctx, row.received));
        self.pair("detail-region", visible(&zone.region).into_owned());
        self.pair("detail-population", self.number(zone.population));
        self.head("detail-by-service");
        for (i, service) in network.services.iter().enumerate() {
            let state = row.services.get(i).copied().unwrap_or_default();
            let ner = row.ner.get(i).copied().unwrap_or_default();
            self.lines.push(Line::State(service.code.clone(), state, format!("NER {}", rate(self.ctx, ner))));
        }
        let mut psaps: Vec<PsapId> = network
            .translation
            .iter()
            .filter(|translation| translation.zone == id)
            .flat_map(|translation| translation.to.iter().map(|(psap, _)| *psap))
            .collect();
        psaps.sort_unstable();
        psaps.dedup();
        if !psaps.is_empty() {
            self.head("detail-centres");
        }
        for psap in &psaps {
            self.psap_line(*psap);
        }
        if !network.lines.is_empty() {
            self.head("detail-lines");
        }
        for (i, line) in network.lines.iter().enumerate() {
            let share = line.zones.iter().find(|(zone, _)| *zone == id).map_or(line.share.value, |(_, share)| *share);
            if share <= 0.0 {
                continue;
            }
            let access = self.ctx.lang.t(match line.access {
                Access::Pstn => "access-pstn",
                Access::Voip => "access-voip",
                Access::Mobile => "access-mobile",
            });
            let operator = network.operators.get(line.operator.index()).map_or("?", |operator| operator.name.as_str());
            let crosses = psaps.iter().any(|psap| network.crosses(crate::network::LineId(i as u8), *psap));
            let way = self.ctx.lang.t(if crosses { "detail-crosses" } else { "detail-direct" });
            let value = format!("{:>5}   {way}", self.ctx.lang.percent(share, 0));
            self.lines.push(Line::Pair(format!("{} · {access}", visible(operator)), value, Role::Base));
        }
        Some(format!("{} {}", zone.code, visible(&zone.name)))
    }
}

/// Draws the page of `of`, from line `scroll` on.
pub fn draw(ctx: &Ctx<'_>, board: &In<'_>, of: Target, scroll: u16, area: Rect, buf: &mut Buffer) -> Option<Position> {
    overlay::clear(area, buf);
    let mut page = Page { ctx, board, lines: Vec::with_capacity(32) };
    let (id, name) = match of {
        Target::Service(id) => ("detail-service", page.service(id)),
        Target::Psap(id) => ("detail-psap", page.psap(id)),
        Target::Server(id) => ("detail-server", page.server(id)),
        Target::Zone(id) => ("detail-zone", page.zone(id)),
    };
    let (name, area_word) = (name.as_deref().unwrap_or("?"), ctx.lang.of(&board.network.area));
    let title = ctx.lang.ta(id, &[("name", Arg::Str(name)), ("area", Arg::Str(area_word))]);
    let inside = frame(buf, area, &title, true, ctx.theme, ctx.glyphs);
    let rows = usize::from(inside.height);
    let total = page.lines.len();
    let top = usize::from(scroll).min(total.saturating_sub(rows));
    let label = LABEL.min(inside.width / 2);
    for (i, line) in page.lines.iter().skip(top).take(rows).enumerate() {
        let mut row = Row::new(buf, inside, i as u16, ctx.glyphs);
        match line {
            Line::Head(text) => {
                row.put(text, ctx.style(Role::Title));
            }
            Line::Pair(name, value, role) => {
                row.skip(1).cell(name, label, ctx.style(Role::Muted)).skip(1);
                row.put(value, ctx.style(*role));
            }
            Line::State(name, state, more) => {
                row.skip(1).cell(name, label, ctx.style(Role::Muted)).skip(1);
                super::board::state(&mut row, ctx, *state, 14);
                row.skip(1).put(more, ctx.style(Role::Base));
            }
            Line::Curve(name, values, bounds) => {
                row.skip(1).cell(name, label, ctx.style(Role::Muted)).skip(1);
                let columns = row.room().min(60);
                spark(&mut row, values.iter().copied(), *bounds, columns, ctx.glyphs, ctx.style(Role::Accent));
            }
        }
    }
    if rows < total {
        let dash = ctx.glyphs.sign(Sign::Dash);
        let note = format!("{}{dash}{} / {total}", top + 1, (top + rows).min(total));
        frame_note(buf, area, &note, ctx.style(Role::Focus), ctx.glyphs);
    }
    Some(Position::new(inside.x, inside.y)).filter(|_| !inside.is_empty())
}
