# Ce qu’un planificateur doit corriger dans une fiche ou un exercice ; ce qu’un contrôle dit d’un bon.

lint-level-note = note
lint-level-warning = avertissement
lint-level-error = erreur
lint-good = { $name } : rien à corriger
lint-scenario = { $name } : rien à corriger : { $zones } zones, { $services } numéros, { $centres } centres, { $servers } call servers, { $events } événements, { $seconds } s
lint-exercise = { $name } : { $objectives ->
    [one] { $objectives } objectif
   *[other] { $objectives } objectifs
}, { $injects ->
    [one] { $injects } stimulus
   *[other] { $injects } stimulus
}, dont { $contingency } de réserve, scénario { $scenario }, { $length }

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
lint-length-past-end = l’exercice doit durer { $length }, son scénario finit { $end } après DÉBUTEX : allonger `duration` dans le scénario, ou raccourcir `length`
lint-phrase-scenario = le scénario dit « { $phrase } » : l’enlever, dans un exercice cela passerait pour une urgence réelle
lint-phrase-players = players.md dit « { $phrase } » : l’enlever, dans un exercice cela passerait pour une urgence réelle
lint-rule-health = la règle « { $rule } » ne peut pas devenir vraie : { $why }
lint-rule-unknown = la règle « { $rule } » ne peut pas devenir vraie : `{ $field }` n’est jamais « { $word } » ; { $near }
lint-rule-not-shipped = la règle « { $rule } » : aucune fiche livrée n’a { $field } « { $word } » ; à moins qu’une fiche à vous ne l’ait : { $near }
lint-cell-idle = aucun message de stimulus n’atteint la cellule { $cell } pendant la première heure
lint-address-unknown = stimulus { $inject } : « { $name } » n’est ni une cellule ni une fonction, le message irait à la première cellule ; en nommer une ({ $cells }), ou écrire ce nom dans `names` d’une cellule
lint-audience-unknown = stimulus { $inject } : aucune cellule ne s’appelle « { $name } » ; en nommer une ({ $cells }), ou écrire ce nom dans `names` d’une cellule
lint-inject-misfit = stimulus { $inject } : { $element } ne peut pas avoir la panne `{ $fault }` ; elle est pour : { $may }

# Plusieurs phrases, une par ligne.
said-lines =
    { $first }
    { $second }

# Ce qui ne va pas dans un fichier TOML (fiche, exercice, chronologie, annuaire, correspondance), et le remède.
doc-problem = { $place } : { $what }
doc-problem-mend = { $place } : { $what } ; { $mend }
doc-key = `{ $key }`
doc-key-in = `{ $key }` ({ $what })
doc-not-toml = ce n'est pas du TOML ({ $why })
doc-nothing = rien n'a pu être lu
doc-missing = { $key } manque
doc-wrong-kind = { $key } est { $found }, et non { $wanted }
doc-empty = { $key } est vide
doc-empty-item = { $key } a un élément vide
doc-cannot-be = { $key } ne peut pas être « { $value } »
doc-out-of-range = { $key } est hors limites
doc-bad-duration = { $key } : { $why }
doc-no-text = { $key } n'a pas de texte
doc-unknown-key = { $key } est inconnu
doc-a-text = un texte
doc-a-whole-number = un nombre entier
doc-a-number = un nombre
doc-a-flag = vrai ou faux
doc-a-date = une date
doc-a-date-or-time = une date ou une heure
doc-a-duration = une durée
doc-a-list = une liste
doc-a-list-of-texts = une liste de textes
doc-a-list-of-tables = une liste de tables
doc-a-table = une table
doc-a-bilingual-text = un texte dans les deux langues
doc-duration-empty = la durée est vide
doc-duration-part = « { $part } » n'est pas un nombre suivi de son unité
doc-duration-unit = « { $unit } » n'est pas une unité
doc-duration-long = la durée est trop longue
doc-mend-toml = les textes sont entre guillemets, les tables commencent par [nom] ou [[nom]]
doc-mend-write = écrire { $code }
doc-mend-empty = écrire quelque chose, ou l'ôter
doc-mend-remove = l'ôter
doc-mend-quotes = le mettre entre guillemets
doc-mend-flag = écrire true ou false, sans guillemets
doc-mend-digits = écrire des chiffres, sans guillemets
doc-mend-range = écrire un nombre de { $least } à { $most }
doc-mend-duration = l'écrire avec son unité : "90 s", "30 min", "1 h 30 min" ou "2 d"
doc-mend-date = l'écrire comme 2026-11-23, sans guillemets
doc-mend-one-of = écrire un de ces mots : { $known }
doc-mend-mean = vouliez-vous dire `{ $word }` ?
doc-mend-known = connus : { $known }
doc-not-an-id = « { $id } » n'est pas un identifiant
doc-mend-id = n'employer que des minuscules sans accent, des chiffres et des traits d'union
doc-mend-other-id = choisir un autre identifiant
doc-twice = { $what } figure deux fois
doc-mend-own-id = donner à chacun son propre identifiant
doc-step = l'étape « { $id } »
doc-section = la section « { $id } »
doc-source = la source « { $id } »
doc-contact = le contact « { $id } »
doc-organisation = l'organisation « { $id } »
doc-conflict = le groupe de sources en conflit « { $id } »
doc-not-listed = { $what } n'est pas dans ce fichier
doc-bad-metric = la condition « { $metric } » est illisible
doc-no-zone = « { $zone } » n'est pas un fuseau IANA
doc-not-a-time = « { $time } » n'est pas une heure
doc-mend-stem = écrire le nom du fichier sans .toml
doc-other-file = l'identifiant est « { $id } », mais le fichier est { $file }
doc-mend-other-file = écrire id = "{ $stem }", ou renommer le fichier { $id }.toml
doc-no-section = une fiche a au moins une section
doc-safe-lane = une liste de repli ne court dans aucune voie
doc-mend-safe-lane = en ôter `lanes`
doc-no-step = une section a au moins une étape
doc-soft-longer = le délai souple est plus long que le délai ferme
doc-mend-soft-longer = faire de `soft` le plus court
doc-gate-no-limit = une porte compte ce qui reste du délai ferme
doc-mend-gate-no-limit = donner à l'étape un délai `hard`
doc-no-branch = une décision a des branches nommées
doc-no-evidence = il n'est pas dit quelle preuve est demandée
doc-mend-no-evidence = le dire dans `evidence`
doc-no-proof = rien ne prouve l'effet
doc-mend-no-proof = écrire la condition `proof` qui est attendue
doc-not-a-lever = « { $word } » n'est pas un levier
doc-goes-nowhere = l'étape « { $step } » continue à « { $go } », qui n'existe pas
doc-no-lanes = la section « { $section } » court dans les voies « { $lanes } », qui n'existent pas
doc-no-such-hour = { $time } n'existe pas en { $zone }
doc-mend-hour = les horloges ont été avancées : corriger l'heure
doc-mend-organisation = dire qui : un des identifiants [[organisation]]
doc-event-no-source = un événement documenté ne cite aucune source
doc-mend-event-no-source = écrire sources = ["S07"], ou un autre degré
doc-window-no-end = une plage n'a pas de fin
doc-before-at = `{ $key }` précède `at`
doc-mend-one-of-both = corriger l'un des deux
doc-contact-elsewhere = le contact « { $id } » est déjà dans un fichier précédent
doc-mend-one-file = le garder dans un seul fichier, ou choisir un autre identifiant
doc-no-means = ce contact n'a aucun moyen d'être joint
doc-no-centre = un numéro n'a pas de centre qui y réponde
csv-mend-utf8 = l'enregistrer de nouveau en « CSV UTF-8 »
csv-unreadable = cette ligne est illisible ({ $why })
csv-mend-line = la corriger dans le fichier
csv-fields = { $n ->
    [one] cette ligne a un champ, la première en a { $first }
   *[other] cette ligne a { $n } champs, la première en a { $first }
}
csv-mend-quotes = un champ qui contient le séparateur doit être entre guillemets
csv-open-quote = un guillemet ouvert ici n'est jamais fermé
csv-mend-open-quote = le fermer, ou l'ôter
csv-no-line = il n'y a aucune ligne à reprendre
csv-mend-no-line = vérifier le fichier, et `header` dans la correspondance
csv-mend-in-mapping = écrire { $code } dans la correspondance
csv-one-field = la première ligne n'a qu'un champ
csv-no-number = { $n ->
    [one] la colonne { $number } n'existe pas : la première ligne a un champ
   *[other] la colonne { $number } n'existe pas : la première ligne a { $n } champs
}
csv-mend-number = corriger le numéro, ou `delimiter`, dans la correspondance
csv-no-column = il n'y a pas de colonne « { $name } »
csv-no-text = le texte est vide
csv-mend-no-text = l'écrire, ou ôter la ligne
csv-no-role = « { $word } » n'est pas un rôle
csv-mend-export = écrire le mot de l'export
csv-bad-entry = cette ligne de nature { $kind } est illisible ({ $why })
csv-mend-entry = laisser `kind` et `data` tels que vigie les a exportés
csv-no-kind = « { $word } » n'est pas une nature que la correspondance connaît
csv-mend-kind = ajouter "{ $word }" = "note" (ou une autre nature) sous [kinds], ou "*" = "note" pour toutes les autres
doc-mend-exercise = commencer par [exercise] avec id, title et scenario
doc-no-perimeter = « { $word } » n'est pas une partie du pays
doc-mend-perimeter = écrire nation, region:93, zone:13 ou operator:ID
doc-early = seul ce que des personnes consignent peut être fait d'avance
doc-mend-early = retirer `early` : réponses, stimuli et santé comptent depuis `since`
doc-control = « control » est la cellule de l'animation
doc-no-sight = rien à voir ne s'appelle « { $word } »
doc-reserve-time = un stimulus de réserve n'a pas d'heure
doc-mend-reserve-time = ôter `at`, ou `contingency = true`
doc-inject-no-time = un stimulus a une heure
doc-mend-inject-time = écrire at = "10m" (après DÉBUTEX), ou contingency = true
doc-reserve-only = `when`, `unless` et `after` sont pour les stimulus de réserve
doc-mend-reserve-only = les ôter, ou écrire contingency = true sans `at`
doc-inject-nobody = le stimulus n'atteint personne et ne change rien
doc-mend-inject-nobody = écrire `to`, ou `fault` et `on`
doc-rule-no-inject = la règle « { $rule } » : aucun stimulus ne s'appelle « { $id } »
doc-inject = le stimulus « { $id } »
doc-objective = l'objectif « { $id } »
doc-cell = la cellule « { $id } »
doc-no-inject = aucun stimulus ne s'appelle « { $id } »
doc-no-objective = aucun objectif ne s'appelle « { $id } »
doc-bad-rule = la règle « { $rule } » est illisible
doc-phrase = le texte dit « { $phrase } »
doc-mend-phrase = l'ôter : dans un exercice, cela passerait pour une urgence réelle
doc-bad-fault = la panne est illisible : { $why }
doc-fault-nowhere = la panne ne frappe rien
doc-mend-name-it = le nommer : { $code }
rule-names-inject = `{ $head }` nomme un stimulus : { $head } I03
rule-unknown = `{ $head }` n'est pas une règle ; écrire `entry NATURE champ=mot …`, `answered STIMULUS`, `given STIMULUS` ou `health CONDITION`
rule-no-kind = `entry` nomme une nature de ligne : entry decision
rule-unknown-kind = `{ $kind }` n'est pas une nature de ligne ; { $mend }
rule-not-a-field = `{ $word }` n'est pas champ=mot
rule-unknown-field = `{ $key }` n'est pas un champ ; { $mend }
rule-no-word = `{ $key }` n'a pas de mot
sheet-mend-no-plan = l'état d'un stimulus et les notes ne font pas partie d'un plan
sheet-mend-headings = docs/exercise.md donne les titres de colonnes
sheet-not-read = { $filled ->
    [one] la colonne « { $name } » n'est pas lue ({ $filled } cellule)
   *[other] la colonne « { $name } » n'est pas lue ({ $filled } cellules)
}
csv-mend-columns = écrire [columns] avec au moins event_time et text
csv-no-date = le format « { $format } » n'a pas de date, et rien ne dit quel jour c'est
csv-mend-no-date = ajouter date = 2021-06-02, une colonne event_date, ou un format avec la date
csv-no-format = « { $format } » n'est pas un format d'heure
csv-mend-format = écrire par exemple "%d/%m/%Y %H:%M", "%H:%M" ou "%+" (RFC 3339)
csv-not-a-kind = « { $word } » n'est pas une nature de ligne
sheet-mend-encoding = si ce n'est pas ce qui est écrit, enregistrer en « CSV UTF-8 » dans le tableur
sheet-no-text-byte = l'octet { $byte } n'est ni de l'UTF-8 ni du Windows-1252
sheet-read-as-1252 = le fichier n'est pas en UTF-8 et a été lu comme Windows-1252 : « { $shown } »
csv-no-precision = « { $word } » n'est pas une précision
csv-no-offset = « { $word } » n'est pas un décalage horaire
csv-empty-date = la date est vide
csv-mend-empty-date = l'écrire, ou `date` dans la correspondance
csv-not-a-date = « { $raw } » n'est pas une date de la forme { $format }
csv-mend-formats = la corriger, ou [formats] dans la correspondance
csv-empty-time = l'heure est vide
csv-not-a-clock = « { $raw } » n'est pas une heure de la forme { $format }
doc-nought = `{ $key }` vaut zéro
doc-mend-nought = écrire combien de temps, ou l’enlever
doc-not-one-word = « { $id } » ne peut pas être nommé dans un ordre
doc-mend-one-word = écrire lettres, chiffres et traits d’union, sans blanc
doc-shared-name = « { $name } » est un nom de deux cellules, { $first } et { $second }
doc-mend-shared-name = le laisser à l’une d’elles : un message doit savoir laquelle il atteint
doc-circle = le délai de { $what } compte à partir de lui-même
doc-mend-circle = le compter depuis DÉBUTEX, la prise de conscience ou un stimulus : since = "start"
improve-mend-csv = l’enregistrer en CSV UTF-8
improve-no-objective = l’amélioration « { $text } » n’a pas d’objectif
improve-mend-objective = nommer l’objectif qui la vérifie
lint-inject-too-long = le stimulus { $inject } a un texte de plus de { $most } octets : la main courante ne le prend pas
lint-leveled = { $level } : { $what }
