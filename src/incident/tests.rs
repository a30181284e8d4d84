use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use proptest::prelude::*;

use super::event::{ActionState, LeverOrder, Precision, ScenarioRef, Statement, StepChange};
use super::*;
use crate::health::{Alarm, Observation, State as Health};
use crate::network::LeverKind;

fn t(s: &str) -> DateTime<Utc> {
    s.parse().unwrap()
}

fn genesis(mode: Mode) -> Genesis {
    Genesis {
        v: 1,
        inc: "essai".to_owned(),
        mode,
        title: "Essai".to_owned(),
        at: "2026-11-23T10:00:00+01:00".parse().unwrap(),
        zone: "Europe/Paris".to_owned(),
        lang: "fr".to_owned(),
        perimeter: crate::health::Perimeter::Nation,
        scenario: (mode == Mode::Exercise).then(|| ScenarioRef {
            id: "france-2021-06-02".to_owned(),
            sha256: String::new(),
            seed: 1,
            start: t("2021-06-02T14:00:00Z"),
        }),
        origin: None,
        playbooks: BTreeMap::new(),
        engine: "0".to_owned(),
    }
}

fn author() -> Author {
    Author { who: "m.durand".to_owned(), org: "SAMU 59".to_owned(), role: Role::LogKeeper }
}

/// A console without a disk: what is decided is applied at once.
struct Desk {
    incident: Incident,
    wall: DateTime<Utc>,
    entries: Vec<Entry>,
}

impl Desk {
    fn new(mode: Mode) -> Self {
        Self { incident: Incident::new(genesis(mode)), wall: t("2026-11-23T09:00:00Z"), entries: Vec::new() }
    }

    fn moment(&self) -> Moment {
        Moment { wall: self.wall, incident: self.incident.clock().at(self.wall), next_frame: 42 }
    }

    fn say(&mut self, body: Body) -> Result<EntryId, Refusal> {
        self.say_at(body, None, &[])
    }

    fn about(&mut self, body: Body, re: &EntryId) -> Result<EntryId, Refusal> {
        self.say_at(body, None, std::slice::from_ref(re))
    }

    fn say_at(
        &mut self,
        body: Body,
        event_at: impl Into<Option<EventTime>>,
        re: &[EntryId],
    ) -> Result<EntryId, Refusal> {
        self.command(Command { author: author(), event_at: event_at.into(), body, re: re.to_vec() })
    }

    fn command(&mut self, command: Command) -> Result<EntryId, Refusal> {
        let moment = self.moment();
        let author = command.author.clone();
        let first = self.entries.len() as u64;
        for (body, event_at, re) in self.incident.decide(command, &moment)? {
            let seq = self.entries.len() as u64;
            let re = re.into_iter().map(|id| match id.place_in_append() {
                Some(n) => EntryId::new("c0ffee00", first + n as u64),
                None => id,
            });
            let x = (self.incident.genesis().mode != Mode::Real).then(|| moment.incident.fixed_offset());
            let entry = Entry {
                v: 1,
                inc: "essai".to_owned(),
                chain: "c0ffee00".to_owned(),
                seq,
                at: moment.wall.fixed_offset(),
                up: "0000:0".to_owned(),
                x,
                event_at,
                who: author.who.clone(),
                org: author.org.clone(),
                role: author.role,
                body,
                re: re.collect(),
                seen: BTreeMap::new(),
                frame: None,
                prev: String::new(),
                sig: None,
            };
            self.incident.apply(&entry);
            self.entries.push(entry);
        }
        Ok(EntryId::new("c0ffee00", first))
    }

    fn pass(&mut self, seconds: i64) {
        self.wall += TimeDelta::seconds(seconds);
    }

    fn due(&self) -> Vec<(String, DeadlineState)> {
        let now = self.moment().incident;
        self.incident.deadlines(now).into_iter().map(|d| (d.label.en, d.state)).collect()
    }
}

fn note(text: &str) -> Body {
    Body::Note { text: text.to_owned() }
}

fn fact_time(at: DateTime<Utc>, reason: Option<&str>) -> EventTime {
    EventTime { at: at.fixed_offset(), precision: Precision::Exact, reason: reason.map(str::to_owned), page: None }
}

#[test]
fn words_are_needed_and_not_too_many() {
    let mut desk = Desk::new(Mode::Real);
    assert_eq!(desk.say(note("  \n")), Err(Refusal::Empty));
    assert_eq!(desk.say(note(&"é".repeat(2_049))), Err(Refusal::TooLong(4_098)));
    assert!(desk.say(note(&"é".repeat(2_048))).is_ok());
    let statement = Statement { text: "t".to_owned(), source: "s".repeat(5_000), ..Statement::default() };
    assert_eq!(desk.say(Body::Information(statement)), Err(Refusal::TooLong(5_000)));
}

#[test]
fn a_fact_cannot_lie_ahead_and_past_five_minutes_needs_a_reason() {
    let mut desk = Desk::new(Mode::Real);
    let wall = desk.wall;
    let ahead = fact_time(wall + TimeDelta::seconds(1), None);
    assert_eq!(desk.say_at(note("a"), ahead, &[]), Err(Refusal::FutureFact));
    assert!(desk.say_at(note("a"), fact_time(wall - TimeDelta::seconds(300), None), &[]).is_ok());
    let late = wall - TimeDelta::seconds(301);
    assert_eq!(desk.say_at(note("a"), fact_time(late, None), &[]), Err(Refusal::LateReason));
    assert_eq!(desk.say_at(note("a"), fact_time(late, Some(" ")), &[]), Err(Refusal::LateReason));
    assert!(desk.say_at(note("a"), fact_time(late, Some("appel repris")), &[]).is_ok());
    assert_eq!(desk.entries.last().unwrap().fact_time().to_utc(), late);
}

#[test]
fn in_an_exercise_the_five_minutes_are_wall_minutes() {
    let mut desk = Desk::new(Mode::Exercise);
    let x_at = t("2021-06-02T14:30:00Z").fixed_offset();
    desk.say(Body::Clock { x_at, running: true, rate_milli: 60_000, text: String::new() }).unwrap();
    desk.pass(240);
    // Four wall minutes at ×60 are four hours of the exercise.
    assert_eq!(desk.moment().incident, t("2021-06-02T18:30:00Z"));
    assert!(desk.say_at(note("a"), fact_time(t("2021-06-02T14:40:00Z"), None), &[]).is_ok());
    desk.pass(120);
    let early = fact_time(t("2021-06-02T15:00:00Z"), None);
    assert_eq!(desk.say_at(note("a"), early, &[]), Err(Refusal::LateReason));
    // Before the console was open.
    let before = fact_time(t("2021-06-02T14:00:00Z"), None);
    assert_eq!(desk.say_at(note("a"), before, &[]), Err(Refusal::LateReason));
}

#[test]
fn the_exercise_clock_does_not_run_backwards() {
    let mut desk = Desk::new(Mode::Exercise);
    let clock =
        |x: &str, running| Body::Clock { x_at: t(x).fixed_offset(), running, rate_milli: 10_000, text: String::new() };
    desk.say(clock("2021-06-02T14:30:00Z", true)).unwrap();
    desk.pass(60);
    assert_eq!(desk.say(clock("2021-06-02T14:35:00Z", true)), Err(Refusal::Backwards));
    // A pause that was asked for a moment before it is decided means now.
    desk.say(clock("2021-06-02T14:39:50Z", false)).unwrap();
    assert_eq!(desk.moment().incident, t("2021-06-02T14:40:00Z"));
    desk.pass(600);
    assert_eq!(desk.moment().incident, t("2021-06-02T14:40:00Z"));
    desk.say(clock("2021-06-02T16:00:00Z", true)).unwrap();
    assert_eq!(desk.moment().incident, t("2021-06-02T16:00:00Z"));
    let mut real = Desk::new(Mode::Real);
    assert!(matches!(real.say(clock("2021-06-02T16:00:00Z", true)), Err(Refusal::Mode(_))));
}

#[test]
fn observers_read_and_a_closed_incident_waits_to_be_reopened() {
    let mut desk = Desk::new(Mode::Real);
    let observer =
        Command { author: Author { role: Role::Observer, ..author() }, event_at: None, body: note("a"), re: vec![] };
    assert_eq!(desk.command(observer), Err(Refusal::Observer));
    assert_eq!(desk.say(Body::Reopen { text: "r".to_owned() }), Err(Refusal::NotClosed));
    desk.say(Body::Close { text: String::new() }).unwrap();
    assert_eq!(desk.say(note("a")), Err(Refusal::Closed));
    assert_eq!(desk.say(Body::Reopen { text: " ".to_owned() }), Err(Refusal::Empty));
    desk.say(Body::Reopen { text: "rechute".to_owned() }).unwrap();
    assert!(desk.say(note("a")).is_ok());
}

#[test]
fn steps_belong_to_open_playbooks_and_a_skip_says_why() {
    let mut desk = Desk::new(Mode::Real);
    let step = |step: &str, change, text: &str| Body::Step {
        playbook: "call-servers".to_owned(),
        step: step.to_owned(),
        change,
        text: text.to_owned(),
        go: None,
        evidence: Vec::new(),
    };
    assert_eq!(desk.say(step("a", StepChange::Done, "")), Err(Refusal::NoSuchStep("a".to_owned())));
    let open =
        Body::Playbook { id: "call-servers".to_owned(), sha256: "0".to_owned(), text: String::new(), called_by: None };
    desk.say(open).unwrap();
    desk.incident.know_steps("call-servers", ["a", "b"]);
    assert_eq!(desk.say(step("z", StepChange::Done, "")), Err(Refusal::NoSuchStep("z".to_owned())));
    assert_eq!(desk.say(step("a", StepChange::Skipped, " ")), Err(Refusal::SkipReason));
    desk.say(step("a", StepChange::Skipped, "sans objet ici")).unwrap();
    desk.say(step("b", StepChange::Done, "")).unwrap();
    let steps = desk.incident.steps("call-servers");
    assert_eq!(steps["a"].change, StepChange::Skipped);
    assert_eq!(steps["b"].done.len(), 1);
}

#[test]
fn a_decision_with_levers_is_one_line_and_one_for_each_lever() {
    let mut desk = Desk::new(Mode::Real);
    let lever = LeverOrder { lever: LeverKind::Freeze };
    let decision = desk
        .say(Body::Decision {
            text: "geler".to_owned(),
            rationale: "car".to_owned(),
            levers: vec![lever.clone(), lever],
            record: Box::default(),
        })
        .unwrap();
    assert_eq!(desk.entries.len(), 3);
    assert_eq!(desk.incident.levers().len(), 2);
    assert!(desk.incident.levers().iter().all(|l| l.frame_at == 42));
    assert!(desk.entries[1..].iter().all(|e| e.re == [decision.clone()]));
    assert_eq!(desk.incident.decision(&decision).unwrap().levers.len(), 2);
}

#[test]
fn what_is_referred_to_must_exist() {
    let mut desk = Desk::new(Mode::Real);
    let nobody = EntryId::new("c0ffee00", 7);
    assert_eq!(desk.about(note("a"), &nobody), Err(Refusal::NoSuchEntry("c0ffee00:7".to_owned())));
    let plain = desk.say(note("a")).unwrap();
    let receipt = Body::Receipt { acknowledged: true, text: String::new() };
    assert_eq!(desk.say(receipt.clone()), Err(Refusal::NoReference));
    assert_eq!(desk.about(receipt, &plain), Err(Refusal::NoSuchEntry(plain.to_string())));
    let correction = Body::Correction { text: "b".to_owned(), reason: String::new() };
    assert_eq!(desk.say(correction.clone()), Err(Refusal::NoReference));
    desk.about(correction, &plain).unwrap();
    assert_eq!(desk.incident.corrections(&plain).unwrap().text, "b");
    let unknown = Body::Acknowledge { group: "g".to_owned(), shelved_until: None, text: String::new() };
    assert_eq!(desk.say(unknown), Err(Refusal::NoSuchAlarm("g".to_owned())));
    let stop = Body::ClockStop { id: "nope".to_owned(), reason: "fait".to_owned() };
    assert_eq!(desk.say(stop), Err(Refusal::NoSuchClock("nope".to_owned())));
}

#[test]
fn the_first_awareness_counts_until_another_says_it_replaces_it() {
    let mut desk = Desk::new(Mode::Real);
    let aware = Body::Awareness { text: "incident".to_owned() };
    let earlier = desk.wall - TimeDelta::seconds(120);
    let first = desk.say_at(aware.clone(), fact_time(earlier, None), &[]).unwrap();
    assert_eq!(desk.incident.awareness(), Some(earlier));
    desk.pass(60);
    desk.say(aware.clone()).unwrap();
    assert_eq!(desk.incident.awareness(), Some(earlier));
    desk.about(aware, &first).unwrap();
    assert_eq!(desk.incident.awareness(), Some(desk.wall));
}

#[test]
fn deadlines_come_by_urgency_and_end_when_met() {
    let mut desk = Desk::new(Mode::Real);
    assert_eq!(desk.due(), []);
    desk.say(Body::Awareness { text: "incident".to_owned() }).unwrap();
    desk.pass(720);
    let message = Body::Message {
        text: "défaut confirmé ?".to_owned(),
        to: String::new(),
        from: "SDIS 95".to_owned(),
        channel: String::new(),
        answer_by: None,
    };
    let message = desk.say(message).unwrap();
    let due = (desk.wall + TimeDelta::hours(3)).fixed_offset();
    let action = Body::Action {
        text: "équipe sur site".to_owned(),
        owner: "exploit.".to_owned(),
        due: Some(due),
        state: ActionState::Ordered,
    };
    let action = desk.say(action).unwrap();
    let decision =
        Body::Decision { text: "geler".to_owned(), rationale: String::new(), levers: vec![], record: Box::default() };
    let decision = desk.say(decision).unwrap();
    let states: Vec<(String, DeadlineState)> = desk.due();
    let words: Vec<&str> = states.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(
        words,
        [
            "Inform the Interior ministry (D. 98-5, as soon as known)",
            "défaut confirmé ?",
            "geler",
            "Convene the crisis cell (target 30 min)",
            "équipe sur site",
            "NIS2: early warning (24 h)",
            "NIS2: notification (72 h)",
            "NIS2: final report (1 month after the notification)",
        ]
    );
    assert_eq!(states[0].1, DeadlineState::Overdue);
    assert_eq!(states[1].1, DeadlineState::Soon);
    assert_eq!(states[4].1, DeadlineState::Later);
    let state_of = |desk: &Desk, label: &str| desk.due().iter().find(|(l, _)| l == label).map(|(_, s)| *s);
    desk.pass(301);
    assert_eq!(state_of(&desk, "défaut confirmé ?"), Some(DeadlineState::Overdue));
    desk.about(Body::Receipt { acknowledged: true, text: String::new() }, &message).unwrap();
    let answered = desk.incident.message(&message).unwrap();
    assert_eq!(answered.waited(desk.wall), TimeDelta::seconds(301));
    assert_eq!(state_of(&desk, "défaut confirmé ?"), None);
    // The reason comes later, as a note about the decision: the debt is paid.
    desk.about(note("trois départements muets"), &decision).unwrap();
    assert_eq!(state_of(&desk, "geler"), None);
    desk.about(
        Body::Action { text: String::new(), owner: String::new(), due: None, state: ActionState::Done },
        &action,
    )
    .unwrap();
    assert_eq!(desk.incident.action(&action).unwrap().state, ActionState::Done);
    assert_eq!(state_of(&desk, "équipe sur site"), None);
    desk.say(Body::ClockStop { id: "fr-d98-5".to_owned(), reason: "appel du COGIC".to_owned() }).unwrap();
    assert_eq!(desk.due().last().map(|(_, s)| *s), Some(DeadlineState::Done));
    let limit = StepLimit {
        playbook: "p".to_owned(),
        step: "s".to_owned(),
        label: crate::network::Text { fr: "étape".to_owned(), en: "step".to_owned() },
        due: desk.wall - TimeDelta::hours(5),
        owner: String::new(),
        done: false,
    };
    let first = desk.incident.deadlines_with(desk.wall, &[limit], &[]).remove(0);
    assert_eq!((first.kind, first.state), (DeadlineKind::Step, DeadlineState::Overdue));
}

#[test]
fn an_alarm_that_gets_worse_or_comes_back_must_be_seen_again() {
    let mut desk = Desk::new(Mode::Real);
    let crossing = |state, over| Body::Crossing {
        alarm: Alarm {
            group: "national-ner".to_owned(),
            state,
            elements: vec!["15".to_owned()],
            count: 1,
            measure: "ner".to_owned(),
            seen: 0.8,
            expected: 0.99,
            of: 829,
            window_s: 300,
            recent: None,
            false_alarm_days: 30.0,
            since: t("2026-11-23T08:45:00Z"),
        },
        over,
        text: "seuil".to_owned(),
    };
    let ack = || Body::Acknowledge { group: "national-ner".to_owned(), shelved_until: None, text: String::new() };
    let acknowledged = |desk: &Desk| desk.incident.alarms()[0].acknowledged.is_some();
    let first = desk.say(crossing(Health::Degraded, false)).unwrap();
    desk.say(ack()).unwrap();
    assert!(acknowledged(&desk));
    desk.say(crossing(Health::Degraded, false)).unwrap();
    assert!(acknowledged(&desk));
    desk.say(crossing(Health::Critical, false)).unwrap();
    assert!(!acknowledged(&desk));
    desk.say(ack()).unwrap();
    desk.say(crossing(Health::Nominal, true)).unwrap();
    assert!(desk.incident.alarms()[0].over && acknowledged(&desk));
    assert_eq!(desk.incident.alarms()[0].first, first);
    let again = desk.say(crossing(Health::Degraded, false)).unwrap();
    assert!(!acknowledged(&desk));
    assert_eq!(desk.incident.alarms()[0].first, again);
    assert_eq!(desk.incident.alarms().len(), 1);
}

/// Any body at all, with references among the first entries.
fn any_body() -> impl Strategy<Value = Body> {
    let text = "[a-z\u{e9}\u{9b}\u{202e}\"\\\\\n ]{0,12}";
    let at = (0_i64..4_000).prop_map(|s| (t("2026-11-23T08:30:00Z") + TimeDelta::seconds(s)).fixed_offset());
    let offset = FixedOffset::east_opt(7_200).unwrap();
    let at = at.prop_map(move |at| at.with_timezone(&offset)).boxed();
    prop_oneof![
        text.prop_map(|text| Body::Information(Statement { text, ..Statement::default() })),
        text.prop_map(|text| Body::Fact(Statement { text, source: "s".to_owned(), ..Statement::default() })),
        text.prop_map(|text| Body::Note { text }),
        (text, text, proptest::option::of(at.clone())).prop_map(|(text, from, answer_by)| Body::Message {
            text,
            to: String::new(),
            from,
            channel: String::new(),
            answer_by,
        }),
        (any::<bool>(), text).prop_map(|(acknowledged, text)| Body::Receipt { acknowledged, text }),
        (text, text, 0_usize..3).prop_map(|(text, rationale, n)| Body::Decision {
            text,
            rationale,
            levers: vec![LeverOrder { lever: LeverKind::Gap { share: 0.1 + 0.2 } }; n],
            record: Box::default()
        }),
        (text, proptest::option::of(at.clone()), 0_u8..3).prop_map(|(text, due, state)| Body::Action {
            text,
            owner: String::new(),
            due,
            state: [ActionState::Ordered, ActionState::Done, ActionState::Dropped][usize::from(state)],
        }),
        (text, text).prop_map(|(text, to)| Body::Request { text, to }),
        (text, text).prop_map(|(text, reason)| Body::Correction { text, reason }),
        (text, any::<f64>()).prop_map(|(text, share)| Body::Observation {
            text,
            data: Observation {
                zone: None,
                service: "15".to_owned(),
                source: "SAMU".to_owned(),
                state: Health::Silent,
                share: share.is_finite().then_some(share),
                at: t("2026-11-23T09:00:00Z"),
            },
        }),
        text.prop_map(|text| Body::Awareness { text }),
        text.prop_map(|reason| Body::ClockStop { id: "nis2-72h".to_owned(), reason }),
        text.prop_map(|text| Body::RoleTaken { text, taken: Role::Director }),
        text.prop_map(|text| Body::Playbook { id: "p".to_owned(), sha256: "0".to_owned(), text, called_by: None }),
        (0_u8..6, text).prop_map(|(change, text)| Body::Step {
            playbook: "p".to_owned(),
            step: "s".to_owned(),
            change: [
                StepChange::Started,
                StepChange::Done,
                StepChange::Skipped,
                StepChange::NotApplicable,
                StepChange::Undone,
                StepChange::Effect,
            ][usize::from(change)],
            text,
            go: None,
            evidence: Vec::new()
        }),
        (at, any::<bool>(), 0_u32..100_000).prop_map(|(x_at, running, rate_milli)| Body::Clock {
            x_at,
            running,
            rate_milli,
            text: String::new()
        }),
        text.prop_map(|text| Body::Close { text }),
        text.prop_map(|text| Body::Reopen { text }),
        (any::<u32>(), text).prop_map(|(frame_at, text)| Body::Lever {
            order: LeverOrder { lever: LeverKind::Freeze },
            frame_at,
            text,
        }),
        (any::<f64>(), any::<bool>(), text).prop_map(|(seen, over, text)| Body::Crossing {
            alarm: Alarm {
                group: "g".to_owned(),
                state: Health::Critical,
                elements: vec![text.clone()],
                count: 3,
                measure: "ner".to_owned(),
                seen: if seen.is_finite() { seen } else { 0.0 },
                expected: 1.0 / 3.0,
                of: 829,
                window_s: 300,
                recent: None,
                false_alarm_days: 30.0,
                since: t("2026-11-23T08:45:00Z"),
            },
            over,
            text,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Lines written and read back fold to the same state as the entries did one by one; whatever is asked, nothing
    /// panics, and what `decide` refuses leaves no trace.
    #[test]
    fn a_fresh_fold_is_the_incremental_fold(
        mode in prop_oneof![Just(Mode::Real), Just(Mode::Exercise), Just(Mode::Replay)],
        commands in proptest::collection::vec((any_body(), 0_i64..400, proptest::option::of(-600_i64..5), 0_u64..12), 1..80),
    ) {
        let mut desk = Desk::new(mode);
        for (body, pass, back, re) in commands {
            desk.pass(pass);
            let event_at = back.map(|s| fact_time(desk.moment().incident + TimeDelta::seconds(s), Some("r")));
            let re: Vec<EntryId> = (re < 8).then(|| EntryId::new("c0ffee00", re)).into_iter().collect();
            let before = desk.incident.digest();
            let count = desk.entries.len();
            if desk.say_at(body, event_at, &re).is_err() {
                prop_assert_eq!(&before, &desk.incident.digest());
                prop_assert_eq!(count, desk.entries.len());
            }
        }
        let mut fresh = Incident::new(genesis(mode));
        for entry in &desk.entries {
            let line = crate::text::json_line(entry).unwrap();
            prop_assert!(!line.chars().any(crate::text::is_dangerous));
            let back: Entry = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(crate::text::json_line(&back).unwrap(), line);
            fresh.apply(&back);
        }
        prop_assert_eq!(fresh.digest(), desk.incident.digest());
        prop_assert_eq!(fresh.entries(), desk.entries.len() as u64);
    }
}

mod debts;
mod rhythm;
mod rules;
pub(crate) mod truth;
