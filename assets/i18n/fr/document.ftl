# Documents : ce qui se dit de la page elle-même.

document-model = MODÈLE
document-model-line = MODÈLE · chiffres d’une simulation, d’aucun incident
document-blank = ☐ RÉEL  ☐ EXERCICE
document-sitrep = Point de situation n° { $n }
document-can = Situation, actions, besoins n° { $n }
document-handover = Relève
document-draft = PROJET : ni relu, ni approuvé
document-not-approved = Pas encore approuvé par une seconde personne
document-not-accepted = Pas encore acceptée par la personne entrante
document-as-of = À la date de
document-next = Prochain point
document-author = Rédigé par
document-approved = Approuvé par
document-words = Quatre mots
document-summary = En une ligne
document-roles = Rôles
document-from = De
document-to = À
document-accepted = Acceptée par
document-refused = Refusée par
document-remark = Remarque
document-no-such-sitrep = pas de point de situation n° { $n } : le journal en a { $of }
document-no-handover = le journal ne contient pas de relève
report-masked = { $n ->
    [one] 1 ligne est masquée : les mots, les noms, les sources. Le journal lui-même est entier.
   *[other] { $n } lignes sont masquées : les mots, les noms, les sources. Le journal lui-même est entier.
}
report-masked-text = (masqué)
export-redact-formats = --redact vaut pour md et csv : jsonl est la preuve elle-même, entière, et cap est fait pour le public
