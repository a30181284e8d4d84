//! What a director reads in ten seconds: state and trend, what and where, how many people, the cause, the
//! age of the data. No data is never green.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::health::{Overview, State, Trend};
use crate::lang::Arg;
use crate::network::Network;
use crate::text::visible;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, width};

/// Odds (powers of ten) from which an element is said to explain the failures best; below it is a lead. Neither is a finding.
const LIKELY: f64 = 2.0;

/// Age \[s\] from which data of either vantage point are marked.
const OLD_S: u64 = 300;

/// What the overview is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// The figures.
    pub overview: &'a Overview,
    /// Names.
    pub network: &'a Network,
    /// Does a feed exist? Without one, people observe by hand.
    pub has_feed: bool,
    /// Observations by hand so far.
    pub observations: usize,
    /// Of a documented incident whose cause was never published: what its rebuilt network shows is no finding.
    pub unpublished: bool,
    /// Work that delays the figures, in words.
    pub progress: Option<&'a str>,
}

/// How much is said of a cause.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// All.
    Full,
    /// Not how many elements it is.
    Short,
    /// Nor since when.
    Least,
    /// A lead in a few words.
    Bare,
}

/// A piece of a line with its style.
type Piece = (String, Style);

fn wide(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(text, _)| width(text)).sum()
}

fn write(row: &mut Row<'_>, pieces: &[Piece]) {
    for (text, style) in pieces {
        row.put(text, *style);
    }
}

/// Writes `left` and, if it fits beside it, `right` at the right end.
fn both(row: &mut Row<'_>, left: &[Piece], right: &[Piece]) {
    let (left_wide, right_wide) = (wide(left), wide(right));
    if left_wide + right_wide + 3 <= usize::from(row.room()) {
        for (text, style) in right.iter().rev() {
            row.end(text, 0, *style);
        }
    }
    write(row, left);
}

/// The overall state, its direction, the numbers and how many départements.
fn headline(ctx: &Ctx<'_>, input: &In<'_>, short: bool) -> Vec<Piece> {
    let overview = input.overview;
    let base = ctx.style(Role::Base);
    // Of the whole country, "unknown" is said in full: nothing is known, which is not to say that all is well.
    let word = match (overview.state, overview.psaps_age_s) {
        (State::Unknown, Some(_)) => ctx.lang.t("overview-centres-only"),
        (State::Unknown, None) => ctx.lang.t("no-data"),
        (state, _) => ctx.state_word(state),
    };
    let mut pieces = vec![
        (format!(" {} {word} ", ctx.glyphs.state(overview.state)), ctx.theme.state(overview.state)),
        (" ".to_owned(), base),
    ];
    if overview.state >= State::Nominal {
        // The situation's arrow: up is worse.
        let (sign, id) = match overview.trend {
            Trend::Worse => (Sign::Up, "trend-worse"),
            Trend::Better => (Sign::Down, "trend-better"),
            Trend::Steady => (Sign::Same, "trend-steady"),
        };
        let word = if short { String::new() } else { format!(" {}", ctx.lang.t(id)) };
        pieces.push((format!("{}{word}", ctx.glyphs.sign(sign)), ctx.style(Role::Strong)));
    } else if !input.has_feed {
        let id = if input.observations == 0 { "overview-no-feed" } else { "overview-by-hand" };
        pieces.push((ctx.lang.t(id), base));
    }
    if !overview.services.is_empty() {
        let codes: Vec<&str> = overview
            .services
            .iter()
            .filter_map(|id| input.network.services.get(id.index()))
            .map(|service| service.code.as_str())
            .collect();
        pieces.push((format!(" · {}", codes.join(" ")), ctx.style(Role::Strong)));
    }
    if overview.zones > 0 {
        let (area, areas) = (ctx.lang.of(&input.network.area), ctx.lang.of(&input.network.areas));
        let args = [
            ("n", Arg::from(overview.zones)),
            ("of", Arg::from(overview.zones_of)),
            ("area", Arg::Str(area)),
            ("areas", Arg::Str(areas)),
        ];
        let zones = if short {
            format!(" · {}/{} {areas}", overview.zones, overview.zones_of)
        } else {
            format!(" · {}", ctx.lang.ta("overview-zones", &args))
        };
        pieces.push((zones, base));
    }
    pieces
}

/// The age of each vantage point's data.
fn ages(ctx: &Ctx<'_>, input: &In<'_>, short: bool) -> Vec<Piece> {
    let muted = ctx.style(Role::Muted);
    if let Some(progress) = input.progress {
        return vec![(progress.to_owned(), ctx.style(Role::Accent)), (" ".to_owned(), muted)];
    }
    if !input.has_feed {
        let n = Arg::from(input.observations);
        return vec![(ctx.lang.ta("overview-observations", &[("n", n)]), muted), (" ".to_owned(), muted)];
    }
    let age = |seconds: Option<u64>| match seconds {
        None => (ctx.lang.t("overview-none"), ctx.style(Role::Due)),
        Some(s) if s >= OLD_S => (ctx.age(s), ctx.style(Role::Due)),
        Some(s) => (ctx.age(s), ctx.style(Role::Base)),
    };
    let label = ctx.lang.t("overview-data-operator");
    let label = if short { label.split(": ").last().unwrap_or_default().to_owned() } else { label };
    let mut pieces = vec![(label, muted), (" ".to_owned(), muted)];
    pieces.push(age(input.overview.operator_age_s));
    pieces.push((format!(" · {} ", ctx.lang.t("overview-data-psaps")), muted));
    pieces.push(age(input.overview.psaps_age_s));
    if input.overview.mute > 0 {
        let mute = ctx.lang.ta("overview-mute", &[("n", Arg::from(input.overview.mute))]);
        pieces.push((format!(" · {mute}"), ctx.style(Role::Due)));
    }
    pieces.push((" ".to_owned(), muted));
    pieces
}

/// Callers not served because of the network, as a range; abandoned calls apart.
fn lost(ctx: &Ctx<'_>, input: &In<'_>, short: bool) -> Vec<Piece> {
    let base = ctx.style(Role::Base);
    let label = ctx.lang.t(if short { "overview-lost-short" } else { "overview-lost" });
    let Some((low, high)) = input.overview.lost else {
        return vec![(format!(" {label} "), base), (ctx.lang.t("overview-no-estimate"), ctx.style(Role::Muted))];
    };
    let range = format!(
        "{}{}{}",
        ctx.lang.number(u64::from(low)),
        ctx.glyphs.sign(Sign::Dash),
        ctx.lang.number(u64::from(high))
    );
    let mut pieces = vec![(format!(" {label} "), base), (range, ctx.style(Role::Strong))];
    if let Some(since) = input.overview.lost_since {
        let hm = ctx.hm(since);
        pieces.push((format!(" {}", ctx.lang.ta("since", &[("time", Arg::Str(&hm))])), base));
    }
    pieces
}

/// Hung up in the psaps' queues: a figure of its own, never added to the lost.
fn abandoned(ctx: &Ctx<'_>, input: &In<'_>) -> Vec<Piece> {
    if input.overview.lost.is_none() || input.overview.abandoned == 0 {
        return Vec::new();
    }
    let n = Arg::from(input.overview.abandoned);
    vec![(format!(" · {}", ctx.lang.ta("overview-abandoned", &[("n", n)])), ctx.style(Role::Muted))]
}

/// Odds in words: `1 000 contre 1`, at most a million.
pub fn odds(ctx: &Ctx<'_>, log10: f64) -> String {
    let id = if log10 >= STEPS.len() as f64 - 1.0 { "odds-more" } else { "odds" };
    ctx.lang.ta(id, &[("n", Arg::Str(&odds_of(ctx, log10)))])
}

/// Odds that are said.
const STEPS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/// `1 000`, at most a million.
fn odds_of(ctx: &Ctx<'_>, log10: f64) -> String {
    let step = STEPS.get(log10.max(0.0).floor() as usize).copied();
    ctx.lang.number(step.unwrap_or(1_000_000))
}

/// What explains the failures best, with its odds; or that no cause is established, or was ever published.
fn cause(ctx: &Ctx<'_>, input: &In<'_>, form: Form) -> Vec<Piece> {
    let short = form != Form::Full;
    let muted = ctx.style(Role::Muted);
    let none = match (input.unpublished, short) {
        (false, _) => "cause-none",
        (true, false) => "cause-unpublished",
        (true, true) => "cause-unpublished-short",
    };
    let Some(cause) = input.overview.cause.as_ref().filter(|_| !input.unpublished) else {
        return vec![(ctx.lang.t(none), muted), (" ".to_owned(), muted)];
    };
    let mut pieces = Vec::with_capacity(4);
    if cause.odds_log10 >= LIKELY && form != Form::Bare {
        pieces.push((ctx.lang.t(if short { "cause-likely-short" } else { "cause-likely" }), ctx.style(Role::Base)));
    } else {
        pieces.push((ctx.lang.t(if short { "cause-lead-short" } else { "cause-lead" }), ctx.style(Role::Base)));
    }
    let name = visible(&cause.name);
    let id = match cause.kind.as_str() {
        "server" => "cause-kind-server",
        "software" => "cause-kind-software",
        "line" => "cause-kind-line",
        "operator" => "cause-kind-operator",
        "psap" => "cause-kind-psap",
        _ => "cause-kind-other",
    };
    let kind = if cause.kind == "zone" { ctx.lang.of(&input.network.area).to_owned() } else { ctx.lang.t(id) };
    let element = if form == Form::Bare { format!(" {name}") } else { format!(" {kind} {name}") };
    pieces.push((element, ctx.style(Role::Strong)));
    let mut rest = Vec::with_capacity(3);
    if cause.elements > 1 && !short {
        rest.push(ctx.lang.ta("cause-elements", &[("n", Arg::from(cause.elements))]));
    }
    rest.push(if form == Form::Bare {
        let number = odds_of(ctx, cause.odds_log10);
        ctx.lang.ta("odds-short", &[("n", Arg::Str(&number))])
    } else {
        odds(ctx, cause.odds_log10)
    });
    if let Some(since) = cause.since.filter(|_| matches!(form, Form::Full | Form::Short)) {
        rest.push(ctx.lang.ta("since", &[("time", Arg::Str(&ctx.hm(since)))]));
    }
    pieces.push((format!(" ({}) ", rest.join(", ")), ctx.style(Role::Base)));
    pieces
}

/// Draws the overview: two rows when they are wide, three when they are narrow, one on the smallest screens.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) {
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    let mut head = headline(ctx, input, false);
    if area.height < 3 && wide(&head) + wide(&ages(ctx, input, true)) + 3 > usize::from(area.width) {
        // The age of the data goes before the words.
        head = headline(ctx, input, true);
    }
    if area.height == 1 {
        write(&mut row, &head);
        return;
    }
    if area.height == 2 {
        let full = ages(ctx, input, false);
        let fits = wide(&head) + wide(&full) + 3 <= usize::from(row.room());
        both(&mut row, &head, &if fits { full } else { ages(ctx, input, true) });
        let mut row = Row::new(buf, area, 1, ctx.glyphs);
        let full = cause(ctx, input, Form::Full);
        let [short, least, bare] = [Form::Short, Form::Least, Form::Bare].map(|form| cause(ctx, input, form));
        let mut left = lost(ctx, input, false);
        let more = abandoned(ctx, input);
        let room = usize::from(row.room());
        let fits = |left: &[Piece], right: &[Piece]| wide(left) + wide(right) + 3 <= room;
        let mut all = left.clone();
        all.extend(more);
        if fits(&all, &full) {
            left = all;
        }
        if fits(&left, &full) {
            both(&mut row, &left, &full);
        } else if fits(&left, &short) {
            both(&mut row, &left, &short);
        } else {
            let left = lost(ctx, input, true);
            let form = [&short, &least].into_iter().find(|form| fits(&left, form)).unwrap_or(&bare);
            both(&mut row, &left, form);
        }
        return;
    }
    write(&mut row, &head);
    let mut row = Row::new(buf, area, 1, ctx.glyphs);
    let mut left = lost(ctx, input, true);
    left.extend(abandoned(ctx, input));
    write(&mut row, &left);
    let mut row = Row::new(buf, area, 2, ctx.glyphs);
    row.skip(1);
    // Nothing of the two is left out while fewer words do.
    let room = usize::from(row.room());
    let forms = [(false, Form::Short), (false, Form::Least), (true, Form::Least), (true, Form::Bare)];
    let said = |(short, form)| (ages(ctx, input, short), cause(ctx, input, form));
    let fits = forms.into_iter().map(said).find(|(left, right)| wide(left) + wide(right) + 3 <= room);
    let (left, right) = fits.unwrap_or_else(|| said((true, Form::Bare)));
    both(&mut row, &left, &right);
}
