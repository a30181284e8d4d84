# Les écrans de la console : bandeau, synthèse, tableau, fiche, main courante, cartes.

mode-real = RÉEL
mode-exercise = EXERCICE
mode-replay = REJEU

state-unknown = inconnu
state-stale = périmé
state-maintenance = maintenance
state-nominal = nominal
state-watch = vigilance
state-degraded = dégradé
state-critical = CRITIQUE
state-silent = MUET
state-down = COUPÉ

age-seconds = { $n } s
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } j
days-hours = { $days } j { $hours } h
since = depuis { $time }
no-figure = –
no-data = aucune donnée
everywhere = partout

band-pause = pause
band-closed = clos
band-awareness = conscience { $time } { $elapsed }
band-no-awareness = conscience non consignée
disk-slow = disque lent : des lignes attendent
disk-not-saved = NON ENREGISTRÉ : { $why }
disk-poisoned = ÉCRITURE EN ÉCHEC : nouveau segment ouvert

trend-worse = s’aggrave
trend-better = s’améliore
trend-steady = stable

overview-no-feed = aucune source branchée : à observer à la main
overview-by-hand = d’après les observations à la main
overview-zones = { $n } { $n ->
    [one] { $area }
   *[other] { $areas }
  } sur { $of }
overview-observations = { $n ->
    [0] aucune observation
    [one] 1 observation à la main
   *[other] { $n } observations à la main
  }
overview-data-operator = données : opérateur
overview-data-psaps = centres
overview-none = aucune
overview-mute = { $n } { $n ->
    [one] muette
   *[other] muettes
  }
overview-lost = Appelants non servis (est. 90 %) :
overview-lost-short = Non servis (est.) :
overview-no-estimate = pas d’estimation
overview-abandoned = { $n } raccrochés en file d’attente
progress-loading = scénario en lecture
progress-catching-up = simulation : { $done } sur { $of }

odds = { $n } contre 1
odds-more = plus de { $n } contre 1
cause-none = cause non établie
cause-likely = explique le mieux les échecs :
cause-likely-short = explique le mieux :
cause-unpublished = cause non publiée : inconnue (réseau rebâti)
cause-unpublished-short = cause non publiée : inconnue
cause-lead = cause non établie · piste :
cause-lead-short = piste :
odds-short = { $n }:1
cause-kind-server = call server
cause-kind-software = logiciel
cause-kind-line = accès
cause-kind-operator = opérateur
cause-kind-psap = centre
cause-kind-other = élément
cause-elements = { $n } éléments

board-title = Acheminement · { $perimeter }
board-title-live = Acheminement · { $perimeter } · 5 min
head-number = n°
head-attempts = tentatives
head-attempts-unit = /attendu
head-delivered = remises
head-delivered-unit = NER
head-received = reçues
head-received-unit = /attendu
head-answered = réponse
head-answered-unit = ASR
head-failed = échecs
head-failed-short = 5 min
head-failed-long = 30 min
head-failed-both = ≤30min
head-state = état
head-history = NER, 1 h
head-where = où
head-through = passent
head-source = vu par
head-age = il y a
head-says = se dit
head-seen = vu du réseau
head-load = charge
head-management = gestion
worst-title = Pires centres : reçus/attendus en 30 min
worst-title-short = Pires centres
worst-none = aucun centre sous l’attendu
worst-no-data = aucune donnée des centres
by-hand-start = Aucune source branchée. Saisir ce que chacun voit : numéro, lieu, source ({ $key }).
by-hand-more = Une observation vieillit : la redemander ({ $key }).

server-up = en service
server-impaired = altéré
server-restarting = redémarre
server-down = arrêté
server-withdrawn = retiré
server-managed = gérable
server-unmanaged = non gérable
server-frozen = mesures figées
servers-title = call servers :
servers-down = { $n } { $n ->
    [one] arrêté
   *[other] arrêtés
  }
servers-restarting = { $n } { $n ->
    [one] redémarre
   *[other] redémarrent
  }
servers-full = { $n } { $n ->
    [one] plein
   *[other] pleins
  }
servers-impaired = { $n } { $n ->
    [one] altéré
   *[other] altérés
  }
servers-withdrawn = { $n } { $n ->
    [one] retiré
   *[other] retirés
  }
servers-unmanaged = { $n } non { $n ->
    [one] gérable
   *[other] gérables
  }
servers-failing = { $n } en échec
servers-unknown = { $n } sans données
servers-sound = { $n } { $n ->
    [one] sain
   *[other] sains
  }

map-title = Carte · { $what }
map-all = tous les numéros
map-received = reçus/attendus { $counts }
map-all-nominal = { $areas } : tout est nominal

deadlines-title = Échéances et décisions · { $shown } sur { $of }
deadlines-title-none = Échéances et décisions
deadlines-none = Aucune échéance en cours.
deadlines-none-short = aucune échéance en cours
deadlines-not-aware = Conscience non consignée : les horloges légales ne tournent pas encore. F10, conscience.
deadlines-not-aware-short = conscience non consignée : les horloges ne tournent pas
deadlines-more-overdue = et { $n } en retard
deadline-overdue = en retard
deadline-left = reste
deadline-done = fait
deadline-alarm = alarme
deadline-clock = horloge
deadline-action = action
deadline-message = sans réponse
deadline-rationale = motif manquant
deadline-step = étape de fiche

playbook-title = Fiche { $title } · { $done } sur { $of }, dont { $effective } { $effective ->
    [one] effective
   *[other] effectives
  }
playbook-title-short = { $title } · { $done }/{ $of }, { $effective } effect.
playbook-title-none = Fiches réflexes
playbook-none = Aucune fiche ouverte. Entrée en ouvre une.
playbook-suggestion = à ouvrir : { $title } ({ $why })
section-read-do = LIRE-FAIRE
section-do-confirm = FAIRE-CONFIRMER
step-started = en cours
step-done = fait
step-effective = effectif
step-not-effective = sans effet
step-skipped = passée
step-not-applicable = sans objet
step-left = reste { $time }
step-late = retard { $time }
step-before = avant : { $text }
step-evidence = noter : { $text }
step-proof-holds = effet constaté : { $metric }
step-proof-awaited = effet attendu : { $metric }
step-proof-no-data = effet attendu, sans données : { $metric }

role-short-observer = observateur
role-short-log-keeper = historien
role-short-operations = exploit.
role-short-communication = comm.
role-short-anticipation = anticip.
role-short-liaison = liaison
role-short-director = directeur
role-short-facilitator = animateur
role-short-evaluator = évaluateur
role-short-machine = machine

log-title = Main courante · { $org } · fait / saisie
log-title-plain = Main courante · fait / saisie
log-saved = tout est enregistré
log-saving = { $n } en écriture
log-checking = chaîne en cours de contrôle
log-broken = chaîne rompue
log-filter = filtre : { $kinds }
log-search = recherche « { $query } » : { $hits } { $hits ->
    [one] ligne
   *[other] lignes
  }
log-search-counting = recherche « { $query } »
log-alarms = { $n } { $n ->
    [one] alarme non acquittée
   *[other] alarmes non acquittées
  }
log-empty = La main courante est vide : toute lettre écrit ici, Entrée enregistre.
log-empty-filter = Aucune ligne ne répond au filtre.
kind-information = info reçue
kind-fact = fait
kind-message = message
kind-receipt = réception
kind-decision = DÉCISION
kind-action = action
kind-request = demande
kind-correction = correction
kind-note = note
kind-observation = observation
kind-awareness = conscience
kind-clock-stop = horloge
kind-role-taken = fonction
kind-playbook = fiche
kind-step = étape
kind-lever = levier
kind-inject = stimulus
kind-clock = temps
kind-crossing = seuils
kind-acknowledge = acquit
kind-notice = console
kind-close = clôture
kind-reopen = réouverture
log-because = { $text }, car { $why }
log-us = nous
log-entered = saisi { $time }
log-step-started = commencé : { $step }
log-step-done = fait : { $step }
log-step-skipped = passé : { $step }
log-step-not-applicable = sans objet : { $step }
log-step-undone = rouvert : { $step }
log-step-effect = effet constaté : { $step }
log-words-acknowledged = alarme acquittée : { $alarm }
log-words-shelved = alarme mise de côté : { $alarm }
log-words-understood = message compris
log-words-received = message reçu
log-late = tardif
log-struck = corrigé : { $text }
verify-to-verify = à vérifier
verify-being-verified = en vérification
verify-verified = vérifié
verify-refuted = réfuté
log-unanswered = sans réponse { $time }
log-received = reçu { $time }
log-answered = répondu { $time }
log-no-rationale = motif manquant
log-rationale = motif { $mark }
log-unacknowledged = non acquitté
log-acknowledged = acquitté
log-shelved = mis de côté
log-over = terminé
action-ordered = ordonnée
action-done = faite
action-dropped = abandonnée
log-writing = en écriture

tab-board = Acheminement
tab-playbook = Fiche
tab-log = Main courante
tab-deadlines = Échéances
tab-board-short = Achem.
tab-playbook-short = Fiche
tab-log-short = Journal
tab-deadlines-short = Éch.

palette-title = Commandes
palette-none = aucune commande ne porte ce nom
help-title = Aide · touches et mots
launcher-tagline = console des cellules de crise des numéros d’urgence
launcher-keys = ↑ ↓ choisir · Entrée ouvrir · Échap revenir

detail-service = Numéro { $name }
detail-psap = Centre { $name }
detail-server = Call server { $name }
detail-zone = { $name } ({ $area })
detail-attempts = tentatives chez l’opérateur
detail-delivered = remises (NER)
detail-received-centres = reçues par les centres
detail-answered = réponse (ASR)
detail-cut = remises, puis coupées
detail-failed = échecs du réseau, { $minutes } min
detail-state = état
detail-interval = entre { $low } et { $high } (90 %)
detail-received = reçus en 30 min
detail-in-target = répondus dans le délai
detail-abandoned = raccrochés en attente
detail-queue = en attente maintenant
detail-takers = opérateurs occupés
detail-of = { $n } sur { $of }
detail-connection = raccordement
detail-connection-pstn = réseau commuté
detail-connection-ip = IP
detail-trunks = lignes
detail-services = numéros
detail-history = dernière heure
detail-centres = Centres
detail-lines = Accès
detail-by-service = Par numéro
detail-worst-zones = Pires { $areas }
detail-says = se dit
detail-seen = vu du réseau
detail-progressed = appels qui progressent
detail-sessions = sessions tenues
detail-leaked = dont jamais rendues
detail-setups = établissements par seconde
detail-management = gestion
detail-load-history = charge, dernière heure
path-same-exchange = même commutateur : même panne
detail-software = logiciel
detail-site = site
detail-population = habitants
detail-region = région
detail-crosses = passe par les call servers
detail-direct = sans call server
detail-substitutes = Numéros de substitution
detail-none = rien à montrer
list-none = Rien pour l’instant.
access-pstn = cuivre
access-voip = box
access-mobile = mobile

tiny = { $mode } · { $state } · { $alarms } { $alarms ->
    [one] alarme
   *[other] alarmes
  } · agrandir l’écran

timeline-title = Chronologie documentée · { $title }
timeline-none = Rien n’est documenté à cette heure.
timeline-beside = en regard
timeline-said = { $who } : { $what }
timeline-sources = sources : { $list }
timeline-conflict = non tranché : { $question }

layer-truth = fait
layer-belief = croyance
layer-action = action
layer-notice = alerte
layer-public = public
grade-d = documenté
grade-d-weak = faiblement documenté
grade-i = déduit
grade-m = de mémoire
grade-u = non établi
timeline-ghost = (n'a pas eu lieu ici) { $what }
timeline-ahead = (à venir) { $what }
timeline-known = se dit à partir du { $date } { $at }
timeline-true = Ce qui était vrai
timeline-believed = Ce que chacun croyait, faisait et disait
perimeter-all = tout le réseau
