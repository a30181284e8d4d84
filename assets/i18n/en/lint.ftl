# What a planner should mend in a playbook or an exercise; what a check says of a good one.

lint-level-note = note
lint-level-warning = warning
lint-level-error = error
lint-good = { $name }: good
lint-scenario = { $name }: good: { $zones } zones, { $services } services, { $centres } centres, { $servers } call servers, { $events } events, { $seconds } s
lint-exercise = { $name }: { $objectives } objectives, { $injects } injects, { $contingency } of them contingency, scenario { $scenario }, { $length }

lint-the-title = the title
lint-the-about = `about`
lint-the-trigger = the trigger "{ $metric }"
lint-the-section = section "{ $id }"
lint-the-step = step "{ $id }"
lint-the-part = `{ $part }` of step "{ $step }"
lint-the-check = a check of step "{ $step }"
lint-the-branch = a branch of step "{ $step }"
lint-no-french = { $what } has no French text
lint-no-english = { $what } has no English text

lint-no-trigger = nothing suggests this playbook: add a [[trigger]]
lint-unused-source = no step cites source { $source }
lint-unknown-fault = it covers "{ $fault }", which is no fault of the vocabulary of this version
lint-no-safe-list = { $steps } steps are risky: say in a section with safe = true what an abort comes down to
lint-no-validity = say until when it is valid: valid_until = 2027-06-30
lint-stale = it was valid until { $day }: review it
lint-never-exercised = it was never exercised: try it before the night
lint-long-unexercised = it was last exercised on { $day }
lint-long-section = section "{ $id }" has { $steps } steps: past { $most } people shortcut; split it
lint-unknown-contact = step "{ $step }" names the contact "{ $contact }", which is not in the directory
lint-stale-contact = step "{ $step }" names the contact "{ $contact }", which was not tested lately: call it
lint-loop = step "{ $step }" goes on at itself
lint-long-sentence = step "{ $step }" has a sentence of { $length } characters: put the detail into `note`
lint-risk-without-warning = step "{ $step }" is risky: say in `warning` what can go wrong
lint-risk-without-back-out = step "{ $step }" is risky: say in `back_out` how to undo it
lint-hidden-risk = step "{ $step }" offers `{ $lever }`, which can make things worse: write risky = true
lint-unknown-clock = step "{ $step }" names the clock "{ $clock }", which does not exist
lint-clock-without-limit = step "{ $step }" answers the clock "{ $clock }" but has no limit: give it a `hard` one
lint-limit-past-clock = step "{ $step }" may take { $limit }, longer than the clock "{ $clock }" ({ $delay })
lint-unreachable = step "{ $step }" cannot be reached: every path goes round it
lint-lanes-too-few = the lanes "{ $lanes }" are { $sections } section: lanes are two or more
lint-lanes-wait = the lanes "{ $lanes }" wait for { $needed } of { $sections }
lint-lanes-apart = other sections stand between the lanes "{ $lanes }": put them side by side
lint-lane-left = no path through the lane "{ $section }" reaches its last step
lint-unknown-playbook = step "{ $step }" calls the playbook "{ $called }", which is not at hand
lint-call-cycle = step "{ $step }" calls "{ $called }", which leads back to this playbook

lint-no-inject = there is no inject: nothing would happen
lint-no-objective = there is no objective: nothing could be learnt
lint-objective-no-rule = objective { $objective } has no rule: only people judge it
lint-objective-no-target = objective { $objective } has no target: its delay is measured, not judged
lint-objective-no-source = objective { $objective }: the historic figure has no source
lint-objective-unserved = no inject serves objective { $objective }
lint-objective-one-language = objective { $objective } is worded in one language only
lint-inject-nothing-expected = inject { $inject } does not say what the players are expected to do
lint-inject-no-objective = inject { $inject } serves no objective
lint-inject-one-language = inject { $inject } is worded in one language only
lint-inject-no-sender = inject { $inject } does not say from whom it comes
lint-inject-after-end = inject { $inject } comes after the end of the exercise ({ $end })
lint-inject-unknown-element = inject { $inject }: the scenario has no element "{ $element }"
lint-inject-fault = inject { $inject }: { $why }
lint-contingency-no-rule = contingency inject { $inject } has no rule: it is never suggested
lint-no-contingency = there is no contingency inject: a script alone rarely survives its players
lint-dense = more than { $most } injects within five minutes from { $at }
