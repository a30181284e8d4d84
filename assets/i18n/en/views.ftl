# The screens of the console: band, overview, board, checklist, log, cards.

mode-real = REAL
mode-exercise = EXERCISE
mode-replay = REPLAY

state-unknown = unknown
state-stale = stale
state-maintenance = maintenance
state-nominal = nominal
state-watch = watch
state-degraded = degraded
state-critical = CRITICAL
state-silent = SILENT
state-down = DOWN

age-seconds = { $n } s
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } d
days-hours = { $days } d { $hours } h
since = since { $time }
no-figure = –
no-data = no data
everywhere = everywhere

band-pause = paused
band-closed = closed
band-awareness = awareness { $time } { $elapsed }
band-no-awareness = awareness not logged
disk-slow = slow disk: entries are waiting
disk-not-saved = NOT SAVED: { $why }
disk-poisoned = WRITING FAILED: a new segment was opened

trend-worse = worsening
trend-better = improving
trend-steady = steady

overview-no-feed = no feed: observe by hand
overview-by-hand = by what people saw
overview-zones = { $n } { $n ->
    [one] { $area }
   *[other] { $areas }
  } of { $of }
overview-observations = { $n ->
    [0] no observation
    [one] 1 observation by hand
   *[other] { $n } observations by hand
  }
overview-data-operator = data: operator
overview-data-psaps = centres
overview-none = none
overview-mute = { $n } silent
overview-lost = Callers not served (90% est.):
overview-lost-short = Not served (est.):
overview-no-estimate = no estimate
overview-abandoned = { $n } hung up in a queue
progress-loading = reading the scenario
progress-catching-up = simulation: { $done } of { $of }

odds = { $n } to 1
odds-more = over { $n } to 1
cause-none = cause not established
cause-likely = best explains the failures:
cause-likely-short = best explains:
cause-unpublished = cause never published: unknown (network rebuilt)
cause-unpublished-short = cause never published: unknown
cause-lead = cause not established · lead:
cause-lead-short = lead:
odds-short = { $n }:1
cause-kind-server = call server
cause-kind-software = software
cause-kind-line = access
cause-kind-operator = operator
cause-kind-psap = centre
cause-kind-other = element
cause-elements = { $n } elements

board-title = Call routing · { $perimeter }
board-title-live = Call routing · { $perimeter } · 5 min
head-number = no.
head-attempts = attempts
head-attempts-unit = /expected
head-delivered = delivered
head-delivered-unit = NER
head-received = received
head-received-unit = /expected
head-answered = answered
head-answered-unit = ASR
head-failed = failed
head-failed-short = 5 min
head-failed-long = 30 min
head-failed-both = ≤30min
head-state = state
head-history = NER, 1 h
head-where = where
head-through = through
head-source = seen by
head-age = age
head-says = says
head-seen = seen
head-load = load
head-management = management
worst-title = Worst centres: received/expected in 30 min
worst-title-short = Worst centres
worst-none = no centre below what it expects
worst-no-data = no data from the centres
by-hand-start = No feed. Enter what people see: number, place, source ({ $key }).
by-hand-more = An observation grows old: ask again ({ $key }).

server-up = in service
server-impaired = impaired
server-restarting = restarting
server-down = down
server-withdrawn = withdrawn
server-managed = manageable
server-unmanaged = unmanageable
server-frozen = frozen figures
servers-title = call servers:
servers-down = { $n } down
servers-restarting = { $n } restarting
servers-full = { $n } full
servers-impaired = { $n } impaired
servers-withdrawn = { $n } withdrawn
servers-unmanaged = { $n } unmanageable
servers-failing = { $n } failing
servers-unknown = { $n } without data
servers-sound = { $n } sound

map-title = Map · { $what }
map-all = all numbers
map-received = received/expected { $counts }
map-all-nominal = { $areas }: all nominal

deadlines-title = Deadlines and decisions · { $shown } of { $of }
deadlines-title-none = Deadlines and decisions
deadlines-none = Nothing is due.
deadlines-none-short = nothing is due
deadlines-not-aware = Awareness is not logged: the legal clocks do not run yet. F10, awareness.
deadlines-not-aware-short = awareness not logged: clocks do not run
deadlines-more-overdue = and { $n } overdue
deadline-overdue = overdue
deadline-left = left
deadline-done = done
deadline-alarm = alarm
deadline-clock = clock
deadline-action = action
deadline-message = unanswered
deadline-rationale = reason missing
deadline-step = playbook step

playbook-title = { $title } · { $done } of { $of }, { $effective } effective
playbook-title-short = { $title } · { $done }/{ $of }, { $effective } effect.
playbook-title-none = Playbooks
playbook-none = No playbook is open. Enter opens one.
playbook-suggestion = to open: { $title } ({ $why })
section-read-do = READ-DO
section-do-confirm = DO-CONFIRM
step-started = started
step-done = done
step-effective = effective
step-not-effective = no effect
step-skipped = skipped
step-not-applicable = not applicable
step-left = { $time } left
step-late = { $time } late
step-before = before: { $text }
step-evidence = note: { $text }
step-proof-holds = effect seen: { $metric }
step-proof-awaited = effect expected: { $metric }
step-proof-no-data = effect expected, no data: { $metric }

role-short-observer = observer
role-short-log-keeper = log keeper
role-short-operations = operations
role-short-communication = comms
role-short-anticipation = foresight
role-short-liaison = liaison
role-short-director = director
role-short-facilitator = facilitator
role-short-evaluator = evaluator
role-short-machine = machine

log-title = Log · { $org } · fact / entry
log-title-plain = Log · fact / entry
log-saved = all saved
log-saving = { $n } being written
log-checking = chain being checked
log-broken = chain broken
log-filter = filter: { $kinds }
log-search = search “{ $query }”: { $hits } { $hits ->
    [one] entry
   *[other] entries
  }
log-search-counting = search “{ $query }”
log-alarms = { $n } { $n ->
    [one] alarm
   *[other] alarms
  } not acknowledged
log-empty = The log is empty: every letter writes here, Enter saves.
log-empty-filter = No entry matches the filter.
kind-information = information
kind-fact = fact
kind-message = message
kind-receipt = receipt
kind-decision = DECISION
kind-action = action
kind-request = request
kind-correction = correction
kind-note = note
kind-observation = observation
kind-awareness = awareness
kind-clock-stop = clock
kind-role-taken = role
kind-playbook = playbook
kind-step = step
kind-lever = lever
kind-inject = inject
kind-clock = time
kind-crossing = thresholds
kind-acknowledge = acknowledge
kind-notice = console
kind-close = close
kind-reopen = reopened
log-because = { $text }, because { $why }
log-us = us
log-entered = entered { $time }
log-step-started = started: { $step }
log-step-done = done: { $step }
log-step-skipped = skipped: { $step }
log-step-not-applicable = not applicable: { $step }
log-step-undone = reopened: { $step }
log-step-effect = effect seen: { $step }
log-words-acknowledged = alarm acknowledged: { $alarm }
log-words-shelved = alarm shelved: { $alarm }
log-words-understood = message understood
log-words-received = message received
log-late = late
log-struck = corrected: { $text }
verify-to-verify = to verify
verify-being-verified = being verified
verify-verified = verified
verify-refuted = refuted
log-unanswered = unanswered { $time }
log-received = received { $time }
log-answered = answered { $time }
log-no-rationale = reason missing
log-rationale = reason { $mark }
log-unacknowledged = not acknowledged
log-acknowledged = acknowledged
log-shelved = shelved
log-over = over
action-ordered = ordered
action-done = done
action-dropped = dropped
log-writing = being written

tab-board = Routing
tab-playbook = Playbook
tab-log = Log
tab-deadlines = Deadlines
tab-board-short = Rout.
tab-playbook-short = Playb.
tab-log-short = Log
tab-deadlines-short = Due

palette-title = Commands
palette-none = no command has this name
help-title = Help · keys and words
launcher-tagline = the console of emergency-call crisis cells
launcher-keys = ↑ ↓ choose · Enter open · Esc back

detail-service = Number { $name }
detail-psap = Centre { $name }
detail-server = Call server { $name }
detail-zone = { $name } ({ $area })
detail-attempts = attempts at the operator
detail-delivered = delivered (NER)
detail-received-centres = received by the centres
detail-answered = answered (ASR)
detail-cut = delivered, then cut
detail-failed = failed in the network, { $minutes } min
detail-state = state
detail-interval = between { $low } and { $high } (90%)
detail-received = received in 30 min
detail-in-target = answered in time
detail-abandoned = hung up waiting
detail-queue = waiting now
detail-takers = call-takers busy
detail-of = { $n } of { $of }
detail-connection = connection
detail-connection-pstn = switched network
detail-connection-ip = IP
detail-trunks = lines
detail-services = numbers
detail-history = last hour
detail-centres = Centres
detail-lines = Accesses
detail-by-service = By number
detail-worst-zones = Worst { $areas }
detail-says = says
detail-seen = seen from outside
detail-progressed = set-ups that progress
detail-sessions = sessions held
detail-leaked = never released
detail-setups = set-ups per second
detail-management = management
detail-load-history = load, last hour
path-same-exchange = same exchange: same failure
detail-software = software
detail-site = site
detail-population = inhabitants
detail-region = region
detail-crosses = crosses the call servers
detail-direct = no call server
detail-substitutes = Substitute numbers
list-none = Nothing for now.
detail-none = nothing to show
access-pstn = copper
access-voip = box
access-mobile = mobile

tiny = { $mode } · { $state } · { $alarms } { $alarms ->
    [one] alarm
   *[other] alarms
  } · enlarge the screen

timeline-title = Documented timeline · { $title }
timeline-none = Nothing is documented at this time.
timeline-beside = side by side
timeline-said = { $who }: { $what }
timeline-sources = sources: { $list }
timeline-conflict = never settled: { $question }

layer-truth = fact
layer-belief = belief
layer-action = action
layer-notice = notice
layer-public = public
grade-d = documented
grade-d-weak = weakly documented
grade-i = inferred
grade-m = from memory
grade-u = not established
timeline-ghost = (did not happen here) { $what }
timeline-ahead = (still to come) { $what }
timeline-known = could be said from { $date } { $at } on
timeline-true = What was true
timeline-believed = What each believed, did and said
perimeter-all = the whole network
