//! Broken scenarios: each file under `tests/broken/scenario` gives exactly the messages of the `.expected` file
//! beside it, all at once, each with its place and mend; and what layers do, they do in any order.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vigie::network::{Scenario, Source, find, load, shipped};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken/scenario")
}

/// Messages of a scenario file, with its folder left out of the names.
fn messages(path: &Path) -> String {
    let errors = match find(&path.display().to_string(), None) {
        Ok(files) => load(&files).expect_err(&path.display().to_string()),
        Err(errors) => errors,
    };
    errors.to_string().replace(&format!("{}/", folder().display()), "")
}

#[test]
fn broken_scenarios_say_what_is_wrong_and_where() {
    let mut broken: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    broken.sort();
    assert!(broken.len() >= 10);
    for path in broken {
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap_or_default();
        assert_eq!(messages(&path), expected.trim_end(), "{}", path.display());
    }
}

fn small() -> Vec<Source> {
    find(&folder().join("base/small.toml").display().to_string(), None).unwrap()
}

fn with_layers(layers: &[String]) -> Scenario {
    let mut files = small();
    files.extend(layers.iter().enumerate().map(|(i, text)| Source { name: format!("layer{i}"), text: text.clone() }));
    load(&files).unwrap()
}

/// What a scenario says, whatever it was read from.
fn content(mut s: Scenario) -> Scenario {
    s.sha256 = String::new();
    s.id = String::new();
    s.figures.clear();
    s
}

fn patch(list: &str, id: &str, field: &str, value: u32) -> String {
    format!("[[patch]]\nin = \"{list}\"\nid = \"{id}\"\n{field} = {value}\n")
}

#[test]
fn the_small_network_reads() {
    let s = load(&small()).unwrap();
    assert_eq!(s.network.psaps.len(), 2);
    assert!((s.network.demand[0].per_day.value - 1000.0).abs() < 1e-9);
}

#[test]
fn a_layer_can_remove_a_row_and_add_another_of_the_same_id() {
    let s = with_layers(&["remove = [\"substitutes.sub-59\"]\n[[substitutes]]\nid = \"sub-59\"\npsap = \"samu-62\"\npath = \"mobile\"\nlines = 9\n".to_owned()]);
    assert_eq!(s.network.substitutes.len(), 1);
    assert_eq!(s.network.substitutes[0].lines, 9);
}

#[test]
fn sizing_follows_the_demand_of_its_own_layer_only() {
    let sized =
        "[[patch]]\nin = \"psaps\"\nid = \"samu-59\"\npositions = { occupancy = 0.5 }\ntrunks = { per_position = 2 }\n";
    let before = with_layers(&[sized.to_owned()]);
    // 1,000 a day × 120 s = 1.39 erlangs; at an occupancy of 0.5, 3 positions.
    assert_eq!(before.network.psaps[0].positions, [(0, 3)]);
    assert_eq!(before.network.psaps[0].trunks, 6);
    let more = "[[patch]]\nin = \"demand\"\nid = \"medical\"\ntotal_per_day = 15000\n";
    let after = with_layers(&[sized.to_owned(), more.to_owned()]);
    assert_eq!(after.network.psaps[0].positions, [(0, 3)]);
}

#[test]
fn a_shipped_layer_can_be_named_from_anywhere_and_a_user_scenario_goes_first() {
    let dir = tempfile::tempdir().unwrap();
    let own = "layers = [\"france-2021-06-02.toml\"]\n[[patch]]\nin = \"scenario\"\ntitle = \"Mine\"\n";
    fs::write(dir.path().join("france-2021-06-02-canary.toml"), own).unwrap();
    let files = find("france-2021-06-02-canary", Some(dir.path())).unwrap();
    assert_eq!(files.len(), 4);
    assert_eq!(load(&files).unwrap().title.fr, "Mine");
    assert_eq!(find("france-2021-06-02-canary", None).unwrap().len(), 4);
}

#[test]
fn a_scenario_that_does_not_exist_is_named_with_the_nearest_one() {
    let errors = find("france-2021-06-2", None).unwrap_err().to_string();
    assert_eq!(errors, "france-2021-06-2: no such scenario; did you mean `france-2021-06-02`?");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Patches of different fields do the same in any order, in one layer or in two.
    #[test]
    fn patches_of_different_fields_commute(trunks in 1u32..500, positions in 0u32..500, lines in 1u32..500) {
        let a = patch("psaps", "samu-59", "trunks", trunks);
        let b = patch("psaps", "samu-59", "positions", positions);
        let c = patch("substitutes", "sub-59", "lines", lines);
        let one = content(with_layers(&[format!("{a}{b}{c}")]));
        prop_assert_eq!(&one, &content(with_layers(&[format!("{c}{b}{a}")])));
        prop_assert_eq!(&one, &content(with_layers(&[b.clone(), format!("{a}{c}")])));
        prop_assert_eq!(&one, &content(with_layers(&[c, a, b])));
    }

    /// Of two layers that patch a field the later one decides, and a patch said twice is said once.
    #[test]
    fn the_later_patch_decides(first in 1u32..500, second in 1u32..500) {
        let (a, b) = (patch("psaps", "samu-62", "trunks", first), patch("psaps", "samu-62", "trunks", second));
        let both = content(with_layers(&[a, b.clone()]));
        prop_assert_eq!(&both, &content(with_layers(std::slice::from_ref(&b))));
        prop_assert_eq!(&both, &content(with_layers(&[b.clone(), b])));
    }

    /// A patch with the value that is there changes nothing.
    #[test]
    fn a_patch_with_the_same_value_changes_nothing(which in 0usize..3) {
        let same = [
            patch("psaps", "samu-59", "trunks", 10),
            patch("call_servers", "cs-a", "sessions", 100),
            patch("trunk_groups", "tg-a", "circuits", 20),
        ];
        prop_assert_eq!(content(with_layers(&[])), content(with_layers(&same[which..=which])));
    }

    /// A shipped scenario with lines cut out or doubled either reads or says where it does not.
    #[test]
    fn a_damaged_scenario_never_panics(which in 0usize..4, layer in 0usize..4, from in 0usize..2000, lines in 1usize..6, double: bool) {
        let mut files = find(shipped()[which].0, None).unwrap();
        let layer = layer % files.len();
        let mut text: Vec<&str> = files[layer].text.lines().collect();
        let from = from % text.len();
        let to = (from + lines).min(text.len());
        let piece: Vec<&str> = text[from..to].to_vec();
        if double {
            text.splice(from..from, piece);
        } else {
            text.drain(from..to);
        }
        let (text, count) = (text.join("\n"), text.len());
        files[layer].text = text;
        if let Err(errors) = load(&files) {
            prop_assert!(!errors.0.is_empty());
            prop_assert!(errors.0.iter().all(|e| e.file != files[layer].name || e.line as usize <= count + 1));
        }
    }

    /// No text makes the reader panic.
    #[test]
    fn no_text_panics(text in "(\\[\\[?(psaps|zones|events|patch|callers)\\]?\\]\n|[a-z]{1,5} = |\\{|\\}|\\[|\\]|\"[a-z:0-9{}]{0,6}\"|[0-9.]{1,4}|,|\n| ){0,60}") {
        let _ = load(&[Source { name: "x".to_owned(), text }]);
    }
}
