//! A synthetic incident of any length, for benchmarks and stress tests. The same arguments give the same bytes.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, TimeDelta};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::chain;
use super::folder::{Access, Folder};
use crate::incident::event::{
    ActionState, Author, Body, Entry, EntryId, EventTime, Genesis, Mode, Precision, Role, Statement, StepChange,
    Verification,
};
use crate::incident::hex;

const PLACES: [&str; 12] = [
    "SAMU 59",
    "SDIS 95",
    "SAMU 69",
    "SDIS 13",
    "CORG 33",
    "CIC 75",
    "SAMU 2A",
    "SDIS 974",
    "ARS Île-de-France",
    "préfecture de zone",
    "opérateur, supervision",
    "COGIC",
];
const SAYS: [&str; 10] = [
    "chute du nombre d'appels reçus au 15, à vérifier auprès du centre voisin",
    "les appels depuis un mobile n'aboutissent pas, ceux d'une ligne fixe passent",
    "numéro à dix chiffres publié par la préfecture sur les réseaux sociaux",
    "un call server redémarre toutes les quatre minutes, le plan de gestion ne répond plus",
    "deuxième essai d'appel réussi, tonalité normale, décroché en 12 secondes",
    "Renfort de deux opérateurs en salle demandé jusqu'à minuit",
    "point presse à 20 h 30, éléments de langage transmis",
    "ÉVOLUTION favorable : taux de prise revenu à 92 % sur la dernière demi-heure",
    "aucune nouvelle de l'équipe partie sur site, relance dans dix minutes",
    "le standard de l'hôpital confirme trois appels de particuliers sans réponse au 112",
];
const WHO: [(&str, Role); 6] = [
    ("m.durand", Role::LogKeeper),
    ("a.leroy", Role::Director),
    ("k.nguyen", Role::Operations),
    ("j.petit", Role::Communication),
    ("s.moreau", Role::Liaison),
    ("vigie", Role::Machine),
];

/// Small numbers that look random and are the same everywhere (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Makes the folder of an incident with about `entries` lines in all, spread over `chains` chains.
///
/// # Errors
/// When it exists already or cannot be written.
pub fn incident(root: &Path, inc: &str, entries: usize, chains: usize) -> Result<PathBuf, StoreError> {
    let start: DateTime<FixedOffset> = DateTime::from_timestamp(1_790_000_000, 0).unwrap_or_default().fixed_offset();
    let genesis = Genesis {
        v: 1,
        inc: inc.to_owned(),
        mode: Mode::Real,
        title: format!("{entries} lignes"),
        at: start,
        zone: "Europe/Paris".to_owned(),
        lang: "fr".to_owned(),
        perimeter: crate::health::Perimeter::Nation,
        scenario: None,
        origin: None,
        playbooks: std::collections::BTreeMap::new(),
        engine: env!("CARGO_PKG_VERSION").to_owned(),
    };
    filled(root, &genesis, &[], entries, chains)
}

/// The same with a genesis of one's own, and files kept beside (name, bytes). Lines come every 7.5 s from its opening on.
///
/// # Errors
/// As [`incident`].
pub fn filled(
    root: &Path,
    genesis: &Genesis,
    kept: &[(&str, &[u8])],
    entries: usize,
    chains: usize,
) -> Result<PathBuf, StoreError> {
    let (inc, start) = (genesis.inc.as_str(), genesis.at);
    let state = root.join(format!(".state-{inc}"));
    let made = Folder::create(root, genesis, kept, &state)?;
    let path = made.path().to_path_buf();
    drop(made);
    let folder = Folder::open(&path, Access::Read, &state)?;
    let own: Vec<String> = folder.chains()?.into_iter().map(|c| c.id).collect();
    let mut numbers = Numbers(entries as u64);
    for n in 0..chains.max(1) {
        let id = own.get(n).cloned().unwrap_or_else(|| format!("{:08x}", 0x00c0_ffee + n));
        let file = path.join("chains").join(chain::file_name(&id, 0));
        let failed = |source| StoreError::Io { path: file.clone(), source };
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&file).map_err(failed)?);
        let mut maker = Maker { chain: id, step: chains.max(1) as u64, offset: n as u64, start, open: Vec::new() };
        let mut prev = folder.genesis_sha256().to_owned();
        for seq in 0..(entries / chains.max(1)) as u64 {
            let entry = maker.entry(inc, seq, prev, &mut numbers);
            let line = crate::text::json_line(&entry).map_err(|e| StoreError::Json {
                path: file.clone(),
                line: seq as usize + 1,
                message: e.to_string(),
            })?;
            prev = hex(&Sha256::digest(&line));
            out.write_all(line.as_bytes()).and_then(|()| out.write_all(b"\n")).map_err(failed)?;
        }
        out.flush().map_err(failed)?;
    }
    Ok(path)
}

struct Maker {
    chain: String,
    step: u64,
    offset: u64,
    start: DateTime<FixedOffset>,
    /// Messages and actions that may still be answered.
    open: Vec<(u64, bool)>,
}

impl Maker {
    fn entry(&mut self, inc: &str, seq: u64, prev: String, numbers: &mut Numbers) -> Entry {
        let ms = (seq * self.step + self.offset) * 7_500 + numbers.next() % 5_000;
        let at = self.start + TimeDelta::milliseconds(ms as i64);
        let (who, role) = *numbers.one(&WHO);
        let mut re = Vec::new();
        let body = self.body(seq, at, numbers, &mut re);
        let late = numbers.below(12) == 0;
        Entry {
            v: 1,
            inc: inc.to_owned(),
            chain: self.chain.clone(),
            seq,
            at,
            up: format!("b3f1:{}", 8_000_000 + ms),
            x: None,
            event_at: late.then(|| EventTime {
                page: None,
                at: at - TimeDelta::minutes(4),
                precision: Precision::About,
                reason: None,
            }),
            who: who.to_owned(),
            org: "cellule opérateur".to_owned(),
            role,
            body,
            re,
            seen: std::collections::BTreeMap::new(),
            frame: None,
            prev,
            sig: None,
        }
    }

    fn body(&mut self, seq: u64, at: DateTime<FixedOffset>, numbers: &mut Numbers, re: &mut Vec<EntryId>) -> Body {
        let place = *numbers.one(&PLACES);
        let text = format!("{place} : {} ({})", numbers.one(&SAYS), numbers.next() % 10_000);
        let statement = |text: String| Statement {
            text,
            source: place.to_owned(),
            channel: "téléphone".to_owned(),
            verification: Verification::ToVerify,
        };
        if seq == 20 {
            return Body::Awareness { text };
        }
        match numbers.below(100) {
            0..=44 => Body::Information(statement(text)),
            45..=59 => Body::Fact(statement(text)),
            60..=69 => Body::Note { text },
            70..=77 => {
                self.open.push((seq, true));
                Body::Message {
                    text,
                    to: String::new(),
                    from: place.to_owned(),
                    channel: "radio".to_owned(),
                    answer_by: Some(at + TimeDelta::minutes(10)),
                }
            }
            78..=82 => {
                self.open.push((seq, false));
                Body::Action {
                    text,
                    owner: place.to_owned(),
                    due: Some(at + TimeDelta::minutes(30)),
                    state: ActionState::Ordered,
                }
            }
            83..=92 if !self.open.is_empty() => {
                let (of, message) = self.open.remove(0);
                re.push(EntryId::new(&self.chain, of));
                if message {
                    Body::Receipt { acknowledged: true, text }
                } else {
                    Body::Action { text, owner: String::new(), due: None, state: ActionState::Done }
                }
            }
            93..=95 => Body::decision(text, numbers.one(&SAYS).to_string(), Vec::new()),
            96..=98 => {
                let step = format!("etape-{}", numbers.below(14));
                let change = *numbers.one(&[StepChange::Started, StepChange::Done, StepChange::Undone]);
                Body::step("call-servers", step, change, text)
            }
            _ => Body::Request { text, to: place.to_owned() },
        }
    }
}

/// Who writes in synthetic logs.
pub fn author() -> Author {
    Author { who: "m.durand".to_owned(), org: "cellule opérateur".to_owned(), role: Role::LogKeeper }
}
