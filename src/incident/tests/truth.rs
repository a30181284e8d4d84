//! Random commands by random people lose no event, count nobody twice, hide no debt, and leave what a fresh fold gives.

use super::*;
use crate::incident::record::{
    DecisionRecord, Evidence, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange,
};

const PEOPLE: [&str; 5] = ["a.un", "b.deux", "c.trois", "A.UN ", "d.quatre"];
const ROLES: [Role; 4] = [Role::Director, Role::Communication, Role::LogKeeper, Role::Liaison];
const PLACES: [&str; 2] = ["site", "radio"];
const ACCESSES: [&str; 4] = ["copper", "box Orange", "mobile", "mobile Free"];

fn person(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A body of any kind from a few numbers.
fn body(kind: u8, a: u8, b: u8, at: DateTime<Utc>) -> Body {
    let later = (at + TimeDelta::minutes(i64::from(a) - 100)).fixed_offset();
    let yes = b.is_multiple_of(2);
    let text = || format!("mot {a}");
    let role = ROLES[usize::from(a) % 4];
    let sections = || vec![Section { id: "facts".to_owned(), text: text() }];
    let number = || format!("03 20 00 00 1{}", a % 3);
    let place = || PLACES[usize::from(b) % 2].to_owned();
    match kind {
        0 => Body::Question { text: text(), decide_by: yes.then_some(later), record: Box::default() },
        1 => Body::Decision {
            text: text(),
            rationale: if yes { String::new() } else { text() },
            levers: Vec::new(),
            record: Box::new(DecisionRecord { review_at: (a > 128).then_some(later), ..DecisionRecord::default() }),
        },
        2 => Body::Outcome { text: text(), review_at: yes.then_some(later) },
        3 => Body::Sitrep {
            number: if a.is_multiple_of(7) { 3 } else { 0 },
            variant: SitrepVariant::Full,
            text: text(),
            sections: sections(),
            as_of: at.fixed_offset(),
            next_at: None,
        },
        4 | 5 => Body::Approval { granted: !b.is_multiple_of(4), text: text() },
        6 => Body::Handover { roles: vec![role], to: "x".to_owned(), text: text(), sections: sections() },
        7 | 8 => Body::HandoverAnswer { accepted: !b.is_multiple_of(4), mode_read: !a.is_multiple_of(3), text: text() },
        9 => Body::RoleTaken { text: String::new(), taken: role },
        10 => Body::Public {
            stage: PublicStage::Draft,
            message: Some(Box::new(PublicMessage { headline: text(), ..PublicMessage::default() })),
            text: String::new(),
        },
        11 => Body::Public { stage: PublicStage::Published, message: None, text: place() },
        12 => Body::Public { stage: PublicStage::Withdrawn, message: None, text: text() },
        13 => {
            Body::Substitute { number: number(), change: SubstituteChange::Published { place: place() }, text: text() }
        }
        14 => {
            Body::Substitute { number: number(), change: SubstituteChange::Withdrawn { place: place() }, text: text() }
        }
        15 => Body::Substitute {
            number: number(),
            change: SubstituteChange::Tested {
                access: ACCESSES[usize::from(b) % 4].to_owned(),
                ok: !a.is_multiple_of(5),
            },
            text: text(),
        },
        16 => Body::Substitute {
            number: number(),
            change: if yes {
                SubstituteChange::Registered { centre: "SAMU".to_owned(), path: "ip".to_owned(), lines: None }
            } else {
                SubstituteChange::Refuted
            },
            text: text(),
        },
        17 => Body::Step {
            playbook: "p".to_owned(),
            step: format!("s{}", a % 3),
            change: StepChange::ALL[usize::from(b) % StepChange::ALL.len()],
            text: text(),
            go: None,
            evidence: vec![Evidence::Number { value: 1.5, unit: "%".to_owned() }],
        },
        18 => Body::Message {
            text: text(),
            to: "SDIS".to_owned(),
            from: String::new(),
            channel: String::new(),
            answer_by: yes.then_some(later),
        },
        19 => Body::Receipt { acknowledged: yes, text: String::new() },
        20 => Body::Request { text: text(), to: "SDIS".to_owned() },
        21 => Body::Action {
            text: text(),
            owner: String::new(),
            due: yes.then_some(later),
            state: if a < 128 { ActionState::Ordered } else { ActionState::Done },
        },
        22 => Body::Note { text: text() },
        23 => Body::ContactCall { contact: "samu".to_owned(), reached: yes, text: text() },
        24 => Body::Close { text: text() },
        _ => Body::Reopen { text: text() },
    }
}

/// Debts counted again from the bare entries, kind by kind, each rule as its sentence says it: no tables, no shortcuts.
fn naive(entries: &[Entry], now: DateTime<Utc>) -> BTreeMap<DebtKind, usize> {
    let mut count: BTreeMap<DebtKind, usize> = BTreeMap::new();
    let mut owe = |kind, n: usize| {
        if n > 0 {
            *count.entry(kind).or_default() += n;
        }
    };
    let about = |id: &EntryId| {
        let id = id.clone();
        entries.iter().filter(move |entry| entry.re.contains(&id))
    };
    for (i, entry) in entries.iter().enumerate() {
        let (id, at) = (entry.id(), entry.fact_time().to_utc());
        match &entry.body {
            Body::Question { decide_by, .. } => {
                let due = decide_by.map_or(at + TimeDelta::minutes(30), |by| by.to_utc());
                let decided = about(&id).any(|e| matches!(e.body, Body::Decision { .. }));
                owe(DebtKind::Question, usize::from(due <= now && !decided));
            }
            Body::Decision { rationale, record, .. } => {
                let explained = about(&id).any(|e| matches!(e.body, Body::Note { .. }));
                owe(DebtKind::Rationale, usize::from(rationale.is_empty() && !explained));
                let mut review = record.review_at;
                for later in about(&id) {
                    if let Body::Outcome { review_at, .. } = later.body {
                        review = review_at;
                    }
                }
                owe(DebtKind::Review, usize::from(review.is_some_and(|at| at.to_utc() <= now)));
            }
            Body::Message { answer_by, from, .. } => {
                let due = answer_by.map_or(at + TimeDelta::minutes(5), |by| by.to_utc());
                let awaited = answer_by.is_some() || !from.is_empty();
                let answered = about(&id)
                    .any(|e| matches!(e.body, Body::Receipt { acknowledged: true, .. } | Body::Message { .. }));
                owe(DebtKind::Message, usize::from(awaited && due <= now && !answered));
            }
            Body::Request { .. } => {
                let answered = about(&id)
                    .any(|e| matches!(e.body, Body::Receipt { acknowledged: true, .. } | Body::Message { .. }));
                owe(DebtKind::Message, usize::from(at + TimeDelta::minutes(5) <= now && !answered));
            }
            Body::Action { due, state, .. } if !entry.re.iter().any(|r| is_action(entries, r)) => {
                let (mut due, mut state) = (*due, *state);
                for later in about(&id) {
                    if let Body::Action { due: new, state: now, .. } = later.body {
                        due = new.or(due);
                        state = now;
                    }
                }
                let open = state == ActionState::Ordered;
                owe(DebtKind::Action, usize::from(open && due.is_some_and(|due| due.to_utc() <= now)));
            }
            Body::Sitrep { .. } => {
                let yes = approvers(about(&id), &[&entry.who]);
                // Refused last and followed by a new one that names it, at a moment when nobody approved.
                let replaced = entries.iter().enumerate().skip(i + 1).any(|(n, later)| {
                    let before = || entries[..n].iter().filter(|e| e.re.contains(&id));
                    let last = before().rfind(|e| matches!(e.body, Body::Approval { .. }));
                    matches!(later.body, Body::Sitrep { .. })
                        && later.re.contains(&id)
                        && matches!(last.map(|e| &e.body), Some(Body::Approval { granted: false, .. }))
                        && approvers(before(), &[&entry.who]).is_empty()
                });
                owe(DebtKind::Sitrep, usize::from(yes.is_empty() && !replaced));
            }
            _ => {}
        }
    }
    for (kind, n) in publics(entries).into_iter().chain(numbers(entries)) {
        owe(kind, n);
    }
    count
}

fn is_action(entries: &[Entry], id: &EntryId) -> bool {
    // A line that names only later states is an action of its own.
    entries.iter().any(|e| {
        e.id() == *id && matches!(e.body, Body::Action { .. }) && !e.re.iter().any(|re| is_action(entries, re))
    })
}

/// Who approves at the end: his last word is yes, he is none of the writers.
fn approvers<'a>(about: impl Iterator<Item = &'a Entry>, writers: &[&str]) -> BTreeMap<String, Role> {
    let mut yes: BTreeMap<String, Role> = BTreeMap::new();
    for entry in about {
        if let Body::Approval { granted, .. } = entry.body
            && !writers.iter().any(|writer| person(writer) == person(&entry.who))
        {
            if granted {
                yes.entry(person(&entry.who)).or_insert(entry.role);
            } else {
                yes.remove(&person(&entry.who));
            }
        }
    }
    yes
}

fn publics(entries: &[Entry]) -> Vec<(DebtKind, usize)> {
    let mut owed = Vec::new();
    let publics = |id: &EntryId| {
        entries
            .iter()
            .any(|e| e.id() == *id && matches!(&e.body, Body::Public { message: Some(_), .. }) && first(entries, e))
    };
    for draft in entries.iter().filter(|e| matches!(e.body, Body::Public { .. }) && first(entries, e)) {
        let id = draft.id();
        let Body::Public { message: Some(message), stage, .. } = &draft.body else { continue };
        let (mut words, mut writers, mut from) = (message.clone(), vec![draft.who.as_str()], 0);
        let mut published = *stage == PublicStage::Published;
        let lacks = |from: usize, to: usize, writers: &[&str]| {
            let yes = approvers(entries[from..to].iter().filter(|e| e.re.contains(&id)), writers);
            let roles: Vec<&Role> = yes.values().collect();
            yes.len() < 2 || roles.iter().all(|role| role == &roles[0])
        };
        for (n, later) in entries.iter().enumerate() {
            // A stage is about the first message that it names.
            if later.re.iter().find(|re| publics(re)) != Some(&id) {
                continue;
            }
            let Body::Public { stage, message, .. } = &later.body else { continue };
            if let Some(message) = message.as_ref().filter(|message| **message != words) {
                owed.push((DebtKind::PublicUnapproved, usize::from(published && lacks(from, n, &writers))));
                (words, writers, from, published) =
                    (message.clone(), vec![draft.who.as_str(), later.who.as_str()], n, false);
            }
            published |= *stage == PublicStage::Published;
        }
        owed.push((DebtKind::PublicUnapproved, usize::from(published && lacks(from, entries.len(), &writers))));
    }
    owed
}

/// Is it the first line of a message, not a later stage of one?
fn first(entries: &[Entry], entry: &Entry) -> bool {
    !entry
        .re
        .iter()
        .any(|re| entries.iter().any(|e| e.id() == *re && matches!(e.body, Body::Public { .. }) && first(entries, e)))
}

fn numbers(entries: &[Entry]) -> Vec<(DebtKind, usize)> {
    let mut owed = Vec::new();
    for n in 0..3 {
        let name = format!("03 20 00 00 1{n}");
        let changes: Vec<&SubstituteChange> = entries
            .iter()
            .filter_map(|e| match &e.body {
                Body::Substitute { number, change, .. } if *number == name => Some(change),
                _ => None,
            })
            .collect();
        let used = PLACES.iter().any(|there| {
            let last = changes.iter().rev().find(|change| {
                matches!(change, SubstituteChange::Published { place } | SubstituteChange::Withdrawn { place } if place == there)
            });
            matches!(last, Some(SubstituteChange::Published { .. }))
        });
        if !used {
            continue;
        }
        let has = |right: fn(&SubstituteChange) -> bool| changes.iter().any(|change| right(change));
        let registered = has(|change| matches!(change, SubstituteChange::Registered { .. }));
        let refuted = has(|change| matches!(change, SubstituteChange::Refuted));
        let last = |access: &str| {
            changes.iter().rev().find_map(|change| match change {
                SubstituteChange::Tested { access: known, ok } if known == access => Some(*ok),
                _ => None,
            })
        };
        let mobiles = [last("mobile"), last("mobile Free")];
        let mobile = mobiles.iter().flatten().count() > 0 && mobiles.iter().flatten().all(|ok| *ok);
        let tested = last("copper") == Some(true) && last("box Orange") == Some(true) && mobile;
        let open = entries.iter().rev().find_map(|e| match e.body {
            Body::Close { .. } => Some(false),
            Body::Reopen { .. } => Some(true),
            _ => None,
        });
        owed.push((DebtKind::SubstituteUnregistered, usize::from(!registered)));
        owed.push((DebtKind::SubstituteUntested, usize::from(!tested)));
        owed.push((DebtKind::SubstituteRefuted, usize::from(refuted)));
        owed.push((DebtKind::SubstituteInUse, usize::from(open == Some(false))));
    }
    owed
}

/// A handover: entry, giver, roles, accepted by and mode read.
type Given = (EntryId, String, Vec<Role>, Option<(String, bool)>);

/// Roles by a model of their own: who holds what, what is owed.
fn hands(entries: &[Entry]) -> BTreeMap<DebtKind, usize> {
    let mut holder: BTreeMap<Role, String> = BTreeMap::new();
    let mut seized: Vec<(Role, String)> = Vec::new();
    let mut given: Vec<Given> = Vec::new();
    for entry in entries {
        let who = person(&entry.who);
        match &entry.body {
            Body::RoleTaken { taken, .. } => {
                if let Some(before) = holder.insert(*taken, who.clone()).filter(|before| *before != who) {
                    seized.push((*taken, before));
                }
            }
            Body::Handover { roles, .. } => given.push((entry.id(), who, roles.clone(), None)),
            Body::HandoverAnswer { accepted: true, mode_read, .. } => {
                for (_, giver, roles, answer) in given.iter_mut().filter(|(id, ..)| entry.re.contains(id)) {
                    match answer {
                        Some((known, read)) => *read |= *mode_read && *known == who,
                        None if *giver != who => {
                            *answer = Some((who.clone(), *mode_read));
                            for role in roles {
                                seized.retain(|(seized, from)| seized != role || from != giver);
                                let before = holder.insert(*role, who.clone());
                                if let Some(before) = before.filter(|before| before != giver && *before != who) {
                                    seized.push((*role, before));
                                }
                            }
                        }
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }
    let open = given.iter().enumerate().filter(|(i, (_, giver, roles, answer))| {
        let later = given[i + 1..].iter().filter(|(_, other, _, answer)| other == giver && answer.is_some());
        let covered: Vec<Role> = later.flat_map(|(_, _, roles, _)| roles.clone()).collect();
        answer.is_none() && !roles.iter().all(|role| covered.contains(role))
    });
    let unread = given.iter().filter(|(.., answer)| answer.as_ref().is_some_and(|(_, read)| !read));
    [(DebtKind::Seized, seized.len()), (DebtKind::Handover, open.count()), (DebtKind::HandoverMode, unread.count())]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_counted_twice_or_hidden(
        script in proptest::collection::vec((0_u8..26, 0_u8..5, 0_u8..4, any::<(u8, u8)>(), any::<[u16; 2]>()), 1..70),
    ) {
        let mut desk = Desk::new(Mode::Real);
        let open = Body::Playbook { id: "p".to_owned(), sha256: "0".to_owned(), text: "p".to_owned(), called_by: None };
        desk.say(open).unwrap();
        for (kind, who, role, (a, b), refs) in script {
            // Closing is rare, or nothing else would be tried.
            if kind == 24 && a < 200 {
                continue;
            }
            let author = Author {
                who: PEOPLE[usize::from(who)].to_owned(),
                org: "Opérateur".to_owned(),
                role: ROLES[usize::from(role)],
            };
            let of_sort = |entry: &Entry| match kind {
                2 | 22 => matches!(entry.body, Body::Decision { .. }),
                1 => matches!(entry.body, Body::Question { .. }),
                3 => matches!(entry.body, Body::Sitrep { .. }),
                4 => matches!(entry.body, Body::Sitrep { .. }),
                5 | 11 | 12 => matches!(entry.body, Body::Public { .. }),
                7 | 8 => matches!(entry.body, Body::Handover { .. }),
                10 => b > 128 && matches!(entry.body, Body::Public { .. }),
                18 | 19 => matches!(entry.body, Body::Message { .. } | Body::Request { .. }),
                21 => b > 128 && matches!(entry.body, Body::Action { .. }),
                _ => false,
            };
            let known: Vec<EntryId> = desk.entries.iter().filter(|entry| of_sort(entry)).map(Entry::id).collect();
            let mut re: Vec<EntryId> =
                refs.iter().filter_map(|n| known.get(usize::from(*n) % known.len().max(1)).cloned()).collect();
            re.dedup();
            re.truncate(if kind == 3 || b > 200 { 2 } else { 1 });
            let before = desk.entries.len();
            let at = desk.moment().incident;
            if let Ok(id) = desk.command(Command { author, event_at: None, body: body(kind, a, b, at), re }) {
                prop_assert!(desk.incident.has_entry(&id) && desk.entries.len() > before);
            } else {
                prop_assert_eq!(desk.entries.len(), before);
            }
            desk.pass(i64::from(a));
        }
        // No event is lost.
        prop_assert_eq!(desk.incident.entries(), desk.entries.len() as u64);
        prop_assert!(desk.entries.iter().all(|entry| desk.incident.has_entry(&entry.id())));
        // No debt is hidden, none is invented.
        let now = desk.moment().incident + TimeDelta::minutes(30);
        let mut expected = naive(&desk.entries, now);
        expected.extend(hands(&desk.entries));
        let mut found: BTreeMap<DebtKind, usize> = BTreeMap::new();
        for debt in desk.incident.debts(now, &[]) {
            *found.entry(debt.kind).or_default() += 1;
        }
        prop_assert_eq!(found, expected);
        // Nobody signs twice.
        for public in desk.incident.publics() {
            let mut people: Vec<String> = public.approvals().iter().map(|mark| person(&mark.origin.who)).collect();
            people.sort();
            let all = people.len();
            people.dedup();
            prop_assert_eq!(people.len(), all);
            prop_assert!(!people.contains(&person(&public.origin.who)));
        }
        // A fresh fold of the lines as they are stored gives the same.
        let mut fresh = Incident::new(genesis(Mode::Real));
        for entry in &desk.entries {
            let line = crate::text::json_line(entry).unwrap();
            fresh.take(serde_json::from_str(&line).unwrap());
        }
        prop_assert_eq!(fresh.digest(), desk.incident.digest());
    }
}
