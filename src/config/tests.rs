use super::*;

fn load(dir: &Path, file: &str, env: &[(&str, &str)], flags: &Flags) -> Result<Config, ConfigError> {
    std::fs::write(dir.join("config.toml"), file).expect("written");
    let root = dir.to_path_buf();
    let env: Vec<(String, String)> = env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Config::load_with(flags, &move |name| match name {
        "VIGIE_DATA" | "VIGIE_CONFIG" | "VIGIE_STATE" => Some(root.clone().into_os_string()),
        _ => env.iter().find(|(key, _)| key == name).map(|(_, value)| value.into()),
    })
}

#[test]
fn later_sources_win_and_say_where_from() {
    let dir = tempfile::tempdir().expect("folder");
    let file = "lang = \"en\"\ntheme = \"light\"\nas = \"a/b/director\"\n";
    let config = load(dir.path(), file, &[], &Flags::default()).expect("valid");
    assert_eq!(config.lang.value.as_deref(), Some("en"));
    assert_eq!(config.lang.origin, Origin::File(dir.path().join("config.toml"), 1));
    assert_eq!(config.author.value.expect("author").role, Role::Director);

    let env = [("VIGIE_LANG", "fr"), ("VIGIE_THEME", "mono"), ("NO_COLOR", "1")];
    let config = load(dir.path(), file, &env, &Flags::default()).expect("valid");
    assert_eq!((config.lang.value.as_deref(), &config.lang.origin), (Some("fr"), &Origin::Env("VIGIE_LANG")));
    assert_eq!(config.theme.value, "mono");
    assert!(config.no_color.value);

    let flags = Flags { lang: Some("en".into()), perimeter: Some("59".into()), ..Flags::default() };
    let config = load(dir.path(), file, &env, &flags).expect("valid");
    assert_eq!((config.lang.value.as_deref(), &config.lang.origin), (Some("en"), &Origin::Flag("--lang")));
    assert_eq!(config.perimeter.value, Perimeter::Zone("59".into()));
}

#[test]
fn mistakes_name_line_and_mend() {
    let dir = tempfile::tempdir().expect("folder");
    let cases = [
        ("lang = \"fr\"\ncolour = true\n", ":2:1: ", "unknown field"),
        ("\n\nlang = \"de\"\n", ":3:8: ", "write fr or en"),
        ("zone = \"Paris\"\n", ":1:8: ", "Europe/Paris"),
        ("as = \"x/y/boss\"\n", ":1:6: ", "log-keeper"),
        ("mouse = \"yes\"\n", ":1:9: ", "expected a boolean"),
        ("perimeter = \"everywhere\"\n", ":1:13: ", "region:32"),
        ("lang = \n", ":1:8: ", ""),
    ];
    for (file, place, mend) in cases {
        let error = load(dir.path(), file, &[], &Flags::default()).expect_err(file).to_string();
        assert!(error.contains(place) && error.contains(mend), "{file:?}: {error}");
    }
    let flags = Flags { lang: Some("de".into()), ..Flags::default() };
    let error = load(dir.path(), "", &[], &flags).expect_err("flag").to_string();
    assert!(error.starts_with("--lang: "), "{error}");
}

#[test]
fn a_file_that_is_not_text_is_said_so() {
    let dir = tempfile::tempdir().expect("folder");
    std::fs::write(dir.path().join("config.toml"), b"lang = \"fr\"\n\xff\xfe").expect("written");
    let root = dir.path().to_path_buf();
    let error =
        Config::load_with(&Flags::default(), &move |name| name.starts_with("VIGIE_").then(|| root.clone().into()))
            .expect_err("not UTF-8")
            .to_string();
    assert!(error.contains(":2:1: ") && error.contains("UTF-8"), "{error}");
}

#[test]
fn words_read_back() {
    for (word, role) in ROLES {
        assert_eq!(role_word(word), Some(role));
        let text = format!("m.durand/SAMU 59/{word}");
        assert_eq!(author_text(&author(&text, &Origin::Default).expect(word)), text);
    }
    for text in ["nation", "region:32", "zone:2A", "operator:north"] {
        assert_eq!(perimeter_text(&perimeter(text, &Origin::Default).expect(text)), text);
    }
}
