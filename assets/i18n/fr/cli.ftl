# Sorties des commandes sans écran.
cli-simulate-head = { $title } : { $runs ->
    [one] { $runs } tirage
   *[other] { $runs } tirages
  }, graine { $seed }, fenêtre { $from } – { $to }
cli-simulate-denominator = Dénominateur des parts : toutes les tentatives commencées dans la fenêtre, rappels compris. Une tentative n'est pas une personne.
cli-simulate-height = « height » : les deux heures les pires du pays entier ; au premier tirage, à partir de { $from }.
cli-simulate-no-spread = Un seul tirage : pas de dispersion. Ajoutez --runs 200.
cli-simulate-column-figure = Grandeur
cli-simulate-column-mean = Moyenne
cli-simulate-column-low = 5 %
cli-simulate-column-high = 95 %
cli-simulate-column-unit = Unité
cli-simulate-column-expected = Attendu
cli-simulate-column-found = Trouvé
cli-simulate-column-z = z
cli-simulate-column-verdict = Verdict
cli-simulate-column-source = Source
cli-simulate-met = tenu
cli-simulate-missed = MANQUÉ
cli-simulate-unexplained = écart inexpliqué
cli-playbook-read-do = lire puis faire
cli-playbook-do-confirm = faire puis vérifier
cli-playbook-soft = visé : { $value }
cli-playbook-hard = au plus tard : { $value }
cli-playbook-before = avant : { $value }
cli-playbook-warning = attention : { $value }
cli-playbook-back-out = retour arrière : { $value }
cli-playbook-evidence = preuve demandée : { $value }
cli-playbook-note = note : { $value }
cli-playbook-levers = leviers : { $value }
cli-playbook-proof = effet prouvé par : { $value }
cli-playbook-two = deux personnes différentes signent
cli-playbook-director = le directeur signe
