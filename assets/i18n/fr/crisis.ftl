# The cell's own work: kinds of lines and what they carry.

kind-question = à décider
kind-outcome = suite
kind-clock-start = horloge
kind-rhythm = rythme
kind-slot = point fixe
kind-contact-call = appel
kind-substitute = substitut
kind-sitrep = point sit.
kind-approval = visa
kind-handover = relève
kind-handover-answer = relève
kind-public = public
kind-playbook-run = fiche

report-kind-question = à décider
report-kind-outcome = suite
report-kind-clock-start = horloge
report-kind-rhythm = rythme
report-kind-slot = point fixe
report-kind-contact-call = appel
report-kind-substitute = substitution
report-kind-sitrep = point de situation
report-kind-approval = visa
report-kind-handover = relève
report-kind-handover-answer = relève
report-kind-public = public
report-kind-playbook-run = fiche

report-step-acknowledged = consignes lues
log-step-acknowledged = consignes lues : { $step }
report-step-signed = signée
log-step-signed = signé : { $step }
report-step-refused = signature refusée
log-step-refused = signature refusée : { $step }
report-step-deferred = reportée
log-step-deferred = reporté : { $step }
report-step-backed-out = retour arrière
log-step-backed-out = retour arrière : { $step }
report-step-chosen = branche choisie
log-step-chosen = branche choisie : { $step }
report-step-evidenced = preuve ajoutée
log-step-evidenced = preuve ajoutée : { $step }
report-step-ended = terminée
log-step-ended = terminé : { $step }

crisis-decide-by = à décider avant { $value }
crisis-next = prochain { $value }
crisis-every = toutes les { $value } min
crisis-no-rhythm = plus de rythme
crisis-held = tenu
crisis-missed = manqué
crisis-slot = point de { $value }
crisis-contact = contact { $value }
crisis-reached = joint
crisis-not-reached = non joint
crisis-number = numéro { $value }
crisis-registered = inscrit au registre
crisis-tested-ok = testé, répond
crisis-tested-ko = testé, ne répond pas
crisis-published = publié : { $value }
crisis-withdrawn = retiré : { $value }
crisis-refuted = faux numéro : ne pas utiliser
crisis-centre = centre { $value }
crisis-path = chemin { $value }
crisis-access = depuis { $value }
crisis-sitrep-number = n° { $value }
crisis-granted = approuvé
crisis-not-granted = refusé
crisis-roles = rôles : { $value }
crisis-to = à { $value }
crisis-accepted = acceptée
crisis-not-accepted = refusée
crisis-mode-read = mode relu
crisis-draft = projet
crisis-public-published = publié
crisis-public-withdrawn = retiré
crisis-aborted = abandonnée
crisis-resumed = reprise
crisis-run-ended = terminée
crisis-clock = horloge { $value }
crisis-playbook = fiche { $value }
crisis-review = à revoir à { $value }

crisis-known = su : { $value }
crisis-unknown = pas su : { $value }
crisis-consulted = consulté : { $value }
crisis-dissent = désaccord : { $value }
crisis-choice = suite à l’étape { $value }
crisis-lines = { $n ->
    [one] 1 ligne
   *[other] { $n } lignes
}
crisis-evidence = preuve : { $value }
crisis-board = tableau n° { $frame }
