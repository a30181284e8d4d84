//! Random commands by random people lose no event, count nobody twice, hide no debt, and leave what a fresh fold gives.

use super::*;
use crate::incident::clocks::{Delay, Start, shipped};
use crate::incident::event::RunChange;
use crate::incident::record::{
    DecisionRecord, Evidence, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange,
};

mod recount;

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
        25 => Body::Reopen { text: text() },
        26 => Body::Rhythm {
            every_min: [0, 7, 15, 30, 60][usize::from(a) % 5],
            next_at: (at + TimeDelta::minutes(i64::from(b) - 60)).fixed_offset(),
            text: text(),
        },
        27 => Body::Slot { slot: at.fixed_offset(), held: yes, text: text() },
        28 => Body::ClockStart { id: clock(a), text: text() },
        29 => Body::ClockStop { id: clock(a), reason: text() },
        30 => Body::PlaybookRun {
            id: if b > 200 { "q" } else { "p" }.to_owned(),
            change: [RunChange::Aborted, RunChange::Resumed, RunChange::Ended][usize::from(a) % 3],
            text: text(),
        },
        31 => Body::Awareness { text: text() },
        // Pause, speed; the time goes on where it stands.
        _ => Body::Clock {
            x_at: at.fixed_offset(),
            running: !a.is_multiple_of(4),
            rate_milli: [1_000, 1_000, 6_000, 60_000][usize::from(b) % 4],
            text: text(),
        },
    }
}

fn clock(a: u8) -> String {
    shipped()[usize::from(a) % shipped().len()].id.clone()
}

/// One command of a script: kind, person, role, two numbers of it, what it refers to.
type Line = (u8, u8, u8, (u8, u8), [u16; 2]);

/// Commands of any kind by anybody.
pub(crate) fn script() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec((0_u8..33, 0_u8..5, 0_u8..4, any::<(u8, u8)>(), any::<[u16; 2]>()), 1..70)
}

/// What the people of a script leave in the log; a refused command leaves nothing.
fn played(mode: Mode, script: Vec<Line>) -> Desk {
    let mut desk = Desk::new(mode);
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
            3 | 4 => matches!(entry.body, Body::Sitrep { .. }),
            5 | 11 | 12 => matches!(entry.body, Body::Public { .. }),
            7 | 8 => matches!(entry.body, Body::Handover { .. }),
            10 => b > 128 && matches!(entry.body, Body::Public { .. }),
            18 | 19 => matches!(entry.body, Body::Message { .. } | Body::Request { .. }),
            21 => b > 128 && matches!(entry.body, Body::Action { .. }),
            31 => b > 128 && matches!(entry.body, Body::Awareness { .. }),
            _ => false,
        };
        let known: Vec<EntryId> = desk.entries.iter().filter(|entry| of_sort(entry)).map(Entry::id).collect();
        let mut re: Vec<EntryId> =
            refs.iter().filter_map(|n| known.get(usize::from(*n) % known.len().max(1)).cloned()).collect();
        re.dedup();
        re.truncate(if kind == 3 || b > 200 { 2 } else { 1 });
        let now = desk.moment().incident;
        let mut body = body(kind, a, b, now);
        if let Body::Slot { slot, .. } = &mut body {
            // One that was missed, else the one ahead; else none at all, and it is refused.
            let missed = desk.incident.missed_slots(now);
            let ahead = desk.incident.beat(now).map(|beat| beat.slot);
            let one = missed.get(usize::from(b) % missed.len().max(1)).copied().or(ahead).unwrap_or(now);
            *slot = one.fixed_offset();
        }
        // One line in four is entered late, some of them from paper.
        let event_at = (refs[0] % 4 == 0 && kind != 32).then(|| EventTime {
            at: (now - TimeDelta::seconds(i64::from(b) * 4)).fixed_offset(),
            precision: Precision::About,
            reason: yes_or(a, "relevé"),
            page: yes_or(a.wrapping_add(1), "3"),
        });
        let before = desk.entries.len();
        match desk.command(Command { author, event_at, body, re }) {
            Ok(id) => assert!(desk.incident.has_entry(&id) && desk.entries.len() > before),
            Err(_) => assert_eq!(desk.entries.len(), before),
        }
        desk.pass(i64::from(a));
    }
    desk
}

fn yes_or(a: u8, word: &str) -> Option<String> {
    a.is_multiple_of(2).then(|| word.to_owned())
}

/// The lines of a script as they are stored, and the digest of the state that they led to one by one.
pub(crate) fn lines(mode: Mode, script: Vec<Line>) -> (Genesis, Vec<String>, String) {
    let desk = played(mode, script);
    let lines = desk.entries.iter().map(|entry| crate::text::json_line(entry).unwrap()).collect();
    (genesis(mode), lines, desk.incident.digest())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_counted_twice_or_hidden(
        mode in prop_oneof![Just(Mode::Real), Just(Mode::Exercise)],
        script in script(),
    ) {
        let desk = played(mode, script);
        // No event is lost.
        prop_assert_eq!(desk.incident.entries(), desk.entries.len() as u64);
        prop_assert!(desk.entries.iter().all(|entry| desk.incident.has_entry(&entry.id())));
        // No debt is hidden, none is invented.
        let now = desk.moment().incident + TimeDelta::minutes(30);
        let mut expected = recount::naive(&desk.entries, now, mode == Mode::Real);
        expected.extend(recount::hands(&desk.entries));
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
        let mut fresh = Incident::new(genesis(mode));
        for entry in &desk.entries {
            let line = crate::text::json_line(entry).unwrap();
            fresh.take(serde_json::from_str(&line).unwrap());
        }
        prop_assert_eq!(fresh.digest(), desk.incident.digest());
    }
}
