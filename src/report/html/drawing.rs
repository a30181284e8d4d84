//! What is kept of a drawing: shapes and text. Scripts, links, styles from outside and event handlers are left out.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

/// Elements that draw.
const ELEMENTS: [&str; 15] = [
    "svg", "g", "path", "line", "rect", "circle", "ellipse", "polyline", "polygon", "text", "tspan", "title", "desc",
    "defs", "pattern",
];

/// The drawing without anything that could act or fetch; `None` when it is no well-formed `<svg>`.
pub(super) fn kept(svg: &str) -> Option<String> {
    let mut reader = Reader::from_str(svg.trim());
    let mut writer = Writer::new(Vec::new());
    // Depth inside an element that is left out.
    let mut out_of = 0_usize;
    let mut depth = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                if depth == 0 && start.name().as_ref() != "svg" {
                    return None;
                }
                depth += 1;
                if out_of > 0 || !ELEMENTS.contains(&start.name().as_ref()) {
                    out_of += 1;
                } else {
                    writer.write_event(Event::Start(clean(&start))).ok()?;
                }
            }
            Event::Empty(empty) if out_of == 0 && depth > 0 && ELEMENTS.contains(&empty.name().as_ref()) => {
                writer.write_event(Event::Empty(clean(&empty))).ok()?;
            }
            Event::End(end) => {
                depth = depth.checked_sub(1)?;
                if out_of > 0 {
                    out_of -= 1;
                } else {
                    writer.write_event(Event::End(end)).ok()?;
                }
            }
            event @ (Event::Text(_) | Event::GeneralRef(_)) if out_of == 0 && depth > 0 => {
                writer.write_event(event).ok()?;
            }
            Event::Eof => break,
            _ => {}
        }
    }
    (depth == 0).then(|| String::from_utf8(writer.into_inner()).ok()).flatten().filter(|kept| !kept.is_empty())
}

/// The element without attributes that act (`on…`), link or fetch (`href`, `url(` to somewhere else).
fn clean(start: &BytesStart<'_>) -> BytesStart<'static> {
    let mut kept = BytesStart::new(start.name().as_ref().to_owned());
    for attribute in start.attributes().flatten() {
        let name = attribute.key.as_ref().to_ascii_lowercase();
        let value = attribute.value.to_ascii_lowercase();
        let acts = name.starts_with("on") || name.ends_with("href") || value.contains("javascript:");
        let fetches = value.split("url(").skip(1).any(|rest| !rest.trim_start_matches(['\'', '"']).starts_with('#'));
        if !acts && !fetches {
            kept.push_attribute(attribute);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_keeps_its_shapes_and_loses_what_acts() {
        let svg = "<svg viewBox=\"0 0 1 1\" onload=\"x()\"><script>alert(1)</script><title>a &lt; b</title>\
                   <a href=\"http://x\"><rect width=\"1\"/></a><path d=\"M0 0\" fill=\"url(http://x)\" stroke=\"red\"/>\
                   <rect fill=\"url(#p)\"/><image href=\"http://x\"/></svg>";
        let kept = kept(svg).expect("a drawing");
        assert_eq!(
            kept,
            "<svg viewBox=\"0 0 1 1\"><title>a &lt; b</title><path d=\"M0 0\" stroke=\"red\"/><rect fill=\"url(#p)\"/></svg>"
        );
    }

    #[test]
    fn what_is_no_drawing_is_left_out() {
        for bad in ["", "<p>x</p>", "<svg><g></svg>", "<svg>", "text"] {
            assert_eq!(kept(bad), None, "{bad}");
        }
    }
}
