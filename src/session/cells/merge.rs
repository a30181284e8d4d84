//! The logs of all cells of an exercise as one, for its after-action report: every line where it was first written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::Link;
use crate::incident::event::{Body, Entry, EntryId, Role};
use crate::session::load::instant;
use crate::session::{Setup, incidents};
use crate::store::{Access, Folder, LogView, StoreError};

/// The folders of the cells of players of this exercise.
fn folders(setup: &Setup, host: &Folder) -> Vec<PathBuf> {
    let inc = &host.genesis().inc;
    let root = host.path().parent();
    let theirs = incidents(&setup.config).into_iter().filter(|known| known.path.parent() == root);
    theirs
        .filter(|known| matches!(Link::of(&known.genesis), Some(Link::Cell { host, .. }) if host == *inc))
        .map(|known| known.path)
        .collect()
}

/// The folder of the host beside that of a cell of players; `None`: this is no such cell, or its host is not there.
pub(in crate::session) fn host_of(folder: &Folder) -> Option<PathBuf> {
    let Some(Link::Cell { host, .. }) = Link::of(folder.genesis()) else { return None };
    let beside = folder.path().parent()?.join(host);
    crate::store::folder::read_genesis(&beside).is_ok().then_some(beside)
}

/// The entries of the host with those of the other cells, in the order of incident time. Of a message there is one line, the
/// sender's; what refers to a copy refers to it. Lines that only repeat what control did are left out, and so are the
/// alarms of control's own board: what the facilitator's console saw, nobody who plays knew. `None`: nobody else played.
pub(in crate::session) fn merged(
    setup: &Setup,
    host: &Folder,
    own: &[Arc<Entry>],
) -> Result<Option<Vec<Arc<Entry>>>, StoreError> {
    if Link::of(host.genesis()) != Some(Link::Host) {
        return Ok(None);
    }
    let mut logs = vec![(true, own.to_vec())];
    for path in folders(setup, host) {
        let folder = Folder::open(&path, Access::Read, &setup.config.state.value)?;
        let (log, _) = LogView::open(&folder)?;
        logs.push((false, (0..log.len()).filter_map(|at| log.get(at)).collect()));
    }
    if logs.len() == 1 {
        return Ok(None);
    }
    let there: BTreeSet<EntryId> = logs.iter().flat_map(|(_, log)| log.iter().map(|entry| entry.id())).collect();
    let mut copies: BTreeMap<EntryId, EntryId> = BTreeMap::new();
    let mut kept: Vec<Arc<Entry>> = Vec::new();
    for (hosting, log) in &logs {
        let chains: BTreeSet<&str> = log.iter().map(|entry| entry.chain.as_str()).collect();
        for entry in log {
            let foreign =
                |id: &&EntryId| id.parts().is_some_and(|(chain, _)| !chains.contains(chain)) && there.contains(*id);
            let of = entry.re.iter().find(foreign).filter(|_| entry.role == Role::Machine);
            match (&entry.body, of) {
                (Body::Message { .. }, Some(of)) => {
                    copies.insert(entry.id(), of.clone());
                }
                (Body::Receipt { .. } | Body::Notice { .. } | Body::Desk { .. }, Some(_)) => {}
                (Body::Desk { .. } | Body::Clock { .. }, _) if !hosting => {}
                (Body::Crossing { .. } | Body::Acknowledge { .. }, _) if *hosting => {}
                _ => kept.push(Arc::clone(entry)),
            }
        }
    }
    for entry in &mut kept {
        if entry.re.iter().any(|id| copies.contains_key(id)) {
            let mut other = Entry::clone(entry);
            for id in &mut other.re {
                if let Some(of) = copies.get(id) {
                    id.clone_from(of);
                }
            }
            *entry = Arc::new(other);
        }
    }
    kept.sort_by_key(|entry| (instant(entry), entry.at));
    Ok(Some(kept))
}
