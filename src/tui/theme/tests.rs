//! Contrast, and severity without colour.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

use super::*;

/// Red, green and blue of an index of the 256-colour cube or grey ramp.
fn rgb(color: Color) -> Option<[f64; 3]> {
    let Color::Indexed(i) = color else { return None };
    let i = u32::from(i);
    if i >= 232 {
        let v = f64::from(8 + 10 * (i - 232));
        return Some([v, v, v]);
    }
    let level = |v: u32| f64::from(if v == 0 { 0 } else { 55 + 40 * v });
    (i >= 16).then(|| [level((i - 16) / 36), level((i - 16) / 6 % 6), level((i - 16) % 6)])
}

/// WCAG relative luminance.
fn luminance(rgb: [f64; 3]) -> f64 {
    let [r, g, b] = rgb.map(|v| {
        let v = v / 255.0;
        if v <= 0.03928 { v / 12.92 } else { libm_pow((v + 0.055) / 1.055) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// x^2.4 by a fifth root found with Newton's method: no platform maths in tests either.
fn libm_pow(x: f64) -> f64 {
    let mut root = 1.0_f64;
    for _ in 0..60 {
        root = (4.0 * root + x / root.powi(4)) / 5.0;
    }
    x * x * root * root
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn contrast_is_measured_as_wcag_does() {
    assert!((contrast([255.0; 3], [0.0; 3]) - 21.0).abs() < 0.01);
    assert!((contrast([119.0; 3], [255.0; 3]) - 4.48).abs() < 0.01);
}

#[test]
fn palettes_with_known_colours_have_enough_contrast() {
    for (id, ground, least) in [
        (ThemeId::Light, [253.0, 253.0, 250.0], 4.5),
        (ThemeId::Light, [238.0, 238.0, 230.0], 4.5),
        (ThemeId::HighContrast, [0.0, 0.0, 0.0], 7.0),
        (ThemeId::HighContrast, [30.0, 30.0, 30.0], 7.0),
        (ThemeId::Deuteranopia, [16.0, 20.0, 24.0], 4.5),
        (ThemeId::Deuteranopia, [0.0, 0.0, 0.0], 4.5),
    ] {
        let theme = Theme::new(id);
        for role in Role::ALL {
            if role == Role::Border {
                continue; // lines are not text
            }
            // A reversed style swaps ink and ground: the ratio is the same.
            if let Some(ink) = theme.style(role).fg.and_then(rgb) {
                let ratio = contrast(ink, ground);
                assert!(ratio >= least, "{} {role:?}: {ratio:.2} on {ground:?}", id.word());
            }
        }
    }
}

#[test]
fn default_theme_never_writes_white_black_or_yellow() {
    let theme = Theme::default();
    for role in Role::ALL {
        let style = theme.style(role);
        for color in [style.fg, style.bg].into_iter().flatten() {
            assert!(
                ![Color::White, Color::Gray, Color::Black, Color::Yellow, Color::LightYellow].contains(&color),
                "{role:?}"
            );
        }
    }
}

#[test]
fn mono_has_no_colour() {
    let theme = Theme::new(ThemeId::Mono);
    for role in Role::ALL {
        assert_eq!((theme.style(role).fg, theme.style(role).bg), (None, None), "{role:?}");
    }
}

#[test]
fn severity_needs_no_colour() {
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let distinct: BTreeSet<&str> = State::ALL.into_iter().map(|state| glyphs.state(state)).collect();
        assert_eq!(distinct.len(), State::ALL.len(), "{glyphs:?}");
        let trends: BTreeSet<&str> =
            [Trend::Steady, Trend::Better, Trend::Worse].into_iter().map(|trend| glyphs.trend(trend)).collect();
        assert_eq!(trends.len(), 3);
    }
    // In mono, the severe states do not look like the harmless ones.
    let mono = Theme::new(ThemeId::Mono);
    for severe in [State::Degraded, State::Critical, State::Silent, State::Down] {
        assert_ne!(mono.state(severe), mono.state(State::Nominal));
    }
}

#[test]
fn every_glyph_is_one_column_wide() {
    for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
        let mut all: Vec<&str> = State::ALL.into_iter().map(|state| glyphs.state(state)).collect();
        all.extend(glyphs.frame(false));
        all.extend(glyphs.frame(true));
        all.extend(glyphs.bars());
        all.extend(SIGNS.map(|sign| glyphs.sign(sign)));
        for glyph in all {
            assert_eq!(glyph.width(), 1, "{glyph}");
            assert!(glyphs == Glyphs::Unicode || glyph.is_ascii(), "{glyph}");
            assert!(!glyph.contains('\u{fe0f}'));
        }
    }
}

const SIGNS: [Sign; 23] = [
    Sign::Check,
    Sign::Here,
    Sign::Pause,
    Sign::Dot,
    Sign::Overdue,
    Sign::Soon,
    Sign::Skip,
    Sign::Warning,
    Sign::Up,
    Sign::Down,
    Sign::Same,
    Sign::Ellipsis,
    Sign::Times,
    Sign::To,
    Sign::Dash,
    Sign::Minus,
    Sign::Full,
    Sign::Left,
    Sign::Right,
    Sign::Shade,
    Sign::Follow,
    Sign::Bar,
    Sign::Struck,
];

#[test]
fn theme_words_are_read_back() {
    for id in ThemeId::ALL {
        assert_eq!(id.word().parse(), Ok(id));
    }
    assert!("pink".parse::<ThemeId>().is_err_and(|message| message.contains("high-contrast")));
    assert_eq!(ThemeId::Mono.next(), ThemeId::Default);
}
