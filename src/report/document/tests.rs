use super::*;
use crate::report::desk::Desk;

const NASTY: &str = "<img src=x onerror=alert(1)> & \"a\" | *b* `c` [d](e) \u{1b}[2J\u{202e}";

fn full(mode: Mode) -> Document {
    let desk = Desk::new(mode);
    let mut document = Document::of(NASTY, desk.incident.genesis(), &Lang::new(LangId::Fr));
    document.heading(NASTY);
    document.typed(&format!("deux mots\n- {NASTY}\n- trois\n\n1. fin"));
    document.blocks.extend([
        Block::Warning(NASTY.into()),
        Block::Facts(vec![(NASTY.into(), NASTY.into())]),
        Block::Table(Table {
            head: vec!["nom".into(), "n".into()],
            rows: vec![vec![NASTY.into(), "12".into()], vec!["seul".into()]],
            figures: vec![1],
            by_hand: None,
        }),
        Block::Checks(vec![Check {
            text: NASTY.into(),
            side: NASTY.into(),
            warning: NASTY.into(),
            below: vec![NASTY.into()],
        }]),
        Block::Drawing(Drawing { svg: "<svg><script>x</script></svg>".into(), words: NASTY.into() }),
        Block::NewPage,
        Block::Heading(9, "bas".into()),
    ]);
    document
}

#[test]
fn nothing_that_people_typed_acts_in_any_form() {
    let document = full(Mode::Real);
    for form in [Form::Html, Form::Markdown, Form::Text] {
        let text = document.render(form);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{form:?}");
        if form != Form::Text {
            assert!(!text.contains("<img") && !text.contains("<script"), "{form:?}: {text}");
        }
    }
    let html = document.render(Form::Html);
    assert!(html.contains("<h1>&lt;img src=x onerror=alert(1)&gt; &amp; &quot;a&quot;"), "{html}");
    let markdown = document.render(Form::Markdown);
    assert!(markdown.contains("\\*b\\* \\`c\\` \\[d\\](e)") && markdown.contains("\n1\\. fin"), "{markdown}");
}

#[test]
fn every_form_says_the_mode_at_its_head_and_foot() {
    for (mode, word) in [(Mode::Real, "REAL"), (Mode::Exercise, "EXERCISE"), (Mode::Replay, "REPLAY")] {
        let document = full(mode);
        let spoken = Lang::new(LangId::Fr).t(mode.id());
        for form in [Form::Html, Form::Markdown, Form::Text] {
            let text = document.render(form);
            let (head, foot) = (text.find(&spoken).expect("head"), text.rfind(&spoken).expect("foot"));
            assert!(foot > head + text.len() / 2, "{form:?}");
            assert_eq!(document.file_name("a b/c", form), format!("{word}_a_b_c.{}", form.extension()));
        }
        assert!(document.render(Form::Html).contains(&format!("<body class=\"{}\">", word.to_lowercase())));
    }
}

#[test]
fn a_page_is_whole_and_fetches_nothing() {
    let html = full(Mode::Exercise).render(Form::Html);
    for tag in ["html", "body", "main", "ul", "dl", "table", "figure", "h2", "h4", "p", "li"] {
        let count = |mark: String| html.matches(&mark).count();
        let opened = count(format!("<{tag}>")) + count(format!("<{tag} "));
        assert_eq!(opened, count(format!("</{tag}>")), "{tag}");
        assert!(opened > 0, "{tag}");
    }
    assert!(!html.contains("http:") && !html.contains("https:") && !html.contains("<link"), "{html}");
    assert!(html.contains("lang=\"fr\"") && html.contains("@page"), "{html}");
}

#[test]
fn plain_text_stays_within_its_columns() {
    let mut document = full(Mode::Real);
    document.blocks.push(Block::Table(Table {
        head: vec!["un".into(), "deux".into()],
        rows: vec![vec!["mot ".repeat(30), "fin".into()]],
        ..Table::default()
    }));
    let text = document.render(Form::Text);
    assert!(text.lines().all(|line| crate::text::width(line) <= 78), "{text}");
    assert!(text.contains("\nun : mot mot") && text.contains("\ndeux : fin"), "{text}");
    assert!(text.contains("[ ] "), "{text}");
}

#[test]
fn typed_text_keeps_its_paragraphs_and_lists() {
    let mut document = Document::new("t", Marking::Model, &Lang::new(LangId::En));
    document.typed("a\nb\n\n- c\n- d\ne");
    let list = Block::List(vec!["c".into(), "d".into()]);
    assert_eq!(document.blocks, [Block::Text("a\nb".into()), list, Block::Text("e".into())]);
}
