# Playbooks.
playbook-tally = { $done } of { $of }{ $done ->
    [0] {""}
   *[other] , { $effective } effective
}
