//! Everything that is owed, counted again from the bare entries by the plain words of each rule.

use super::*;

/// Debts counted again from the bare entries, kind by kind, each rule as its sentence says it: no tables, no shortcuts.
pub(super) fn naive(entries: &[Entry], now: DateTime<Utc>, real: bool) -> BTreeMap<DebtKind, usize> {
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
    for (kind, n) in publics(entries, real).into_iter().chain(numbers(entries)) {
        owe(kind, n);
    }
    owe(DebtKind::Slot, slots(entries, now, real).len());
    owe(DebtKind::Clock, clocks(entries, now));
    count
}

/// Slots that nobody held.
fn slots(entries: &[Entry], now: DateTime<Utc>, real: bool) -> BTreeSet<DateTime<Utc>> {
    let fact = |entry: &Entry| entry.fact_time().to_utc();
    let rhythms: Vec<(DateTime<Utc>, i64, DateTime<Utc>)> = entries
        .iter()
        .filter_map(|entry| match entry.body {
            Body::Rhythm { every_min, next_at, .. } => Some((fact(entry), i64::from(every_min), next_at.to_utc())),
            _ => None,
        })
        .collect();
    let said = |slot: DateTime<Utc>| {
        let about = entries.iter().filter_map(move |entry| match entry.body {
            Body::Slot { slot: there, held, .. } if there.to_utc() == slot => Some(held),
            _ => None,
        });
        about.reduce(|before, held| before || held)
    };
    let closed = |at: DateTime<Utc>| {
        entries.iter().enumerate().any(|(i, entry)| {
            let reopened = || entries[i..].iter().find(|later| matches!(later.body, Body::Reopen { .. }));
            matches!(entry.body, Body::Close { .. })
                && fact(entry) <= at
                && reopened().is_none_or(|reopen| at < fact(reopen))
        })
    };
    let mut missed = BTreeSet::new();
    for (i, (set, every, first)) in rhythms.iter().enumerate().filter(|(_, (_, every, _))| *every > 0) {
        let grace = TimeDelta::minutes((every / 2).min(10));
        let end = rhythms.get(i + 1).map_or(now, |(next, ..)| *next).min(now - grace);
        let mut slot = *first;
        while slot < end {
            let half = TimeDelta::seconds(every * 30);
            let presented = entries.iter().any(|entry| {
                matches!(entry.body, Body::Sitrep { .. }) && fact(entry) > slot - half && fact(entry) <= slot + grace
            });
            // Before its first instant there was no exercise in which anybody could meet.
            let lived = real || slot >= t("2021-06-02T14:00:00Z");
            if lived && slot >= *set && !closed(slot) && !said(slot).unwrap_or(presented) {
                missed.insert(slot);
            }
            slot += TimeDelta::minutes(*every);
        }
    }
    for entry in entries {
        if let Body::Slot { slot, .. } = entry.body
            && said(slot.to_utc()) == Some(false)
        {
            missed.insert(slot.to_utc());
        }
    }
    missed
}

/// Clocks that run and are past their deadline.
fn clocks(entries: &[Entry], now: DateTime<Utc>) -> usize {
    let first = |right: &dyn Fn(&Body) -> bool| {
        entries.iter().find(|entry| right(&entry.body)).map(|entry| entry.fact_time().to_utc())
    };
    let started = |id: &str| first(&|body| matches!(body, Body::ClockStart { id: there, .. } if there == id));
    let stopped = |id: &str| first(&|body| matches!(body, Body::ClockStop { id: there, .. } if there == id));
    let mut aware: Option<&Entry> = None;
    for entry in entries.iter().filter(|entry| matches!(entry.body, Body::Awareness { .. })) {
        if aware.is_none_or(|known| entry.re.contains(&known.id())) {
            aware = Some(entry);
        }
    }
    let mut due: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    // A clock counts only from one that stands before it.
    for clock in shipped() {
        let from = started(&clock.id).or_else(|| match &clock.start {
            Start::Awareness => aware.map(|entry| entry.fact_time().to_utc()),
            Start::Hand => None,
            Start::Clock(other) => stopped(other).or_else(|| due.get(other.as_str()).copied()),
        });
        let Some(from) = from else { continue };
        let at = match clock.delay {
            Delay::AsSoonAsKnown => from,
            Delay::Seconds(s) => from + TimeDelta::seconds(s),
            // No change of the hour lies within these evenings.
            Delay::Days(n) => from + TimeDelta::days(i64::from(n)),
            Delay::Months(n) => from.checked_add_months(chrono::Months::new(n)).unwrap(),
        };
        due.insert(&clock.id, at);
    }
    due.iter().filter(|(id, at)| **at <= now && stopped(id).is_none()).count()
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

fn publics(entries: &[Entry], real: bool) -> Vec<(DebtKind, usize)> {
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
            yes.len() < 2 || (real && roles.iter().all(|role| role == &roles[0]))
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
pub(super) fn hands(entries: &[Entry]) -> BTreeMap<DebtKind, usize> {
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
