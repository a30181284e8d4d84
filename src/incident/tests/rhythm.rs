//! The battle rhythm: next slot, freeze, missed slots; in wall time and in exercise time.

use super::*;
use crate::incident::record::{Section, SitrepVariant};

fn rhythm(desk: &mut Desk, every_min: u32, in_min: i64) {
    let next_at = (desk.moment().incident + TimeDelta::minutes(in_min)).fixed_offset();
    desk.say(Body::Rhythm { every_min, next_at, text: String::new() }).unwrap();
}

fn sitrep(desk: &mut Desk) {
    let as_of = desk.moment().incident.fixed_offset();
    let sections = vec![Section { id: "facts".to_owned(), text: "x".to_owned() }];
    let (number, variant, text) = (0, SitrepVariant::Full, "point".to_owned());
    desk.say(Body::Sitrep { number, variant, text, sections, as_of, next_at: None }).unwrap();
}

fn clock(desk: &mut Desk, x_at: DateTime<Utc>, running: bool, rate_milli: u32) {
    let x_at = x_at.fixed_offset();
    desk.say(Body::Clock { x_at, running, rate_milli, text: String::new() }).unwrap();
}

fn missed(desk: &Desk) -> Vec<String> {
    let slots = desk.incident.missed_slots(desk.moment().incident);
    slots.iter().map(|slot| slot.format("%H:%M").to_string()).collect()
}

/// From now to the next slot \[min\], and is the picture frozen?
fn beat(desk: &Desk) -> (i64, bool) {
    let now = desk.moment().incident;
    let beat = desk.incident.beat(now).unwrap();
    ((beat.slot - now).num_minutes(), beat.frozen_since.is_some())
}

#[test]
fn the_picture_is_frozen_five_minutes_before_a_slot() {
    let mut desk = Desk::new(Mode::Real);
    assert!(desk.incident.beat(desk.wall).is_none());
    rhythm(&mut desk, 30, 20);
    assert_eq!(beat(&desk), (20, false));
    desk.pass(14 * 60 + 59);
    assert_eq!(beat(&desk), (5, false));
    desk.pass(1);
    assert_eq!(beat(&desk), (5, true));
    desk.pass(8 * 60);
    assert_eq!(beat(&desk), (-3, true), "a slot can be held until its grace is over");
    assert!(desk.in_strip(DeadlineKind::Slot));
    sitrep(&mut desk);
    assert_eq!(beat(&desk), (27, false));
    assert!(missed(&desk).is_empty());
}

#[test]
fn a_slot_without_a_point_de_situation_is_missed_and_cannot_be_paid() {
    let mut desk = Desk::new(Mode::Real);
    rhythm(&mut desk, 30, 30);
    desk.pass(40 * 60);
    assert!(missed(&desk).is_empty(), "ten minutes of grace");
    desk.pass(1);
    assert_eq!(missed(&desk), ["09:30"]);
    assert_eq!(desk.incident.last_slot_unheard(desk.wall), Some(t("2026-11-23T09:30:00Z")));
    let debts = desk.incident.debts(desk.wall, &[]);
    assert!(debts.len() == 1 && debts[0].kind == DebtKind::Slot && !debts[0].payable, "{debts:?}");
    // The machine notes it once; a point de situation afterwards is not this slot's.
    let slot = t("2026-11-23T09:30:00Z").fixed_offset();
    desk.say(Body::Slot { slot, held: false, text: String::new() }).unwrap();
    assert_eq!(desk.incident.last_slot_unheard(desk.wall), None);
    sitrep(&mut desk);
    assert_eq!(missed(&desk), ["09:30"]);
    // Somebody was there and says so: held once is held.
    desk.say(Body::Slot { slot, held: true, text: "à l'oral".to_owned() }).unwrap();
    desk.say(Body::Slot { slot, held: false, text: String::new() }).unwrap();
    assert!(missed(&desk).is_empty());
}

#[test]
fn only_slots_of_a_rhythm_are_slots() {
    let mut desk = Desk::new(Mode::Real);
    rhythm(&mut desk, 30, 30);
    let mut say = |minutes: i64, held| {
        let slot = (t("2026-11-23T09:00:00Z") + TimeDelta::minutes(minutes)).fixed_offset();
        desk.say(Body::Slot { slot, held, text: String::new() }).is_ok()
    };
    assert!(!say(31, false) && !say(0, false), "no slot there");
    assert!(!say(60, true), "nobody has held what is an hour away");
    assert!(say(60, false), "that it will not be held can be said before");
}

#[test]
fn a_rhythm_counts_until_the_next_and_not_while_closed() {
    let mut desk = Desk::new(Mode::Real);
    rhythm(&mut desk, 30, 30);
    desk.pass(35 * 60);
    // Set anew after the first slot had passed: that one is still owed.
    rhythm(&mut desk, 60, 25);
    desk.pass(20 * 60);
    assert_eq!(missed(&desk), ["09:30"]);
    desk.say(Body::Close { text: "fin".to_owned() }).unwrap();
    desk.pass(3_600);
    assert_eq!(missed(&desk), ["09:30"]);
    desk.say(Body::Reopen { text: "reprise".to_owned() }).unwrap();
    desk.pass(3_600);
    assert_eq!(missed(&desk), ["09:30", "11:00"]);
    rhythm(&mut desk, 0, 0);
    desk.pass(86_400);
    assert_eq!(missed(&desk), ["09:30", "11:00"]);
    assert!(desk.incident.beat(desk.wall).is_none());
    assert_eq!(
        desk.say(Body::Rhythm { every_min: 4, next_at: desk.wall.fixed_offset(), text: String::new() }),
        Err(Refusal::Rhythm(4))
    );
}

#[test]
fn in_an_exercise_slots_follow_pause_speed_and_jump() {
    let mut desk = Desk::new(Mode::Exercise);
    let start = t("2021-06-02T14:00:00Z");
    clock(&mut desk, start, true, 1_000);
    rhythm(&mut desk, 30, 30);
    desk.pass(600);
    clock(&mut desk, start + TimeDelta::minutes(10), false, 1_000);
    desk.pass(7_200);
    assert_eq!(beat(&desk), (20, false), "nothing passes in a pause");
    // Sixty times as fast: 31 seconds of wall time are 31 minutes.
    clock(&mut desk, start + TimeDelta::minutes(10), true, 60_000);
    desk.pass(31);
    assert_eq!(missed(&desk), ["14:30"]);
    // A jump over 15:00 and 15:30: nobody lived these.
    clock(&mut desk, start + TimeDelta::minutes(100), true, 60_000);
    assert_eq!(missed(&desk), ["14:30"]);
    desk.pass(31);
    assert_eq!(missed(&desk), ["14:30", "16:00"]);
}

#[test]
fn clocks_run_in_exercise_time_with_pause_and_speed() {
    let mut desk = Desk::new(Mode::Exercise);
    let start = t("2021-06-02T14:00:00Z");
    clock(&mut desk, start, true, 1_000);
    desk.say(Body::Awareness { text: "oui".to_owned() }).unwrap();
    let left = |desk: &Desk| {
        let now = desk.moment().incident;
        let all = desk.incident.deadlines(now);
        let cell = all.iter().find(|d| d.source == DeadlineSource::Clock("fr-crisis-cell".to_owned())).unwrap();
        (cell.due - now).num_seconds()
    };
    assert_eq!(left(&desk), 1_800);
    desk.pass(600);
    clock(&mut desk, start + TimeDelta::minutes(10), false, 1_000);
    desk.pass(86_400);
    assert_eq!(left(&desk), 1_200, "a pause takes no time");
    clock(&mut desk, start + TimeDelta::minutes(10), true, 10_000);
    desk.pass(60);
    assert_eq!(left(&desk), 600, "ten times as fast");
    desk.pass(60);
    assert_eq!(left(&desk), 0);
}

#[test]
fn several_clocks_run_at_once_and_stop_with_a_reason() {
    let mut desk = Desk::new(Mode::Real);
    let running = |desk: &Desk| {
        let all = desk.incident.deadlines(desk.wall);
        let open = all.iter().filter(|d| d.kind == DeadlineKind::Clock && d.state != DeadlineState::Done);
        open.map(|d| d.source.clone()).collect::<Vec<_>>().len()
    };
    assert_eq!(running(&desk), 0);
    desk.say(Body::ClockStart { id: "fcc-911-30min".to_owned(), text: "centre touché".to_owned() }).unwrap();
    assert_eq!(running(&desk), 2, "and the one that counts from it");
    desk.say(Body::Awareness { text: "oui".to_owned() }).unwrap();
    assert_eq!(running(&desk), 7);
    let stop = |id: &str, reason: &str| Body::ClockStop { id: id.to_owned(), reason: reason.to_owned() };
    assert_eq!(desk.say(stop("nis2-24h", " ")), Err(Refusal::Empty));
    desk.say(stop("nis2-24h", "sans objet")).unwrap();
    assert_eq!(running(&desk), 6);
    assert_eq!(desk.incident.clock_stopped("nis2-24h").unwrap().1, "sans objet");
}
