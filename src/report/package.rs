//! Points de situation and handovers as documents: drafts and recorded ones.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::document::{Block, Document};
use super::sitrep::{Draft, heading};
use super::{wording, words};
use crate::incident::event::{Genesis, Role};
use crate::incident::record::{Section, SitrepVariant};
use crate::incident::{HandoverStatus, SitrepStatus};
use crate::lang::{Arg, Lang};

/// The language, the zone and the incident of a document.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The incident's `incident.json`.
    pub genesis: &'a Genesis,
    /// Language of headings.
    pub lang: &'a Lang,
    /// Time zone.
    pub tz: Tz,
}

impl Reader<'_> {
    fn moment(&self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.lang.date_year(at, self.tz), self.lang.hm(at, self.tz))
    }

    fn title(&self, id: &str, number: u32) -> String {
        self.lang.ta(id, &[("n", Arg::from(number))])
    }

    fn fact(&self, facts: &mut Vec<(String, String)>, id: &str, value: String) {
        if !value.is_empty() {
            facts.push((self.lang.t(id), value));
        }
    }

    fn sections(&self, document: &mut Document, sections: &[Section]) {
        for section in sections {
            document.heading(heading(&section.id, self.lang));
            document.typed(&section.text);
        }
    }

    fn sitrep_title(&self, variant: SitrepVariant, number: u32) -> String {
        let id = match variant {
            SitrepVariant::Full => "document-sitrep",
            SitrepVariant::Can => "document-can",
        };
        self.title(id, number)
    }

    /// A draft that nobody has recorded.
    pub fn draft(&self, draft: &Draft) -> Document {
        let mut document = Document::of(self.sitrep_title(draft.variant, draft.number), self.genesis, self.lang);
        document.blocks.push(Block::Warning(self.lang.t("document-draft")));
        let mut facts = Vec::new();
        self.fact(&mut facts, "document-as-of", self.moment(draft.as_of));
        self.fact(&mut facts, "document-next", self.moment(draft.next_at));
        self.fact(&mut facts, "document-summary", draft.text.clone());
        document.blocks.push(Block::Facts(facts));
        self.sections(&mut document, &draft.sections);
        document
    }

    /// A recorded point de situation, with its approval and the four words of the log's head at that moment.
    pub fn sitrep(&self, sitrep: &SitrepStatus) -> Document {
        let mut document = Document::of(self.sitrep_title(sitrep.variant, sitrep.number), self.genesis, self.lang);
        let approved = sitrep.approved();
        if approved.is_none() {
            document.blocks.push(Block::Warning(self.lang.t("document-not-approved")));
        }
        let mut facts = Vec::new();
        self.fact(&mut facts, "document-as-of", self.moment(sitrep.as_of));
        self.fact(&mut facts, "document-next", sitrep.next_at.map_or(String::new(), |at| self.moment(at)));
        self.fact(&mut facts, "document-author", sitrep.origin.who.clone());
        if let Some(mark) = approved {
            self.fact(&mut facts, "document-approved", format!("{}, {}", mark.origin.who, self.moment(mark.origin.at)));
            self.fact(&mut facts, "document-words", words::four(&mark.head, self.lang.id()));
        }
        self.fact(&mut facts, "document-summary", sitrep.text.clone());
        document.blocks.push(Block::Facts(facts));
        self.sections(&mut document, &sitrep.sections);
        document
    }

    /// A package drafted for a handover.
    pub fn handover_draft(&self, sections: &[Section], roles: &[Role], now: DateTime<Utc>) -> Document {
        let mut document = Document::of(self.lang.t("document-handover"), self.genesis, self.lang);
        document.blocks.push(Block::Warning(self.lang.t("document-draft")));
        let mut facts = Vec::new();
        self.fact(&mut facts, "document-as-of", self.moment(now));
        self.fact(&mut facts, "document-roles", self.roles(roles));
        document.blocks.push(Block::Facts(facts));
        self.sections(&mut document, sections);
        document
    }

    /// A recorded handover with its answer, or that there is none.
    pub fn handover(&self, handover: &HandoverStatus) -> Document {
        let mut document = Document::of(self.lang.t("document-handover"), self.genesis, self.lang);
        if !handover.accepted() {
            document.blocks.push(Block::Warning(self.lang.t("document-not-accepted")));
        }
        let mut facts = Vec::new();
        self.fact(&mut facts, "document-as-of", self.moment(handover.origin.at));
        self.fact(&mut facts, "document-roles", self.roles(&handover.roles));
        self.fact(&mut facts, "document-from", handover.origin.who.clone());
        self.fact(&mut facts, "document-to", handover.to.clone());
        if let Some(answer) = &handover.answer {
            let id = if answer.accepted { "document-accepted" } else { "document-refused" };
            let said = format!("{}, {}", answer.origin.who, self.moment(answer.origin.at));
            self.fact(&mut facts, id, said);
            self.fact(&mut facts, "document-remark", answer.text.clone());
        }
        document.blocks.push(Block::Facts(facts));
        if !handover.text.is_empty() {
            document.heading(self.lang.t("sitrep-section-worries"));
            document.typed(&handover.text);
        }
        self.sections(&mut document, &handover.sections);
        document
    }

    fn roles(&self, roles: &[Role]) -> String {
        roles.iter().map(|role| self.lang.t(wording::role_id(*role))).collect::<Vec<_>>().join(", ")
    }
}
