//! What was heard becomes lines of the own log, once each.

use super::{Cells, Task};
use crate::exercise::CellSpec;
use crate::incident::event::{Body, EntryId, Role};
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
                let mut re = vec![from.clone()];
                re.extend(answers.iter().filter_map(|id| self.here(cells, id)));
                Next::Ask(vec![(body.clone(), re)])
            }
            Task::Receipt { from, of, acknowledged, text } => self.receipt(cells, from, of, *acknowledged, text),
            Task::Order { decision, of, levers, text } => {
                let Some(copy) = cells.taken.get(of) else { return Next::Wait };
                let mut lines: Vec<(Body, Vec<EntryId>)> = levers
                    .iter()
                    .map(|order| {
                        let body = Body::Lever { order: order.clone(), frame_at: 0, text: text.clone() };
                        (body, vec![copy.clone(), decision.clone()])
                    })
                    .collect();
                let said = Body::Receipt { acknowledged: true, text: self.lang.t("session-cell-ordered") };
                lines.push((said, vec![copy.clone()]));
                Next::Ask(lines)
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
        let Some(status) = self.incident.message(&own) else { return Next::Drop };
        if if acknowledged { status.acknowledged.is_some() } else { status.received.is_some() } {
            return Next::Drop;
        }
        let same = |pending: &crate::session::Pending| {
            matches!(pending.body, Body::Receipt { acknowledged: other, .. } if other == acknowledged)
                && pending.re.contains(&own)
        };
        if self.recorder.pending().any(same) {
            return Next::Wait;
        }
        let by = cells.peers.iter().find(|peer| peer.incident.has_entry(from));
        let cell = by.map_or_else(String::new, |peer| self.lang.of(&peer.spec.title).to_owned());
        let id = if acknowledged { "session-cell-acknowledged" } else { "session-cell-received" };
        let mut said = self.lang.ta(id, &[("cell", Arg::Str(&cell))]);
        if !text.trim().is_empty() {
            said.push_str(" · ");
            said.push_str(text.trim());
        }
        Next::Ask(vec![(Body::Receipt { acknowledged, text: said }, vec![own, from.clone()])])
    }

    /// The line of this log that stands for a line of another: itself, or the copy that was taken.
    fn here(&self, cells: &Cells, id: &EntryId) -> Option<EntryId> {
        if self.incident.has_entry(id) {
            return Some(id.clone());
        }
        cells.taken.get(id).cloned()
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
