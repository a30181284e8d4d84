//! The form of *what if*: one's own estimate, the options, how much later.
//!
//! Options are the levers that need no place, those on the call servers that are ticked, what the running playbooks
//! offer now, and whatever is written out as a line of the vocabulary.

use chrono::TimeDelta;

use crate::forecast::{
    Choice, HORIZONS_S, Question, Ranges, complete, courses, mix, on_servers, placeless, start, troubled,
};
use crate::incident::event::{EntryId, StepRef};
use crate::lang::{Arg, Lang};
use crate::network::{LeverKind, Scenario, ServerId};
use crate::playbook::lever_word;
use crate::sim::SimTime;
use crate::tui::app::App;
use crate::tui::app::forms::{text_of, ticked};
use crate::tui::model::{Field, FieldValue, Form, FormId};

use super::Forecasting;

/// Futures per option; fewer where nothing is optimised.
const FUTURES: u32 = if cfg!(test) { 12 } else { 60 };
/// Delays that can be compared with acting now \[min\], and whether they are at first.
const DELAYS_MIN: [(u32, bool); 3] = [(15, false), (30, true), (60, false)];
/// Threads for futures: the others belong to the console.
const THREADS: usize = 2;
/// Most options of one question, *nothing* included: more cannot be compared at a glance, nor worked out in time.
const MOST: usize = 10;

/// An option as people read it.
#[derive(Debug, Clone)]
pub(in crate::tui::app) struct Named {
    /// What is done; empty: nothing.
    pub what: String,
    /// How much later \[min\].
    pub minutes: u32,
    pub choice: Choice,
}

impl Named {
    /// When it is done, in words; empty for *nothing*.
    pub fn when(&self, lang: &Lang) -> String {
        match (self.choice.is_nothing(), self.minutes) {
            (true, _) => String::new(),
            (false, 0) => lang.t("forecast-when-now"),
            (false, minutes) => lang.ta("forecast-when", &[("minutes", Arg::Num(f64::from(minutes)))]),
        }
    }

    /// In one line.
    pub fn name(&self, lang: &Lang) -> String {
        let when = self.when(lang);
        if when.is_empty() { self.what.clone() } else { format!("{}, {when}", self.what) }
    }
}

/// An option later and the same now, by their places among the options.
#[derive(Debug, Clone, Copy)]
pub(in crate::tui::app) struct Later {
    pub option: usize,
    pub now: usize,
    pub minutes: u32,
}

/// What was asked.
#[derive(Debug, Clone, Default)]
pub(in crate::tui::app) struct Asked {
    /// The options, *nothing* first.
    pub options: Vec<Named>,
    /// What waiting is asked about.
    pub delays: Vec<Later>,
    /// Levers of a playbook's step that need a place that was not named.
    pub left_out: Vec<String>,
}

/// A step of a running playbook, or a branch of it, as an option.
#[derive(Debug)]
struct Offer {
    at: StepRef,
    name: String,
    offers: Vec<String>,
}

impl App {
    /// Asks for the human's own estimate before the model says anything. `step`: what it offers is ticked.
    pub(in crate::tui::app) fn forecast_form(&self, re: Option<EntryId>, step: Option<&StepRef>) -> Form {
        let field = |id, label: &str, value, hint: &str| Field {
            id,
            label: self.t(label),
            value,
            hint: if hint.is_empty() { String::new() } else { self.t(hint) },
            error: String::new(),
        };
        let many = |options: Vec<(String, bool)>| FieldValue::Many { options, cursor: 0 };
        let mut fields = vec![self.text_field("estimate", "forecast-estimate", "", &self.t("forecast-estimate-hint"))];
        let offers = self.offers();
        let from_step = step.is_some_and(|step| offers.iter().any(|offer| offer.at == *step));
        let mut levers: Vec<(String, bool)> = self
            .placeless_now()
            .iter()
            .map(|lever| (self.lever_name(lever.word()), !from_step && matches!(lever, LeverKind::Publish { .. })))
            .collect();
        let on_servers = self.server_words();
        levers.extend(on_servers.iter().map(|word| (self.lever_name(word), false)));
        if !from_step
            && !levers.iter().any(|(_, ticked)| *ticked)
            && let Some(first) = levers.first_mut()
        {
            first.1 = true;
        }
        fields.push(field("levers", "forecast-levers", many(levers), "form-kinds-hint"));
        if !on_servers.is_empty() {
            let troubled = self.troubled_now();
            let servers = self.session.network().call_servers.iter().enumerate();
            let servers = servers.map(|(i, s)| (s.id.clone(), troubled.contains(&ServerId(i as u16)))).collect();
            fields.push(field("servers", "forecast-servers", many(servers), "forecast-servers-hint"));
        }
        if !offers.is_empty() {
            let ticks = offers.iter().map(|offer| (offer.name.clone(), step == Some(&offer.at))).collect();
            fields.push(field("courses", "forecast-courses", many(ticks), "forecast-courses-hint"));
        }
        fields.push(self.text_field("lines", "forecast-lines", "", &self.t("forecast-lines-hint")));
        let delays =
            DELAYS_MIN.map(|(m, on)| (self.lang.ta("forecast-in", &[("minutes", Arg::Num(f64::from(m)))]), on));
        fields.push(field("delay", "forecast-also", many(delays.to_vec()), "forecast-also-hint"));
        let mut about = vec![self.t("forecast-about")];
        about.extend(re.as_ref().and_then(|id| self.session.incident().question(id)).map(|q| q.text.clone()));
        let (title, submit) = (self.t("act-forecast"), self.t("forecast-ask"));
        Form { id: FormId::Forecast(re), title, about, fields, focus: 0, submit }
    }

    /// Levers that need no place. *Do not call to test* is among those that can be written out: it changes nothing
    /// where a scenario has no such calls.
    fn placeless_now(&self) -> Vec<LeverKind> {
        self.session.scenario().map(|scenario| placeless(scenario).collect()).unwrap_or_default()
    }

    fn server_words(&self) -> Vec<String> {
        self.session.scenario().map(|s| on_servers(s).map(str::to_owned).collect()).unwrap_or_default()
    }

    fn troubled_now(&self) -> Vec<ServerId> {
        self.session.twin().map(|twin| troubled(&twin.fork().next_sample().servers)).unwrap_or_default()
    }

    /// What the running playbooks would have done now.
    fn offers(&self) -> Vec<Offer> {
        let now = self.session.now_incident();
        let mut out = Vec::new();
        for open in self.session.incident().open_playbooks() {
            let Some(playbook) = self.session.library().get(&open.id) else { continue };
            for course in courses(playbook, &self.session.progress_of(playbook, now)) {
                let of = course.go.as_ref().unwrap_or(&course.step);
                let name = playbook.step(of).map(|step| self.lang.of(&step.text).to_owned()).unwrap_or_default();
                let at = StepRef { playbook: open.id.clone(), step: course.step.clone() };
                out.push(Offer { at, name: name.trim_end_matches('.').to_owned(), offers: course.offers });
            }
        }
        out
    }

    /// Starts the futures of what was ticked and written; the error names the field.
    pub(in crate::tui::app) fn ask_futures(
        &mut self,
        form: &Form,
        re: Option<EntryId>,
    ) -> Result<(), (&'static str, String)> {
        let (Some(twin), Some(scenario)) = (self.session.twin(), self.session.scenario().cloned()) else {
            let why = if self.session.preparing_twin() { "forecast-preparing" } else { "why-no-twin" };
            return Err(("levers", self.t(why)));
        };
        let present = twin.fork();
        let asked = self.asked(form, &scenario)?;
        let ranges = Ranges::of(&scenario);
        let now = present.now();
        let as_of = scenario.start + TimeDelta::seconds((now.0 / SimTime::SECOND) as i64);
        let seed = mix(scenario.seed, now.0);
        let mut assumptions = self.assumptions(&ranges, &asked.left_out);
        // The simulation of an exercise is the truth: what it starts from is as old as its last frame, however late people
        // see their figures.
        let age_s = (self.session.now_incident() - as_of).num_seconds().max(0);
        if self.session.is_played() {
            let cell = self.session.cell();
            let delays = [
                cell.is_some_and(|cell| cell.operator).then_some(scenario.visibility.operator_s),
                cell.is_some_and(|cell| cell.psaps).then_some(scenario.visibility.psaps_s),
            ];
            assumptions.push(match delays.into_iter().flatten().max() {
                Some(s) => {
                    let age = self.lang.duration(TimeDelta::seconds(i64::from(s)));
                    self.lang.ta("forecast-cell", &[("age", Arg::Str(&age))])
                }
                None => self.t("forecast-cell-blind"),
            });
        }
        let question = Question {
            present,
            choices: asked.options.iter().map(|option| option.choice.clone()).collect(),
            pairs: asked.delays.iter().map(|delay| (delay.option as u32, delay.now as u32)).collect(),
            horizons_s: HORIZONS_S.to_vec(),
            futures: FUTURES,
            first: Some((FUTURES, 2)),
            seed,
            ranges,
            // The twin of an exercise is the network itself: telemetry can teach it nothing.
            lag_s: 0,
            past: None,
        };
        let running = start(question, THREADS, self.session.waking());
        self.forecasting = Some(Forecasting {
            running: Some(running),
            answer: None,
            asked,
            re,
            estimate: text_of(form, "estimate"),
            as_of,
            age_s,
            seed,
            assumptions,
            ticket: None,
            entry: None,
            deciding: false,
        });
        self.ui.clear_overlays();
        self.draw_futures();
        Ok(())
    }

    /// The options of a filled form.
    fn asked(&self, form: &Form, scenario: &Scenario) -> Result<Asked, (&'static str, String)> {
        let servers: Vec<ServerId> = ticked(form, "servers").into_iter().map(|i| ServerId(i as u16)).collect();
        let mut asked = Asked::default();
        asked.options.push(Named { what: self.t("forecast-nothing"), minutes: 0, choice: Choice::nothing() });
        let mut acts: Vec<(String, Vec<LeverKind>)> = Vec::new();
        let (free, words) = (self.placeless_now(), self.server_words());
        let ids = || servers.iter().filter_map(|id| scenario.network.call_servers.get(id.index()));
        for at in ticked(form, "levers") {
            if let Some(lever) = free.get(at) {
                acts.push((self.lever_name(lever.word()), vec![lever.clone()]));
            } else if let Some(word) = words.get(at - free.len()) {
                let Ok(lever) = complete(scenario, word, &servers) else {
                    return Err(("servers", self.t("forecast-no-server")));
                };
                let on: Vec<&str> = ids().map(|server| server.id.as_str()).collect();
                let args = [("name", Arg::Str(&self.lever_name(word))), ("on", Arg::Str(&on.join(", ")))];
                acts.push((self.lang.ta("lever-on", &args), vec![lever]));
            }
        }
        let offers = self.offers();
        for offer in ticked(form, "courses").into_iter().filter_map(|at| offers.get(at)) {
            let mut levers = Vec::new();
            for line in &offer.offers {
                match complete(scenario, line, &servers) {
                    Ok(lever) => levers.push(lever),
                    Err(_) => asked.left_out.push(self.lever_name(lever_word(line))),
                }
            }
            if levers.is_empty() {
                return Err(("servers", self.t("forecast-no-server")));
            }
            acts.push((offer.name.clone(), levers));
        }
        let lines = text_of(form, "lines");
        for line in lines.split(';').map(str::trim).filter(|line| !line.is_empty()) {
            let levers = line.split('+').map(|part| complete(scenario, part.trim(), &servers));
            acts.push((line.to_owned(), levers.collect::<Result<_, _>>().map_err(|why| ("lines", why))?));
        }
        if acts.is_empty() {
            return Err(("levers", self.t("forecast-no-lever")));
        }
        let delays: Vec<u32> =
            ticked(form, "delay").into_iter().filter_map(|at| DELAYS_MIN.get(at)).map(|d| d.0).collect();
        if 1 + acts.len() * (1 + delays.len()) > MOST {
            let args = [("most", Arg::Num(MOST as f64))];
            return Err(("levers", self.lang.ta("forecast-too-many", &args)));
        }
        for (what, levers) in acts {
            let now = asked.options.len();
            let choice = Choice::branch(levers);
            asked.options.push(Named { what: what.clone(), minutes: 0, choice: choice.clone() });
            for minutes in &delays {
                asked.delays.push(Later { option: asked.options.len(), now, minutes: *minutes });
                let choice = choice.clone().later(u64::from(*minutes) * 60);
                asked.options.push(Named { what: what.clone(), minutes: *minutes, choice });
            }
        }
        asked.left_out.sort();
        asked.left_out.dedup();
        Ok(asked)
    }
}
