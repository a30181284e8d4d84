//! *What if*: one's own estimate first, then the futures of a few options, then an entry of the log.
//!
//! The futures run on threads of their own; the console only looks whether they have said something. Leaving the card
//! stops them.

pub(super) mod ask;

use chrono::{DateTime, Utc};

use crate::forecast::{Answer, Band, Ranges, Running, Step};
use crate::incident::event::{Body, EntryId, StepRef};
use crate::incident::outlook::{Outlook, OutlookDelay, OutlookOption, Span};
use crate::lang::Arg;
use crate::session::Ticket;
use crate::text;
use crate::tui::action::{self, Act};
use crate::tui::cell::CellForm;
use crate::tui::model::{Button, Card, CardLine, EntryKind, Level, Overlay};

use super::fan::Fan;
use super::{App, Sent};
use ask::Asked;

/// Data older than this are drawn faint \[s\]: calibrated are two minutes, frames and clocks add some seconds.
const STALE_S: i64 = 150;

/// A forecast that is being worked out, or that is on the card.
#[derive(Debug)]
pub(super) struct Forecasting {
    running: Option<Running>,
    answer: Option<Answer>,
    asked: Asked,
    /// The pending decision it was asked for.
    re: Option<EntryId>,
    estimate: String,
    as_of: DateTime<Utc>,
    age_s: i64,
    seed: u64,
    assumptions: Vec<String>,
    ticket: Option<Ticket>,
    pub(super) entry: Option<EntryId>,
    /// A decision on it was begun before it was in the log: it is cited as soon as it is.
    deciding: bool,
}

fn span(band: &Band) -> Span {
    (band.low.round() as i64, band.mid.round() as i64, band.high.round() as i64)
}

impl App {
    /// Why no forecast can be asked for here; `None`: it can.
    pub(super) fn why_no_forecast(&self) -> Option<String> {
        action::by_id("forecast").and_then(|row| (row.when)(&self.context()).err()).map(|why| self.t(why))
    }

    /// Asks for a forecast from a card.
    pub(super) fn what_if_button(&self, re: Option<&EntryId>, step: Option<StepRef>) -> Button {
        let act = Act::WhatIf { re: re.cloned(), step };
        Button { label: self.t("act-forecast"), act, why_not: self.why_no_forecast() }
    }

    fn assumptions(&self, ranges: &Ranges, left_out: &[String]) -> Vec<String> {
        let drawn: Vec<&str> = ranges.drawn().map(|r| r.path.as_str()).collect();
        let args = [("drawn", Arg::Num(drawn.len() as f64)), ("fixed", Arg::Num(ranges.fixed() as f64))];
        let mut out = vec![
            self.t("forecast-assume-script"),
            self.t("forecast-assume-state"),
            self.lang.ta("forecast-assume-drawn", &args),
        ];
        if !left_out.is_empty() {
            let levers = left_out.join(", ");
            out.push(self.lang.ta("forecast-assume-left-out", &[("levers", Arg::Str(&levers))]));
        }
        out
    }

    /// Is a forecast on the card?
    pub(super) fn shows_futures(&self) -> bool {
        let title = self.t("forecast-title");
        matches!(&self.ui.overlay, Overlay::Card(card) if card.title == title && self.forecasting.is_some())
    }

    /// The card was left: the threads stop.
    pub(super) fn leave_futures(&mut self) {
        let title = self.t("forecast-title");
        let ours = |overlay: &Overlay| matches!(overlay, Overlay::Card(card) if card.title == title);
        let waits = self.forecasting.as_ref().is_some_and(|f| f.deciding && f.entry.is_none());
        if self.forecasting.is_some() && !waits && !ours(&self.ui.overlay) && !self.ui.under.iter().any(ours) {
            self.forecasting = None;
        }
    }

    /// Takes what the futures have said; whether anything changed.
    pub(super) fn look_at_futures(&mut self) -> bool {
        let mut changed = false;
        while let Some(step) = self.forecasting.as_ref().and_then(|f| f.running.as_ref()).and_then(Running::look) {
            changed = true;
            let Some(forecasting) = &mut self.forecasting else { break };
            match step {
                Step::First(answer) => {
                    forecasting.answer = Some(answer);
                    // Somebody decides already: what is known by now is what they decide on.
                    if forecasting.deciding {
                        forecasting.running = None;
                        self.keep_futures();
                    }
                }
                Step::Whole(answer) => {
                    forecasting.answer = Some(answer);
                    forecasting.running = None;
                    self.keep_futures();
                }
                Step::Failed(why) => {
                    forecasting.running = None;
                    self.status(Level::Bad, why);
                }
            }
        }
        if changed {
            self.draw_futures();
        }
        changed
    }

    /// What was shown becomes an entry.
    fn keep_futures(&mut self) {
        let Some(forecasting) = &self.forecasting else { return };
        let Some(answer) = &forecasting.answer else { return };
        if self.session.read_only() || self.session.incident().closed() {
            return;
        }
        let spans = |bands: &mut dyn Iterator<Item = &Band>| bands.map(span).collect();
        let asked = &forecasting.asked;
        let options = asked.options.iter().zip(&answer.outlooks).map(|(option, outlook)| OutlookOption {
            text: option.name(&self.lang),
            levers: option.choice.levers.clone(),
            lost: spans(&mut outlook.cells.iter().map(|c| &c.lost)),
            in_target: spans(&mut outlook.cells.iter().map(|c| &c.in_target)),
        });
        let delays = asked.delays.iter().zip(&answer.pairs).map(|(delay, bands)| OutlookDelay {
            later: delay.option,
            now: delay.now,
            minutes: delay.minutes,
            more_lost: spans(&mut bands.iter()),
        });
        let outlook = Outlook {
            as_of: Some(forecasting.as_of.with_timezone(&self.session.zone()).fixed_offset()),
            data_age_s: u32::try_from(forecasting.age_s).unwrap_or(u32::MAX),
            estimate: forecasting.estimate.clone(),
            horizons_min: answer.horizons_s.iter().map(|s| (s / 60) as u32).collect(),
            options: options.collect(),
            delays: delays.collect(),
            futures: answer.futures,
            seed: forecasting.seed,
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            assumptions: forecasting.assumptions.clone(),
        };
        let names: Vec<String> = asked.options.iter().map(|option| option.name(&self.lang)).collect();
        let names = names.join(" | ");
        let text = self.lang.ta("forecast-entry", &[("options", Arg::Str(&names))]);
        let body = Body::Forecast { text, outlook: Box::new(outlook) };
        let ticket = self.session.submit(body, None, forecasting.re.iter().cloned().collect());
        self.sent.insert(ticket, Sent::default());
        if let Some(forecasting) = &mut self.forecasting {
            forecasting.ticket = Some(ticket);
        }
    }

    /// The entry is on disk: a decision can cite it.
    pub(super) fn futures_saved(&mut self, ticket: Ticket, ids: &[EntryId]) {
        if let Some(forecasting) = &mut self.forecasting
            && forecasting.ticket == Some(ticket)
        {
            forecasting.entry = ids.first().cloned();
            if forecasting.deciding {
                self.cited.clone_from(&forecasting.entry);
                self.forecasting = None;
                self.status(Level::Info, self.t("forecast-cited"));
            } else {
                self.draw_futures();
            }
        }
    }

    /// A decision was sent: a forecast that is not in the log yet is not that of the next one.
    pub(super) fn decided(&mut self) {
        self.cited = None;
        if self.forecasting.as_ref().is_some_and(|f| f.deciding) {
            self.forecasting = None;
            self.status(Level::Warning, self.t("forecast-not-cited"));
        }
    }

    /// The next decision cites the forecast; asked for a pending one, it is that which is decided. What is typed from
    /// now on is the decision, also while the forecast is still being worked out or written: what is shown by then is
    /// kept, and cited when it is on disk.
    pub(super) fn cite_forecast(&mut self) {
        let Some(forecasting) = &mut self.forecasting else { return };
        let (kept, asked) = (forecasting.entry.clone(), forecasting.re.clone());
        forecasting.deciding = true;
        let keep = kept.is_none() && forecasting.ticket.is_none() && forecasting.answer.is_some();
        if keep {
            forecasting.running = None;
            self.keep_futures();
        }
        self.cited.clone_from(&kept);
        match asked {
            Some(question) => self.open_cell_form(&CellForm::Decision { re: Some(question) }),
            None => self.set_kind(EntryKind::Decision, ""),
        }
        self.status(Level::Info, self.t(if kept.is_some() { "forecast-cited" } else { "forecast-cited-soon" }));
    }

    /// The last forecast that was asked for this.
    pub(super) fn forecast_about(&self, id: &EntryId) -> Option<EntryId> {
        let known = self.session.incident().forecasts().iter().rfind(|forecast| forecast.re.contains(id));
        known.map(|forecast| forecast.origin.entry.clone())
    }

    /// What waiting costs, from the last forecast that was asked for this pending decision, or that had one of these
    /// levers (words of the vocabulary) now and later.
    pub(super) fn delay_lines(&self, re: Option<&EntryId>, words: &[&str]) -> Vec<CardLine> {
        let pulled =
            |levers: &[(u64, crate::network::LeverKind)]| levers.iter().any(|(_, l)| words.contains(&l.word()));
        for forecast in self.session.incident().forecasts().iter().rev() {
            let outlook = &forecast.outlook;
            let about = re.is_some_and(|id| forecast.re.contains(id));
            let minutes = outlook.horizons_min.last().copied().unwrap_or_default();
            let at = self.lang.hm(outlook.as_of.map_or(forecast.origin.at, |at| at.to_utc()), self.session.zone());
            let delays = outlook.delays.iter().filter_map(|delay| {
                let (now, later) = (outlook.options.get(delay.now)?, outlook.options.get(delay.later)?);
                let (low, _, high) = delay.more_lost.last().copied()?;
                if !about && !pulled(&now.levers) {
                    return None;
                }
                let args = [
                    ("option", Arg::Str(later.text.as_str())),
                    ("low", Arg::Num(low as f64)),
                    ("high", Arg::Num(high as f64)),
                    ("minutes", Arg::Num(f64::from(minutes))),
                    ("at", Arg::Str(&at)),
                ];
                let value = text::visible(&self.lang.ta("forecast-delay-known", &args)).into_owned();
                Some(CardLine { label: self.t("forecast-delay-label"), value, level: Level::Info })
            });
            let lines: Vec<CardLine> = delays.collect();
            if !lines.is_empty() {
                return lines;
            }
        }
        Vec::new()
    }

    fn draw_futures(&mut self) {
        let Some(forecasting) = self.forecasting.as_ref().filter(|f| !f.deciding) else { return };
        let title = self.t("forecast-title");
        let stale = forecasting.age_s > STALE_S;
        let sentence =
            |value: String, level| CardLine { label: String::new(), value: text::visible(&value).into_owned(), level };
        let at = self.lang.hm(forecasting.as_of, self.session.zone());
        let args = [("at", Arg::Str(at.as_str())), ("age", Arg::Num(forecasting.age_s as f64))];
        let mut lines =
            vec![sentence(self.lang.ta("forecast-from", &args), if stale { Level::Warning } else { Level::Info })];
        if stale {
            lines.push(sentence(self.t("forecast-stale"), Level::Warning));
        }
        let own =
            if forecasting.estimate.is_empty() { self.t("forecast-no-estimate") } else { forecasting.estimate.clone() };
        lines.push(CardLine {
            label: self.t("forecast-own"),
            value: text::visible(&own).into_owned(),
            level: Level::Info,
        });
        match &forecasting.answer {
            None => lines.push(sentence(self.t("forecast-running"), Level::Info)),
            Some(answer) => {
                let now = (forecasting.as_of, self.session.zone());
                let fan = Fan { answer, asked: &forecasting.asked, glyphs: self.glyphs, stale, now };
                lines.extend(fan.lines(&self.lang));
                if !answer.complete {
                    lines.push(sentence(self.t("forecast-more"), Level::Info));
                }
            }
        }
        lines.extend(forecasting.assumptions.iter().map(|a| sentence(a.clone(), Level::Info)));
        // A log that takes no entries takes no decision either.
        let why_not = if forecasting.entry.is_some() { None } else { self.why_not_write() };
        let button = |id: &str, act, why_not| Button { label: self.t(id), act, why_not };
        let buttons =
            vec![button("forecast-decide", Act::CiteForecast, why_not), button("forecast-close", Act::Back, None)];
        let shown = match &mut self.ui.overlay {
            Overlay::Card(card) if card.title == title => Some(card),
            _ => None,
        };
        match shown {
            Some(card) => {
                card.lines = lines;
                card.buttons = buttons;
            }
            // Something else was laid on top meanwhile: it stays there.
            None if self.ui.under.iter().any(|o| matches!(o, Overlay::Card(card) if card.title == title)) => {}
            None => {
                self.ui.push(Overlay::Card(Card { title, lines, buttons, selected: None, scroll: 0, grave: false }));
            }
        }
    }
}
