//! Points de situation, handovers and public messages: their cards.

use crate::incident::crisis::ApprovalMark;
use crate::incident::event::EntryId;
use crate::incident::record::{PublicStage, Section};
use crate::incident::{HandoverStatus, PublicStatus, SitrepStatus};
use crate::lang::Arg;
use crate::playbook::same_person;
use crate::report::{sitrep, wording};
use crate::tui::action::Act;
use crate::tui::cell::{CellAct, CellForm};
use crate::tui::model::{Button, CardLine, Level};

use super::super::App;
use super::super::cards::{line, sentence};

impl App {
    fn mark_lines(&self, marks: &[ApprovalMark], writer: &str) -> Vec<CardLine> {
        marks
            .iter()
            .map(|mark| {
                let role = self.t(wording::role_id(mark.origin.role));
                let text = if mark.text.is_empty() { String::new() } else { format!(" : {}", mark.text) };
                let value = format!("{}, {role}{text}", self.by(&mark.origin));
                match (mark.granted, same_person(&mark.origin.who, writer)) {
                    (true, true) => self.warning("cell-own-mark", value),
                    (true, false) => CardLine { level: Level::Good, ..line(self.t("crisis-granted"), value) },
                    (false, _) => self.warning("crisis-not-granted", value),
                }
            })
            .collect()
    }

    fn section_lines(&self, sections: &[Section]) -> Vec<CardLine> {
        let mut lines = Vec::new();
        for section in sections {
            lines.push(sentence(""));
            // Told from its words without colour too.
            let heading = format!("— {} —", sitrep::heading(&section.id, &self.lang));
            lines.push(CardLine { level: Level::Good, ..sentence(heading) });
            lines.extend(section.text.lines().map(sentence));
        }
        lines
    }

    /// Files can be written also by who only reads, and of what is closed.
    fn export_button(&self, id: &EntryId) -> Button {
        let label = self.t("cell-export-button");
        Button { label, act: Act::Cell(CellAct::Export(id.clone())), why_not: None }
    }

    pub(super) fn sitrep_card(&self, sitrep: &SitrepStatus) -> (String, Vec<CardLine>, Vec<Button>) {
        let zone = self.session.zone();
        let id = &sitrep.origin.entry;
        let mut lines = vec![sentence(sitrep.text.clone())];
        lines.push(line(self.t("cell-as-of"), self.lang.hm(sitrep.as_of, zone)));
        lines.push(line(self.t("cell-written"), self.by(&sitrep.origin)));
        lines.extend(self.mark_lines(&sitrep.marks, &sitrep.origin.who));
        match sitrep.approved() {
            Some(mark) => {
                let words = crate::report::words::four(&mark.head, self.lang.id());
                lines.push(CardLine { level: Level::Good, ..line(self.t("cell-words"), words) });
            }
            None => lines.push(self.bad("cell-approval", self.t("cell-not-approved"))),
        }
        if let Some(next) = sitrep.next_at {
            lines.push(line(self.t("cell-next"), self.lang.hm(next, zone)));
        }
        lines.extend(self.section_lines(&sitrep.sections));
        let mut buttons = Vec::new();
        if sitrep.approved().is_none() {
            buttons.push(self.form_button("cell-approve-button", CellForm::Approve(id.clone(), true)));
            buttons.push(self.form_button("cell-refuse-button", CellForm::Approve(id.clone(), false)));
            buttons.push(self.cell_button("cell-redraft-button", CellAct::Redraft(id.clone())));
        }
        buttons.push(self.export_button(id));
        let n = sitrep.number.to_string();
        (self.lang.ta("cell-sitrep-title", &[("n", Arg::Str(&n))]), lines, buttons)
    }

    pub(super) fn handover_card(&self, handover: &HandoverStatus) -> (String, Vec<CardLine>, Vec<Button>) {
        let id = &handover.origin.entry;
        let roles: Vec<String> = handover.roles.iter().map(|role| self.t(wording::role_id(*role))).collect();
        let mut lines = vec![
            line(self.t("cell-written"), self.by(&handover.origin)),
            line(self.t("cell-to"), handover.to.clone()),
            line(self.t("cell-roles"), roles.join(", ")),
        ];
        if !handover.text.is_empty() {
            lines.push(line(self.t("cell-worries"), handover.text.clone()));
        }
        match &handover.answer {
            None => lines.push(self.bad("cell-answer", self.t("cell-not-accepted"))),
            Some(answer) => {
                let text = if answer.text.is_empty() { String::new() } else { format!(" : {}", answer.text) };
                let value = format!("{}{text}", self.by(&answer.origin));
                lines.push(if answer.accepted {
                    CardLine { level: Level::Good, ..line(self.t("crisis-accepted"), value) }
                } else {
                    self.bad("crisis-not-accepted", value)
                });
                if answer.accepted && !answer.mode_read {
                    lines.push(self.warning("cell-mode", self.t("cell-mode-not-read")));
                }
            }
        }
        lines.extend(self.section_lines(&handover.sections));
        let mut buttons = Vec::new();
        if !handover.accepted() {
            buttons.push(self.form_button("cell-accept-button", CellForm::Accept(id.clone(), true)));
            buttons.push(self.form_button("cell-refuse-button", CellForm::Accept(id.clone(), false)));
        }
        buttons.push(self.export_button(id));
        (self.t("act-handover"), lines, buttons)
    }

    pub(super) fn public_card(&self, public: &PublicStatus) -> (String, Vec<CardLine>, Vec<Button>) {
        let zone = self.session.zone();
        let id = &public.origin.entry;
        let message = &public.message;
        let mut lines = vec![sentence(message.headline.clone())];
        let texts = [
            ("cell-description", &message.description),
            ("cell-instruction", &message.instruction),
            ("cell-area", &message.area),
        ];
        lines.extend(texts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(id, t)| line(self.t(id), t.clone())));
        if let Some(expires) = message.expires {
            lines.push(line(self.t("cell-expires"), self.lang.hm(expires.to_utc(), zone)));
        }
        lines.push(line(self.t("cell-written"), self.by(&public.origin)));
        lines.extend(self.mark_lines(&public.marks, &public.origin.who));
        for (origin, stage, text) in &public.stages {
            let id = stage_id(*stage);
            lines.push(line(self.t(id), format!("{} {text}", self.by(origin))));
        }
        let approvals = public.approvals().len();
        let count = self.lang.ta("cell-approvals", &[("n", Arg::from(approvals))]);
        let level = if approvals >= 2 { Level::Good } else { Level::Bad };
        lines.push(CardLine { level, ..line(self.t("cell-approval"), count) });
        lines.push(sentence(self.t("cell-transmits-nothing")));
        let form = |label: &str, form| self.form_button(label, form);
        let mut buttons = Vec::new();
        if public.stage != PublicStage::Withdrawn {
            buttons.push(form("cell-approve-button", CellForm::Approve(id.clone(), true)));
            buttons.push(form("cell-refuse-button", CellForm::Approve(id.clone(), false)));
        }
        buttons.push(form("cell-published-button", CellForm::Published(id.clone())));
        buttons.push(form("cell-reword-button", CellForm::Public(Some(id.clone()))));
        if public.stage == PublicStage::Published {
            buttons.push(form("cell-public-withdrawn-button", CellForm::PublicWithdrawn(id.clone())));
        }
        (self.t("act-public"), lines, buttons)
    }

    /// Writes a point de situation or a handover into files, and says where.
    pub(super) fn export_document(&mut self, id: &EntryId) {
        match self.write_files(id) {
            Ok(path) => {
                let path = path.display().to_string();
                let args = [("where", Arg::Str(&path))];
                self.status(Level::Good, self.lang.ta("cell-exported", &args));
            }
            Err(why) => self.status(Level::Bad, why),
        }
        self.open_card_of(id);
    }
}

/// Message id of a stage of a public message.
pub const fn stage_id(stage: PublicStage) -> &'static str {
    match stage {
        PublicStage::Draft => "crisis-draft",
        PublicStage::Published => "crisis-public-published",
        PublicStage::Withdrawn => "crisis-public-withdrawn",
    }
}
