//! Cards of steps: branches, evidence, signatures, aborts; every verb from the keyboard.

use super::*;
use crate::incident::event::RunChange;
use crate::playbook::{Aside, StepState};

const ID: &str = "ransomware-dispatch";

fn opened() -> Bench {
    let mut bench = bench();
    bench.app.open_playbook(ID);
    bench.settle();
    bench
}

fn changes(bench: &Bench, step: &str) -> Vec<StepChange> {
    let steps = bench.app.session.incident().steps(ID);
    steps.get(step).map(|status| status.marks.iter().map(|mark| mark.change).collect()).unwrap_or_default()
}

#[test]
fn a_branch_is_chosen_as_a_decision_and_the_others_stay_on_the_screen() {
    let mut bench = opened();
    bench.press(Code::F(4));
    assert_eq!(bench.card().selected, None, "no button is chosen when a card opens");
    bench.button("oui");
    assert!(matches!(bench.app.ui.input.purpose, Purpose::Playbook(_)));
    bench.enter("le 15 et le 18 sonnent");
    let decisions = bench.app.session.incident().decisions();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].rationale, "le 15 et le 18 sonnent");
    assert_eq!(decisions[0].record.options.len(), 2);
    assert_eq!(decisions[0].record.choice.as_ref().map(|choice| choice.go.as_str()), Some("isolate"));
    assert_eq!(changes(&bench, "calls-first"), [StepChange::Chosen]);
    let playbook = bench.app.session.library().get(ID).unwrap().clone();
    let views = bench.app.session.progress_of(&playbook, bench.app.session.now_incident());
    let other = views.iter().find(|view| view.step.id == "elsewhere").unwrap();
    assert_eq!((other.state, other.aside), (StepState::Aside, Some(Aside::Branch)));
}

#[test]
fn warnings_are_acknowledged_reasons_are_asked_and_nothing_is_locked() {
    let mut bench = opened();
    let at = bench.app.session.library().get(ID).unwrap().position("isolate").unwrap();
    bench.app.ui.step = at;
    bench.app.focus(Pane::Playbook);
    bench.press(Code::Enter);
    bench.button("Fait");
    assert_eq!(changes(&bench, "isolate"), [StepChange::Done], "recorded at once");
    bench.press(Code::Enter);
    bench.button("Lu");
    assert_eq!(changes(&bench, "isolate"), [StepChange::Done, StepChange::Acknowledged]);
    bench.press(Code::Enter);
    bench.button("Retour");
    bench.enter("rebranché : liens police coupés à tort");
    assert_eq!(changes(&bench, "isolate").last(), Some(&StepChange::BackedOut));
    bench.press(Code::Enter);
    bench.button("Reporter");
    bench.press(Code::Enter);
    assert_eq!(bench.status(), "dire pourquoi cette étape n'est pas faite");
    bench.enter("après la relève");
    assert_eq!(changes(&bench, "isolate").last(), Some(&StepChange::Deferred));
}

#[test]
fn a_playbook_is_aborted_with_a_reason_and_taken_up_again() {
    let mut bench = opened();
    bench.press(Code::F(4));
    bench.button("La fiche");
    bench.button("Abandonner");
    bench.press(Code::Enter);
    assert!(bench.app.session.incident().playbook_runs(ID).is_empty(), "an abort has a reason");
    bench.enter("fausse alerte");
    let runs: Vec<RunChange> = bench.app.session.incident().playbook_runs(ID).iter().map(|mark| mark.change).collect();
    assert_eq!(runs, [RunChange::Aborted]);
    bench.app.open_playbook_card(ID);
    bench.button("Reprendre");
    bench.enter("vraie alerte");
    assert_eq!(bench.app.session.run_of(ID), Some(Some(RunChange::Resumed)));
}

#[test]
fn a_file_is_kept_as_its_hash() {
    let mut bench = opened();
    let at = bench.app.session.library().get(ID).unwrap().position("tell-anssi").unwrap();
    bench.app.ui.step = at;
    bench.app.focus(Pane::Playbook);
    bench.press(Code::Enter);
    bench.button("Commencé");
    bench.press(Code::Enter);
    bench.button("Preuve : un fichier");
    bench.enter("/no/such/file");
    assert_eq!(changes(&bench, "tell-anssi"), [StepChange::Started]);
    bench.app.ui.input.line.take();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trace.log");
    std::fs::write(&path, b"abc").unwrap();
    bench.enter(path.to_str().unwrap());
    let last = bench.bodies().pop().unwrap();
    let Body::Step { change: StepChange::Evidenced, evidence, .. } = last else { panic!("{last:?}") };
    let [crate::incident::record::Evidence::File { name, sha256, bytes }] = evidence.as_slice() else { panic!() };
    assert_eq!((name.as_str(), *bytes), ("trace.log", 3));
    assert_eq!(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
