# Phrases que la machine écrit dans la main courante, et états de l'enregistrement.
session-clock-start = Début de l'exercice.
session-clock-resumed = Exercice repris après une interruption : l'horloge est arrêtée.
session-clock-pause = Horloge arrêtée.
session-clock-run = Horloge relancée.
session-clock-speed = Vitesse changée.
session-clock-jump = Saut dans le temps.
session-scenario-end = Fin du scénario : l'horloge s'arrête.
session-disk-full = Disque plein.
session-disk-full-freed = Disque plein : la réserve est libérée, quelques lignes tiennent encore.
session-no-checkpoint = Clôture enregistrée, mais son point de contrôle n'a pas pu être écrit : { $why }
session-disk-silent = Le disque ne répond pas.
session-clock-step = étape faite : { $step }
session-lever-pending = Levier « { $lever } » en préparation.
session-lever-worked = Levier « { $lever } » : en place.
session-lever-partly = Levier « { $lever } » : en place en partie, des équipements ont refusé la commande.
session-lever-refused = Levier « { $lever } » : commande refusée par tous les équipements.
session-lever-failed = Levier « { $lever } » : sans effet.
session-lever-none = Levier « { $lever } » : n'existe pas dans ce scénario.
session-public = le public
session-documented = documenté
session-take-over = Reprise à { $at } : dès ici le monde répond à qui est assis là. { $n ->
    [one] { $n } levier que l'histoire a actionné plus tard n'a
   *[other] { $n } leviers que l'histoire a actionnés plus tard n'ont
} pas lieu ; les pannes et la réparation technique restent ce qu'elles furent.
session-take-over-recorded = Reprise à { $at } d'un exercice enregistré : dès ici le monde répond à qui est assis là. { $n ->
    [one] { $n } levier que les joueurs ont actionné plus tard n'a
   *[other] { $n } leviers que les joueurs ont actionnés plus tard n'ont
} pas lieu ; les pannes restent ce qu'elles furent.
session-take-over-title = { $title }, reprise à { $at }
session-take-over-clock = L'horloge part de l'instant de la reprise.
session-take-over-outside = La simulation de cet incident va de { $from } à { $to } : choisir un instant entre les deux.
session-take-over-id = Un levier du scénario ({ $at }) n'a pas d'identifiant, on ne peut pas l'ôter : lui en donner un.
session-take-over-busy = Une écriture est en cours : recommencer dans un instant.
session-tape-gap = Bande illisible de { $from } à { $to } (octet { $byte } : { $what }) : le tableau n'a pas de données là ; ce qui est avant et après est lu.
session-tape-gap-end = Bande illisible à partir de { $from } (octet { $byte } : { $what }) : rien de ce qui suit ne peut être lu.
session-tape-unreadable = Bande illisible : { $why }. La main courante est rejouée sur un tableau sans données.
session-cell-not-ordered = ordre non exécuté : le jeu est fini ou figé
