//! Health on the shipped scenarios: the evening of 2 June 2021 and ordinary days.

use std::sync::Arc;

use vigie::feed::SimFeed;
use vigie::health::{AlarmEvent, Board, Perimeter};
use vigie::network::{self, Scenario};
use vigie::sim::{Plan, Simulation};

fn scenario(id: &str) -> Scenario {
    network::load(&network::find(id, None).unwrap()).unwrap()
}

fn watch(
    scenario: &Scenario,
    seed: u64,
    frames: u32,
    mut each: impl FnMut(&Board, &[AlarmEvent], &vigie::health::Frame),
) -> Board {
    let plan = Arc::new(Plan::new(scenario).unwrap());
    let mut feed = SimFeed::new(Simulation::new(plan, seed), scenario.visibility);
    let mut board = Board::new(Arc::new(scenario.network.clone()), scenario.start, Perimeter::Nation, true);
    for _ in 0..frames {
        let frame = feed.next_frame();
        let events = board.push(&frame);
        each(&board, &events, &frame);
    }
    board
}

#[test]
#[ignore]
fn explore() {
    let s = scenario(&std::env::var("SC").unwrap_or("france-2021-06-02".into()));
    let seed = std::env::var("SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(s.seed);
    let frames = std::env::var("FR").ok().and_then(|s| s.parse().ok()).unwrap_or(6 * 60 * 3);
    let t0 = std::time::Instant::now();
    let every: u32 = std::env::var("EV").ok().and_then(|s| s.parse().ok()).unwrap_or(60);
    watch(&s, seed, frames, |b, events, frame| {
        let t = b.now().with_timezone(&s.network.tz).format("%H:%M:%S");
        for e in events {
            println!(
                "{t} ALARM {} {:?} over={} n={} {:?} {} {:.2}/{:.2} since {}",
                e.alarm.group,
                e.alarm.state,
                e.over,
                e.alarm.count,
                e.alarm.elements,
                e.alarm.measure,
                e.alarm.seen,
                e.alarm.expected,
                e.alarm.since.with_timezone(&s.network.tz).format("%H:%M:%S")
            );
        }
        let f = b.last_frame().unwrap();
        if f % every == every - 1 {
            let o = b.overview();
            println!(
                "{t} {:?} {:?} zones {}/{} lost {:?} ab {} mute {} cause {:?} truth {:?}",
                o.state,
                o.trend,
                o.zones,
                o.zones_of,
                o.lost,
                o.abandoned,
                o.mute,
                o.cause.as_ref().map(|c| (&c.kind, &c.name, c.odds_log10)),
                frame.truth.map(|t| (t.lost_network, t.own_means, t.not_delivered))
            );
            for r in b.services() {
                println!(
                    "   {} att {:.0}/{:.0} ner {}/{} rec {:.0}/{:.0} asr {:.2} {:?}",
                    s.network.services[r.service.index()].code,
                    r.attempts.seen,
                    r.attempts.expected,
                    r.ner.ok,
                    r.ner.of,
                    r.received.seen,
                    r.received.expected,
                    r.asr.value().unwrap_or(0.0),
                    r.state
                );
            }
            for r in b.worst(6) {
                println!(
                    "   worst {} {:?} {:.0}/{:.1} q {} {}/{} target {}/{}",
                    s.network.psaps[r.psap.index()].name,
                    r.state,
                    r.received.seen,
                    r.received.expected,
                    r.queue,
                    r.busy,
                    r.positions,
                    r.in_target.ok,
                    r.in_target.of
                );
            }
            let mut count = std::collections::BTreeMap::new();
            for z in b.zones() {
                *count.entry(format!("{:?}", z.state)).or_insert(0) += 1;
            }
            let mut pc = std::collections::BTreeMap::new();
            for z in b.psaps() {
                *pc.entry(format!("{:?}", z.state)).or_insert(0) += 1;
            }
            let sv: Vec<_> = b
                .servers()
                .iter()
                .map(|r| {
                    format!(
                        "{:?}/{:?} {}/{} {:.1}/s",
                        r.says, r.state, r.progressed.ok, r.progressed.of, r.setups_per_s
                    )
                })
                .collect();
            println!("   zones {count:?} psaps {pc:?} servers {sv:?}");
        }
    });
    println!("{:?}", t0.elapsed());
}
