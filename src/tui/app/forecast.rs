//! *What if*: one's own estimate first, then the futures of a few options, then an entry of the log.
//!
//! The futures run on threads of their own; the console only looks whether they have said something. Leaving the card
//! stops them.

use chrono::{DateTime, TimeDelta, Utc};

use crate::forecast::{Answer, Choice, HORIZONS_S, Question, Ranges, Running, Step, mix, possible, start};
use crate::incident::event::{Body, EntryId};
use crate::incident::outlook::{Outlook, OutlookOption};
use crate::lang::Arg;
use crate::network::LeverKind;
use crate::session::Ticket;
use crate::sim::SimTime;
use crate::text;
use crate::tui::action::Act;
use crate::tui::model::{Button, Card, CardLine, EntryKind, Field, FieldValue, Form, FormId, Level, Overlay};

use super::fan::Fan;
use super::forms::{chosen, text_of};
use super::{App, Sent};

/// Futures per option.
const FUTURES: u32 = 60;
/// Data older than this are drawn faint \[s\].
const STALE_S: i64 = 120;
/// Delays that can be compared with acting now \[min\]; 0: none.
const DELAYS_MIN: [u64; 4] = [30, 15, 60, 0];
/// Threads for futures: the others belong to the console.
const THREADS: usize = 2;

/// A forecast that is being worked out, or that is on the card.
#[derive(Debug)]
pub(super) struct Forecasting {
    running: Option<Running>,
    answer: Option<Answer>,
    names: Vec<String>,
    late: Vec<String>,
    levers: Vec<Choice>,
    estimate: String,
    as_of: DateTime<Utc>,
    age_s: i64,
    seed: u64,
    assumptions: Vec<String>,
    ticket: Option<Ticket>,
    pub(super) entry: Option<EntryId>,
}

impl App {
    /// Asks for the human's own estimate before the model says anything.
    pub(super) fn forecast_form(&self) -> Form {
        let levers = self.levers_now();
        let mut options: Vec<(String, bool)> = levers
            .iter()
            .map(|lever| (self.lever_name(lever.word()), matches!(lever, LeverKind::Publish { .. })))
            .collect();
        if !options.iter().any(|(_, ticked)| *ticked)
            && let Some(first) = options.first_mut()
        {
            first.1 = true;
        }
        let many = FieldValue::Many { options, cursor: 0 };
        let delays = DELAYS_MIN.map(|m| {
            if m == 0 {
                self.t("forecast-no-delay")
            } else {
                self.lang.ta("forecast-in", &[("minutes", Arg::Num(m as f64))])
            }
        });
        let delays = FieldValue::Choice { options: delays.to_vec(), selected: 0 };
        let field = |id, label: &str, value, hint: &str| Field {
            id,
            label: self.t(label),
            value,
            hint: self.t(hint),
            error: String::new(),
        };
        let fields = vec![
            self.text_field("estimate", "forecast-estimate", "", &self.t("forecast-estimate-hint")),
            field("levers", "forecast-levers", many, "form-kinds-hint"),
            field("delay", "forecast-also", delays, "forecast-also-hint"),
        ];
        let about = vec![self.t("forecast-about")];
        let (title, submit) = (self.t("act-forecast"), self.t("forecast-ask"));
        Form { id: FormId::Forecast, title, about, fields, focus: 0, submit }
    }

    fn levers_now(&self) -> Vec<LeverKind> {
        let servers = self.session.twin().map(|twin| twin.fork().next_sample().servers).unwrap_or_default();
        self.session.scenario().map(|scenario| possible(scenario, &servers)).unwrap_or_default()
    }

    /// Starts the futures of what was ticked; the error names the field.
    pub(super) fn ask_futures(&mut self, form: &Form) -> Result<(), (&'static str, String)> {
        let (Some(twin), Some(scenario)) = (self.session.twin(), self.session.scenario().cloned()) else {
            return Err(("levers", self.t("why-no-twin")));
        };
        let present = twin.fork();
        let ticked = form.fields.iter().find_map(|field| match &field.value {
            FieldValue::Many { options, .. } if field.id == "levers" => Some(options.clone()),
            _ => None,
        });
        let delay = chosen(form, "delay").and_then(|at| DELAYS_MIN.get(at)).copied().unwrap_or(0);
        let (mut names, mut choices) = (vec![self.t("forecast-nothing")], vec![Choice::nothing()]);
        let (mut pairs, mut late) = (Vec::new(), Vec::new());
        let levers = self.levers_now().into_iter().zip(ticked.unwrap_or_default());
        for (lever, (name, _)) in levers.filter(|(_, (_, ticked))| *ticked) {
            choices.push(Choice::lever(lever.clone()));
            names.push(self.lang.ta("forecast-now", &[("option", Arg::Str(&name))]));
            if delay > 0 {
                pairs.push((choices.len() as u32, choices.len() as u32 - 1));
                choices.push(Choice::lever(lever).later(delay * 60));
                let args = [("option", Arg::Str(name.as_str())), ("minutes", Arg::Num(delay as f64))];
                names.push(self.lang.ta("forecast-later", &args));
                late.push(self.lang.ta("forecast-later", &args));
            }
        }
        if choices.len() < 2 {
            return Err(("levers", self.t("forecast-no-lever")));
        }
        let ranges = Ranges::of(&scenario);
        let now = present.now();
        let as_of = scenario.start + TimeDelta::seconds((now.0 / SimTime::SECOND) as i64);
        let seed = mix(scenario.seed, now.0);
        let assumptions = self.assumptions(&ranges);
        let age_s = (self.session.now_incident() - as_of).num_seconds().max(0)
            + i64::from(scenario.visibility.operator_s.max(scenario.visibility.psaps_s));
        let question = Question {
            present,
            choices: choices.clone(),
            pairs,
            horizons_s: HORIZONS_S.to_vec(),
            futures: FUTURES,
            first: Some((FUTURES, 2)),
            seed,
            ranges,
        };
        let running = start(question, THREADS, self.session.waking());
        self.forecasting = Some(Forecasting {
            running: Some(running),
            answer: None,
            names,
            late,
            levers: choices,
            estimate: text_of(form, "estimate"),
            as_of,
            age_s,
            seed,
            assumptions,
            ticket: None,
            entry: None,
        });
        self.ui.clear_overlays();
        self.draw_futures();
        Ok(())
    }

    fn assumptions(&self, ranges: &Ranges) -> Vec<String> {
        let drawn: Vec<&str> = ranges.drawn().map(|r| r.path.as_str()).collect();
        let args = [("drawn", Arg::Num(drawn.len() as f64)), ("fixed", Arg::Num(ranges.fixed() as f64))];
        vec![
            self.t("forecast-assume-script"),
            self.t("forecast-assume-state"),
            self.lang.ta("forecast-assume-drawn", &args),
        ]
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
        if self.forecasting.is_some() && !ours(&self.ui.overlay) && !self.ui.under.iter().any(ours) {
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
                Step::First(answer) => forecasting.answer = Some(answer),
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
        let span = |b: &crate::forecast::Band| (b.low.round() as i64, b.mid.round() as i64, b.high.round() as i64);
        let options =
            forecasting.names.iter().zip(&forecasting.levers).zip(&answer.outlooks).map(|((name, choice), outlook)| {
                OutlookOption {
                    text: name.clone(),
                    levers: choice.levers.clone(),
                    lost: outlook.cells.iter().map(|c| span(&c.lost)).collect(),
                    in_target: outlook.cells.iter().map(|c| span(&c.in_target)).collect(),
                }
            });
        let outlook = Outlook {
            as_of: Some(forecasting.as_of.with_timezone(&self.session.zone()).fixed_offset()),
            data_age_s: u32::try_from(forecasting.age_s).unwrap_or(u32::MAX),
            estimate: forecasting.estimate.clone(),
            horizons_min: answer.horizons_s.iter().map(|s| (s / 60) as u32).collect(),
            options: options.collect(),
            futures: answer.futures,
            seed: forecasting.seed,
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            assumptions: forecasting.assumptions.clone(),
        };
        let names = forecasting.names.join(" | ");
        let text = self.lang.ta("forecast-entry", &[("options", Arg::Str(&names))]);
        let body = Body::Forecast { text, outlook: Box::new(outlook) };
        let ticket = self.session.submit(body, None, Vec::new());
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
            self.draw_futures();
        }
    }

    /// The next decision cites the forecast.
    pub(super) fn cite_forecast(&mut self) {
        self.cited = self.forecasting.as_ref().and_then(|f| f.entry.clone());
        self.set_kind(EntryKind::Decision, "");
        self.status(Level::Info, self.t("forecast-cited"));
    }

    fn draw_futures(&mut self) {
        let Some(forecasting) = &self.forecasting else { return };
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
                let fan =
                    Fan { answer, names: &forecasting.names, late: &forecasting.late, glyphs: self.glyphs, stale };
                lines.extend(fan.lines(&self.lang));
                if !answer.complete {
                    lines.push(sentence(self.t("forecast-more"), Level::Info));
                }
            }
        }
        lines.extend(forecasting.assumptions.iter().map(|a| sentence(a.clone(), Level::Info)));
        let why_not = if forecasting.entry.is_some() { None } else { Some(self.t("forecast-not-kept")) };
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
