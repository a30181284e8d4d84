//! Which regions have something new to show: a cheap fingerprint of what each of them is drawn from.
//!
//! A fingerprint may change without anything visible changing (then drawing finds no difference and no byte is
//! written); it must never stay the same when something visible changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::layout::Rect;

use crate::session::{DiskState, VerifyState};

use super::layout::Region;
use super::model::Model;

/// The fingerprint of a region at its place, with the part of it that an overlay covers.
pub fn fingerprint(region: Region, model: &Model<'_>, area: Rect, hole: Option<Rect>) -> u64 {
    let mut state = DefaultHasher::new();
    let hash = &mut state;
    let (session, ui) = (model.session, model.ui);
    let incident = session.incident();
    let entries = incident.entries();
    let frame = session.board().last_frame();
    // In a replay the instant on the screen may move while the wall's second does not.
    let replayed = session.span().map(|_| session.now_incident().timestamp());
    let second = (model.wall.timestamp(), replayed);
    let observations = session.board().observations().len();
    // Ages of data tick with a feed; those of observations by hand are looked at every ten seconds; else nothing ages.
    let age = match (session.board().has_feed(), observations) {
        (true, _) => second.1.unwrap_or(second.0),
        (false, 0) => 0,
        (false, _) => second.1.unwrap_or(second.0) / 10,
    };
    (region, area, hole.map(|hole| hole.intersection(area))).hash(hash);
    (model.lang.id(), model.theme.id(), model.glyphs, ui.zoom, ui.slow, ui.size).hash(hash);
    // Until a scenario is read nobody knows the zone of its times.
    incident.genesis().zone.hash(hash);
    // While play is suspended every pane of a player is grey.
    super::view::lock::phase(session).map(|phase| phase as u8).hash(hash);
    match region {
        Region::BandTop => (second, entries, incident.closed()).hash(hash),
        Region::Overview | Region::Tiny => {
            (age, frame, entries, observations).hash(hash);
            disk(model, hash);
        }
        Region::Deadlines => {
            // Without awareness or anything that is due, no countdown is shown.
            let counts = incident.awareness().is_some() || entries > 0;
            (counts.then_some(second), entries, ui.focus, ui.tab, ui.deadline).hash(hash);
        }
        Region::Tabs => (ui.tab, ui.focus, entries, frame).hash(hash),
        // With a feed, ages stand in the overview only.
        Region::Board => {
            let age = if session.board().has_feed() { 0 } else { age };
            (frame, entries, ui.focus, ui.board, observations, age).hash(hash);
        }
        Region::Map => (frame, entries, observations, age).hash(hash),
        Region::Playbook => {
            let counts = !incident.open_playbooks().is_empty();
            (counts.then_some(second), frame, entries, ui.focus, ui.playbook, ui.step).hash(hash);
        }
        Region::Log => {
            let log = &ui.log;
            (session.log().len(), session.log().first_known(), entries, session.pending().count()).hash(hash);
            (ui.focus, log.cursor, log.bottom, &log.query, &log.kinds, log.hits).hash(hash);
            log.search.as_ref().map(crate::store::Search::count).hash(hash);
            disk(model, hash);
            // Messages without an answer show how long they have waited.
            if incident.messages().iter().any(|message| message.unanswered()) {
                second.hash(hash);
            }
        }
        Region::Input => {
            let input = &ui.input;
            (&input.line, input.kind, &input.purpose, &input.hint, &input.label, &ui.status).hash(hash);
            (second.0 / 60, ui.focus, input.time.is_some()).hash(hash);
            session.now_incident().timestamp().div_euclid(60).hash(hash);
            (ui.overlay == super::model::Overlay::None).hash(hash);
        }
        Region::BandBottom => {
            session.jump_card().hash(hash);
            session.desk().map(|desk| desk.phase() as u8).hash(hash);
            let author = session.author();
            (&ui.status, &author.who, author.role, &author.org, ui.mouse, ui.focus, entries).hash(hash);
            (ui.overlay == super::model::Overlay::None, session.clock().running).hash(hash);
            disk(model, hash);
        }
        Region::Overlay => (ui.revision, second, frame, entries).hash(hash),
    }
    state.finish()
}

/// What threatens the record; put into words only when something does.
fn disk(model: &Model<'_>, hash: &mut DefaultHasher) {
    let session = model.session;
    match session.disk_state() {
        DiskState::Ok => 0u8.hash(hash),
        other => format!("{other:?}").hash(hash),
    }
    match session.verify_state() {
        VerifyState::Ok => 0u8.hash(hash),
        other => format!("{other:?}").hash(hash),
    }
    if let Some(progress) = session.progress() {
        format!("{progress:?}").hash(hash);
    }
}
