//! A past log kept elsewhere becomes an incident of ours that can be replayed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::open::{genesis, playbooks};
use super::{SessionError, Setup};
use crate::feed::import::ImportedLine;
use crate::incident::event::{Author, EntryId, EventTime, Mode, Role};
use crate::store::{Ack, Draft, Folder, Writer};

/// What the origin of an imported incident begins with.
pub(super) const IMPORTED: &str = "import:";
/// Name, among the kept files of its folder, of the file that an incident was imported from.
pub const IMPORTED_FILE: &str = "import.csv";
/// Lines that share one flush.
const TOGETHER: usize = 500;
/// How long the disk may take for them.
const WAIT: Duration = Duration::from_mins(1);

/// Writes an imported log as a REPLAY incident; gives its folder. Incident time is that of the past log; entry time says
/// when it was imported. The file itself is kept beside, byte for byte.
///
/// # Errors
/// When the folder cannot be created or an entry cannot be kept.
pub fn import(
    setup: &Setup,
    title: &str,
    file: (&str, &[u8]),
    tz: Tz,
    lines: Vec<ImportedLine>,
) -> Result<PathBuf, SessionError> {
    let (file, bytes) = file;
    let library = playbooks(&setup.config);
    let mut genesis = genesis(setup, Mode::Replay, title, &library);
    // Nothing of it ran on playbooks of ours.
    genesis.playbooks.clear();
    genesis.zone = tz.to_string();
    genesis.origin = Some(format!("{IMPORTED}{file}"));
    let root = setup.root(Mode::Replay);
    let mut folder =
        Folder::create_on(setup.disk.clone(), &root, &genesis, &[(IMPORTED_FILE, bytes)], &setup.config.state.value)?;
    let mut writer = Writer::start(&mut folder, &setup.clock.now())?;
    // Lines refer to each other by the ids they had: here they have others.
    let chain = writer.chain().to_owned();
    let own_ids = lines.iter().enumerate().filter_map(|(i, line)| Some((line.own.as_ref()?.id.clone(), i as u64)));
    let places: BTreeMap<String, u64> = own_ids.collect();
    let here = |id: &String| places.get(id).map_or_else(|| EntryId(id.clone()), |place| EntryId::new(&chain, *place));
    let mut drafts: Vec<Draft> = Vec::with_capacity(lines.len());
    let mut latest = DateTime::<Utc>::MIN_UTC;
    for line in lines {
        let written = line.entry_at.unwrap_or(line.event_at).to_utc();
        // The order of the file is the order of the log: incident time does not fall.
        latest = latest.max(written);
        // Our own export says whether there was a reason; of other files the line is the reason.
        let (role, reason, re) = match &line.own {
            Some(own) => (own.role, own.reason.clone(), own.re.iter().map(&here).collect()),
            None => (Role::Observer, Some(format!("{file}:{}", line.line)), Vec::new()),
        };
        drafts.push(Draft {
            author: Author {
                who: line.author.unwrap_or_else(|| if line.own.is_some() { String::new() } else { "?".to_owned() }),
                org: line.organisation.unwrap_or_default(),
                role,
            },
            body: line.body,
            event_at: Some(EventTime { page: line.page, at: line.event_at, precision: line.precision, reason }),
            re,
            frame: None,
            at: setup.clock.now(),
            x: Some(latest),
        });
    }
    while !drafts.is_empty() {
        let rest = drafts.split_off(drafts.len().min(TOGETHER));
        writer.append(std::mem::replace(&mut drafts, rest));
        loop {
            match writer.wait_ack(WAIT) {
                Some(Ack::Saved { .. }) => break,
                Some(Ack::NotSaved { why, .. }) => return Err(SessionError::input(why.to_string())),
                Some(_) => {}
                None => return Err(SessionError::input(format!("{}: the disk does not answer", root.display()))),
            }
        }
    }
    Ok(folder.path().to_path_buf())
}
