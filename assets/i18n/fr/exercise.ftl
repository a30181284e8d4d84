# Exercices : chronogramme, poste d'animation, observation, évaluation.

kind-desk = animation
report-kind-desk = animation

report-desk-start = DÉBUTEX
report-desk-pause = jeu suspendu
report-desk-resume = reprise du jeu
report-desk-end = FINEX
report-desk-fire = stimulus { $inject } joué
report-desk-skip = stimulus { $inject } écarté
report-desk-hold = stimulus { $inject } retenu
report-desk-release = stimulus { $inject } libéré
report-desk-delay = stimulus { $inject } retardé de { $by }
report-desk-duplicate = stimulus { $inject } dupliqué : { $copy }
report-desk-test = stimulus { $inject } essayé avant le début
report-desk-jump = saut dans le temps, jusqu'à { $to }
report-desk-observe = observation{ $of }
report-desk-rate = évaluation { $of }
report-desk-improve = plan d'amélioration { $of }
report-desk-real-world = URGENCE RÉELLE : exercice figé

refusal-desk-locked = jeu suspendu par l'animation : seule l'urgence réelle peut être déclarée
refusal-desk-frozen = exercice figé par une urgence réelle
refusal-desk-ended = l'exercice est terminé : seuls observations et évaluations s'ajoutent encore
refusal-desk-before = l'exercice n'a pas commencé (DÉBUTEX)
refusal-desk-started = l'exercice a déjà commencé
refusal-desk-running = le jeu n'est pas suspendu
refusal-desk-no-inject = ce stimulus n'est pas au chronogramme
refusal-desk-fired = ce stimulus a déjà été joué ; dupliquez-le pour le rejouer
refusal-desk-not-waiting = ce stimulus n'est ni retenu ni écarté
refusal-desk-contingency = un stimulus de réserve se joue à la main, il n'a pas d'heure
refusal-desk-taken = cet identifiant de stimulus est déjà pris
refusal-desk-role = c'est à l'animation (ou à l'évaluation) de le faire
refusal-desk-no-objective = cet objectif n'est pas dans l'exercice
refusal-desk-none = cet incident n'a pas de chronogramme

session-desk-waits = Exercice prêt : en attente du DÉBUTEX
session-desk-real-title = Urgence réelle
session-desk-real = Urgence réelle déclarée pendant l'exercice { $exercise } ; tête de sa main courante : { $head }

exercise-judged = des personnes en jugent
exercise-contingency = de réserve
exercise-kind-message = message
exercise-kind-fault = panne
exercise-kind-view = ce qui se voit
exercise-next = ensuite : vigie plan check { $folder }, puis vigie exercise { $folder }

act-desk = Animation
help-desk = chronogramme : jouer, écarter, retenir, retarder un stimulus ; suspendre et reprendre le jeu
why-no-desk = pas de chronogramme ici, ou c'est à l'animation
act-real-world = Urgence réelle
help-real-world = fige l'exercice et ouvre une main courante RÉELLE ; depuis tout rôle
why-not-exercise = seulement dans un exercice

desk-usage = animation : débutex, pause, reprise, finex, jouer, écarter, retenir, libérer, retarder, dupliquer, essayer, saut, brouillard, vérifier, observer, évaluer, améliorer
desk-verb-hint = consigné, avec son auteur
desk-verb-start = DÉBUTEX
desk-verb-pause = Suspendre le jeu (écrans verrouillés)
desk-verb-resume = Reprendre le jeu
desk-verb-end = FINEX
desk-verb-test = Essayer (rien n'atteint les joueurs)
desk-verb-fire = Jouer maintenant
desk-verb-again = Rejouer (une copie)
desk-verb-hold = Retenir
desk-verb-release = Libérer
desk-verb-skip = Écarter
desk-verb-delay = Retarder de 5 minutes
desk-suggested = à envisager : { $inject }
desk-item-planned = prévu
desk-item-held = retenu
desk-item-skipped = écarté
desk-item-given = joué, sans réponse
desk-item-answered = joué, répondu
desk-hidden = à venir
desk-objective-met = tenu, { $delay }
desk-objective-not = non tenu, { $delay }
desk-objective-open = en cours, { $delay }
desk-phase-before = avant DÉBUTEX
desk-phase-running = en jeu
desk-phase-paused = jeu suspendu
desk-phase-ended = après FINEX
desk-phase-frozen = figé, urgence réelle
desk-real-no = Non, l'exercice continue
desk-real-no-hint = rien n'est changé
desk-real-yes = OUI, URGENCE RÉELLE : figer l'exercice
desk-real-yes-hint = les joueurs ne peuvent pas l'annuler
desk-real-opened = URGENCE RÉELLE : exercice figé, { $incident } est ouvert
desk-real-failed = URGENCE RÉELLE. Exercice figé. La main courante réelle n'a pas pu être ouverte : { $why }

# Cells · cellules
session-cell-lever = Levier demandé : { $levers }
session-cell-clock = Horloge de la direction du jeu.
session-cell-received = reçu par { $cell }
session-cell-acknowledged = accusé par { $cell }
session-cell-ordered = ordre transmis
refusal-desk-control = c'est à la cellule de direction du jeu : envoyez-lui un message
lock-paused = JEU SUSPENDU par l'animation : écran verrouillé · urgence réelle : Ctrl-D
lock-frozen = EXERCICE FIGÉ : urgence réelle
lock-ended = FINEX : l'exercice est terminé
lock-jump = SAUT DANS LE TEMPS : { $card }
session-cell-left = { $said } (reste : { $left })
session-cell-open = La cellule { $cell } est déjà ouverte à une autre console : `vigie watch` la montre.
session-cell-unknown = { $inc } : aucune cellule ne s'appelle « { $cell } » ; il y a : { $known }
session-cell-no-host = { $host } : l'exercice auquel cette cellule appartient n'est pas ici
report-desk-check-ok = communications vérifiées : { $whom }
report-desk-check-ko = pas de communication avec { $whom }
report-desk-fog-lifted = brouillard levé pour { $cell }
report-desk-fog-down = brouillard remis pour { $cell }
retex-checks = Vérification des communications
retex-checked = joint
retex-not-checked = pas joint
desk-title = { $desk } · { $phase }
desk-title-next = { $desk } · { $phase } · { $inject } dans { $wait }
desk-item-done = joué
desk-item-tested = essayé, prévu
desk-kind-fault = panne
desk-kind-view = vue
desk-cell-away = pas encore ouverte
desk-cell-on = { $n ->
    [0] aucun message en attente
    [one] 1 message sans réponse
   *[other] { $n } messages sans réponse
}
desk-cell-aware = conscience { $at } · { $rest }
desk-cell-last = dernière ligne { $at } : { $text }
desk-cell-silent = n'a encore rien écrit
desk-halt-paused = JEU SUSPENDU, écrans des joueurs verrouillés · :animation reprise
desk-halt-frozen = EXERCICE FIGÉ : urgence réelle · { $who }
desk-halt-ended = FINEX · observations, évaluations et améliorations restent ouvertes
lock-frozen-log = EXERCICE FIGÉ, urgence réelle : vigie resume { $incident }
hint-receipt-of = à { $from } : « { $text } » · Entrée accuse réception
overview-centres-only = acheminement inconnu, centres seuls
desk-verb-check-ok = Communications vérifiées
desk-verb-check-ok-hint = la cellule a répondu
desk-verb-check-ko = Pas de communication
desk-verb-check-ko-hint = la cellule n'a pas répondu
desk-verb-fog-off = Lever le brouillard
desk-verb-fog-off-hint = la cellule voit tout ce que voit l'animation
desk-verb-fog-on = Remettre le brouillard
desk-verb-fog-on-hint = la cellule ne voit de nouveau que sa part
hint-receipt-by = { $from } a reçu : « { $text } » · Entrée le note

desk-too-far = Trop loin, et sans retour : le saut va au plus tard à { $at }
desk-too-long = Trop long : un stimulus se retarde d'un jour au plus
retex-pins-left = { $count } autres événements ne tiennent pas sur la courbe ; ils sont dans la main courante.
