# Ce qu’un planificateur doit corriger dans une fiche ou un exercice ; ce qu’un contrôle dit d’un bon.

lint-level-note = note
lint-level-warning = avertissement
lint-level-error = erreur
lint-good = { $name } : rien à corriger
lint-scenario = { $name } : rien à corriger : { $zones } zones, { $services } numéros, { $centres } centres, { $servers } call servers, { $events } événements, { $seconds } s
lint-exercise = { $name } : { $objectives } objectifs, { $injects } stimulus, dont { $contingency } de réserve, scénario { $scenario }, { $length }

lint-the-title = le titre
lint-the-about = `about`
lint-the-trigger = le déclencheur « { $metric } »
lint-the-section = la section « { $id } »
lint-the-step = l’étape « { $id } »
lint-the-part = `{ $part }` de l’étape « { $step } »
lint-the-check = une vérification de l’étape « { $step } »
lint-the-branch = une branche de l’étape « { $step } »
lint-no-french = { $what } n’a pas de texte français
lint-no-english = { $what } n’a pas de texte anglais

lint-no-trigger = rien ne propose cette fiche : ajouter un [[trigger]]
lint-unused-source = aucune étape ne cite la source { $source }
lint-unknown-fault = elle couvre « { $fault } », qui n’est pas une panne du vocabulaire de cette version
lint-no-safe-list = { $steps } étapes sont risquées : dire dans une section avec safe = true à quoi revient un abandon
lint-no-validity = dire jusqu’à quand elle est valable : valid_until = 2027-06-30
lint-stale = elle était valable jusqu’au { $day } : la relire
lint-never-exercised = elle n’a jamais été jouée : l’essayer avant la nuit
lint-long-unexercised = elle a été jouée pour la dernière fois le { $day }
lint-long-section = la section « { $id } » a { $steps } étapes : au-delà de { $most } on en saute ; la couper en deux
lint-unknown-contact = l’étape « { $step } » nomme le contact « { $contact } », qui n’est pas dans l’annuaire
lint-stale-contact = l’étape « { $step } » nomme le contact « { $contact } », qui n’a pas été essayé récemment : l’appeler
lint-loop = l’étape « { $step } » continue à elle-même
lint-long-sentence = l’étape « { $step } » a une phrase de { $length } caractères : mettre le détail dans `note`
lint-risk-without-warning = l’étape « { $step } » est risquée : dire dans `warning` ce qui peut mal tourner
lint-risk-without-back-out = l’étape « { $step } » est risquée : dire dans `back_out` comment revenir en arrière
lint-hidden-risk = l’étape « { $step } » offre `{ $lever }`, qui peut aggraver les choses : écrire risky = true
lint-unknown-clock = l’étape « { $step } » nomme l’horloge « { $clock } », qui n’existe pas
lint-clock-without-limit = l’étape « { $step } » répond à l’horloge « { $clock } » mais n’a pas de limite : lui en donner une `hard`
lint-limit-past-clock = l’étape « { $step } » peut prendre { $limit }, plus que l’horloge « { $clock } » ({ $delay })
lint-unreachable = l’étape « { $step } » n’est jamais atteinte : tous les chemins la contournent
lint-lanes-too-few = les voies « { $lanes } » ont { $sections } section : il en faut au moins deux
lint-lanes-wait = les voies « { $lanes } » attendent { $needed } sur { $sections }
lint-lanes-apart = d’autres sections séparent les voies « { $lanes } » : les mettre côte à côte
lint-lane-left = aucun chemin de la voie « { $section } » n’atteint sa dernière étape
lint-unknown-playbook = l’étape « { $step } » appelle la fiche « { $called } », qui n’est pas disponible
lint-call-cycle = l’étape « { $step } » appelle « { $called } », qui ramène à cette fiche

lint-no-inject = il n’y a aucun stimulus : rien ne se passerait
lint-no-objective = il n’y a aucun objectif : rien ne serait appris
lint-objective-no-rule = l’objectif { $objective } n’a pas de règle : seuls des évaluateurs en jugent
lint-objective-no-target = l’objectif { $objective } n’a pas de cible : son délai est mesuré, pas jugé
lint-objective-no-source = objectif { $objective } : le chiffre historique n’a pas de source
lint-objective-unserved = aucun stimulus ne sert l’objectif { $objective }
lint-objective-one-language = l’objectif { $objective } n’est rédigé que dans une langue
lint-inject-nothing-expected = le stimulus { $inject } ne dit pas ce qui est attendu des joueurs
lint-inject-no-objective = le stimulus { $inject } ne sert aucun objectif
lint-inject-one-language = le stimulus { $inject } n’est rédigé que dans une langue
lint-inject-no-sender = le stimulus { $inject } ne dit pas de qui il vient
lint-inject-after-end = le stimulus { $inject } vient après la fin de l’exercice ({ $end })
lint-inject-unknown-element = stimulus { $inject } : le scénario n’a pas d’élément « { $element } »
lint-inject-fault = stimulus { $inject } : { $why }
lint-contingency-no-rule = le stimulus de réserve { $inject } n’a pas de règle : il n’est jamais proposé
lint-no-contingency = il n’y a aucun stimulus de réserve : un script seul survit rarement à ses joueurs
lint-dense = plus de { $most } stimulus en cinq minutes à partir de { $at }
