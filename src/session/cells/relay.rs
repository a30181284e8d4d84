//! What was heard becomes lines of the own log, once each.

use super::{Cells, Task};
use crate::exercise::{CellSpec, addressees};
use crate::incident::event::{Body, EntryId, Role};
use crate::incident::status::{Decided, MessageStatus};
use crate::incident::{Command, Moment, Refusal};
use crate::lang::Arg;
use crate::session::Session;

/// What becomes of a task.
enum Next {
    /// It is done, or is nobody's concern any more.
    Drop,
    /// It waits for something that is under way.
    Wait,
    /// These lines are asked for.
    Ask(Vec<(Body, Vec<EntryId>)>),
}

impl Session {
    /// Does what was heard and is not in the own log yet.
    pub(super) fn relay(&mut self) {
        let Some(cells) = self.cells.as_mut() else { return };
        let tasks = std::mem::take(&mut cells.tasks);
        if self.incident.closed() {
            return;
        }
        let mut left = Vec::new();
        for task in tasks {
            match self.next(&task) {
                Next::Drop => {}
                Next::Wait => left.push(task),
                Next::Ask(lines) => {
                    for (body, re) in lines {
                        self.submit_machine_re(body, re);
                    }
                    // Until it is in the log it may have failed: it is looked at again.
                    left.push(task);
                }
            }
        }
        if let Some(cells) = self.cells.as_mut() {
            cells.tasks.extend(left);
        }
    }

    fn next(&self, task: &Task) -> Next {
        let Some(cells) = &self.cells else { return Next::Drop };
        let from = match task {
            Task::Message { from, .. } | Task::Receipt { from, .. } | Task::Told { from, .. } => from,
            Task::Order { decision, .. } => decision,
        };
        if cells.taken.contains_key(from) {
            return Next::Drop;
        }
        let asked =
            |pending: &crate::session::Pending| pending.author.role == Role::Machine && pending.re.contains(from);
        if self.recorder.pending().any(asked) {
            return Next::Wait;
        }
        match task {
            Task::Message { from, body, answers } => {
                let mut lines = vec![(body.clone(), vec![from.clone()])];
                for answered in answers {
                    let Some(own) = self.here(cells, answered) else { continue };
                    let owing = self.owing(cells, answered, &own);
                    if owing.is_empty() {
                        lines[0].1.push(own);
                        continue;
                    }
                    // An answer by one of several settles nothing for the others: a line says who is left.
                    let cell = self.name_of(cells, from, &own);
                    let said = self.lang.ta("session-cell-answered", &[("cell", Arg::Str(&cell))]);
                    let text = self.left(&said, &owing);
                    lines.push((Body::Receipt { acknowledged: false, text }, vec![own, from.clone()]));
                }
                Next::Ask(lines)
            }
            Task::Receipt { from, of, acknowledged, text } => self.receipt(cells, from, of, *acknowledged, text),
            Task::Order { decision, of, .. } => {
                let Some(copy) = cells.taken.get(of) else { return Next::Wait };
                // What becomes of the order is decided when its turn comes, all of it at once: `carried_out`.
                let said = Body::Receipt { acknowledged: true, text: self.lang.t("session-cell-ordered") };
                Next::Ask(vec![(said, vec![copy.clone(), decision.clone()])])
            }
            Task::Told { from, body } => {
                let ordered = |word: &str| {
                    let mine = self.incident.decisions().iter().flat_map(|decision| &decision.levers);
                    mine.into_iter().any(|order| order.lever.word() == word)
                };
                match body {
                    Body::Notice { data, .. } if !data.get("lever").is_some_and(|word| ordered(word)) => Next::Drop,
                    body => Next::Ask(vec![(body.clone(), vec![from.clone()])]),
                }
            }
        }
    }

    /// What an order of players becomes, when the machine is about to say that it was passed on: its levers and the receipt
    /// in one append; where a lever is refused (play is over, or frozen), a line that says so of the decision, and the
    /// receipt that tells who ordered. Either way the decision was taken, once.
    pub(in crate::session) fn carried_out(
        &self,
        command: &Command,
        foreign: &[EntryId],
        moment: &Moment,
    ) -> Option<Result<Vec<Decided>, Refusal>> {
        let cells = self.cells.as_ref().filter(|_| matches!(command.body, Body::Receipt { .. }))?;
        let (levers, text) = cells.tasks.iter().find_map(|task| match task {
            Task::Order { decision, levers, text, .. } if foreign.contains(decision) => Some((levers, text)),
            _ => None,
        })?;
        let one = |body: Body| Command { author: command.author.clone(), event_at: None, body, re: command.re.clone() };
        let mut all = Vec::new();
        let mut refused = false;
        for order in levers {
            let body = Body::Lever { order: order.clone(), frame_at: 0, text: text.clone() };
            match self.decide_at_desk(one(body), moment) {
                Ok(lines) => all.extend(lines),
                Err(_) => refused = true,
            }
        }
        let mut said = command.body.clone();
        if refused {
            let why = self.lang.t("session-cell-not-ordered");
            let data = [("what".to_owned(), "order-refused".to_owned())].into();
            match self.incident.decide(one(Body::Notice { text: format!("{why} · {text}"), data }), moment) {
                Ok(lines) => all = lines,
                Err(refusal) => return Some(Err(refusal)),
            }
            said = Body::Receipt { acknowledged: true, text: why };
        }
        for (.., re) in &mut all {
            re.extend(foreign.iter().cloned());
        }
        // The receipt itself refers to the message alone: that is how its sender hears it.
        Some(self.decide_at_desk(one(said), moment).map(|lines| {
            all.extend(lines);
            all
        }))
    }

    /// A message of ours, or one that control has a copy of, was received or acknowledged.
    fn receipt(&self, cells: &Cells, from: &EntryId, of: &EntryId, acknowledged: bool, text: &str) -> Next {
        let Some(own) = self.here(cells, of) else {
            // Whose it is may still be on its way; a player is only concerned by what he wrote himself.
            let mine = self
                .recorder
                .writer
                .as_ref()
                .is_some_and(|writer| of.parts().is_some_and(|(chain, _)| chain == writer.chain()));
            return if mine || cells.hosting() { Next::Wait } else { Next::Drop };
        };
        // Of a message that reached several cells each owes a receipt of its own: what another said of its copy is no
        // answer of ours. Only its sender, and control, hear of all.
        let sent = self.incident.has_entry(of);
        if !sent && !cells.hosting() {
            return Next::Drop;
        }
        let Some(status) = self.incident.message(&own) else { return Next::Drop };
        // That a message between others has come is not for the desk to log: their own logs say so.
        if if acknowledged { status.acknowledged.is_some() } else { status.received.is_some() || !sent } {
            return Next::Drop;
        }
        let same = |pending: &crate::session::Pending| {
            matches!(pending.body, Body::Receipt { .. }) && pending.re.contains(&own)
        };
        if self.recorder.pending().any(same) {
            return Next::Wait;
        }
        let cell = self.name_of(cells, from, &own);
        let id = if acknowledged { "session-cell-acknowledged" } else { "session-cell-received" };
        let mut said = self.lang.ta(id, &[("cell", Arg::Str(&cell))]);
        let owing = self.owing(cells, of, &own);
        if acknowledged && !owing.is_empty() {
            said = self.left(&said, &owing);
        }
        if !text.trim().is_empty() {
            said.push_str(" · ");
            said.push_str(text.trim());
        }
        let acknowledged = acknowledged && owing.is_empty();
        Next::Ask(vec![(Body::Receipt { acknowledged, text: said }, vec![own, from.clone()])])
    }

    fn left(&self, said: &str, owing: &[String]) -> String {
        let left = owing.join(", ");
        self.lang.ta("session-cell-left", &[("said", Arg::Str(said)), ("left", Arg::Str(&left))])
    }

    /// Who has not answered a message yet: `of` is the line of its sender, `own` the line here.
    fn owing(&self, cells: &Cells, of: &EntryId, own: &EntryId) -> Vec<String> {
        let Some(status) = self.incident.message(own) else { return Vec::new() };
        let mut all: Vec<String> = cells
            .peers
            .iter()
            .filter(|peer| peer.owes(of, &status.to))
            .map(|peer| self.lang.of(&peer.spec.title).to_owned())
            .collect();
        // Whom control plays owes as well, until a person there answers.
        let played = cells.played(&status.to);
        let several = addressees(&status.to).count() > 1;
        let settled = cells.host_peer().is_some_and(|host| host.settled.contains(of));
        if several && !settled {
            all.extend(played);
        }
        all
    }

    /// The name of the cell that wrote a line; of control, that of whom it plays.
    fn name_of(&self, cells: &Cells, line: &EntryId, message: &EntryId) -> String {
        let Some(peer) = cells.peers.iter().find(|peer| peer.incident.has_entry(line)) else { return String::new() };
        let to = self.incident.message(message).map(|status| cells.played(&status.to)).unwrap_or_default();
        if peer.desk.is_some() && !to.is_empty() {
            return to.join(", ");
        }
        self.lang.of(&peer.spec.title).to_owned()
    }

    /// May a person here say that this message is answered? Of what cells with a console of their own got, control has
    /// a copy, and no word in it.
    pub fn answers_for(&self, message: &MessageStatus) -> bool {
        let Some(cells) = self.cells.as_ref().filter(|cells| cells.hosting()) else { return true };
        let id = &message.origin.entry;
        let inject = self.desk.as_ref().and_then(|desk| {
            let item = desk.items().iter().find(|item| item.message.as_ref() == Some(id))?;
            desk.planned(item)
        });
        if let Some(inject) = inject {
            let reached = self.other_cells().into_iter().filter(|cell| cells.kit.reaches(inject, cell));
            return reached.into_iter().any(|cell| !cells.joined(&cell));
        }
        !cells.played(&message.to).is_empty() || cells.spec.answers_to(&message.to)
    }

    /// In whose name control answers a message; `None`: in its own, or this is not control.
    pub fn plays(&self, message: &MessageStatus) -> Option<String> {
        let cells = self.cells.as_ref().filter(|cells| cells.hosting())?;
        let played = cells.played(&message.to);
        (!played.is_empty()).then(|| played.join(", "))
    }

    /// The line of this log that stands for a line of another: itself, or the copy that was taken.
    fn here(&self, cells: &Cells, id: &EntryId) -> Option<EntryId> {
        if self.incident.has_entry(id) {
            return Some(id.clone());
        }
        cells.taken.get(id).cloned()
    }

    /// How the other cells play: the planned ones and those that were opened besides.
    pub fn playing(&self) -> Vec<super::Playing> {
        let Some(cells) = &self.cells else { return Vec::new() };
        let of = |spec: CellSpec| {
            let peer = cells.peers.iter().find(|peer| peer.spec.id == spec.id);
            peer.map_or(
                super::Playing { spec, joined: false, awareness: None, unanswered: 0, last: None },
                super::Peer::playing,
            )
        };
        self.other_cells().into_iter().map(of).collect()
    }

    /// Whom the facilitator can name: the planned cells and those that were opened.
    pub fn other_cells(&self) -> Vec<CellSpec> {
        let Some(cells) = &self.cells else { return Vec::new() };
        let mut all = cells.kit.cells.clone();
        for peer in &cells.peers {
            if !all.iter().any(|cell| cell.id == peer.spec.id) {
                all.push(peer.spec.clone());
            }
        }
        all.retain(|cell| cell.id != cells.spec.id);
        all
    }
}
