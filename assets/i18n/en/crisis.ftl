# The cell's own work: kinds of lines and what they carry.

kind-question = to decide
kind-outcome = outcome
kind-clock-start = clock
kind-rhythm = rhythm
kind-slot = briefing
kind-contact-call = call
kind-substitute = substitute
kind-sitrep = sitrep
kind-approval = approval
kind-handover = handover
kind-handover-answer = handover
kind-public = public
kind-playbook-run = playbook

report-kind-question = to decide
report-kind-outcome = outcome
report-kind-clock-start = clock
report-kind-rhythm = rhythm
report-kind-slot = briefing
report-kind-contact-call = call
report-kind-substitute = substitute
report-kind-sitrep = situation report
report-kind-approval = approval
report-kind-handover = handover
report-kind-handover-answer = handover
report-kind-public = public
report-kind-playbook-run = playbook

report-step-acknowledged = warnings read
log-step-acknowledged = warnings read: { $step }
report-step-signed = signed
log-step-signed = signed: { $step }
report-step-refused = signature refused
log-step-refused = signature refused: { $step }
report-step-deferred = deferred
log-step-deferred = deferred: { $step }
report-step-backed-out = backed out
log-step-backed-out = backed out: { $step }
report-step-chosen = branch chosen
log-step-chosen = branch chosen: { $step }
report-step-evidenced = evidence added
log-step-evidenced = evidence added: { $step }
report-step-ended = ended
log-step-ended = ended: { $step }

crisis-decide-by = to be decided by { $value }
crisis-next = next { $value }
crisis-every = every { $value } min
crisis-no-rhythm = no rhythm any more
crisis-held = held
crisis-missed = missed
crisis-slot = briefing of { $value }
crisis-contact = contact { $value }
crisis-reached = reached
crisis-not-reached = not reached
crisis-number = number { $value }
crisis-registered = on the register
crisis-tested-ok = tested, answers
crisis-tested-ko = tested, does not answer
crisis-published = published: { $value }
crisis-withdrawn = withdrawn: { $value }
crisis-refuted = wrong number: do not use
crisis-centre = centre { $value }
crisis-path = path { $value }
crisis-access = from { $value }
crisis-sitrep-number = no. { $value }
crisis-granted = approved
crisis-not-granted = refused
crisis-roles = roles: { $value }
crisis-to = to { $value }
crisis-accepted = accepted
crisis-not-accepted = refused
crisis-mode-read = mode read back
crisis-draft = draft
crisis-public-published = published
crisis-public-withdrawn = withdrawn
crisis-aborted = aborted
crisis-resumed = resumed
crisis-run-ended = ended
crisis-clock = clock { $value }
crisis-playbook = playbook { $value }
crisis-review = to be reviewed at { $value }

crisis-known = known: { $value }
crisis-unknown = not known: { $value }
crisis-consulted = consulted: { $value }
crisis-dissent = dissent: { $value }
crisis-choice = goes on at step { $value }
crisis-lines = { $n ->
    [one] 1 line
   *[other] { $n } lines
}
crisis-evidence = evidence: { $value }
crisis-board = board no. { $frame }
