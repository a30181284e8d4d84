# Fiches réflexes.
playbook-tally = { $done } sur { $of }{ $done ->
    [0] {""}
   *[other] , dont { $effective } { $effective ->
        [one] effective
       *[other] effectives
    }
}
