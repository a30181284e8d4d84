//! `vigie scenario check|list`.

use clap::Subcommand;

use super::out::Out;
use super::{Context, Exit, Failure};
use crate::lang::Arg;
use crate::network;

/// Check scenarios.
#[derive(Debug, Subcommand)]
pub enum Scenario {
    /// Report every mistake of a scenario at once, with place and mend
    Check {
        /// Shipped id or file (its layers are found beside it)
        #[arg(required = true)]
        scenarios: Vec<String>,
    },
    /// The shipped scenarios
    List,
}

impl Scenario {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut out = Out::new();
        match self {
            Self::Check { scenarios } => {
                let mut wrong = Vec::new();
                for name in &scenarios {
                    match network::find(name, Some(&context.config.scenarios_dir())).and_then(|s| network::load(&s)) {
                        Ok(scenario) => {
                            super::simulate::compile(&scenario)?;
                            let network = &scenario.network;
                            let args = [
                                ("name", Arg::Str(name)),
                                ("zones", Arg::from(network.zones.len())),
                                ("services", Arg::from(network.services.len())),
                                ("centres", Arg::from(network.psaps.len())),
                                ("servers", Arg::from(network.call_servers.len())),
                                ("events", Arg::from(scenario.events.len())),
                                ("seconds", Arg::Num(scenario.duration_s as f64)),
                            ];
                            out.line(&context.lang.ta("lint-scenario", &args))?;
                        }
                        Err(errors) => wrong.push(errors.to_string()),
                    }
                }
                out.flush()?;
                if !wrong.is_empty() {
                    return Err(Failure::input(wrong.join("\n")));
                }
            }
            Self::List => {
                for (id, file) in network::shipped() {
                    out.line(&format!("{id}  {file}"))?;
                }
                out.flush()?;
            }
        }
        Ok(Exit::Ok)
    }
}
