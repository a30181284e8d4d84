//! One of everything that can lie on top.

use super::super::*;
use crate::network::{PsapId, ServerId, ServiceId, ZoneId};
use crate::tui::edit::Editor;
use crate::tui::model::{
    Button, Card, CardLine, Field, FieldValue, Form, FormId, HelpLine, Menu, MenuItem, Palette, Target,
};

fn item(label: &str, key: &str, enabled: bool) -> MenuItem {
    MenuItem {
        label: label.into(),
        key: key.into(),
        hint: "Une phrase qui dit ce que fait cette ligne.".into(),
        enabled,
        why_not: if enabled { String::new() } else { "l'incident est clos".into() },
        act: action::Act::Back,
    }
}

pub(super) fn overlays() -> Vec<(&'static str, Overlay)> {
    let menu = Menu {
        title: "Leviers".into(),
        items: vec![
            item("Isoler un call server", "", true),
            item("Publier les substitutions", "p", false),
            item("Quitter", "q", true),
        ],
        cursor: 1,
        letters: true,
    };
    let line = |label: &str, value: &str, level| CardLine { label: label.into(), value: value.into(), level };
    let card = Card {
        title: "Étape · Isoler un call server malade".into(),
        lines: vec![
            line("rôle", "exploitation", Level::Info),
            line(
                "avant",
                "Les cinq autres tiennent-ils la charge ? Regarder la charge et la gestion de chacun avant d'en retirer un, une seule fois.",
                Level::Warning,
            ),
            line("", "Une erreur ici coupe des appels.", Level::Bad),
        ],
        buttons: vec![
            Button { label: "Fait".into(), act: action::Act::Back, why_not: None },
            Button { label: "Annuler".into(), act: action::Act::Back, why_not: Some("rien à annuler".into()) },
        ],
        selected: Some(0),
        scroll: 0,
        grave: true,
    };
    let field = |label: &str, value, hint: &str, error: &str| Field {
        id: "x",
        label: label.into(),
        value,
        hint: hint.into(),
        error: error.into(),
    };
    let form = Form {
        id: FormId::Observation,
        title: "Observation".into(),
        about: vec!["Ce qu'une source voit d'un numéro dans un département.".into()],
        fields: vec![
            field("numéro", FieldValue::Choice { options: vec!["15".into(), "17".into()], selected: 0 }, "", ""),
            field("source", FieldValue::Text(Editor::new("SAMU 59")), "qui l'a vu", "qui l'a vu ?"),
            field(
                "call servers",
                FieldValue::Many { options: vec![("cs-1".into(), true), ("cs-2".into(), false)], cursor: 1 },
                "espace coche",
                "",
            ),
        ],
        focus: 1,
        submit: "Consigner".into(),
    };
    let help = |key: &str, word: &str, text: &str, why: &str| HelpLine {
        key: key.into(),
        word: word.into(),
        text: text.into(),
        why_not: why.into(),
    };
    let lines = vec![
        help("", "", "Écrire", ""),
        help("F2", "décision", "consigner une décision", ""),
        help("Ctrl-R", "accusé", "accuser réception", "aucun message sans réponse"),
    ];
    vec![
        ("help", Overlay::Help { lines, scroll: 0 }),
        ("palette", Overlay::Palette(Palette { items: menu.items.clone(), cursor: 2 })),
        ("menu", Overlay::Menu(menu)),
        ("card", Overlay::Card(card)),
        ("form", Overlay::Form(form)),
        ("detail_service", Overlay::Detail { of: Target::Service(ServiceId(0)), scroll: 0 }),
        ("detail_psap", Overlay::Detail { of: Target::Psap(PsapId(0)), scroll: 0 }),
        ("detail_server", Overlay::Detail { of: Target::Server(ServerId(2)), scroll: 0 }),
        ("detail_zone", Overlay::Detail { of: Target::Zone(ZoneId(58)), scroll: 0 }),
        ("map", Overlay::Map { cursor: ZoneId(58), service: None }),
        ("deadlines", Overlay::Deadlines { cursor: 1 }),
        ("timeline", Overlay::Timeline { cursor: Some(4) }),
    ]
}
