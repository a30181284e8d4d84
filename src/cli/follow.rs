//! `vigie follow`, and what every other command does where no screen can be drawn: a linear stream of text, only ever
//! added to, for screen readers and for files.
//!
//! In an incident of one's own, lines on standard input are entries; those that begin with `:` are commands.

use std::collections::{BTreeMap, VecDeque};
use std::io::{self, BufRead as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use chrono::TimeDelta;

use super::launch::{find, rate};
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::health::State;
use crate::incident::event::{ActionState, Body, EventTime, Statement};
use crate::incident::{DeadlineKind, DeadlineSource, DeadlineState};
use crate::lang::{Arg, Lang};
use crate::network::ServiceId;
use crate::report::wording;
use crate::session::{Outcome, Progress, Session};
use crate::tui::app::addressed;
use crate::tui::entry;

/// Follow an incident as a linear stream of text.
#[derive(Debug, clap::Args)]
pub struct Follow {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
    /// Plain text (the only form there is; accepted so that scripts may say it)
    #[arg(long)]
    plain: bool,
    /// Stop after what is there now
    #[arg(long)]
    once: bool,
}

impl Follow {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let _ = self.plain;
        let path = find(context, self.incident.as_deref())?;
        let session = Session::watch(context.setup(), &path)?;
        Stream::new(session, context).run(self.once)
    }
}

/// Shows a session as plain text until standard input ends, or for ever when it only reads.
pub(super) fn stream(session: Session, context: &Context) -> Result<Exit, Failure> {
    Stream::new(session, context).run(false)
}

/// What wakes the stream.
enum Heard {
    /// The session has something to do.
    Wake,
    /// Somebody typed a line.
    Line(String),
    /// Nobody will type any more.
    End,
}

struct Stream<'a> {
    session: Session,
    lang: &'a Lang,
    out: Out,
    entries: usize,
    overall: Option<State>,
    services: BTreeMap<ServiceId, State>,
    deadlines: BTreeMap<(DeadlineSource, DeadlineKind), DeadlineState>,
    exit: Exit,
}

impl<'a> Stream<'a> {
    fn new(session: Session, context: &'a Context) -> Self {
        Self {
            session,
            lang: &context.lang,
            out: Out::new(),
            entries: 0,
            overall: None,
            services: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            exit: Exit::Ok,
        }
    }

    fn run(mut self, once: bool) -> Result<Exit, Failure> {
        let (sender, heard) = channel();
        let wake = sender.clone();
        // A send that fails means that the stream has ended.
        self.session.waker(Box::new(move || drop(wake.send(Heard::Wake))));
        let reads = !self.session.read_only() && !once;
        if reads {
            listen(sender.clone())?;
        }
        self.head()?;
        let told = self.tell_until_the_end(&heard, once);
        // What was typed is kept whether anybody still reads the stream or not.
        let closed = self.session.close();
        match told {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            other => other?,
        }
        closed?;
        Ok(self.exit)
    }

    fn tell_until_the_end(&mut self, heard: &Receiver<Heard>, once: bool) -> io::Result<()> {
        let mut held: VecDeque<Option<String>> = VecDeque::new();
        loop {
            let outcomes = self.session.pump();
            self.outcomes(outcomes)?;
            // What is typed before the incident is there waits for it: its clock is not known yet.
            while self.session.progress() != Some(Progress::Loading)
                && let Some(line) = held.pop_front()
            {
                match line {
                    Some(line) if self.typed(&line)? => {}
                    _ => return Ok(()),
                }
            }
            self.news()?;
            self.out.flush()?;
            if once && self.session.progress().is_none() {
                return Ok(());
            }
            let wait = self.session.next_wake().unwrap_or(Duration::from_hours(1));
            match heard.recv_timeout(wait) {
                Ok(Heard::Wake) | Err(RecvTimeoutError::Timeout) => {}
                Ok(Heard::Line(line)) => held.push_back(Some(line)),
                Ok(Heard::End) => held.push_back(None),
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn say(&mut self, id: &str, args: &[(&str, Arg<'_>)]) -> io::Result<()> {
        let line = self.lang.ta(id, args);
        self.out.line(&line)
    }

    fn head(&mut self) -> io::Result<()> {
        let mode = self.lang.t(self.session.mode().id());
        let genesis = self.session.incident().genesis();
        let (title, inc) = (genesis.title.clone(), genesis.inc.clone());
        self.say("cli-follow-head", &[("mode", Arg::Str(&mode)), ("title", Arg::Str(&title)), ("inc", Arg::Str(&inc))])
    }

    fn outcomes(&mut self, outcomes: Vec<Outcome>) -> io::Result<()> {
        for outcome in outcomes {
            match outcome {
                // The entry itself is told from the log.
                Outcome::Saved { .. } | Outcome::Opened { .. } => {}
                Outcome::Refused { body, refusal, .. } => {
                    let why = refusal.words(self.lang);
                    self.say("cli-follow-refused", &[("why", Arg::Str(&why)), ("text", Arg::Str(body.text()))])?;
                }
                Outcome::NotSaved { body, why, .. } => {
                    self.exit = Exit::Failed;
                    self.say("cli-follow-not-saved", &[("why", Arg::Str(&why)), ("text", Arg::Str(body.text()))])?;
                }
                Outcome::Failed { why } => {
                    self.exit = Exit::Input;
                    self.say("cli-follow-failed", &[("why", Arg::Str(&why))])?;
                }
            }
        }
        Ok(())
    }

    /// What has changed since the last time.
    fn news(&mut self) -> io::Result<()> {
        let tz = self.session.zone();
        let log = self.session.log();
        let mut lines = Vec::new();
        while let Some(entry) = (self.entries < log.len()).then(|| log.get(self.entries)).flatten() {
            self.entries += 1;
            lines.push(wording::line(&entry, self.lang, tz));
        }
        for line in lines {
            self.out.line(&line)?;
        }
        self.health()?;
        self.due()
    }

    fn health(&mut self) -> io::Result<()> {
        let (tz, now) = (self.session.zone(), self.session.now_incident());
        let time = self.lang.hm(now, tz);
        let overview = self.session.board().overview();
        let (state, zones) = (overview.state, overview.zones);
        let network = self.session.network();
        let names = |ids: &[ServiceId]| -> Vec<String> {
            ids.iter().filter_map(|id| network.services.get(id.index())).map(|service| service.code.clone()).collect()
        };
        let services = names(&overview.services).join(" ");
        let mut changed = Vec::new();
        for row in self.session.board().services() {
            let before = self.services.insert(row.service, row.state);
            if before.is_some_and(|before| before != row.state) {
                changed.push((names(&[row.service]).join(""), row.state));
            }
        }
        if self.overall.replace(state).is_some_and(|before| before != state) {
            let state = self.lang.t(wording::state_id(state));
            let areas = self.lang.of(&self.session.network().areas).to_owned();
            self.say(
                "cli-follow-state",
                &[
                    ("time", Arg::Str(&time)),
                    ("state", Arg::Str(&state)),
                    ("services", Arg::Str(&services)),
                    ("zones", Arg::Num(f64::from(zones))),
                    ("areas", Arg::Str(&areas)),
                ],
            )?;
        }
        for (service, state) in changed {
            let state = self.lang.t(wording::state_id(state));
            self.say(
                "cli-follow-service",
                &[("time", Arg::Str(&time)), ("service", Arg::Str(&service)), ("state", Arg::Str(&state))],
            )?;
        }
        Ok(())
    }

    fn due(&mut self) -> io::Result<()> {
        let (tz, now) = (self.session.zone(), self.session.now_incident());
        for deadline in self.session.deadlines(now) {
            let before = self.deadlines.insert((deadline.source.clone(), deadline.kind), deadline.state);
            let id = match deadline.state {
                state if before == Some(state) => continue,
                DeadlineState::Overdue => "cli-follow-overdue",
                DeadlineState::Soon => "cli-follow-soon",
                DeadlineState::Later | DeadlineState::Done => continue,
            };
            let label = deadline.title(self.lang).into_owned();
            let due = self.lang.hm(deadline.due, tz);
            let left = (deadline.due - now).abs().max(TimeDelta::zero());
            let left = self.lang.duration(left);
            self.say(id, &[("label", Arg::Str(&label)), ("due", Arg::Str(&due)), ("left", Arg::Str(&left))])?;
        }
        Ok(())
    }

    /// Makes an entry or a command of a line; false: the end was asked for.
    fn typed(&mut self, line: &str) -> io::Result<bool> {
        let line = line.trim();
        let Some(command) = line.strip_prefix(':') else {
            if !line.is_empty() {
                let parsed = entry::parse(line, self.session.now_incident(), self.session.zone());
                let text = parsed.text.to_owned();
                let time = parsed.time;
                self.submit(Body::Information(Statement { text, ..Statement::default() }), time);
            }
            return Ok(true);
        };
        let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        let parsed = entry::parse(rest, self.session.now_incident(), self.session.zone());
        let (text, time) = (parsed.text.to_owned(), parsed.time);
        let body = match word {
            "q" | "quit" => return Ok(false),
            "pause" => {
                self.session.pause();
                return Ok(true);
            }
            "run" => {
                self.session.resume_clock();
                return Ok(true);
            }
            "take-over" => {
                if let Err(why) = self.session.take_over() {
                    self.say("cli-follow-failed", &[("why", Arg::Str(&self.lang.say(&why.said())))])?;
                }
                return Ok(true);
            }
            "speed" => {
                match rate(rest) {
                    Ok(rate) => drop(self.session.set_speed(rate)),
                    Err(why) => self.say("cli-follow-failed", &[("why", Arg::Str(&self.lang.say(&why)))])?,
                }
                return Ok(true);
            }
            "jump" => {
                match entry::place(rest, &self.session, self.lang) {
                    Ok(to) => drop(self.session.jump(to)),
                    Err(why) => self.say("cli-follow-failed", &[("why", Arg::Str(&why))])?,
                }
                return Ok(true);
            }
            "fact" => Body::Fact(Statement { text, ..Statement::default() }),
            "note" => Body::Note { text },
            "decision" => {
                let (text, rationale) = text.split_once(" -- ").map_or((text.as_str(), ""), |(text, why)| (text, why));
                Body::decision(text, rationale, Vec::new())
            }
            "message" => {
                let Some((to, text)) = addressed(&text) else {
                    self.say("cli-follow-no-addressee", &[("text", Arg::Str(rest))])?;
                    return Ok(true);
                };
                let (to, text) = (to.to_owned(), text.to_owned());
                Body::Message { text, to, from: String::new(), channel: String::new(), answer_by: None }
            }
            "action" => Body::Action { text, owner: String::new(), due: None, state: ActionState::Ordered },
            "aware" => Body::Awareness { text },
            "close" => Body::Close { text },
            "reopen" => Body::Reopen { text },
            _ => {
                self.say("cli-follow-unknown", &[("word", Arg::Str(word))])?;
                return Ok(true);
            }
        };
        self.submit(body, time);
        Ok(true)
    }

    fn submit(&mut self, body: Body, time: Option<EventTime>) {
        self.session.submit(body, time, Vec::new());
    }
}

/// Reads lines on a thread of its own.
fn listen(sender: Sender<Heard>) -> io::Result<()> {
    std::thread::Builder::new().name("vigie-lines".to_owned()).spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if sender.send(Heard::Line(line)).is_err() {
                return;
            }
        }
        let _ = sender.send(Heard::End);
    })?;
    Ok(())
}
