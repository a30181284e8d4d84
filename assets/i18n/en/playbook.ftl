# Playbooks.
playbook-tally = { $done } of { $of }{ $done ->
    [0] {""}
   *[other] , { $effective } effective
}

playbook-owes-effect = not effective within its limit
playbook-owes-acknowledgement = warnings not acknowledged
playbook-owes-signature = { $n } { $n ->
    [one] signature
   *[other] signatures
} missing
playbook-owes-other-role = signature by another role missing
playbook-owes-director = director's signature missing
playbook-owes-evidence = evidence missing
playbook-owes-reason = reason missing
playbook-owes-choice = choice not recorded
playbook-owes-deferred = put off, still to do

playbook-aborted = ABORTED: the safe list counts now
playbook-ended = ended
playbook-changed = a newer file exists: this playbook stays as it was when the incident was opened
playbook-expired = out of date: its day of review is past
playbook-unexercised = not exercised within a year
playbook-owed = owes { $n } { $n ->
    [one] thing
   *[other] things
}
playbook-last = last: { $time } { $step }
section-safe = SAFE LIST
section-lane = lane { $n } of { $of }, { $needed } needed

step-deferred = put off
step-backed-out = undone
step-aside = off path
step-runs = runs
step-until = until { $text }
step-branch = if { $when } → { $go }
step-gate = leave: { $when } → { $go }
step-chosen = chosen: { $go }
step-elsewhere = done in the playbook “{ $title }”
check-holds = checked: { $why } ({ $metric })
check-fails = BEFORE: { $why } (not so: { $metric })
check-unknown = CHECK BY HAND, no data here ({ $metric }); else: { $why }

card-check = before
card-read = to read
card-read-not = precondition and warnings not acknowledged
card-owed = owed
card-until = until
card-aside = off path
card-sign-off = signatures
card-signed = signed by
card-refused = refused by
card-chosen = chosen
card-elsewhere = done in the playbook
card-calls = calls
card-contact = contact
card-rehearsed = rehearsed on
aside-branch = another branch was chosen
aside-joined = the other lanes went on without it
aside-aborted = the playbook was aborted
aside-safe = safe list: for an abort
called-no = not opened
called-running = running
called-returned = finished: back here
way-suggested = suggested
way-not-suggested = not suggested
way-unknown = no data
proof-late = not effective within its limit: { $metric }
proof-until = until { $time }

button-read = Read: acknowledge warnings
button-ended = Ended…
button-branch = { $when } → { $go }…
button-gate = Leave: { $when } → { $go }…
button-otherwise = Otherwise → { $go }…
button-call = Open the playbook it calls
button-refuse = Refuse to sign…
button-evidence-text = Evidence: words…
button-evidence-number = Evidence: a figure…
button-evidence-board = Evidence: the board as it is
button-evidence-file = Evidence: a file…
button-contact-reached = Called { $contact }: reached…
button-contact-missed = Called { $contact }: nobody…
button-back-out = Back out…
button-defer = Put off…
button-whole-playbook = The whole playbook
button-run-end = End the playbook…
button-run-abort = Abort: safe list…
button-run-resume = Take up again…

input-step-choice = why this branch
hint-step-choice = the reason; empty: taken all the same, the reason stays owed
input-step-back-out = backed out
hint-step-back-out = what was undone, and why
input-step-text = evidence
hint-step-text = in words
input-step-number = figure
hint-step-number = a figure and its unit: 82 %
input-step-file = file
hint-step-file = its path; only name, length and hash are kept
input-playbook-run = why
hint-playbook-run = the reason
input-contact-call = call
hint-contact-call = what was said

why-no-board = there is no board yet
why-no-number = begin with a figure: 82 %
why-no-file = the file cannot be read: { $error }
decision-choice = { $step } → { $go }

cli-playbook-check = checked before: { $value }
cli-playbook-branch = branch: { $value }
cli-playbook-gate = way out: { $value }
cli-playbook-calls = calls: { $value }
cli-playbook-until = until: { $value }
cli-playbook-hole = HOLE: no playbook
cli-playbook-holes = { $n ->
    [0] every kind of fault has a playbook
    [one] 1 kind of fault has no playbook
   *[other] { $n } kinds of faults have no playbook
}
playbook-import-translation = the other language is missing everywhere: each text needs fr and en
playbook-import-about = `about` is missing: when is it to be used?
playbook-import-validity = `valid_until` is missing: until when is it valid?
playbook-import-trigger = no [[trigger]]: nothing suggests it
playbook-import-owner = no owner: operations are assumed
playbook-import-limit = no limit
playbook-import-unread = a role or a limit that cannot be read; it is kept in `note`
