# Output of commands without a screen.
cli-simulate-head = { $title }: { $runs ->
    [one] { $runs } run
   *[other] { $runs } runs
  }, seed { $seed }, window { $from } – { $to }
cli-simulate-denominator = Denominator of shares: all attempts that began in the window, redials included. An attempt is not a person.
cli-simulate-height = "height": the worst two hours of the whole country; in the first run, from { $from }.
cli-simulate-no-spread = One run: no spread. Add --runs 200.
cli-simulate-column-figure = Figure
cli-simulate-column-mean = Mean
cli-simulate-column-low = 5%
cli-simulate-column-high = 95%
cli-simulate-column-unit = Unit
cli-simulate-column-expected = Expected
cli-simulate-column-found = Found
cli-simulate-column-z = z
cli-simulate-column-verdict = Verdict
cli-simulate-column-source = Source
cli-simulate-met = met
cli-simulate-missed = MISSED
cli-simulate-unexplained = unexplained gap
cli-playbook-read-do = read, then do
cli-playbook-do-confirm = do, then confirm
cli-playbook-soft = target: { $value }
cli-playbook-hard = at the latest: { $value }
cli-playbook-before = before: { $value }
cli-playbook-warning = warning: { $value }
cli-playbook-back-out = back-out: { $value }
cli-playbook-evidence = evidence asked: { $value }
cli-playbook-note = note: { $value }
cli-playbook-levers = levers: { $value }
cli-playbook-proof = effect proved by: { $value }
cli-playbook-two = two different people sign
cli-playbook-director = the director signs
