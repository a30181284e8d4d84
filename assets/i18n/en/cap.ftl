# A message to the public as a CAP draft.
cap-restriction = Draft, not for transmission
cap-event = Failure of emergency numbers
cap-area-unknown = Area not given
cap-note = { $mode }. Incident { $inc }. Drafted by vigie, which transmits nothing.
cap-no-approval = Approved by nobody.
cap-approved = Approved by { $who }.
cap-glass = Issued without two approvals: { $reason }
cap-none = no message to the public in this log
cap-no-such = this log has { $of } messages to the public, not { $number }
cap-not-actual-mode = only a REAL incident has actual messages
cap-not-actual-approvals = { $count } of 2 approvals by people other than the author: approve it first, or say why not with --break-glass
