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
