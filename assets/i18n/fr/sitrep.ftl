# Point de situation et relève : titres et lignes des projets.

sitrep-section-confirmed = Faits confirmés
sitrep-section-unverified = En cours de vérification
sitrep-section-refuted = Infirmé
sitrep-section-impacts = Impacts
sitrep-section-done = Actions faites
sitrep-section-in-progress = Actions en cours
sitrep-section-decisions = Décisions
sitrep-section-pending = Décisions attendues
sitrep-section-anticipation = Anticipation
sitrep-section-needs = Besoins
sitrep-section-communication = Communication
sitrep-section-debts = Dettes
sitrep-section-changes = Depuis le dernier point
sitrep-section-conditions = Situation
sitrep-section-actions = Actions
sitrep-section-mode = Nature de la séance, à lire à voix haute
sitrep-section-situation = Situation
sitrep-section-objectives = Objectifs
sitrep-section-clocks = Horloges
sitrep-section-people = Qui est où
sitrep-section-worries = Ce qui inquiète

sitrep-nothing = Néant.
sitrep-more = { $n ->
    [one] … et 1 autre
   *[other] … et { $n } autres
}
sitrep-earlier = { $n ->
    [one] … et 1 information plus ancienne, non relue
   *[other] … et { $n } informations plus anciennes, non relues
}
sitrep-corrected = corrigé
sitrep-aware = conscience { $time }
sitrep-debts-count = { $n ->
    [one] 1 dette
   *[other] { $n } dettes
}
sitrep-no-owner = sans responsable
sitrep-overdue = en retard, pour { $time }
sitrep-due = pour { $time }
sitrep-met = arrêtée ; échéance { $time }
sitrep-playbook = fiche « { $title } »
sitrep-suggested = proposée, non ouverte : « { $title } »
sitrep-steps-late = { $n ->
    [one] 1 étape en retard
   *[other] { $n } étapes en retard
}
sitrep-steps-not-effective = { $n ->
    [one] 1 pas encore effective
   *[other] { $n } pas encore effectives
}
sitrep-not-to-act = ne pas agir
sitrep-outcome = suite : { $text }
sitrep-options = options : { $options }
sitrep-worst = pire cas : à compléter
sitrep-most-likely = cas le plus probable : à compléter
sitrep-trend = tendance : { $state }, { $trend }
sitrep-unanswered = sans réponse depuis { $age }
sitrep-public = au public : { $text }
sitrep-approvals = { $n ->
    [0] aucun visa
    [one] 1 visa
   *[other] { $n } visas
}
sitrep-substitute = substitution { $number } ({ $centre })
sitrep-not-registered = hors registre
sitrep-never-tested = jamais testé
sitrep-works-from = répond depuis : { $accesses }
sitrep-first = premier point de situation
sitrep-new-decision = décidé : { $text }
sitrep-new-done = fait : { $text }
sitrep-new-action = ordonné : { $text }
sitrep-new-question = à décider : { $text }
sitrep-new-answer = réponse reçue : { $text }
sitrep-new-public = publié : { $text }
sitrep-new-withdrawn = retiré : { $text }
sitrep-new-handover = relève acceptée par { $text }
sitrep-new-confirmed = confirmé : { $text }
sitrep-new-refuted = infirmé : { $text }
sitrep-new-unverified = à vérifier : { $text }
sitrep-new-correction = corrigé : { $text }

sitrep-no-board = pas de données d’acheminement
sitrep-no-observation = pas de flux de données, aucune observation saisie
sitrep-state = état général : { $state }
sitrep-zones = { $n } { $areas } sur { $of } en difficulté
sitrep-lost = appelants non servis par le réseau : { $low } à { $high } (est. 90 %)
sitrep-no-estimate = appelants non servis par le réseau : pas d’estimation
sitrep-abandoned = raccrochés dans les files des centres : { $n } (compte à part)
sitrep-service = { $service } : { $state }
sitrep-ner = NER { $rate }
sitrep-asr = taux de prise { $rate }
sitrep-rate = { $low } à { $high } sur { $of }
sitrep-no-data = sans données
sitrep-received = { $seen } reçus pour { $expected } attendus en 30 min
sitrep-cause-likely = explique le mieux les échecs, sans être établi : { $name } ({ $n ->
    [one] 1 élément
   *[other] { $n } éléments
})
sitrep-cause-lead = cause non établie ; piste : { $name } ({ $n ->
    [one] 1 élément
   *[other] { $n } éléments
})
sitrep-ages = âge des données : opérateur { $operator }, centres { $psaps }, sources muettes { $mute }
sitrep-observed = le { $service } vu de { $zone } : { $state }
sitrep-everywhere = partout

sitrep-mode = { $mode } : la personne entrante relit ce mot à voix haute
sitrep-last = point de situation n° { $n } de { $time } : { $text }
sitrep-approved-by = approuvé par { $who }
sitrep-not-approved = non approuvé
sitrep-objectives = objectifs : à compléter
sitrep-person = { $role } : { $who }
sitrep-changes-hands = change de mains
sitrep-seized = pris sans relève à { $who }
sitrep-worries = à compléter par la personne sortante
