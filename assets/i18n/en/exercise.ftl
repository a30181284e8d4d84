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
report-desk-delay = inject { $inject } delayed
report-desk-duplicate = inject { $inject } duplicated
report-desk-test = inject { $inject } tried before the start
report-desk-jump = time jump
report-desk-check = communication check
report-desk-observe = observation
report-desk-rate = rating
report-desk-improve = improvement plan
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
desk-objective-met = { $objective } met, { $delay }
desk-objective-not = { $objective } not met, { $delay }
desk-objective-open = { $objective } { $delay }
desk-phase-before = before STARTEX
desk-phase-running = in play
desk-phase-paused = play suspended
desk-phase-ended = after ENDEX
desk-phase-frozen = frozen, real emergency
desk-real-no = No, the exercise goes on
desk-real-no-hint = nothing is changed
desk-real-yes = YES, REAL EMERGENCY: freeze the exercise
desk-real-yes-hint = players cannot undo it
desk-real-opened = REAL EMERGENCY. Exercise frozen. Real log: vigie resume { $incident }
desk-real-failed = REAL EMERGENCY. Exercise frozen. The real log could not be opened: { $why }

# Cells · cellules
session-cell-lever = Lever asked for: { $levers }.
session-cell-clock = Clock of exercise control.
session-cell-received = received by { $cell }
session-cell-acknowledged = acknowledged by { $cell }
session-cell-ordered = order passed on
refusal-desk-control = this is for exercise control: send it a message
report-desk-fog = fog
lock-paused = PLAY SUSPENDED by the facilitator: screen locked · real emergency: Ctrl-D
lock-frozen = EXERCISE FROZEN: real-world emergency
lock-ended = ENDEX: the exercise is over
lock-jump = TIME JUMP: { $card }
