# Situation report and handover: headings and lines of drafts.

sitrep-section-confirmed = Facts confirmed
sitrep-section-unverified = Being verified
sitrep-section-refuted = Refuted
sitrep-section-impacts = Impacts
sitrep-section-done = Actions done
sitrep-section-in-progress = Actions in progress
sitrep-section-decisions = Decisions
sitrep-section-pending = Pending decisions
sitrep-section-anticipation = Anticipation
sitrep-section-needs = Needs
sitrep-section-communication = Communication
sitrep-section-debts = Debts
sitrep-section-changes = Since the last report
sitrep-section-conditions = Conditions
sitrep-section-actions = Actions
sitrep-section-mode = Mode, to be read aloud
sitrep-section-situation = Situation
sitrep-section-objectives = Objectives
sitrep-section-clocks = Clocks
sitrep-section-people = Who is where
sitrep-section-worries = What worries

sitrep-nothing = Nothing.
sitrep-more = { $n ->
    [one] … and 1 more
   *[other] … and { $n } more
}
sitrep-earlier = { $n ->
    [one] … and 1 earlier statement, not read again
   *[other] … and { $n } earlier statements, not read again
}
sitrep-corrected = corrected
sitrep-aware = awareness { $time }
sitrep-debts-count = { $n ->
    [one] 1 debt
   *[other] { $n } debts
}
sitrep-no-owner = no owner
sitrep-overdue = overdue, due { $time }
sitrep-due = due { $time }
sitrep-met = stopped; was due { $time }
sitrep-playbook = playbook “{ $title }”
sitrep-suggested = suggested, not opened: “{ $title }”
sitrep-steps-late = { $n ->
    [one] 1 step late
   *[other] { $n } steps late
}
sitrep-steps-not-effective = { $n ->
    [one] 1 not effective yet
   *[other] { $n } not effective yet
}
sitrep-not-to-act = not to act
sitrep-outcome = outcome: { $text }
sitrep-options = options: { $options }
sitrep-worst = worst case: to be completed
sitrep-most-likely = most likely case: to be completed
sitrep-trend = trend: { $state }, { $trend }
sitrep-unanswered = unanswered for { $age }
sitrep-public = to the public: { $text }
sitrep-approvals = { $n ->
    [0] no approval
    [one] 1 approval
   *[other] { $n } approvals
}
sitrep-substitute = substitute { $number } ({ $centre })
sitrep-not-registered = not on the register
sitrep-never-tested = never tested
sitrep-works-from = answers from: { $accesses }
sitrep-first = first situation report
sitrep-new-decision = decided: { $text }
sitrep-new-done = done: { $text }
sitrep-new-action = ordered: { $text }
sitrep-new-question = to decide: { $text }
sitrep-new-answer = answer received: { $text }
sitrep-new-public = published: { $text }
sitrep-new-withdrawn = withdrawn: { $text }
sitrep-new-handover = handover accepted by { $text }
sitrep-new-confirmed = confirmed: { $text }
sitrep-new-refuted = refuted: { $text }
sitrep-new-unverified = to verify: { $text }
sitrep-new-correction = corrected: { $text }

sitrep-no-board = no routing data
sitrep-no-observation = no data feed, no observation entered
sitrep-state = overall state: { $state }
sitrep-zones = { $n } of { $of } { $areas } affected
sitrep-lost = callers not served by the network: { $low } to { $high } (90% est.)
sitrep-no-estimate = callers not served by the network: no estimate
sitrep-abandoned = hung up in the queues of the centres: { $n } (counted apart)
sitrep-service = { $service }: { $state }
sitrep-ner = NER { $rate }
sitrep-asr = answer-seizure { $rate }
sitrep-rate = { $low } to { $high } of { $of }
sitrep-no-data = no data
sitrep-received = { $seen } received, { $expected } expected in 30 min
sitrep-cause-likely = best explains the failures, not established: { $name } ({ $n ->
    [one] 1 element
   *[other] { $n } elements
})
sitrep-cause-lead = cause not established; lead: { $name } ({ $n ->
    [one] 1 element
   *[other] { $n } elements
})
sitrep-ages = age of data: operator { $operator }, centres { $psaps }, mute sources { $mute }
sitrep-observed = { $service } seen from { $zone }: { $state }
sitrep-everywhere = everywhere

sitrep-mode = { $mode }: the incoming person reads this word back aloud
sitrep-last = situation report no. { $n } of { $time }: { $text }
sitrep-approved-by = approved by { $who }
sitrep-not-approved = not approved
sitrep-objectives = objectives: to be completed
sitrep-person = { $role }: { $who }
sitrep-changes-hands = changes hands
sitrep-seized = taken without handover from { $who }
sitrep-worries = to be completed by the person who leaves
