//! The one vocabulary of faults and levers: their words, and a lever written in one line.

use super::{Advice, Element, FaultKind, LeverKind, Network, Scenario, ScriptedAct, SubstituteId, SubstitutePath};

/// Words of faults, as in scenario files, screens and reports.
pub const FAULT_WORDS: [&str; 25] = [
    "degraded",
    "reject",
    "blackhole",
    "drop",
    "mute",
    "misroute",
    "hang",
    "crash",
    "restart",
    "restart_loop",
    "leak",
    "latent_bug",
    "counter",
    "overload",
    "storm",
    "unmanageable",
    "isolated",
    "failover",
    "locked",
    "telemetry",
    "down",
    "positions",
    "wrong_number",
    "flood",
    "clear",
];

/// Words of levers, as in scenario files, playbooks, screens and reports.
pub const LEVER_WORDS: [&str; 22] = [
    "withdraw",
    "reinstate",
    "restart",
    "rollback",
    "complete",
    "freeze",
    "weight",
    "cap",
    "gap",
    "reroute",
    "failover",
    "reserve",
    "repoint",
    "overflow",
    "positions",
    "publish",
    "retire",
    "advise",
    "alert",
    "callback",
    "filter",
    "probe",
];

/// Words of advice.
pub(super) const ADVICE: [(&str, Advice); 4] = [
    ("redial", Advice::Redial),
    ("landline", Advice::Landline),
    ("mobile", Advice::Mobile),
    ("no_test", Advice::NoTest),
];

impl FaultKind {
    /// Its word of the vocabulary.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Degraded { .. } => "degraded",
            Self::Reject { .. } => "reject",
            Self::Blackhole { .. } => "blackhole",
            Self::Drop { .. } => "drop",
            Self::Mute { .. } => "mute",
            Self::Misroute { .. } => "misroute",
            Self::Hang => "hang",
            Self::Counter { .. } => "counter",
            Self::Overload { .. } => "overload",
            Self::Storm { .. } => "storm",
            Self::Failover { .. } => "failover",
            Self::WrongNumber { .. } => "wrong_number",
            Self::Crash { .. } => "crash",
            Self::Restart { .. } => "restart",
            Self::RestartLoop { .. } => "restart_loop",
            Self::Leak { .. } => "leak",
            Self::LatentBug { .. } => "latent_bug",
            Self::Unmanageable => "unmanageable",
            Self::Isolated => "isolated",
            Self::Locked => "locked",
            Self::Telemetry { .. } => "telemetry",
            Self::Down => "down",
            Self::Positions { .. } => "positions",
            Self::Flood { .. } => "flood",
            Self::Clear { .. } => "clear",
        }
    }
}

impl FaultKind {
    /// Does it break something? What only changes what is seen, and what ends faults, does not.
    pub fn breaks(&self) -> bool {
        !matches!(self, Self::Telemetry { .. } | Self::Clear { .. })
    }
}

impl Scenario {
    /// Second at which the first scripted fault happens, since the start: of those that break something, the first that does
    /// not stand from the very beginning, else the first. `None` without such a fault.
    pub fn first_fault_s(&self) -> Option<f64> {
        let breaks = |act: &ScriptedAct| matches!(act, ScriptedAct::Fault(kind) if kind.breaks());
        let faults = || self.events.iter().filter(|event| breaks(&event.act)).map(|event| event.at_s);
        faults().filter(|at_s| *at_s > 0.0).min_by(f64::total_cmp).or_else(|| faults().min_by(f64::total_cmp))
    }
}

impl LeverKind {
    /// Its word of the vocabulary.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Withdraw { .. } => "withdraw",
            Self::Reinstate { .. } => "reinstate",
            Self::Restart { .. } => "restart",
            Self::Rollback { .. } => "rollback",
            Self::Complete { .. } => "complete",
            Self::Freeze => "freeze",
            Self::Weight { .. } => "weight",
            Self::Cap { .. } => "cap",
            Self::Gap { .. } => "gap",
            Self::Reroute { .. } => "reroute",
            Self::Failover { .. } => "failover",
            Self::Reserve { .. } => "reserve",
            Self::Filter { .. } => "filter",
            Self::Probe { .. } => "probe",
            Self::Repoint { .. } => "repoint",
            Self::Overflow { .. } => "overflow",
            Self::Positions { .. } => "positions",
            Self::Publish { .. } => "publish",
            Self::Retire { .. } => "retire",
            Self::Advise { .. } => "advise",
            Self::Alert { .. } => "alert",
            Self::Callback { .. } => "callback",
        }
    }

    /// The elements it acts on, where it acts on elements.
    pub fn elements(&self) -> &[Element] {
        match self {
            Self::Withdraw { on }
            | Self::Reinstate { on }
            | Self::Restart { on }
            | Self::Rollback { on }
            | Self::Complete { on }
            | Self::Weight { on, .. }
            | Self::Cap { on, .. }
            | Self::Reserve { on, .. }
            | Self::Probe { on, .. } => on,
            _ => &[],
        }
    }
}

impl Network {
    /// A call server, trunk group or psap by its id.
    pub fn element_by_id(&self, id: &str) -> Option<Element> {
        self.server_by_id(id)
            .map(Element::Server)
            .or_else(|| self.group_by_id(id).map(Element::Group))
            .or_else(|| self.psap_by_id(id).map(Element::Psap))
    }

    /// The id of an element, as in the scenario file.
    pub fn element_id(&self, element: Element) -> &str {
        let id = match element {
            Element::Server(s) => self.call_servers.get(s.index()).map(|s| s.id.as_str()),
            Element::Group(g) => self.trunk_groups.get(g.index()).map(|g| g.id.as_str()),
            Element::Psap(p) => self.psaps.get(p.index()).map(|p| p.id.as_str()),
        };
        id.unwrap_or("?")
    }

    /// A lever written in one line, as in playbooks and on the command line: `freeze`,
    /// `withdraw cs-lille`, `restart software=cs-7.2`, `weight cs-lille 0.5`, `cap cs-lille 20`, `gap 0.5`,
    /// `repoint 59 15 samu-62`, `overflow samu-59 samu-62`, `positions samu-59 12`, `publish all`,
    /// `publish path=ip`, `advise redial`, `alert 59 62`, `callback 2`, `reroute cs-lille cs-paris`,
    /// `failover cs-lille cs-paris`, `reserve cs-lille-nord 4`, `filter sdis-59 0.9 0.01`, `probe cs-lille 60`.
    ///
    /// # Errors
    /// A sentence that names the word that is wrong and what was expected.
    pub fn lever(&self, line: &str) -> Result<LeverKind, String> {
        let mut words = line.split_whitespace();
        let Some(word) = words.next() else { return Err("no lever is named".to_owned()) };
        let rest: Vec<&str> = words.collect();
        let on = |rest: &[&str]| self.targets(word, rest);
        let last_number = || -> Result<(f64, &[&str]), String> {
            let (last, before) = rest.split_last().ok_or_else(|| format!("`{word}` needs a number"))?;
            Ok((number(word, last)?, before))
        };
        Ok(match word {
            "withdraw" => LeverKind::Withdraw { on: on(&rest)? },
            "reinstate" => LeverKind::Reinstate { on: on(&rest)? },
            "restart" => LeverKind::Restart { on: on(&rest)? },
            "rollback" => LeverKind::Rollback { on: on(&rest)? },
            "complete" => LeverKind::Complete { on: on(&rest)? },
            "freeze" => LeverKind::Freeze,
            "weight" => {
                let (weight, before) = last_number()?;
                LeverKind::Weight { on: on(before)?, weight }
            }
            "cap" => {
                let (setups_per_s, before) = last_number()?;
                LeverKind::Cap { on: on(before)?, setups_per_s }
            }
            "reserve" => {
                let (circuits, before) = last_number()?;
                LeverKind::Reserve { on: on(before)?, circuits: circuits as u32 }
            }
            "probe" => {
                let (every_s, before) = last_number()?;
                LeverKind::Probe { on: on(before)?, every_s }
            }
            "reroute" | "failover" => match rest.as_slice() {
                [from, to] => {
                    let server = |id: &str| self.server_by_id(id).ok_or_else(|| format!("no call server `{id}`"));
                    let (from, to) = (server(from)?, server(to)?);
                    if word == "reroute" { LeverKind::Reroute { from, to } } else { LeverKind::Failover { from, to } }
                }
                _ => return Err(format!("write `{word} FROM TO`, two call servers")),
            },
            "filter" => match rest.as_slice() {
                [psap, caught, wrong] => LeverKind::Filter {
                    psap: self.psap_by_id(psap).ok_or_else(|| format!("no psap `{psap}`"))?,
                    caught: number(word, caught)?.min(1.0),
                    wrong: number(word, wrong)?.min(1.0),
                },
                _ => return Err("write `filter PSAP CAUGHT WRONG`, two shares".to_owned()),
            },
            "gap" => LeverKind::Gap { share: last_number()?.0 },
            "callback" => LeverKind::Callback { per_min: last_number()?.0 },
            "repoint" => match rest.as_slice() {
                [zone, service, psap] => LeverKind::Repoint {
                    zone: self.zone_by_code(zone).ok_or_else(|| format!("no zone `{zone}`"))?,
                    service: self.service_by_code(service).ok_or_else(|| format!("no service `{service}`"))?,
                    psap: self.psap_by_id(psap).ok_or_else(|| format!("no psap `{psap}`"))?,
                },
                _ => return Err("write `repoint ZONE SERVICE PSAP`".to_owned()),
            },
            "overflow" => match rest.as_slice() {
                [from, to] => LeverKind::Overflow {
                    from: self.psap_by_id(from).ok_or_else(|| format!("no psap `{from}`"))?,
                    to: self.psap_by_id(to).ok_or_else(|| format!("no psap `{to}`"))?,
                },
                _ => return Err("write `overflow FROM TO`".to_owned()),
            },
            "positions" => match rest.as_slice() {
                [psap, n] => LeverKind::Positions {
                    psap: self.psap_by_id(psap).ok_or_else(|| format!("no psap `{psap}`"))?,
                    positions: n.parse().map_err(|e| format!("`{n}` is not a number of positions: {e}"))?,
                },
                _ => return Err("write `positions PSAP NUMBER`".to_owned()),
            },
            "publish" => LeverKind::Publish { substitutes: self.numbers(&rest)? },
            "retire" => LeverKind::Retire { substitutes: self.numbers(&rest)? },
            "advise" => match rest.as_slice() {
                [advice] => LeverKind::Advise {
                    advice: ADVICE
                        .iter()
                        .find(|(w, _)| w == advice)
                        .map(|(_, a)| *a)
                        .ok_or_else(|| format!("no advice `{advice}`: redial, landline, mobile or no_test"))?,
                },
                _ => return Err("write `advise redial`, `landline`, `mobile` or `no_test`".to_owned()),
            },
            "alert" => LeverKind::Alert {
                zones: rest
                    .iter()
                    .filter(|z| **z != "all")
                    .map(|z| self.zone_by_code(z).ok_or_else(|| format!("no zone `{z}`")))
                    .collect::<Result<_, _>>()?,
            },
            other => return Err(format!("no lever `{other}`: {}", LEVER_WORDS.join(", "))),
        })
    }

    fn targets(&self, word: &str, rest: &[&str]) -> Result<Vec<Element>, String> {
        let mut out = Vec::new();
        for id in rest {
            if let Some(software) = id.strip_prefix("software=") {
                let with = self.call_servers.iter().enumerate().filter(|(_, s)| s.software == software);
                out.extend(with.map(|(i, _)| Element::Server(super::ServerId(i as u16))));
            } else {
                out.push(self.element_by_id(id).ok_or_else(|| format!("no call server, trunk group or psap `{id}`"))?);
            }
        }
        if out.is_empty() { Err(format!("`{word}` needs a call server, trunk group or psap")) } else { Ok(out) }
    }

    fn numbers(&self, rest: &[&str]) -> Result<Vec<SubstituteId>, String> {
        let where_ = |test: &dyn Fn(&super::Substitute) -> bool| -> Vec<SubstituteId> {
            let with = self.substitutes.iter().enumerate().filter(|(_, s)| test(s));
            with.map(|(i, _)| SubstituteId(i as u16)).collect()
        };
        let mut out = Vec::new();
        for id in rest {
            match *id {
                "all" => out.extend(where_(&|_| true)),
                "path=same_exchange" => out.extend(where_(&|s| s.path == SubstitutePath::SameExchange)),
                "path=mobile" => out.extend(where_(&|s| s.path == SubstitutePath::Mobile)),
                "path=ip" => out.extend(where_(&|s| s.path == SubstitutePath::Ip)),
                other => out.push(self.substitute_by_id(other).ok_or_else(|| format!("no substitute `{other}`"))?),
            }
        }
        if out.is_empty() { Err("name the substitute numbers, or `all`".to_owned()) } else { Ok(out) }
    }
}

fn number(word: &str, text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(x) if x.is_finite() && x >= 0.0 => Ok(x),
        _ => Err(format!("`{word}` needs a number, not `{text}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{ServerId, find, load};

    fn france() -> Network {
        load(&find("france-ordinary-day", None).unwrap()).unwrap().network
    }

    #[test]
    fn every_lever_word_can_be_written_in_one_line() {
        let n = france();
        for line in [
            "withdraw cs-lille",
            "reinstate cs-lille cs-paris",
            "restart software=cs-7.2",
            "rollback cs-lille-nord",
            "complete cs-lille",
            "freeze",
            "weight cs-lille 0.5",
            "cap cs-lille 20",
            "gap 0.5",
            "reroute cs-lille cs-paris",
            "failover cs-lille cs-paris",
            "reserve cs-lille-nord samu-59 2",
            "filter samu-59 0.9 0.01",
            "probe cs-lille 60",
            "repoint 59 15 samu-62",
            "overflow samu-59 samu-62",
            "positions samu-59 12",
            "publish path=ip",
            "retire all",
            "advise redial",
            "alert 59 2A",
            "callback 2",
        ] {
            let lever = n.lever(line).unwrap_or_else(|e| panic!("{line}: {e}"));
            assert!(line.starts_with(lever.word()), "{line}");
            assert!(LEVER_WORDS.contains(&lever.word()));
        }
        assert_eq!(n.lever("restart software=cs-7.2").unwrap().elements().len(), 6);
        assert_eq!(
            n.lever("withdraw cs-lille").unwrap(),
            LeverKind::Withdraw { on: vec![Element::Server(ServerId(0))] }
        );
    }

    #[test]
    fn a_lever_that_says_too_little_is_refused_with_its_reason() {
        let n = france();
        for (line, part) in [
            ("", "no lever"),
            ("mend cs-lille", "no lever `mend`"),
            ("withdraw", "needs a call server"),
            ("withdraw cs-lile", "`cs-lile`"),
            ("weight cs-lille heavy", "needs a number"),
            ("gap -1", "needs a number"),
            ("reroute cs-lille", "FROM TO"),
            ("filter samu-59 often", "CAUGHT WRONG"),
            ("repoint 59 15", "ZONE SERVICE PSAP"),
            ("positions samu-59 many", "many"),
            ("publish", "or `all`"),
            ("advise stay-calm", "no advice"),
        ] {
            let error = n.lever(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
