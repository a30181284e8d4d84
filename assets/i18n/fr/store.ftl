# Phrases que le magasin écrit lui-même dans la main courante.
store-notice-torn = { $bytes } octets d'une ligne inachevée mis de côté après un arrêt brutal (side/{ $file })
store-notice-step = l'horloge de ce poste a sauté de { $seconds } s
store-damaged-line = ligne { $number } de { $chain } illisible : abîmée ou modifiée, voir « vigie verify »

# vigie verify
verify-incident = { $mode } · incident { $inc } ({ $path })
verify-chain-ok = ✔ chaîne { $chain } : lignes : { $entries }, octets : { $bytes }, tête { $head }
verify-chain-bad = ✘ chaîne { $chain } : lignes : { $entries }, octets : { $bytes }, tête { $head }
verify-place = { $file } ligne { $line } (n° { $seq })
verify-genesis-unreadable = ✘ incident.json ligne { $line } illisible : { $why }
verify-unreadable = ✘ { $place } n'est pas une ligne de main courante : { $why }
verify-foreign = ✘ { $place } dit { $field } = « { $found } » : elle vient d'ailleurs, ou incident.json a été modifié
verify-missing = ✘ { $place } porte le n° { $found } au lieu de { $expected } : des lignes manquent juste avant
verify-repeated = ✘ { $place } porte le n° { $found } au lieu de { $expected } : ligne ajoutée, doublée ou déplacée
verify-changed = ✘ { $place } a été modifiée : la chaîne ne passe plus par elle
verify-genesis-changed = ✘ incident.json a été modifié : { $place } ne le prolonge pas, et la suite confirme cette ligne
verify-pair = ✘ { $first } ou { $second } a été modifié : rien ne permet de dire lequel des deux
verify-cut-tail = ✘ fin coupée : le point de contrôle { $checkpoint } compte { $entries } lignes dans { $file }, il en reste { $found }
verify-rewritten = ✘ le point de contrôle { $checkpoint } ne correspond pas à { $place } alors que la chaîne est entière : l'histoire jusque-là a été réécrite, ou le point de contrôle l'a été
verify-checkpoint-unreadable = ✘ point de contrôle { $checkpoint } illisible : { $why }
verify-kept-changed = ✘ kept/{ $file } n'est pas le fichier figé à l'ouverture
verify-note-torn = · { $file } : { $bytes } octets d'une ligne inachevée à la fin (ce que laisse un arrêt brutal, pas une altération)
verify-note-superseded = · { $file } : { $lines } lignes de la fin, jamais confirmées par le disque, sont reprises par le segment suivant
verify-note-side = · side/{ $file } : { $bytes } octets mis de côté après un arrêt brutal
verify-note-open-end = · chaîne { $chain } : rien ne garantit encore les { $lines } dernières lignes (aucun point de contrôle après elles)
verify-ok = ✔ conforme : lignes qui se suivent sans trou ni retouche : { $entries } ; points de contrôle lus : { $checkpoints }
verify-limits = Ne prouve pas : qui a écrit (lignes non signées), ni que rien n'a été coupé après le dernier point de contrôle, ni que tout n'a pas été réécrit, points de contrôle compris.
verify-bad = ✘ NON conforme
store-notice-segment = une écriture n'a pas pu être confirmée par le disque : la main courante continue dans { $file }

# vigie verify --words
verify-words-sitrep = point de situation n° { $number }, approuvé { $at }
verify-words-head = chaîne { $chain }, tête après la ligne { $entries }
verify-words = { $what } : { $words }
verify-words-limits = Des mots lus à voix haute et notés sur papier montrent que la main courante est restée la même jusqu'à cette ligne. Ils ne disent rien des lignes suivantes, ni de qui a écrit.
verify-words-found = ✔ ce sont les mots de : { $what }
verify-words-not-found = ✘ ce ne sont les mots d'aucun point de situation approuvé ni d'aucune tête de cette main courante

# Un dossier d'incident qui ne peut pas servir.
store-error-line = { $path }, ligne { $line } : illisible ({ $why })
store-error-no-incident = { $path } : ce n'est pas le dossier d'un incident (incident.json manque)
store-error-version = { $path } : format n° { $found } ; ce programme lit le format 1 : prendre un vigie plus récent
store-error-exists = { $path } existe déjà : choisir un autre titre, ou le continuer
store-error-name = « { $name } » ne peut pas nommer un fichier : lettres sans accent, chiffres, '.', '-' et '_' seulement
store-error-no-chain = { $path } : aucune chaîne n'a pu être verrouillée ; un autre programme les tient-il toutes ?
store-error-read-only = { $path } : ouvert en lecture seule
session-no-thread = aucun fil d'exécution ne peut être lancé : { $why }
session-no-documented = aucun incident documenté ne s'appelle « { $id } »
