# Exercises: chronogramme, facilitator's desk, observation, evaluation.

kind-desk = desk
report-kind-desk = desk

report-desk-start = STARTEX
report-desk-pause = play suspended
report-desk-resume = play resumed
report-desk-end = ENDEX
report-desk-fire = inject { $inject } given
report-desk-skip = inject { $inject } skipped
report-desk-hold = inject { $inject } held
report-desk-release = inject { $inject } released
report-desk-delay = inject { $inject } delayed by { $by }
report-desk-duplicate = inject { $inject } duplicated: { $copy }
report-desk-test = inject { $inject } tried before the start
report-desk-jump = time jump, to { $to }
report-desk-observe = observation{ $of }
report-desk-rate = rating { $of }
report-desk-improve = improvement plan { $of }
report-desk-real-world = REAL-WORLD EMERGENCY: exercise frozen

refusal-desk-locked = play is suspended by the facilitator: only a real-world emergency can be declared
refusal-desk-frozen = the exercise is frozen by a real-world emergency
refusal-desk-ended = the exercise is over: only observations and ratings are still added
refusal-desk-before = the exercise has not begun (STARTEX)
refusal-desk-started = the exercise has already begun
refusal-desk-running = play is not suspended
refusal-desk-no-inject = this inject is not in the chronogramme
refusal-desk-fired = this inject was already given; duplicate it to give it again
refusal-desk-not-waiting = this inject is neither held nor skipped
refusal-desk-contingency = a contingency inject is given by hand, it has no time
refusal-desk-taken = this inject id is already taken
refusal-desk-role = this is for the facilitator (or the evaluator) to do
refusal-desk-no-objective = this objective is not in the exercise
refusal-desk-none = this incident has no chronogramme

session-desk-waits = Exercise ready: waiting for STARTEX
session-desk-real-title = Real-world emergency
session-desk-real = Real-world emergency declared during the exercise { $exercise }; head of its log: { $head }

exercise-judged = judged by people
exercise-contingency = contingency
exercise-kind-message = message
exercise-kind-fault = fault
exercise-kind-view = what is seen
exercise-next = next: vigie plan check { $folder }, then vigie exercise { $folder }

act-desk = Desk
help-desk = chronogramme: give, skip, hold, delay an inject; suspend and resume play
why-no-desk = no chronogramme here, or it is for the facilitator
act-real-world = Real-world emergency
help-real-world = freezes the exercise and opens a REAL log; from any role
why-not-exercise = in an exercise only

desk-usage = desk: startex, pause, resume, endex, fire, skip, hold, release, delay, duplicate, test, jump, fog, check, observe, rate, improve
desk-verb-hint = recorded, with its author
desk-verb-start = STARTEX
desk-verb-pause = Suspend play (screens locked)
desk-verb-resume = Resume play
desk-verb-end = ENDEX
desk-verb-test = Try (nothing reaches the players)
desk-verb-fire = Give now
desk-verb-again = Give again (a copy)
desk-verb-hold = Hold
desk-verb-release = Release
desk-verb-skip = Skip
desk-verb-delay = Delay by 5 minutes
desk-suggested = worth a thought: { $inject }
desk-item-planned = planned
desk-item-held = held
desk-item-skipped = skipped
desk-item-given = given, no answer
desk-item-answered = given, answered
desk-hidden = to come
desk-objective-met = met, { $delay }
desk-objective-not = not met, { $delay }
desk-objective-open = open, { $delay }
desk-phase-before = before STARTEX
desk-phase-running = in play
desk-phase-paused = play suspended
desk-phase-ended = after ENDEX
desk-phase-frozen = frozen, real emergency
desk-real-no = No, the exercise goes on
desk-real-no-hint = nothing is changed
desk-real-yes = YES, REAL EMERGENCY: freeze the exercise
desk-real-yes-hint = players cannot undo it
desk-real-opened = REAL EMERGENCY: exercise frozen, { $incident } is open
desk-real-failed = REAL EMERGENCY. Exercise frozen. The real log could not be opened: { $why }

# Cells · cellules
session-cell-lever = Lever asked for: { $levers }
session-cell-clock = Clock of exercise control.
session-cell-received = received by { $cell }
session-cell-acknowledged = acknowledged by { $cell }
session-cell-ordered = order passed on
refusal-desk-control = this is for exercise control: send it a message
lock-paused = PLAY SUSPENDED by the facilitator: screen locked · real emergency: Ctrl-D
lock-frozen = EXERCISE FROZEN: real-world emergency
lock-ended = ENDEX: the exercise is over
lock-jump = TIME JUMP: { $card }
session-cell-left = { $said } (left: { $left })
session-cell-open = The cell { $cell } is open at another console: `vigie watch` shows it.
session-cell-unknown = { $inc }: no cell is called "{ $cell }"; there are: { $known }
session-cell-no-host = { $host }: the exercise that this cell belongs to is not here
report-desk-check-ok = communications checked: { $whom }
report-desk-check-ko = no communication with { $whom }
report-desk-fog-lifted = fog lifted for { $cell }
report-desk-fog-down = fog down again for { $cell }
retex-checks = Communication check
retex-checked = reached
retex-not-checked = not reached
desk-title = { $desk } · { $phase }
desk-title-next = { $desk } · { $phase } · { $inject } in { $wait }
desk-item-done = given
desk-item-tested = tried, planned
desk-kind-fault = fault
desk-kind-view = view
desk-cell-away = not opened yet
desk-cell-on = { $n ->
    [0] no message waits
    [one] 1 message unanswered
   *[other] { $n } messages unanswered
}
desk-cell-aware = aware { $at } · { $rest }
desk-cell-last = last line { $at }: { $text }
desk-cell-silent = has written nothing yet
desk-halt-paused = PLAY SUSPENDED, players' screens locked · :desk resume
desk-halt-frozen = EXERCISE FROZEN: real-world emergency · { $who }
desk-halt-ended = ENDEX · observations, ratings and improvements can still be added
lock-frozen-log = EXERCISE FROZEN, real emergency: vigie resume { $incident }
hint-receipt-of = to { $from }: "{ $text }" · Enter acknowledges
overview-centres-only = routing unknown, centres only
desk-verb-check-ok = Communications checked
desk-verb-check-ok-hint = the cell answered
desk-verb-check-ko = No communication
desk-verb-check-ko-hint = the cell did not answer
desk-verb-fog-off = Lift the fog
desk-verb-fog-off-hint = the cell sees all that the desk sees
desk-verb-fog-on = Bring the fog down again
desk-verb-fog-on-hint = the cell sees its part only again
hint-receipt-by = { $from } has received: "{ $text }" · Enter notes it

desk-too-far = Too far, and not to be undone: a jump goes to { $at } at the latest
desk-too-long = Too long: an inject is delayed by a day at most
retex-pins-left = { $count } more events find no room on the curve; they are in the log.
