//! Levers: a menu, a form, and the decision that is logged. vigie acts on nothing real: outside an exercise the
//! lever is words, "done by…".

use crate::incident::event::{Body, LeverOrder, Mode};
use crate::lang::Arg;
use crate::network::LEVER_WORDS;
use crate::tui::action::Act;
use crate::tui::edit::Editor;
use crate::tui::model::{Field, FieldValue, Form, FormId, Menu, MenuItem};

use super::App;
use super::forms::text_of;

/// Levers on call servers, trunk groups: their targets are ticked in a list.
const ON_ELEMENTS: [&str; 7] = ["withdraw", "reinstate", "restart", "rollback", "complete", "weight", "cap"];

impl App {
    /// Does a lever change something in the simulation here?
    fn simulated(&self) -> bool {
        self.session.mode() != Mode::Real && self.session.scenario().is_some()
    }

    /// Name of a lever: the scenario's own, else the vocabulary's.
    pub(super) fn lever_name(&self, word: &str) -> String {
        let spec = self.session.scenario().and_then(|scenario| scenario.levers.iter().find(|spec| spec.id == word));
        spec.map_or_else(|| self.t(&format!("lever-{word}")), |spec| self.lang.of(&spec.name).to_owned())
    }

    /// The levers that exist; with targets, those that act on such elements.
    pub(super) fn lever_menu(&self, on: &[String]) -> Menu {
        let scenario = self.session.scenario().filter(|_| self.simulated());
        let words: Vec<&str> = match scenario {
            Some(scenario) => scenario.levers.iter().map(|spec| spec.id.as_str()).collect(),
            None => LEVER_WORDS.to_vec(),
        };
        let fits = |word: &&str| on.is_empty() || on.iter().any(|id| self.fits(word, id));
        let items = words.into_iter().filter(fits).map(|word| {
            let spec = scenario.and_then(|scenario| scenario.levers.iter().find(|spec| spec.id == word));
            let hint = spec.map_or_else(String::new, |spec| {
                let seconds = self.lang.duration(chrono::TimeDelta::seconds(spec.preparation_s as i64));
                let chance = self.lang.percent(spec.success, 0);
                let help = self.lang.of(&spec.help);
                let args = [("help", Arg::Str(help)), ("time", Arg::Str(&seconds)), ("chance", Arg::Str(&chance))];
                self.lang.ta("lever-hint", &args)
            });
            let act = Act::Lever { word: word.to_owned(), on: on.to_vec() };
            MenuItem {
                label: self.lever_name(word),
                key: String::new(),
                hint,
                enabled: true,
                why_not: String::new(),
                act,
            }
        });
        Menu { title: self.t("act-levers"), items: items.collect(), cursor: 0, letters: false }
    }

    fn fits(&self, word: &str, id: &str) -> bool {
        let network = self.session.network();
        let server = network.server_by_id(id).is_some();
        if server { ON_ELEMENTS.contains(&word) } else { matches!(word, "overflow" | "positions") }
    }

    /// The form of a lever, with targets ticked.
    pub(super) fn lever_form(&self, word: &str, on: &[String]) -> Form {
        let mut fields = Vec::new();
        let mut about = Vec::new();
        if self.simulated() {
            if let Some(spec) = self.session.scenario().and_then(|s| s.levers.iter().find(|spec| spec.id == word)) {
                about.push(self.lang.of(&spec.help).to_owned());
            }
            let network = self.session.network();
            if ON_ELEMENTS.contains(&word) {
                let servers = network.call_servers.iter().map(|server| (server.id.clone(), on.contains(&server.id)));
                fields.push(Field {
                    id: "on",
                    label: self.t("form-targets"),
                    value: FieldValue::Many { options: servers.collect(), cursor: 0 },
                    hint: self.t("form-targets-hint"),
                    error: String::new(),
                });
            }
            if let Some((label, hint)) = argument(word) {
                let first = on.first().filter(|_| matches!(word, "overflow" | "positions"));
                let value = first.map(|id| format!("{id} ")).unwrap_or_default();
                fields.push(self.text_field("args", label, &value, &self.t(hint)));
            }
        } else {
            about.push(self.t("form-lever-real"));
            fields.push(self.text_field("on", "form-targets", &on.join(", "), ""));
            fields.push(self.text_field("by", "form-done-by", "", &self.t("form-done-by-hint")));
        }
        fields.push(self.text_field("why", "form-rationale", "", &self.t("form-rationale-hint")));
        let title = self.lang.ta("form-lever", &[("name", Arg::Str(&self.lever_name(word)))]);
        Form { id: FormId::Lever(word.to_owned()), title, about, fields, focus: 0, submit: self.t("form-decide") }
    }

    pub(super) fn text_field(&self, id: &'static str, label: &str, value: &str, hint: &str) -> Field {
        Field {
            id,
            label: self.t(label),
            value: FieldValue::Text(Editor::new(value)),
            hint: hint.to_owned(),
            error: String::new(),
        }
    }

    /// The decision that a filled lever form is; the error names the field.
    pub(super) fn lever_decision(&self, word: &str, form: &Form) -> Result<Body, (&'static str, String)> {
        let name = self.lever_name(word);
        let rationale = text_of(form, "why");
        if !self.simulated() {
            let (on, by) = (text_of(form, "on"), text_of(form, "by"));
            let args = [("name", Arg::Str(&name)), ("on", Arg::Str(&on)), ("by", Arg::Str(&by))];
            let text = match (on.is_empty(), by.is_empty()) {
                (true, true) => name.clone(),
                (false, true) => self.lang.ta("lever-on", &args),
                (true, false) => self.lang.ta("lever-by", &args),
                (false, false) => self.lang.ta("lever-on-by", &args),
            };
            return Ok(Body::decision(text, rationale, Vec::new()));
        }
        let mut line = vec![word.to_owned()];
        let mut field = "why";
        for item in &form.fields {
            match (&item.value, item.id) {
                (FieldValue::Many { options, .. }, "on") => {
                    field = "on";
                    line.extend(options.iter().filter(|(_, ticked)| *ticked).map(|(id, _)| id.clone()));
                }
                (FieldValue::Text(text), "args") => {
                    field = "args";
                    line.extend(text.text().split_whitespace().map(str::to_owned));
                }
                _ => {}
            }
        }
        // Percent, as people say it; the vocabulary counts from 0 to 1.
        if matches!(word, "gap" | "weight")
            && let Some(last) = line.last_mut()
            && let Some(percent) = last.strip_suffix('%').and_then(|n| n.parse::<f64>().ok())
        {
            *last = format!("{}", percent / 100.0);
        }
        let lever = self.session.network().lever(&line.join(" ")).map_err(|why| (field, why))?;
        let what = line.get(1..).unwrap_or_default().join(" ");
        let text = if what.is_empty() {
            name
        } else {
            self.lang.ta("lever-on", &[("name", Arg::Str(&name)), ("on", Arg::Str(&what))])
        };
        Ok(Body::decision(text, rationale, vec![LeverOrder { lever }]))
    }
}

/// What a lever asks besides targets in a list: message ids of label and hint.
fn argument(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "weight" => ("form-weight", "form-weight-hint"),
        "cap" => ("form-cap", "form-cap-hint"),
        "gap" => ("form-gap", "form-gap-hint"),
        "repoint" => ("form-targets", "form-repoint-hint"),
        "overflow" => ("form-targets", "form-overflow-hint"),
        "positions" => ("form-targets", "form-positions-hint"),
        "publish" | "retire" => ("form-targets", "form-publish-hint"),
        "advise" => ("form-advice", "form-advise-hint"),
        "alert" => ("form-targets", "form-alert-hint"),
        "callback" => ("form-callback", "form-callback-hint"),
        "reroute" | "failover" => ("form-targets", "form-reroute-hint"),
        "reserve" => ("form-targets", "form-reserve-hint"),
        "filter" => ("form-targets", "form-filter-hint"),
        "probe" => ("form-targets", "form-probe-hint"),
        _ => return None,
    })
}

/// Keeps the list of words above in step with the vocabulary.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::LeverKind;

    #[test]
    fn every_lever_of_the_vocabulary_asks_for_what_it_needs() {
        let network = crate::network::reference();
        for word in LEVER_WORDS {
            let asks = ON_ELEMENTS.contains(&word) || argument(word).is_some();
            let bare: Result<LeverKind, String> = network.lever(word);
            // `freeze` needs nothing; `alert` alone means everywhere.
            assert!(asks || bare.is_ok(), "{word}");
        }
    }
}
