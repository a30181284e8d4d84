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
