# Sentences that the machine writes into the log, and states of recording.
session-clock-start = Start of the exercise.
session-clock-resumed = Exercise taken up after an interruption: the clock is stopped.
session-clock-pause = Clock stopped.
session-clock-run = Clock running again.
session-clock-speed = Speed changed.
session-clock-jump = Jump in time.
session-scenario-end = End of the scenario: the clock stops.
session-disk-full = Disk full.
session-disk-full-freed = Disk full: the reserve is freed, a few more entries fit.
session-no-checkpoint = Close recorded, but its checkpoint could not be written: { $why }
session-disk-silent = The disk does not answer.
session-clock-step = step done: { $step }
session-lever-pending = Lever "{ $lever }" being prepared.
session-lever-worked = Lever "{ $lever }": in place.
session-lever-partly = Lever "{ $lever }": partly in place, some nodes refused the command.
session-lever-refused = Lever "{ $lever }": command refused by every node.
session-lever-failed = Lever "{ $lever }": no effect.
session-lever-none = Lever "{ $lever }": does not exist in this scenario.
session-public = the public
session-documented = documented
session-take-over = Taken over at { $at }: from here on the world answers whoever sits here. { $n } { $n ->
    [one] lever that history ordered later does
   *[other] levers that history ordered later do
} not happen; faults and the technical repair stay as they were.
session-take-over-recorded = Taken over at { $at } from a recorded exercise: from here on the world answers whoever sits here. { $n } { $n ->
    [one] lever
   *[other] levers
  } that the players ordered later do not happen; the faults stay what they were.
session-take-over-title = { $title }, taken over at { $at }
session-take-over-clock = The clock counts from the instant of the take-over.
session-take-over-outside = The simulation of this incident runs from { $from } to { $to }: choose an instant in between.
session-take-over-id = A lever of the scenario ({ $at }) has no id, so that it cannot be taken out: give it one.
session-take-over-busy = Something is still being written: try again in a moment.
session-tape-gap = Tape unreadable from { $from } to { $to } (byte { $byte }: { $what }): the board has no data there; what lies before and behind is read.
session-tape-gap-end = Tape unreadable from { $from } on (byte { $byte }: { $what }): nothing behind it can be read.
session-tape-unreadable = Tape unreadable: { $why }. The log is replayed on a board without data.
session-cell-not-ordered = order not carried out: play is over or frozen
