# Rejeu : repères, sauts.
act-bookmark = Signet
help-bookmark = « :signet NOM » marque cet instant ; sans nom : la liste des repères de l'enregistrement, Entrée y mène
session-bookmark = signet : { $name }
bookmark-begin = début de l'enregistrement
bookmark-end = fin de l'enregistrement
bookmark-awareness = conscience déclarée
bookmark-alarm = première alarme
bookmark-start = début de l'incident
bookmark-none = Pas d'enregistrement à parcourir ici : « :signet NOM » marque cet instant pour un rejeu.
jump-no-entry = l'enregistrement n'a pas de ligne { $number } : il en a { $of }
jump-not-played = un numéro de ligne ou un repère ne mène quelque part que dans un rejeu
jump-outside = L'enregistrement va de { $from } à { $until } : l'horloge est à son bord le plus proche.
card-number = numéro
