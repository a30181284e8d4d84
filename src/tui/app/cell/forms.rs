//! The forms of the cell's own work: their fields.

use crate::config::ROLES;
use crate::incident::event::{EntryId, Role};
use crate::lang::Arg;
use crate::report::wording;
use crate::tui::cell::CellForm;
use crate::tui::model::{Field, FieldValue, Form, FormId};

use super::super::App;

impl App {
    /// An empty text field whose label is `cell-ID` and whose hint, if there is one, `cell-ID-hint`.
    fn words(&self, id: &'static str, value: &str) -> Field {
        let hint = format!("cell-{id}-hint");
        let hint = if self.lang.has(&hint) { self.t(&hint) } else { String::new() };
        self.text_field(id, &format!("cell-{id}"), value, &hint)
    }

    fn either(&self, id: &'static str, options: [&str; 2]) -> Field {
        self.choice(id, &format!("cell-{id}"), options.iter().map(|option| self.t(option)).collect(), 0)
    }

    /// Who signs: name, organisation, role.
    fn signature(&self, who: &str, role: Role) -> [Field; 3] {
        let roles = ROLES.iter().map(|(_, role)| self.t(wording::role_id(*role))).collect();
        let at = ROLES.iter().position(|(_, known)| *known == role).unwrap_or(1);
        [
            self.text_field("who", "form-who", who, &self.t("form-who-hint")),
            self.text_field("org", "form-org", &self.session.author().org, &self.t("form-org-hint")),
            self.choice("role", "form-role", roles, at),
        ]
    }

    /// A form of the cell's own work; `typed` is what stood in the input line.
    pub(super) fn cell_form(&self, which: &CellForm, typed: &str) -> Form {
        let mut about = Vec::new();
        let (title, fields, submit): (String, Vec<Field>, &str) = match which {
            CellForm::Decision { re } => {
                let (title, fields) = self.decision_form(re.as_ref(), typed, &mut about);
                (title, fields, "form-decide")
            }
            CellForm::Question => {
                let fields = ["text", "by", "known", "unknown", "options"].map(|id| self.words(id, ""));
                (self.t("act-question"), fields.to_vec(), "form-record")
            }
            CellForm::Outcome(of) => {
                about.extend(self.session.incident().decision(of).map(|decision| decision.text.clone()));
                let fields = ["text", "review"].map(|id| self.words(id, ""));
                (self.t("cell-outcome"), fields.to_vec(), "form-record")
            }
            CellForm::Message => {
                let (to, text) = super::super::addressed(typed).unwrap_or(("", typed));
                let fields = vec![
                    self.words("to", to),
                    self.words("text", text),
                    self.words("channel", ""),
                    self.words("by", ""),
                    self.either("way", ["cell-way-out", "cell-way-in"]),
                ];
                (self.t("act-message"), fields, "form-record")
            }
            CellForm::ClockStart(id) => {
                about.extend(self.clock_label(id));
                (self.t("cell-clock-start"), vec![self.words("text", "")], "form-record")
            }
            CellForm::Rhythm => {
                about.push(self.t("cell-rhythm-about"));
                let every = self.session.incident().rhythm().map_or(30, |rhythm| rhythm.every_min);
                let fields = vec![self.words("every", &every.to_string()), self.words("next", "")];
                (self.t("act-rhythm"), fields, "form-record")
            }
            CellForm::HeldAfterAll(slot) => {
                let time = self.lang.hm(*slot, self.session.zone());
                about.push(self.t("cell-held-late-about"));
                let title = self.lang.ta("cell-held-late", &[("time", Arg::Str(&time))]);
                (title, vec![self.words("text", "")], "form-record")
            }
            CellForm::Missed(slot) => {
                let time = self.lang.hm(*slot, self.session.zone());
                let title = self.lang.ta("cell-missed", &[("time", Arg::Str(&time))]);
                (title, vec![self.words("text", "")], "form-record")
            }
            CellForm::Call(contact, reached) => {
                about.extend(self.contact_about(contact));
                let title = self.t(if *reached { "cell-reached" } else { "cell-not-reached" });
                (title, vec![self.words("text", "")], "form-record")
            }
            CellForm::Register(_)
            | CellForm::Test(_)
            | CellForm::Publish(_)
            | CellForm::Withdraw(_)
            | CellForm::Refute(_) => {
                let (title, fields) = self.substitute_form(which, &mut about);
                (title, fields, "form-record")
            }
            CellForm::Approve(of, granted) => {
                let (title, fields) = self.approval_form(of, *granted, &mut about);
                (title, fields, if *granted { "cell-approve" } else { "cell-refuse" })
            }
            CellForm::Handover => {
                let (title, fields) = self.handover_form(&mut about);
                (title, fields, "cell-prepare")
            }
            CellForm::Accept(of, accepted) => {
                let (title, fields) = self.answer_form(of, *accepted, &mut about);
                (title, fields, if *accepted { "cell-accept" } else { "cell-refuse" })
            }
            CellForm::Public(of) => (self.t("cell-public-draft"), self.public_form(of.as_ref()), "form-record"),
            CellForm::Published(_) => {
                about.push(self.t("cell-published-about"));
                (self.t("cell-published"), vec![self.words("text", "")], "form-record")
            }
            CellForm::PublicWithdrawn(_) => {
                (self.t("cell-public-withdrawn"), vec![self.words("text", "")], "form-record")
            }
        };
        Form { id: FormId::Cell(which.clone()), title, about, fields, focus: 0, submit: self.t(submit) }
    }

    /// The form of a decision: empty, or that settles a question, or that completes a decision.
    fn decision_form(&self, re: Option<&EntryId>, typed: &str, about: &mut Vec<String>) -> (String, Vec<Field>) {
        let incident = self.session.incident();
        let question = re.and_then(|id| incident.question(id));
        let known = re.and_then(|id| incident.decision(id));
        if let Some(question) = question {
            about.push(question.text.clone());
        }
        let (what, why) = super::super::write::reasoned(typed);
        let record = known.map(|decision| &decision.record).or(question.map(|question| &question.record));
        let record = record.cloned().unwrap_or_default();
        let text = known.map_or(what, |decision| &decision.text);
        let why = known.map_or(why, |decision| &decision.rationale);
        let review = known.and_then(|decision| decision.review_at);
        let review = review.map(|at| self.lang.hm(at, self.session.zone())).unwrap_or_default();
        let mut act = self.either("act", ["cell-act-yes", "cell-act-no"]);
        if let FieldValue::Choice { selected, .. } = &mut act.value {
            *selected = usize::from(record.not_to_act);
        }
        let fields = vec![
            self.words("text", text),
            self.words("why", why),
            self.words("known", &record.known),
            self.words("unknown", &record.unknown),
            self.words("options", &record.options.join(" / ")),
            self.words("consulted", &record.consulted),
            self.words("dissent", &record.dissent),
            self.words("review", &review),
            act,
        ];
        let title = if known.is_some() { "cell-complete" } else { "act-decision" };
        (self.t(title), fields)
    }

    fn substitute_form(&self, which: &CellForm, about: &mut Vec<String>) -> (String, Vec<Field>) {
        match which {
            CellForm::Register(number) => {
                about.push(self.t("cell-register-about"));
                let facts = crate::tui::lists::network_facts(self.session.network(), number, &self.lang);
                let known = |of: fn(&crate::tui::lists::Facts) -> &str| facts.as_ref().map_or("", of);
                let fields = vec![
                    self.words("number", number),
                    self.words("centre", known(|facts| &facts.centre)),
                    self.words("path", known(|facts| &facts.path)),
                    self.words("lines", known(|facts| &facts.lines)),
                    self.remark(),
                ];
                (self.t("cell-register"), fields)
            }
            CellForm::Test(number) => {
                about.push(self.t("cell-test-about"));
                let ok = self.either("ok", ["cell-ok-yes", "cell-ok-no"]);
                (self.of_number("cell-test", number), vec![self.words("access", ""), ok, self.remark()])
            }
            CellForm::Publish(number) => {
                let works =
                    self.session.incident().substitutes().get(number).is_some_and(|s| !s.works_from().is_empty());
                if !works {
                    about.push(self.t("cell-publish-untested"));
                }
                (self.of_number("cell-publish", number), vec![self.words("place", ""), self.remark()])
            }
            CellForm::Withdraw(number) => {
                about.push(self.t("cell-withdraw-about"));
                (self.of_number("cell-withdraw", number), vec![self.words("place", ""), self.remark()])
            }
            CellForm::Refute(number) => (self.of_number("cell-refute", number), vec![self.words("text", "")]),
            _ => (String::new(), Vec::new()),
        }
    }

    fn remark(&self) -> Field {
        self.text_field("text", "cell-remark", "", "")
    }

    fn of_number(&self, id: &str, number: &str) -> String {
        self.lang.ta(id, &[("number", Arg::Str(number))])
    }

    fn approval_form(&self, of: &EntryId, granted: bool, about: &mut Vec<String>) -> (String, Vec<Field>) {
        let incident = self.session.incident();
        let (what, writer) = match (incident.sitrep(of), incident.public(of)) {
            (Some(sitrep), _) => {
                let n = sitrep.number.to_string();
                (self.lang.ta("cell-sitrep-title", &[("n", Arg::Str(&n))]), sitrep.origin.who.clone())
            }
            (None, Some(public)) => (public.message.headline.clone(), public.origin.who.clone()),
            (None, None) => (String::new(), String::new()),
        };
        about.push(what);
        about.push(self.lang.ta("cell-approve-about", &[("who", Arg::Str(&writer))]));
        // The writer's own approval would not count: the name of the second person is asked for.
        let author = self.session.author();
        let own = crate::playbook::same_person(&writer, &author.who);
        let (who, role) = if own { ("", Role::Director) } else { (author.who.as_str(), author.role) };
        let mut fields = self.signature(who, role).to_vec();
        fields.push(if granted { self.remark() } else { self.text_field("text", "form-reason", "", "") });
        (self.t(if granted { "cell-approve" } else { "cell-refuse" }), fields)
    }

    fn handover_form(&self, about: &mut Vec<String>) -> (String, Vec<Field>) {
        about.push(self.t("cell-handover-about"));
        let author = self.session.author();
        let held = |role: Role| {
            let holder = self.session.incident().roles().get(&role).map(|status| &status.holder.who);
            holder.map_or(role == author.role, |who| *who == author.who)
        };
        let options = ROLES.iter().map(|(_, role)| (self.t(wording::role_id(*role)), held(*role))).collect();
        let roles = Field {
            id: "roles",
            label: self.t("cell-roles"),
            value: FieldValue::Many { options, cursor: 0 },
            hint: self.t("cell-roles-hint"),
            error: String::new(),
        };
        let fields = vec![self.words("to", ""), roles, self.words("worries", "")];
        (self.t("act-handover"), fields)
    }

    fn answer_form(&self, of: &EntryId, accepted: bool, about: &mut Vec<String>) -> (String, Vec<Field>) {
        let handover = self.session.incident().handover(of);
        let role = handover.and_then(|handover| handover.roles.first().copied()).unwrap_or(Role::Director);
        if let Some(handover) = handover {
            let (who, to) = (Arg::Str(&handover.origin.who), Arg::Str(&handover.to));
            about.push(self.lang.ta("cell-accept-about", &[("who", who), ("to", to)]));
        }
        // The incoming person names himself.
        let mut fields = self.signature("", role).to_vec();
        if accepted {
            let hint = self.lang.ta("cell-mode-hint", &[("mode", Arg::Str(&self.mode_word()))]);
            fields.push(self.text_field("mode", "cell-mode", "", &hint));
            fields.push(self.remark());
        } else {
            fields.push(self.text_field("text", "form-reason", "", ""));
        }
        (self.t(if accepted { "cell-accept" } else { "cell-refuse" }), fields)
    }

    fn public_form(&self, of: Option<&EntryId>) -> Vec<Field> {
        let known = of.and_then(|id| self.session.incident().public(id)).map(|public| &public.message);
        let message = known.cloned().unwrap_or_default();
        let expires = message.expires.map(|at| self.lang.hm(at.to_utc(), self.session.zone())).unwrap_or_default();
        let english =
            if message.lang.is_empty() { self.lang.id() == crate::lang::LangId::En } else { message.lang == "en" };
        let mut lang = self.either("lang", ["cell-lang-fr", "cell-lang-en"]);
        if let FieldValue::Choice { selected, .. } = &mut lang.value {
            *selected = usize::from(english);
        }
        vec![
            self.words("headline", &message.headline),
            self.words("description", &message.description),
            self.words("instruction", &message.instruction),
            self.words("area", &message.area),
            self.words("expires", &expires),
            lang,
        ]
    }
}
