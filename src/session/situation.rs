//! What a point de situation and a handover are drafted from, gathered from a session.

use chrono::{DateTime, Utc};

use super::Session;
use crate::incident::debts::Debt;
use crate::incident::record::SitrepVariant;
use crate::incident::status::Deadline;
use crate::lang::Lang;
use crate::playbook::tally;
use crate::report::sitrep::{Input, Running, Statements};

/// What was gathered; [`Situation::input`] gives what a draft takes.
#[derive(Debug)]
pub struct Situation {
    /// As of (incident time).
    pub now: DateTime<Utc>,
    statements: Statements,
    deadlines: Vec<Deadline>,
    debts: Vec<Debt>,
    playbooks: Vec<Running>,
    suggested: Vec<String>,
}

impl Situation {
    /// What a draft takes.
    pub fn input<'a>(&'a self, session: &'a Session, lang: &'a Lang, variant: SitrepVariant) -> Input<'a> {
        let mut input = Input::new(session.incident(), self.now, lang, session.zone());
        input.statements = Some(&self.statements);
        input.board = Some(session.board());
        input.deadlines = &self.deadlines;
        input.debts = &self.debts;
        input.playbooks = &self.playbooks;
        input.suggested = &self.suggested;
        input.variant = variant;
        input
    }
}

impl Session {
    /// What a point de situation and a handover are drafted from, at this incident time. Reads statements back from
    /// the log (at most 2,000).
    pub fn situation(&self, now: DateTime<Utc>, lang: &Lang) -> Situation {
        let open = self.incident().open_playbooks().iter().filter_map(|open| self.library().get(&open.id));
        let playbooks = open.map(|playbook| Running {
            title: lang.of(&playbook.title).to_owned(),
            tally: tally(&self.progress_of(playbook, now)),
        });
        let suggested = self.suggestions().into_iter().map(|one| lang.of(&one.playbook.title).to_owned());
        let deadlines = self.deadlines(now);
        Situation {
            now,
            debts: self.debts(now),
            statements: Statements::of(self.log()),
            deadlines,
            playbooks: playbooks.collect(),
            suggested: suggested.collect(),
        }
    }
}
