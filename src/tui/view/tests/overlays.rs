//! One of everything that can lie on top.

use super::super::*;
use super::now;
use crate::incident::record::SitrepVariant;
use crate::network::{PsapId, ServerId, ServiceId, ZoneId};
use crate::tui::cell::{Draft, DraftOf, Listing, Part};
use crate::tui::edit::Editor;
use crate::tui::lists::{List, ListRow};
use crate::tui::model::{
    Button, Card, CardLine, Field, FieldValue, Form, FormId, HelpLine, Layers, Menu, MenuItem, Palette, Target,
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
    // Truth beside the rest, without what the public was told.
    let mut beside = Layers::default();
    for _ in 0..2 {
        beside.turn(true);
        beside.toggle();
    }
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
        ("timeline", Overlay::Timeline { cursor: Some(4), layers: Layers::default() }),
        ("timeline_beside", Overlay::Timeline { cursor: Some(4), layers: beside }),
        ("list", Overlay::List { of: Listing::Substitutes, cursor: 1 }),
        ("draft", Overlay::Draft(draft())),
    ]
}

/// A register with one number of each sort.
pub(super) fn register() -> List {
    let row = |level, head: &str, end: &str, details: &[&str]| ListRow {
        level,
        head: head.into(),
        end: end.into(),
        details: details.iter().map(|detail| (*detail).to_owned()).collect(),
        act: None,
    };
    let rows = vec![
        row(
            Level::Bad,
            "03 59 00 00 15 · SAMU 59",
            "publié sans essai",
            &["chemin fixe, lignes : 8 · aucun essai réussi", "publié : préfecture du Nord 18:02"],
        ),
        row(
            Level::Good,
            "03 59 00 00 18 · SDIS 59",
            "publié",
            &[
                "chemin mobile, lignes : nombre inconnu · répond depuis cuivre Orange, box Orange, mobile Bouygues, mobile SFR, mobile Free, cuivre d'un autre département",
                "publié : préfecture du Nord 18:04, site de l'opérateur 18:06",
            ],
        ),
        row(Level::Info, "+ Inscrire un numéro…", "", &[]),
    ];
    List {
        title: "Numéros de substitution".into(),
        about: "Un seul registre. Un numéro publié sans essai est une dette.".into(),
        rows,
    }
}

/// A document being edited, longer than a small screen.
fn draft() -> Draft {
    let part =
        |id: &str, heading: &str, text: &str| Part { id: id.into(), heading: heading.into(), text: Editor::new(text) };
    let of = DraftOf::Sitrep { number: 2, variant: SitrepVariant::Full, as_of: now(), next_at: None, replaces: None };
    let parts = vec![
        part("", "En une ligne", "CRITIQUE · 600 à 1 900 appelants non servis · conscience 17:45"),
        part(
            "confirmed",
            "Faits confirmés",
            "- 16:51 SAMU 59 : chute des appels au 15 (SAMU 59)\n- 17:40 18 centres sous l'attendu, une cause commune, que personne n'a encore établie et que l'opérateur cherche",
        ),
        part("impacts", "Impacts", "- appelants non servis : 600 à 1 900 depuis 16:46"),
        part("decisions", "Décisions", "- 17:55 réunir la cellule à 18:15 (m.durand, motif : 3 départements muets)"),
        part("needs", "Besoins", "Néant."),
    ];
    Draft {
        of,
        title: "Point de situation n° 2 · situation de 17:57".into(),
        parts,
        focus: 1,
        submit: "Enregistrer".into(),
        edited: false,
        resumed: false,
    }
}
