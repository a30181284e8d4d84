# Sentences which the store itself writes into the log.
store-notice-torn = { $bytes } bytes of an unfinished line set aside after a crash (side/{ $file })
store-notice-step = the clock of this machine jumped by { $seconds } s
store-damaged-line = line { $number } of { $chain } cannot be read: damaged or altered, see "vigie verify"

# vigie verify
verify-incident = { $mode } · incident { $inc } ({ $path })
verify-chain-ok = ✔ chain { $chain }: { $entries } lines, { $bytes } bytes, head { $head }
verify-chain-bad = ✘ chain { $chain }: { $entries } lines, { $bytes } bytes, head { $head }
verify-place = { $file } line { $line } (no. { $seq })
verify-genesis-unreadable = ✘ incident.json line { $line } cannot be read: { $why }
verify-unreadable = ✘ { $place } is not a line of a log: { $why }
verify-foreign = ✘ { $place } says { $field } = "{ $found }": it comes from elsewhere, or incident.json was changed
verify-missing = ✘ { $place } has no. { $found } instead of { $expected }: lines are missing just before
verify-repeated = ✘ { $place } has no. { $found } instead of { $expected }: a line was added, doubled or moved
verify-changed = ✘ { $place } was changed: the chain no longer passes through it
verify-genesis-changed = ✘ incident.json was changed: { $place } does not follow from it, and what comes after vouches for that line
verify-pair = ✘ { $first } or { $second } was changed: nothing tells which of the two
verify-cut-tail = ✘ tail cut off: checkpoint { $checkpoint } counts { $entries } lines in { $file }, { $found } are left
verify-rewritten = ✘ checkpoint { $checkpoint } does not agree with { $place } although the chain is whole: the history up to there was rewritten, or the checkpoint was
verify-checkpoint-unreadable = ✘ checkpoint { $checkpoint } cannot be read: { $why }
verify-kept-changed = ✘ kept/{ $file } is not the file that was pinned at the opening
verify-note-torn = · { $file }: { $bytes } bytes of an unfinished line at the end (what a crash leaves, not tampering)
verify-note-superseded = · { $file }: { $lines } lines at the end, never confirmed by the disk, are taken up by the next segment
verify-note-side = · side/{ $file }: { $bytes } bytes set aside after a crash
verify-note-open-end = · chain { $chain }: nothing vouches yet for the last { $lines } lines (no checkpoint after them)
verify-ok = ✔ sound: { $entries } lines follow each other without gap or change; checkpoints read: { $checkpoints }
verify-limits = Does not prove: who wrote (lines are not signed), nor that nothing was cut off after the last checkpoint, nor that not everything was rewritten, checkpoints included.
verify-bad = ✘ NOT sound
store-notice-segment = the disk could not confirm a write: the log goes on in { $file }

# vigie verify --words
verify-words-sitrep = point de situation no. { $number }, approved { $at }
verify-words-head = chain { $chain }, head after { $entries } lines
verify-words = { $what }: { $words }
verify-words-limits = Words that were read aloud and written on paper show that the log up to that line is still the same. They say nothing about later lines, nor about who wrote.
verify-words-found = ✔ these are the words of: { $what }
verify-words-not-found = ✘ these are the words of no approved point de situation and of no head of this log

# A folder of an incident that cannot be used.
store-error-line = { $path }:{ $line }: { $why }
store-error-no-incident = { $path }: not the folder of an incident: it has no incident.json
store-error-version = { $path }: format version { $found }; this program reads version 1: use a newer vigie
store-error-exists = { $path }: exists already: choose another title, or continue it
store-error-name = '{ $name }' cannot be the name of a file: only letters without accents, digits, '.', '-' and '_'
store-error-no-chain = { $path }: no chain could be locked: is another program holding them all?
store-error-read-only = { $path }: opened to read only
session-no-thread = no thread can be started: { $why }
session-no-documented = no documented incident is called "{ $id }"
