//! Rules over the log and health: `entry message to=samu`, `answered I03`, `given I03`, `health ner(15) > 0.97`.
//!
//! A rule becomes true once, for good: what is kept is when it was first true.

use crate::health::Metric;
use crate::incident::event::{ActionState, Body, Entry, StepChange};
use crate::incident::kind::Kind;
use crate::incident::record::{PublicStage, SubstituteChange};
use crate::network::{LEVER_WORDS, Network, Said};
use crate::playbook::{self, Role};
use crate::text::drill::plain;

/// A rule, as written in an exercise's file.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    text: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// An entry of this kind whose fields hold these words (without accents, small letters).
    Entry { kind: Kind, fields: Vec<(Field, String)> },
    /// The message of an inject was acknowledged or answered.
    Answered(String),
    /// An inject was given.
    Given(String),
    /// A condition of the metric language.
    Health(Metric),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    To,
    From,
    Who,
    Org,
    Role,
    Text,
    Lever,
    Step,
    Playbook,
    State,
}

const FIELDS: [(&str, Field); 10] = [
    ("to", Field::To),
    ("from", Field::From),
    ("who", Field::Who),
    ("org", Field::Org),
    ("role", Field::Role),
    ("text", Field::Text),
    ("lever", Field::Lever),
    ("step", Field::Step),
    ("playbook", Field::Playbook),
    ("state", Field::State),
];

/// Levers that undo another.
const UNDOES: [(&str, &str); 3] = [("retire", "publish"), ("reinstate", "withdraw"), ("withdraw", "reinstate")];

/// Words of `state`.
const STATES: [&str; 16] = [
    "ordered",
    "done",
    "dropped",
    "acknowledged",
    "received",
    "draft",
    "published",
    "withdrawn",
    "registered",
    "tested",
    "refuted",
    "started",
    "skipped",
    "not applicable",
    "undone",
    "effect",
];

/// Roles in a cell.
pub(super) const ROLES: [Role; 10] = [
    Role::Observer,
    Role::LogKeeper,
    Role::Operations,
    Role::Communication,
    Role::Anticipation,
    Role::Liaison,
    Role::Director,
    Role::Facilitator,
    Role::Evaluator,
    Role::Machine,
];

/// What a rule names and nothing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// A condition on health: what it says.
    Health(String),
    /// A word of a field.
    Word {
        /// The field.
        field: &'static str,
        /// The word.
        word: String,
        /// What is near, or all there is.
        near: Said,
        /// One's own playbooks may have it.
        own: bool,
    },
}

/// Words of a line; what stands between quotes is one word.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' | '\'' if quoted || words.last().is_some_and(|word| word.ends_with('=')) => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Rule {
    /// Reads a rule.
    ///
    /// # Errors
    /// What is wrong and how to mend it.
    pub fn parse(text: &str) -> Result<Self, Said> {
        let line = text.trim();
        let (head, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        let asked = match head {
            "health" => Test::Health(Metric::parse(rest).map_err(|error| Said::from(error.to_string()))?),
            "answered" | "given" if rest.is_empty() => return Err(Said::new("rule-names-inject").with("head", head)),
            "answered" => Test::Answered(rest.to_owned()),
            "given" => Test::Given(rest.to_owned()),
            "entry" => entry(rest)?,
            _ => return Err(Said::new("rule-unknown").with("head", head)),
        };
        Ok(Self { text: line.to_owned(), test: asked })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The condition on health, if it is one.
    pub fn metric(&self) -> Option<&Metric> {
        match &self.test {
            Test::Health(metric) => Some(metric),
            _ => None,
        }
    }

    /// The kind of entry that it asks for.
    pub fn entry_kind(&self) -> Option<Kind> {
        match &self.test {
            Test::Entry { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// What it asks of a field of that entry, by the field's word: without accents, small letters.
    pub fn asks(&self, field: &str) -> Option<&str> {
        let Test::Entry { fields, .. } = &self.test else { return None };
        let (_, wanted) = FIELDS.iter().find(|(name, _)| *name == field)?;
        fields.iter().find(|(field, _)| field == wanted).map(|(_, word)| word.as_str())
    }

    /// Is it about what people enter?
    pub fn is_entry(&self) -> bool {
        self.entry_kind().is_some()
    }

    /// Does what makes it true stay: a state that people brought about, a decision that stands? What is only said
    /// (a message, a piece of information, a request) is over once it is said.
    pub fn stays(&self) -> bool {
        let Test::Entry { kind, .. } = &self.test else { return false };
        !matches!(
            kind,
            Kind::Message
                | Kind::Information
                | Kind::Fact
                | Kind::Request
                | Kind::Receipt
                | Kind::Note
                | Kind::Correction
                | Kind::Question
                | Kind::Observation
        )
    }

    /// Does an entry undo what made it true: a step undone, a number retired or withdrawn, a message to the public
    /// withdrawn, machines put back?
    pub fn undone_by(&self, entry: &Entry) -> bool {
        let Test::Entry { kind, fields } = &self.test else { return false };
        let undoes = match (kind, &entry.body) {
            (Kind::Step, Body::Step { change, .. }) => *change == StepChange::Undone,
            (Kind::Public, Body::Public { stage, .. }) => *stage == PublicStage::Withdrawn,
            (Kind::Substitute, Body::Substitute { change, .. }) => {
                matches!(change, SubstituteChange::Withdrawn { .. } | SubstituteChange::Refuted)
            }
            (Kind::Lever, Body::Lever { order, .. }) => {
                let undone = UNDOES.iter().find(|(word, _)| *word == order.lever.word()).map(|(_, undone)| *undone);
                fields.iter().any(|(field, word)| *field == Field::Lever && Some(word.as_str()) == undone)
            }
            _ => false,
        };
        let others = |field: &Field| !matches!(field, Field::State | Field::Lever | Field::Text | Field::Who);
        let same = fields.iter().filter(|(field, _)| others(field)).all(|(field, word)| holds(entry, *field, word));
        undoes && same && !self.matches(entry)
    }

    /// Can it become true? The levers, steps, playbooks, roles and states that it names, and the ids of a condition on
    /// health, against the vocabulary, the shipped playbooks and a network.
    ///
    /// # Errors
    /// The first that is not there; of steps and playbooks only that none is shipped.
    pub fn check(&self, network: &Network) -> Result<(), Unknown> {
        let fields = match &self.test {
            Test::Health(metric) => return metric.check(network).map_err(Unknown::Health),
            Test::Entry { fields, .. } => fields,
            Test::Answered(_) | Test::Given(_) => return Ok(()),
        };
        let playbooks = || playbook::shipped().iter();
        for (field, wanted) in fields {
            let known: Vec<&str> = match field {
                Field::Lever => LEVER_WORDS.to_vec(),
                Field::Role => ROLES.map(role_word).to_vec(),
                Field::State => STATES.to_vec(),
                Field::Playbook => playbooks().map(|one| one.id.as_str()).collect(),
                Field::Step => playbooks().flat_map(|one| one.steps().map(|(_, step)| step.id.as_str())).collect(),
                Field::To | Field::From | Field::Who | Field::Org | Field::Text => continue,
            };
            if known.iter().any(|word| plain(word) == *wanted) {
                continue;
            }
            let field_word = FIELDS.iter().find(|(_, known)| known == field).map_or("", |(word, _)| *word);
            let own = matches!(field, Field::Step | Field::Playbook);
            let near = crate::text::document::choose(wanted, &known);
            return Err(Unknown::Word { field: field_word, word: wanted.clone(), near, own });
        }
        Ok(())
    }

    /// The inject it is about.
    pub fn inject(&self) -> Option<&str> {
        match &self.test {
            Test::Answered(inject) | Test::Given(inject) => Some(inject),
            _ => None,
        }
    }

    /// Does an entry make it true? `answered` and `given` are told by [`Rule::is_answer`] and [`Rule::is_given`].
    pub fn matches(&self, entry: &Entry) -> bool {
        let Test::Entry { kind, fields } = &self.test else { return false };
        entry.body.kind() == kind.word() && fields.iter().all(|(field, wanted)| holds(entry, *field, wanted))
    }

    /// Is it about the answer to this inject?
    pub fn is_answer(&self, inject: &str) -> bool {
        matches!(&self.test, Test::Answered(other) if other == inject)
    }

    /// Is it about this inject being given?
    pub fn is_given(&self, inject: &str) -> bool {
        matches!(&self.test, Test::Given(other) if other == inject)
    }
}

fn entry(text: &str) -> Result<Test, Said> {
    let words = words(text);
    let Some((kind, rest)) = words.split_first() else {
        return Err(Said::new("rule-no-kind"));
    };
    let Some(found) = Kind::from_bytes(kind.as_bytes()) else {
        let known: Vec<&str> = (0..=u8::MAX).map_while(Kind::from_number).map(Kind::word).collect();
        let mend = crate::text::document::choose(kind, &known);
        return Err(Said::new("rule-unknown-kind").with("kind", kind).with("mend", mend));
    };
    let mut fields = Vec::new();
    for word in rest {
        let Some((key, value)) = word.split_once('=') else {
            return Err(Said::new("rule-not-a-field").with("word", word));
        };
        let names = FIELDS.map(|(name, _)| name);
        let Some((_, field)) = FIELDS.iter().find(|(name, _)| *name == key) else {
            let mend = crate::text::document::choose(key, &names);
            return Err(Said::new("rule-unknown-field").with("key", key).with("mend", mend));
        };
        let value = plain(value);
        if value.is_empty() {
            return Err(Said::new("rule-no-word").with("key", key));
        }
        fields.push((*field, value));
    }
    Ok(Test::Entry { kind: found, fields })
}

/// The words of one field of an entry.
fn field_words(entry: &Entry, field: Field) -> Vec<String> {
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    match (field, &entry.body) {
        (Field::Who, _) => own(&[&entry.who]),
        (Field::Org, _) => own(&[&entry.org]),
        (Field::Role, Body::RoleTaken { taken, .. }) => own(&[role_word(*taken)]),
        (Field::Role, _) => own(&[role_word(entry.role)]),
        (Field::Text, body) => {
            let mut all = own(&body.cell_texts());
            all.push(body.text().to_owned());
            if let Body::Decision { rationale, .. } = body {
                all.push(rationale.clone());
            }
            all
        }
        (Field::To, Body::Message { to, .. } | Body::Request { to, .. } | Body::Handover { to, .. }) => own(&[to]),
        (Field::To, Body::ContactCall { contact, .. }) => own(&[contact]),
        (Field::To, Body::Action { owner, .. }) => own(&[owner]),
        (Field::From, Body::Message { from, .. }) => own(&[from]),
        (Field::From, Body::Information(statement) | Body::Fact(statement)) => own(&[&statement.source]),
        (Field::Lever, Body::Lever { order, .. }) => own(&[order.lever.word()]),
        (Field::Lever, Body::Decision { levers, .. }) => {
            levers.iter().map(|order| order.lever.word().to_owned()).collect()
        }
        (Field::Step, Body::Step { step, .. }) => own(&[step]),
        (Field::Playbook, Body::Step { playbook, .. }) => own(&[playbook]),
        (Field::Playbook, Body::Playbook { id, .. } | Body::PlaybookRun { id, .. }) => own(&[id]),
        (Field::State, Body::Step { change, .. }) => own(&[step_word(*change)]),
        (Field::State, Body::Action { state, .. }) => own(&[match state {
            ActionState::Ordered => "ordered",
            ActionState::Done => "done",
            ActionState::Dropped => "dropped",
        }]),
        (Field::State, Body::Receipt { acknowledged, .. }) => {
            own(&[if *acknowledged { "acknowledged" } else { "received" }])
        }
        (Field::State, Body::Public { stage, .. }) => own(&[match stage {
            PublicStage::Draft => "draft",
            PublicStage::Published => "published",
            PublicStage::Withdrawn => "withdrawn",
        }]),
        (Field::State, Body::Substitute { change, .. }) => own(&[match change {
            SubstituteChange::Registered { .. } => "registered",
            SubstituteChange::Tested { .. } => "tested",
            SubstituteChange::Published { .. } => "published",
            SubstituteChange::Withdrawn { .. } => "withdrawn",
            SubstituteChange::Refuted => "refuted",
        }]),
        _ => Vec::new(),
    }
}

/// The word of a role, as in `--as name/organisation/role`.
pub(super) fn role_word(role: Role) -> &'static str {
    match role {
        Role::Observer => "observer",
        Role::LogKeeper => "log keeper",
        Role::Operations => "operations",
        Role::Communication => "communication",
        Role::Anticipation => "anticipation",
        Role::Liaison => "liaison",
        Role::Director => "director",
        Role::Facilitator => "facilitator",
        Role::Evaluator => "evaluator",
        Role::Machine => "machine",
    }
}

fn step_word(change: StepChange) -> &'static str {
    match change {
        StepChange::Started => "started",
        StepChange::Done => "done",
        StepChange::Skipped => "skipped",
        StepChange::NotApplicable => "not applicable",
        StepChange::Undone => "undone",
        _ => "effect",
    }
}

/// Words of prose are looked for, words of the vocabulary compared.
fn holds(entry: &Entry, field: Field, wanted: &str) -> bool {
    let exact = matches!(field, Field::Lever | Field::Step | Field::Playbook | Field::State | Field::Role);
    field_words(entry, field).iter().any(|said| {
        let said = plain(said);
        if exact { said == wanted } else { format!(" {said} ").contains(&format!(" {wanted} ")) }
    })
}
