# Documents: what is said of the page itself.

document-model = MODEL
document-model-line = MODEL · figures of a simulation, of no incident
document-blank = ☐ REAL  ☐ EXERCISE
document-sitrep = Situation report no. { $n }
document-can = Conditions, actions, needs no. { $n }
document-handover = Handover
document-draft = DRAFT: neither read over nor approved
document-not-approved = Not approved by a second person yet
document-not-accepted = Not accepted by the incoming person yet
document-as-of = As of
document-next = Next report
document-author = Written by
document-approved = Approved by
document-words = Four words
document-summary = In one line
document-roles = Roles
document-from = From
document-to = To
document-accepted = Accepted by
document-refused = Refused by
document-remark = Remark
document-no-such-sitrep = there is no situation report no. { $n }: the log has { $of }
document-no-handover = the log has no handover
report-masked = { $n ->
    [one] 1 entry is masked: words, names, sources. The log itself is whole.
   *[other] { $n } entries are masked: words, names, sources. The log itself is whole.
}
report-masked-text = (masked)
export-redact-formats = --redact is for md and csv: jsonl is the evidence itself, whole, and cap is made for the public
