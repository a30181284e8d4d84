# What a planner should mend in a playbook or an exercise; what a check says of a good one.

lint-level-note = note
lint-level-warning = warning
lint-level-error = error
lint-good = { $name }: good
lint-scenario = { $name }: good: { $zones } zones, { $services } services, { $centres } centres, { $servers } call servers, { $events } events, { $seconds } s
lint-exercise = { $name }: { $objectives ->
    [one] { $objectives } objective
   *[other] { $objectives } objectives
}, { $injects ->
    [one] { $injects } inject
   *[other] { $injects } injects
}, { $contingency } of them contingency, scenario { $scenario }, { $length }

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
lint-length-past-end = the exercise is planned to last { $length }, its scenario ends { $end } after STARTEX: lengthen `duration` in the scenario, or shorten `length`
lint-phrase-scenario = the scenario says "{ $phrase }": leave it out, in an exercise it would pass for a real emergency
lint-phrase-players = players.md says "{ $phrase }": leave it out, in an exercise it would pass for a real emergency
lint-rule-health = the rule "{ $rule }" cannot become true: { $why }
lint-rule-unknown = the rule "{ $rule }" cannot become true: `{ $field }` is never "{ $word }"; { $near }
lint-rule-not-shipped = the rule "{ $rule }": no shipped playbook has the { $field } "{ $word }"; unless it is in a playbook of your own: { $near }
lint-cell-idle = the message of no inject reaches cell { $cell } in the first hour
lint-address-unknown = inject { $inject }: "{ $name }" is neither a cell nor a role, its message would go to the first cell; name one ({ $cells }), or write the name into `names` of a cell
lint-audience-unknown = inject { $inject }: no cell of the audience is called "{ $name }"; name one ({ $cells }), or write the name into `names` of a cell
lint-inject-misfit = inject { $inject }: { $element } cannot have the fault `{ $fault }`; it is for { $may }

# Several sentences, one a line.
said-lines =
    { $first }
    { $second }

# What is wrong with a TOML file (playbook, exercise, timeline, directory, mapping), and how to mend it.
doc-problem = { $place }: { $what }
doc-problem-mend = { $place }: { $what }; { $mend }
doc-key = `{ $key }`
doc-key-in = `{ $key }` in { $what }
doc-not-toml = not TOML: { $why }
doc-nothing = nothing could be read
doc-missing = { $key } is missing
doc-wrong-kind = { $key } is { $found }, not { $wanted }
doc-empty = { $key } is empty
doc-empty-item = { $key } has an empty item
doc-cannot-be = { $key } cannot be "{ $value }"
doc-out-of-range = { $key } is out of range
doc-bad-duration = { $key }: { $why }
doc-no-text = { $key } has no text
doc-unknown-key = { $key } is not known
doc-a-text = text
doc-a-whole-number = a whole number
doc-a-number = a number
doc-a-flag = true or false
doc-a-date = a date
doc-a-date-or-time = a date or time
doc-a-duration = a duration
doc-a-list = a list
doc-a-list-of-texts = a list of texts
doc-a-list-of-tables = a list of tables
doc-a-table = a table
doc-a-bilingual-text = a text in both languages
doc-duration-empty = the duration is empty
doc-duration-part = "{ $part }" is not a number with a unit
doc-duration-unit = "{ $unit }" is not a unit
doc-duration-long = the duration is too long
doc-mend-toml = texts stand between quotes, tables begin with [name] or [[name]]
doc-mend-write = write { $code }
doc-mend-empty = write something, or remove it
doc-mend-remove = remove it
doc-mend-quotes = put it between quotes
doc-mend-flag = write true or false, without quotes
doc-mend-digits = write digits, without quotes
doc-mend-range = write a number from { $least } to { $most }
doc-mend-duration = write it with its unit: "90 s", "30 min", "1 h 30 min" or "2 d"
doc-mend-date = write it as 2026-11-23, without quotes
doc-mend-one-of = write one of { $known }
doc-mend-mean = did you mean `{ $word }`?
doc-mend-known = known: { $known }
doc-not-an-id = "{ $id }" is not an id
doc-mend-id = use lower-case letters, digits and hyphens only
doc-mend-other-id = choose another id
doc-twice = { $what } is there twice
doc-mend-own-id = give each its own id
doc-step = step "{ $id }"
doc-section = section "{ $id }"
doc-source = source "{ $id }"
doc-contact = contact "{ $id }"
doc-organisation = organisation "{ $id }"
doc-conflict = conflict "{ $id }"
doc-not-listed = { $what } is not listed in this file
doc-bad-metric = the metric "{ $metric }" cannot be read
doc-no-zone = "{ $zone }" is not an IANA zone
doc-not-a-time = "{ $time }" is not a time
doc-mend-stem = write the file's name without .toml
doc-other-file = the id is "{ $id }" but the file is { $file }
doc-mend-other-file = write id = "{ $stem }", or rename the file { $id }.toml
doc-no-section = a playbook has at least one section
doc-safe-lane = a safe list runs in no lane
doc-mend-safe-lane = leave `lanes` out of it
doc-no-step = a section has at least one step
doc-soft-longer = the soft limit is longer than the hard one
doc-mend-soft-longer = make `soft` the shorter one
doc-gate-no-limit = a gate counts what is left of the hard limit
doc-mend-gate-no-limit = give the step a `hard` limit
doc-no-branch = a decision has named branches
doc-no-evidence = it is not said what evidence is asked
doc-mend-no-evidence = say it in `evidence`
doc-no-proof = there is no proof of an effect
doc-mend-no-proof = write the `proof` it is awaited for
doc-not-a-lever = "{ $word }" is not a lever
doc-goes-nowhere = step "{ $step }" goes on at "{ $go }", which does not exist
doc-no-lanes = section "{ $section }" runs in the lanes "{ $lanes }", which are not there
doc-no-such-hour = { $time } does not exist in { $zone }
doc-mend-hour = the clocks were put forward: mend the hour
doc-mend-organisation = say who: one of the [[organisation]] ids
doc-event-no-source = a documented event names no source
doc-mend-event-no-source = write sources = ["S07"], or another grade
doc-window-no-end = a window has no end
doc-before-at = `{ $key }` lies before `at`
doc-mend-one-of-both = mend one of them
doc-contact-elsewhere = contact "{ $id }" is also in a file before this one
doc-mend-one-file = keep it in one file, or choose another id
doc-no-means = this contact has no means to reach it
doc-no-centre = a number has no centre that answers it
csv-mend-utf8 = save the file again as "CSV UTF-8"
csv-unreadable = this line cannot be read: { $why }
csv-mend-line = mend it in the file
csv-fields = { $n ->
    [one] this line has one field, the first one { $first }
   *[other] this line has { $n } fields, the first one { $first }
}
csv-mend-quotes = a field that holds the delimiter must stand between quotes
csv-open-quote = a quote opened here is never closed
csv-mend-open-quote = close it, or remove it
csv-no-line = there is no line to import
csv-mend-no-line = check the file, and `header` in the mapping
csv-mend-in-mapping = write { $code } in the mapping
csv-one-field = the first line has one field only
csv-no-number = { $n ->
    [one] column { $number } does not exist: the first line has one field
   *[other] column { $number } does not exist: the first line has { $n } fields
}
csv-mend-number = mend the number, or `delimiter`, in the mapping
csv-no-column = there is no column "{ $name }"
csv-no-text = the text is empty
csv-mend-no-text = write it, or remove the line
csv-no-role = "{ $word }" is not a role
csv-mend-export = write the word of the export
csv-bad-entry = this { $kind } cannot be read: { $why }
csv-mend-entry = leave `kind` and `data` as vigie exported them
csv-no-kind = "{ $word }" is not a kind the mapping knows
csv-mend-kind = add "{ $word }" = "note" (or another kind) under [kinds], or "*" = "note" for all others
doc-mend-exercise = begin with [exercise] and its id, title and scenario
doc-no-perimeter = "{ $word }" is no part of the country
doc-mend-perimeter = write nation, region:93, zone:13 or operator:ID
doc-early = only what people enter can be done early
doc-mend-early = remove `early`: answers, injects and health count from `since` on
doc-control = "control" is the cell of the facilitator
doc-no-sight = nothing to see is called "{ $word }"
doc-reserve-time = a contingency inject has no time
doc-mend-reserve-time = remove `at`, or `contingency = true`
doc-inject-no-time = an inject has a time
doc-mend-inject-time = write at = "10m" (after STARTEX), or contingency = true
doc-reserve-only = `when`, `unless` and `after` are for contingency injects
doc-mend-reserve-only = remove them, or write contingency = true without `at`
doc-inject-nobody = the inject reaches nobody and changes nothing
doc-mend-inject-nobody = write `to`, or `fault` and `on`
doc-rule-no-inject = the rule "{ $rule }": no inject is called "{ $id }"
doc-inject = inject "{ $id }"
doc-objective = objective "{ $id }"
doc-cell = cell "{ $id }"
doc-no-inject = no inject is called "{ $id }"
doc-no-objective = no objective is called "{ $id }"
doc-bad-rule = the rule "{ $rule }" cannot be read
doc-phrase = the text says "{ $phrase }"
doc-mend-phrase = leave it out: in an exercise it would pass for a real emergency
doc-bad-fault = the fault cannot be read: { $why }
doc-fault-nowhere = the fault befalls nothing
doc-mend-name-it = name it: { $code }
rule-names-inject = `{ $head }` names an inject: { $head } I03
rule-unknown = `{ $head }` is not a rule; write `entry KIND field=word …`, `answered INJECT`, `given INJECT` or `health CONDITION`
rule-no-kind = `entry` names a kind of entry: entry decision
rule-unknown-kind = `{ $kind }` is not a kind of entry; { $mend }
rule-not-a-field = `{ $word }` is not field=word
rule-unknown-field = `{ $key }` is not a field; { $mend }
rule-no-word = `{ $key }` has no word
sheet-mend-no-plan = how an inject stood, and notes, are no part of a plan
sheet-mend-headings = docs/exercise.md lists the headings
sheet-not-read = { $filled ->
    [one] the column "{ $name }" is not read ({ $filled } cell)
   *[other] the column "{ $name }" is not read ({ $filled } cells)
}
csv-mend-columns = write [columns] with at least event_time and text
csv-no-date = the format "{ $format }" has no date, and nothing says which day it is
csv-mend-no-date = add date = 2021-06-02, a column event_date, or a format with a date
csv-no-format = "{ $format }" is not a time format
csv-mend-format = write for example "%d/%m/%Y %H:%M", "%H:%M" or "%+" (RFC 3339)
csv-not-a-kind = "{ $word }" is not a kind of entry
sheet-mend-encoding = if that is not what stands there, save as "CSV UTF-8" in the spreadsheet
sheet-no-text-byte = the byte { $byte } is neither UTF-8 nor Windows-1252
sheet-read-as-1252 = the file is not UTF-8 and was read as Windows-1252: "{ $shown }"
csv-no-precision = "{ $word }" is not a precision
csv-no-offset = "{ $word }" is not an offset
csv-empty-date = the date is empty
csv-mend-empty-date = write it, or `date` in the mapping
csv-not-a-date = "{ $raw }" is not a date of the form { $format }
csv-mend-formats = mend it, or [formats] in the mapping
csv-empty-time = the time is empty
csv-not-a-clock = "{ $raw }" is not a time of the form { $format }
doc-nought = `{ $key }` is nought
doc-mend-nought = write how long, or remove it
doc-not-one-word = "{ $id }" cannot be named in an order
doc-mend-one-word = write letters, digits and hyphens, without blanks
doc-shared-name = "{ $name }" is a name of two cells, { $first } and { $second }
doc-mend-shared-name = leave it to one of them: a message must know which it reaches
doc-circle = the delay of { $what } counts from itself
doc-mend-circle = count it from STARTEX, awareness or an inject: since = "start"
improve-mend-csv = save it as UTF-8 CSV
improve-no-objective = the improvement "{ $text }" has no objective
improve-mend-objective = name the objective that tests it
lint-inject-too-long = inject { $inject } has a text of more than { $most } bytes: the log does not take it
lint-leveled = { $level }: { $what }
