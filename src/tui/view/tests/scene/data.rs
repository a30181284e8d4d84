//! What the scene shows: a small network, figures of a bad evening, lines of a log.

use super::*;

pub(super) fn network() -> Network {
    let mut network = crate::network::reference();
    let zone = |code: &str| network.zone_by_code(code).unwrap();
    let rows = [
        ("samu-59", "SAMU 59", PsapKind::Samu, zone("59")),
        ("samu-69", "SAMU 69", PsapKind::Samu, zone("69")),
        ("sdis-95", "SDIS 95", PsapKind::Fire, zone("95")),
        ("sdis-13", "SDIS 13", PsapKind::Fire, zone("13")),
        ("samu-37", "SAMU 37", PsapKind::Samu, zone("37")),
        ("cic-75", "CIC Paris agglomération", PsapKind::Police, zone("75")),
        ("corg-56", "CORG Morbihan", PsapKind::Gendarmerie, zone("56")),
        ("samu-44", "SAMU 44", PsapKind::Samu, zone("44")),
    ];
    network.psaps = rows
        .into_iter()
        .map(|(id, name, kind, zone)| Psap {
            id: id.into(),
            name: name.into(),
            kind,
            zone,
            services: vec![ServiceId(0)],
            connection: Connection::Pstn,
            trunks: 30,
            positions: vec![(0, 8)],
            handling: Law::Exp(120.0),
            patience: None,
            target_s: 30.0,
            target_share: 0.9,
            overflow: None,
        })
        .collect();
    network.call_servers = (1..=6)
        .map(|i| CallServer {
            id: format!("cs-{i}"),
            name: format!("Call server {i}"),
            site: ["Lille", "Reims", "Rennes"][i % 3].into(),
            software: "CS 7.2".into(),
            sessions: 12_000,
            setups_per_s: 200.0,
            ordinary: Vec::new(),
            restart: Law::Fixed(600.0),
        })
        .collect();
    network
}

pub(super) fn services(network: &Network) -> Vec<ServiceRow> {
    let rows =
        [(0.09, 0.82, -0.11, 0.64), (0.06, 0.88, -0.07, 0.71), (0.08, 0.85, -0.08, 0.69), (0.08, 0.84, -0.09, 0.70)];
    let states = [State::Critical, State::Degraded, State::Degraded, State::Watch];
    (0..network.services.len().min(4))
        .map(|i| {
            let (attempts, ner, received, asr) = rows[i];
            ServiceRow {
                service: ServiceId(i as u8),
                attempts: Volume { seen: 100.0 * (1.0 + attempts), expected: 100.0 },
                ner: rate(ner, 240),
                ner_trend: trend(i),
                received: Volume { seen: 100.0 * (1.0 + received), expected: 100.0 },
                received_trend: trend(i + 1),
                asr: rate(asr, 240),
                asr_trend: trend(i),
                state: states[i],
                failed: rate(1.0 - ner, 250),
                failed_window_s: 300,
                cut: rate(0.02, 200),
                history: (0..60)
                    .map(|m| (m != 7).then(|| (990 - (m * m / 20) * (4 - i as u16) / 4).min(1_000)))
                    .collect(),
            }
        })
        .collect()
}

pub(super) fn psaps(network: &Network) -> Vec<PsapRow> {
    let rows = [
        (31.0, 92.0, State::Critical, "16:51"),
        (22.0, 58.0, State::Critical, "16:58"),
        (0.0, 27.0, State::Silent, "17:02"),
        (19.0, 41.0, State::Degraded, "17:05"),
        (9.0, 20.0, State::Degraded, "17:20"),
        (260.0, 402.0, State::Degraded, "17:31"),
        (11.0, 16.0, State::Watch, "17:40"),
        (40.0, 44.0, State::Nominal, "16:30"),
    ];
    rows.into_iter()
        .zip(0..network.psaps.len() as u16)
        .map(|((seen, expected, state, since), i)| PsapRow {
            psap: PsapId(i),
            received: Volume { seen, expected },
            in_target: rate(0.8, 50),
            abandoned: 7,
            queue: 3,
            busy: 6,
            positions: 8,
            state,
            since: Some(at(since)),
            history: (0..60).map(|m| 4 - (m / 16).min(3)).collect(),
        })
        .collect()
}

pub(super) fn servers() -> Vec<ServerRow> {
    let says = [
        ServerState::Restarting,
        ServerState::Restarting,
        ServerState::Restarting,
        ServerState::Impaired,
        ServerState::Impaired,
        ServerState::Withdrawn,
    ];
    says.into_iter()
        .enumerate()
        .map(|(i, says)| ServerRow {
            server: ServerId(i as u16),
            says,
            state: if i < 3 { State::Down } else { State::Degraded },
            progressed: rate(0.4, 90),
            sessions: if i == 3 || i == 4 { 11_900 } else { 7_000 },
            leaked: 3_100,
            capacity: 12_000,
            setups_per_s: 12.5,
            managed: i != 2,
            frozen: i == 4,
            history: (0..60).map(|m| 400 + m * 10).collect(),
        })
        .collect()
}

pub(super) fn entry(seq: u64, at: &str, body: Body, who: &str, role: Who) -> Entry {
    Entry {
        v: 1,
        inc: "2021-06-02-urgence-3f9a".into(),
        chain: "a1b2c3d4".into(),
        seq,
        at: local(at),
        up: "0000:0".into(),
        x: Some(local(at)),
        event_at: None,
        who: who.into(),
        org: "cellule opérateur".into(),
        role,
        body,
        re: Vec::new(),
        seen: BTreeMap::new(),
        frame: None,
        prev: String::new(),
        sig: None,
    }
}

pub(in crate::tui::view::tests) fn said(text: &str, source: &str, verification: Verification) -> Body {
    Body::Information(Statement { text: text.into(), source: source.into(), channel: String::new(), verification })
}

pub(super) fn alarm() -> Alarm {
    Alarm {
        group: "national-ner".into(),
        state: State::Critical,
        elements: vec!["15".into(), "SAMU 59".into()],
        count: 18,
        measure: "received".into(),
        seen: 210.0,
        expected: 402.0,
        of: 829,
        window_s: 300,
        recent: None,
        false_alarm_days: 30.0,
        since: at("17:38"),
    }
}

pub(super) fn entries() -> Vec<Entry> {
    let mut all = vec![
        entry(
            0,
            "17:40",
            Body::Crossing { alarm: alarm(), over: false, text: "18 centres sous l'attendu, 1 cause commune".into() },
            "machine",
            Who::Machine,
        ),
        entry(
            1,
            "17:46",
            Body::Awareness { text: "incident sur les numéros d'urgence : horloges lancées".into() },
            "c.morel",
            Who::Director,
        ),
        entry(
            2,
            "17:48",
            Body::Playbook {
                id: "call-server-failure".into(),
                sha256: "00".into(),
                text: "Panne de call servers".into(),
                called_by: None,
            },
            "c.morel",
            Who::Director,
        ),
        entry(
            3,
            "17:50",
            said(
                "le 18 ne passe plus depuis les mobiles, deux appels tests sur trois échouent",
                "SDIS 95",
                Verification::Verified,
            ),
            "m.durand",
            Who::LogKeeper,
        ),
        entry(
            4,
            "17:51",
            Body::Correction {
                text: "trois appels tests sur quatre échouent".into(),
                reason: "relu au téléphone".into(),
            },
            "m.durand",
            Who::LogKeeper,
        ),
        entry(
            5,
            "17:52",
            said("chute des appels au 15", "SAMU 59", Verification::ToVerify),
            "m.durand",
            Who::LogKeeper,
        ),
        entry(
            6,
            "17:53",
            Body::Message {
                text: "défaut réseau confirmé ?".into(),
                to: String::new(),
                from: "SDIS 95".into(),
                channel: "téléphone".into(),
                answer_by: None,
            },
            "m.durand",
            Who::LogKeeper,
        ),
        entry(
            7,
            "17:54",
            Body::Action {
                text: "appeler l'intégrateur".into(),
                owner: "exploitation".into(),
                due: Some(local("18:10")),
                state: ActionState::Ordered,
            },
            "c.morel",
            Who::Director,
        ),
        entry(
            8,
            "17:55",
            Body::decision("réunir la cellule à 18:15", "3 départements muets", Vec::new()),
            "c.morel",
            Who::Director,
        ),
        entry(9, "17:56", Body::decision("geler les changements", "", Vec::new()), "c.morel", Who::Director),
        entry(
            10,
            "17:56",
            Body::Note { text: "\u{1b}[31mrouge\u{1b}[0m et \u{202e}inversé : rien ne passe".into() },
            "m.durand",
            Who::LogKeeper,
        ),
        entry(
            11,
            "17:56",
            Body::step("call-server-failure", "meet", StepChange::Started, ""),
            "c.morel",
            Who::Director,
        ),
    ];
    all[4].re = vec![all[3].id()];
    all[5].event_at = Some(EventTime {
        at: local("16:50"),
        precision: Precision::About,
        reason: Some("information reçue par courriel".into()),
        page: None,
    });
    all
}
