//! From the session to the drafts and files of `report`.

use std::path::PathBuf;

use crate::incident::event::{EntryId, Role};
use crate::incident::record::{Section, SitrepVariant};
use crate::report::package::Reader;
use crate::report::{handover, sitrep};

use super::super::App;

impl App {
    /// The draft of the next point de situation.
    pub(super) fn drafted_sitrep(&self) -> sitrep::Draft {
        let situation = self.session.situation(self.session.now_incident(), &self.lang);
        sitrep::draft(&situation.input(&self.session, &self.lang, SitrepVariant::Full))
    }

    /// The package of a handover of these roles.
    pub(super) fn drafted_handover(&self, roles: &[Role]) -> Vec<Section> {
        let situation = self.session.situation(self.session.now_incident(), &self.lang);
        handover::draft(&situation.input(&self.session, &self.lang, SitrepVariant::Full), roles)
    }

    /// Writes a point de situation or a handover as files; says in which folder. The error is a sentence.
    pub(super) fn write_files(&self, id: &EntryId) -> Result<PathBuf, String> {
        let incident = self.session.incident();
        let reader = Reader { genesis: incident.genesis(), lang: &self.lang, tz: self.session.zone() };
        let inc = &incident.genesis().inc;
        let (document, name) = if let Some(sitrep) = incident.sitrep(id) {
            (reader.sitrep(sitrep), format!("{inc}_sitrep-{}", sitrep.number))
        } else if let Some(handover) = incident.handover(id) {
            (reader.handover(handover), format!("{inc}_handover"))
        } else {
            return Err(self.t("refusal-no-reference"));
        };
        self.session.export(&document, &name).map_err(|error| error.to_string())
    }
}
